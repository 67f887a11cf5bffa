"""Where a reader can look further: in CloudWatch by a link and a command, in files by a command."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from checks.analysis.evidence import Evidence
from checks.analysis.metrics import METRICS
from checks.logs.spool import Fetch
from checks.report.console import aws_command, insights_link
from checks.report.remedies import CARDS
from checks.report.result import Result, WindowResult
from checks.report.text import printable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader can look further.

    Attributes:
        name: What to look into.
        link: To CloudWatch Logs Insights, with window and query; empty where files were read.
        command: For a shell.
    """

    name: str
    link: str
    command: str


def places(result: Result, evidence: Evidence) -> Iterator[Place]:
    """Yield where the cases of an evidence, and what happened around them, can be looked up.

    Args:
        result: Of a run that read its logs.
        evidence: Of that run.
    """
    fetch, window = result.receipt.fetch, result.window
    if fetch and window:
        yield from _log_groups(fetch, window, evidence)
    else:
        command = shlex.join(map(printable, ("python", "-m", "checks", "recognise", *result.receipt.asked)))
        yield Place("the files", link="", command=command)


def _log_groups(fetch: Fetch, window: WindowResult, evidence: Evidence) -> Iterator[Place]:
    subject = next(metric.subject for metric in METRICS.values() if metric.cases is evidence.kind)
    query = CARDS[subject].query.strip()
    terms = [story.connection_id for story in evidence.stories[:1]]
    for group in fetch.groups:
        yield Place(
            name=group.name,
            link=insights_link(group.region, [group.name], window.since, window.until, query),
            command=aws_command(group.region, group.name, window.since, window.until, terms),
        )
