"""Links and commands with which a reader looks further: into CloudWatch's console or a file."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import starmap
from string import ascii_letters, digits
from struct import iter_unpack
from typing import Final
from urllib.parse import quote

from checks.analysis.evidence import Evidence
from checks.logs.spool import Fetch
from checks.metrics import METRICS
from checks.report.remedies import cards
from checks.report.result import Result
from checks.text import one_line
from checks.window import Window, epoch_ms

_HOST: Final = "console.aws.amazon.com"

_OTHER_HOSTS: Final = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com"}
"""Of the partitions with a console of their own, by how their regions begin."""

_PLAIN: Final = frozenset(map(ord, ascii_letters + digits + "_.-"))

_ASCII: Final = 0x80


def insights_url(region: str, log_groups: Sequence[str], since: datetime, until: datetime, query: str) -> str:
    """Return the URL of CloudWatch Logs Insights, with a query ready to run.

    AWS does not document these links. This was written from how the console's own links look, and is untested against
    AWS. Whatever the texts hold, the link has no double quote, `<`, `>`, `&` or space, so that it can stand in HTML
    between double quotes.

    Args:
        region: Where the log groups are.
        log_groups: Their names.
        since: Begin of the window.
        until: Its end.
        query: In Logs Insights QL.
    """
    host = next((host for prefix, host in _OTHER_HOSTS.items() if region.startswith(prefix)), _HOST)
    place = quote(region, safe="")
    detail = (
        f"~(end~{_notated(_iso(until))}~start~{_notated(_iso(since))}~timeType~'ABSOLUTE~tz~'UTC"
        f"~editorString~{_notated(query)}~source~(~{'~'.join(map(_notated, log_groups))}))"
    )
    # `$3F` and `$3D` are `?` and `=`: the console encodes its fragment as a URL, with `$` for `%`. It leaves the
    # characters of the detail as they are.
    return f"https://{place}.{host}/cloudwatch/home?region={place}#logsV2:logs-insights$3FqueryDetail$3D{detail}"


def aws_command(region: str, log_group: str, since: datetime, until: datetime, terms: Sequence[str]) -> str:
    """The shell command that prints the events of a log group that hold all terms.

    Args:
        region: Where the log group is.
        log_group: Its name.
        since: Begin of the window, inclusive.
        until: Its end, exclusive.
        terms: Texts such as a connection id; control characters in them become spaces.
    """
    words = (
        *("aws", "logs", "filter-log-events", f"--region={region}", f"--log-group-name={log_group}"),
        f"--start-time={epoch_ms(since)}",
        f"--end-time={epoch_ms(until) - 1}",  # inclusive
        f"--filter-pattern={' '.join(map(_phrase, terms))}",
    )
    return shlex.join(map(one_line, words))


def _notated(text: str) -> str:
    """A text in the notation of the console's links: `'` and then `*xx` or `**xxxx` for what is not plain."""
    units = iter_unpack(">H", text.encode("utf-16-be", "surrogatepass"))
    return "'" + "".join(starmap(_character, units))


def _character(unit: int) -> str:
    if unit in _PLAIN:
        return chr(unit)
    return f"*{unit:02x}" if unit < _ASCII else f"**{unit:04x}"


def _iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"


def _phrase(term: str) -> str:
    """A term of a filter pattern: only within quotes may it hold more than letters, digits and `_`."""
    escaped = term.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Link:
    """A link to where a reader can look further.

    Attributes:
        name: What to look into.
        url: To CloudWatch Logs Insights, with window and query; empty where files were read.
        command: For a shell.
    """

    name: str
    url: str
    command: str


def links(result: Result, evidence: Evidence) -> Iterator[Link]:
    """Yield links to where the cases of an evidence, and what happened around them, can be looked up.

    Args:
        result: Of a run that read its logs.
        evidence: Of that run.
    """
    fetch, window = result.receipt.fetch, result.window
    if fetch and window:
        yield from _log_groups(fetch, window, evidence)
    else:
        command = shlex.join(map(one_line, ("python", "-m", "checks", "recognise", *result.receipt.requested)))
        yield Link("the files", url="", command=command)


def _log_groups(fetch: Fetch, window: Window, evidence: Evidence) -> Iterator[Link]:
    subject = next(metric.subject for metric in METRICS.values() if metric.evidence is evidence.kind)
    query = cards()[subject].query.strip()
    terms = [timeline.connection_id for timeline in evidence.timelines[:1]]
    for group in fetch.groups:
        yield Link(
            name=group.name,
            url=insights_url(group.region, [group.name], window.since, window.until, query),
            command=aws_command(group.region, group.name, window.since, window.until, terms),
        )
