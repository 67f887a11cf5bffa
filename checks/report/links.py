"""Links into the AWS console, and remedies for likely causes."""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import quote

import msgspec
from msgspec import Struct, structs

from checks.analysis.evidence import Evidence
from checks.metrics import IN_LOGS, METRICS, Subject
from checks.places import COMMAND
from checks.report.result import Result
from checks.text import counted, one_line, printable_line
from checks.window import epoch_ms

_HOST: Final = "console.aws.amazon.com"
_OTHER_HOSTS: Final = {
    "cn-": "console.amazonaws.cn",
    "us-gov-": "console.amazonaws-us-gov.com",
    "eusc-": "console.amazonaws-eusc.eu",
}
"""The consoles of AWS's other partitions, by the prefix of their regions."""
_SPECIAL: Final = re.compile(r"[^A-Za-z0-9_.-]")


def insights_url(region: str, log_groups: Sequence[str], since: datetime, until: datetime, query: str) -> str:
    """Return the URL of CloudWatch Logs Insights, with a query ready to run.

    AWS does not document these links: this one imitates the console's own, and is untested against AWS. Whatever the
    arguments, it contains no double quote, `<`, `>`, `&` or space, so it is safe between double quotes in HTML.
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
    """Return the command that prints a log group's events with all terms, from `since` up to, but not at, `until`."""
    words = (
        *("aws", "logs", "filter-log-events", f"--region={region}", f"--log-group-name={log_group}"),
        f"--start-time={epoch_ms(since)}",
        f"--end-time={epoch_ms(until) - 1}",  # inclusive
        f"--filter-pattern={' '.join(map(_phrase, terms))}",
    )
    return shlex.join(map(one_line, words))


def _notated(text: str) -> str:
    """Return a text in the notation of the console's links: `'`, then `*xx` or `**xxxx` for special characters."""
    return "'" + _SPECIAL.sub(lambda special: _escaped(special[0]), text)


def _escaped(character: str) -> str:
    if character.isascii():
        return f"*{ord(character):02x}"
    units = character.encode("utf-16-be", "surrogatepass").hex("-", 2)
    return "".join(f"**{unit}" for unit in units.split("-"))


def _iso(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03}Z"


def _phrase(term: str) -> str:
    """Return a term of a filter pattern; it needs quotes for anything but letters, digits and `_`."""
    escaped = term.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Link(Struct, frozen=True):
    """A link to the cases in the console, and a command for a shell; the URL is empty if files were read."""

    name: str
    url: str
    command: str


def links(result: Result, evidence: Evidence) -> Iterator[Link]:
    """Yield links to the cases in the evidence and the events around them."""
    fetch, window = result.receipt.fetch, result.window
    if not (fetch and window):
        command = shlex.join(map(one_line, (COMMAND, "recognise", *result.receipt.requested)))
        yield Link("the files", url="", command=command)
        return
    subject = next(metric.subject for metric in METRICS.values() if metric.evidence is evidence.kind)
    query = cards()[subject].query.strip()
    terms = [timeline.connection_id for timeline in evidence.timelines[:1]]
    for group in fetch.groups:
        yield Link(
            name=group.name,
            url=insights_url(group.region, [group.name], window.since, window.until, query),
            command=aws_command(group.region, group.name, window.since, window.until, terms),
        )


MOST_UNSEEN: Final = 3
"""The most causes without an indicator that are named."""


class Cause(Struct, frozen=True, forbid_unknown_fields=True):
    """A cause in remedies.toml, whose header explains the other fields; advice adds how often it was seen.

    Attributes:
        seen: On how many cases, or how often in the window, its indicators were seen; 0 if it has none.
        cases: The number of all cases; None if they are not known one by one.
        is_logged: Whether the logs could show it at all.
    """

    text: str
    fix: str
    link: str
    link_text: str
    indicators: tuple[str, ...] = ()
    explains: tuple[str, ...] = ()
    foremost: tuple[str, ...] = ()
    harmless: bool = False
    seen: int = 0
    cases: int | None = None
    is_logged: bool = True

    @property
    def sighting(self) -> str:
        """The words for how often the cause was seen."""
        if not self.seen:
            return "not detectable in the logs" if self.is_logged else "possible"
        if self.cases is None:
            return counted(self.seen, "matching event")
        return f"seen in {self.seen:,} of {counted(self.cases, 'case')}"


class Advice(Struct, frozen=True, forbid_unknown_fields=True):
    """A card of remedies.toml: what happened, its causes (the likeliest first), next steps, and a query."""

    meaning: str
    next_steps: tuple[str, ...]
    causes: tuple[Cause, ...]
    deploy_step: str = ""
    first_steps: Mapping[str, str] = {}
    query: str = ""


@cache
def cards() -> Mapping[Subject, Advice]:
    """Return the cards of remedies.toml, a file that a healthy run does not read."""
    return msgspec.toml.decode((files(__package__) / "remedies.toml").read_bytes(), type=dict[Subject, Advice])


def advice(subject: Subject, metrics: Sequence[str], indicators: Mapping[str, int], cases: int | None = None) -> Advice:
    """Give advice on broken limits of a subject: what they mean, and what to do.

    Causes whose indicators were seen come first: the foremost of the worst metric, then the most frequent, then the
    harmless ones, which healthy services show as well. A few causes without any indicator follow.

    Args:
        subject: The subject of the metrics.
        metrics: The metrics whose limits are broken, the worst first; empty for all of the subject's.
        indicators: How often each indicator was seen, by name; names that no cause knows are ignored.
        cases: The number of cases, on no more than which a cause is seen; None if they are not known one by one.
    """
    card = cards()[subject]
    explaining = [cause for cause in card.causes if _explains(cause, metrics)]
    times = [(cause, sum(indicators.get(name, 0) for name in cause.indicators)) for cause in explaining]
    seen = sorted((pair for pair in times if pair[1]), key=lambda pair: _place(pair[0], pair[1], metrics))
    unseen = [(cause, 0) for cause in explaining if not cause.indicators]
    causes = (
        structs.replace(
            cause,
            text=printable_line(cause.text),
            fix=printable_line(cause.fix),
            seen=number if cases is None else min(number, cases),  # two codes of one cause may be seen on one case
            cases=cases,
            is_logged=subject in IN_LOGS,
        )
        for cause, number in seen + unseen[:MOST_UNSEEN]
    )
    first = [printable_line(card.first_steps[metric]) for metric in metrics[:1] if metric in card.first_steps]
    steps = (*first, *card.next_steps)
    return structs.replace(card, meaning=printable_line(card.meaning), causes=tuple(causes), next_steps=steps)


def _place(cause: Cause, seen: int, metrics: Sequence[str]) -> tuple[bool, bool, int]:
    return cause.harmless, set(cause.foremost).isdisjoint(metrics[:1]), -seen


def _explains(cause: Cause, metrics: Collection[str]) -> bool:
    return not metrics or not cause.explains or not set(cause.explains).isdisjoint(metrics)
