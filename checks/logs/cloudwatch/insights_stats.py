"""Logs Insights as a counter: one query aggregates by connection, then over connections, and a few rows come back.

It knows the lines of checks/events alone. What it uses is documented, and of conditions only numbers are made, by
`strcontains`, `greatest` and `least`: a connection has the same state here as in the SQL files of the analysis.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from checks.logs.cloudwatch.insights import delimited, within
from checks.metrics import EvidenceKind
from checks.window import CONNECTION_LIFETIME, LOOK_BACK, SETTLING, TimeSpan, Window

NEVER: Final = 10**12
"""Milliseconds, more than any window has: when what has not happened happens."""

LIFETIME: Final = round(CONNECTION_LIFETIME.total_seconds() * 1000)
_LOOK_BACK: Final = round(LOOK_BACK.total_seconds() * 1000)
_SETTLING: Final = round(SETTLING.total_seconds() * 1000)
BANDS: Final = 50
"""Bands of durations in each factor of e: so wide that the median is known to 1 %."""

KINDS: Final = ("connect", "disconnect", "message", "gone", "welcome_sent", "welcome_failed", "welcome_retry")
_OUTCOMES: Final = ("welcome_sent", "welcome_failed")
_GREETING: Final = ("connect", *_OUTCOMES, "welcome_retry")
_REQUESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Sent": ("welcome_sent",),
    "Outcome": _OUTCOMES,
    "Gone": ("gone",),
    "GoneOrSent": ("gone", "welcome_sent"),
    "Greeting": _GREETING,
    "GoneOrGreeting": ("gone", *_GREETING),
}
"""Fields that hold the request of lines of these kinds. How many two kinds share follows from three numbers of them."""

CASES: Final[Mapping[EvidenceKind, str]] = {
    EvidenceKind.GONE: "gone",
    EvidenceKind.GONE_WELCOME: "ungreeted",
    EvidenceKind.INCOMPLETE: "incomplete",
    EvidenceKind.SHORT_LIVED: "short",
    EvidenceKind.WELCOME_FAILED: "failed",
    EvidenceKind.UNDELIVERED: "undelivered",
    EvidenceKind.RETRIED: "welcome_retry",
}
"""By kind of evidence: the sum that counts its cases."""

CASE_FACTS: Final = ("beganAt", "endedAt", "gones", "welcome_faileds", "welcome_retrys", "sentFirst")
MOST_CASES: Final = 50

_LINE: Final = (
    r"^(?:\[[A-Z]+\]\t)?\S+\t(?<wParsedRequest>[0-9a-fA-F-]{36})\t(?:[A-Z]+\t)?CONNECTION_EVENT: "
    r'\{"connection_id": "(?<wParsedId>[^"\\]+)", "event_type": (?<wParsedKind>"(?:'
    rf'{"|".join(KINDS)})")'
)
"""A line of checks/events, as the Python or Node runtime of Lambda writes it."""

_PLATFORM: Final = r'^(?:START|END|REPORT) RequestId: |^INIT_START |"type": ?"platform\.'


@dataclass(frozen=True, slots=True)
class Question:
    """What is counted.

    Attributes:
        vocabulary: Patterns of lines that may say something of connections.
        harmless: Patterns of those among them that don't.
        short_lived_seconds: A complete connection shorter than this is short-lived.
        seen_until_ms: In a run that follows another: when the last event arrived that that one saw.
    """

    vocabulary: Sequence[str]
    harmless: Sequence[str]
    short_lived_seconds: float
    seen_until_ms: int | None = None


def stats_query(question: Question, window: Window) -> str:
    """The query for sums over all connections, which itself keeps to the milliseconds of the window and its look-back.

    Args:
        question: What is counted.
        window: What is judged.
    """
    sums = _of_all(*_lengths(question, window))
    return " | ".join([*_by_connection(question, window), f"stats {_listed(sums)} by {_BAND}"])


def cases_query(question: Question, window: Window, kind: EvidenceKind) -> str:
    """The query for the connections that are cases of a kind, those with the most first.

    Args:
        question: What is counted.
        window: What is judged.
        kind: One of CASES.
    """
    sums = _of_all(*_lengths(question, window))
    facts = {name: f"max({name})" for name in CASE_FACTS}
    columns = {"cases": sums[f"{CASES[kind]}Sum"], **facts}
    stages = [f"stats {_listed(columns)} by wId", "sort cases desc", f"limit {MOST_CASES}"]
    return " | ".join([*_by_connection(question, window), *stages])


def _lengths(question: Question, window: Window) -> tuple[int, int]:
    """How long the window is, and from when on a connection is not short-lived, in milliseconds."""
    return window.until_ms - window.since_ms, ceil(question.short_lived_seconds * 1000)


def _by_connection(question: Question, window: Window) -> Iterator[str]:
    """The stages that end with a row of each connection."""
    yield within(TimeSpan(max(0, window.since_ms - _LOOK_BACK), window.until_ms))
    yield from _parses(question)
    for name, expression in _of_line(question, window).items():
        yield f"fields {expression} as {name}"
    yield f"stats {_listed(_of_connection(window.until_ms - window.since_ms))} by wId"


def _parses(question: Question) -> Iterator[str]:
    """What is read of each line: whose it is, of what kind, in which request; and whether another line may matter."""
    yield _parse("@message", _LINE)
    yield _parse("@message", f"(?<wMaybe>{_either(question.vocabulary)})")
    yield _parse("@message", f"(?<wHarmless>{_either((_PLATFORM, *question.harmless))})")
    yield 'fields concat(coalesce(wParsedKind, ""), coalesce(wParsedRequest, "")) as wSaid'
    for name, kinds in _REQUESTS.items():
        yield _parse("wSaid", f'"(?:{"|".join(kinds)})"(?<w{name}>.+)')


def _parse(field: str, pattern: str) -> str:
    return f"parse {field} /{delimited(pattern)}/"


def _either(patterns: Sequence[str]) -> str:
    """A pattern of several, each with its own `(?i)`."""
    return "|".join(f"(?i:{one[4:]})" if one.startswith("(?i)") else f"(?:{one})" for one in patterns)


def _of_line(question: Question, window: Window) -> dict[str, str]:
    """What is known of a line: its time counts from the begin of the window, in milliseconds."""
    late, length = "0", window.until_ms - window.since_ms
    if question.seen_until_ms is not None:
        late = _is(f"wArrived - {question.seen_until_ms}")
    return {
        "wId": 'coalesce(wParsedId, "")',
        "wKind": 'coalesce(wParsedKind, "")',
        "wArrived": "toMillis(@ingestionTime)",
        "wTime": f"toMillis(@timestamp) - {window.since_ms}",
        "wNamed": _is("strlen(wId)"),
        "wVague": f"{_is(_length('wMaybe'))} * (1 - {_is(_length('wHarmless'))}) * (1 - wNamed)",
        "wAt": f"wTime + {late} * (greatest(wTime, 0) - wTime)",
        "wInside": _within("wAt", length),
        **{f"w_{kind}": f"strcontains(wKind, '\"{kind}\"')" for kind in KINDS},
        "wBegan": _only("wTime", "connect"),
        "wEnded": _only("wTime", "disconnect"),
        "wBeganAt": _only("wAt", "connect"),
        "wEndedAt": _only("wAt", "disconnect"),
        "wGoneAt": _only("wAt", "gone"),
        "wSentAt": _only("wAt", "welcome_sent"),
        "wOutcomeAt": _only("wAt", *_OUTCOMES),
        "wTriedAt": _only("wAt", *_OUTCOMES, "welcome_retry"),
    }


def _of_connection(length: int) -> dict[str, str]:
    """What is known of each connection, and in one more row of all lines that name none."""
    # When it is known what became of it (40_connections.sql).
    settled = f"least(min(wBeganAt) + {LIFETIME}, min(wEndedAt) + {_SETTLING}, greatest(min(wEndedAt), min(wBeganAt)))"
    shared = _is(f"{_requests('Gone')} + {_requests('Sent')} - {_requests('GoneOrSent')}")
    one_each = f"(1 - {_is(_requests('Gone') + ' - 1')}) * (1 - {_is(_requests('Sent') + ' - 1')})"
    # A welcome whose request met a GoneException before is not believed to be sent (41_welcomes.sql).
    disbelieved = f"{shared} * {one_each} * {_is('min(wSentAt) - min(wGoneAt)')}"
    return {
        "n": "count(*)",
        "named": "max(wNamed)",
        "events": "sum(wInside)",
        "vague": "sum(wInside * wVague)",
        "oldest": "min(wTime)",
        "first": f"min(wTime + {NEVER} * (1 - wInside))",
        "newest": f"max(wTime - {NEVER} * (1 - wInside))",
        "arrived": "max(wArrived)",
        **{f"{kind}s": f"sum(wInside * w_{kind})" for kind in KINDS},
        "begun": f"1 - {_never('min(wBegan)')}",
        "ended": f"1 - {_never('min(wEnded)')}",
        "lasted": "greatest(min(wEnded) - min(wBegan), 0)",
        "beganAt": "min(wBeganAt)",
        "endedAt": "min(wEndedAt)",
        "settled": _within(settled, length),
        "goneFirst": "min(wGoneAt)",
        "goneLast": _last("wGoneAt"),
        "sentFirst": f"min(wSentAt) + {NEVER} * {disbelieved}",
        "outcomeFirst": "min(wOutcomeAt)",
        "outcomeLast": _last("wOutcomeAt"),
        "triedFirst": "min(wTriedAt)",
        "goneRequests": _requests("Gone"),
        "outcomes": _requests("Outcome"),
        "sends": f"{_requests('Sent')} * (1 - {disbelieved})",
        "disbelieved": disbelieved,
        "unsure": f"{shared} * ((1 - {one_each}) * {_is(_last('wSentAt') + ' - min(wGoneAt) + 1')} + "
        f"{one_each} * (1 - {_is('abs(min(wSentAt) - min(wGoneAt))')}))",
        "greetsGone": _is(f"{_requests('Gone')} + {_requests('Greeting')} - {_requests('GoneOrGreeting')}"),
        "mismatched": f"abs(sum(w_gone + {' + '.join(f'w_{kind}' for kind in _GREETING)}) - count(wGoneOrGreeting))",
    }


_COMPLETE: Final = "begun * ended * settled"
_BAND: Final = f"{_COMPLETE} * (1 + floor({BANDS} * log(greatest(lasted, 1))))"
"""The band of a complete connection's duration, from 1 on; 0 for all else."""


def _of_all(length: int, short_ms: int) -> dict[str, str]:
    """What is summed over connections, as the SQL files of the analysis define it."""
    greeted = _within(f"least(triedFirst + {_SETTLING}, sentFirst)", length)
    outcome = _within(f"least(outcomeFirst + {_SETTLING}, sentFirst)", length)
    unheard = f"greetsGone * {_never('sentFirst')}"
    summed = {
        "lines": "n",
        "events": "events",
        "vague": "vague",
        **{kind: f"named * {kind}s" for kind in KINDS},
        "seen": f"named * {_is('events')}",
        "complete": _COMPLETE,
        "short": f"{_COMPLETE} * {_is(f'{short_ms} - lasted')}",
        "open": f"begun * (1 - ended) * {_is(f'beganAt + {LIFETIME} - {length} + 1')}",
        "headless": "(1 - begun) * ended * settled",
        "incomplete": "settled * (begun + ended - 2 * begun * ended)",
        "goneConnections": _is("gones"),
        "goneSquares": "gones * gones",
        "retrySquares": "welcome_retrys * welcome_retrys",
        "attempts": f"outcomes * {outcome}",
        "failed": f"(outcomes - sends) * {outcome}",
        "contradicted": f"disbelieved * {outcome}",
        "greeted": greeted,
        "undelivered": f"{_never('sentFirst')} * {greeted}",
        "ungreeted": f"{unheard} * {_within(f'goneFirst + {_SETTLING}', length)}",
        "unsureGone": f"{unheard} * {_is('goneRequests - 1')} * {_straddles('goneFirst', 'goneLast', length)}",
        "unsureAttempts": f"{_is('outcomes - 1')} * {_straddles('outcomeFirst', 'outcomeLast', length)}",
        "unsureSent": "unsure",
        "mismatched": "mismatched",
    }
    return {
        **{f"{name}Sum": f"sum({expression})" for name, expression in summed.items()},
        "worst": "max(gones)",
        "oldestTime": "min(oldest)",
        "firstTime": "min(first)",
        "newestTime": "max(newest)",
        "arrivedTime": "max(arrived)",
        "band": f"max({_BAND})",
    }


def _straddles(first: str, last: str, length: int) -> str:
    """1 where attempts of one connection may lie on both sides of an edge of the window, so that not all count."""
    inside = f"{_is(f'{first} + 1')} * {_is(f'{length} - {last} - {_SETTLING}')}"
    return f"(1 - {inside}) * {_is(f'{last} + {_SETTLING} + 1')} * {_is(f'{length} - {first}')}"


def _within(time: str, length: int) -> str:
    """1 where a time is in [0, length), else 0."""
    return f"{_is(f'{time} + 1')} * {_is(f'{length} - ({time})')}"


def _is(number: str) -> str:
    """1 where a whole number is above 0, else 0."""
    return f"greatest(0, least(1, {number}))"


def _never(time: str) -> str:
    """1 where something never happened, else 0."""
    return _is(f"{time} - {NEVER // 2}")


def _only(time: str, *kinds: str) -> str:
    """The time of a line of these kinds; of others, never."""
    return f"{time} + {NEVER} * (1 - {' - '.join(f'w_{kind}' for kind in kinds)})"


def _last(time: str) -> str:
    """The last time that is not never; where there is none, long before the window."""
    return f"max({time} - 2 * {NEVER} * {_never(time)})"


def _requests(name: str) -> str:
    return f"count_distinct(w{name})"


def _length(name: str) -> str:
    return f'strlen(coalesce({name}, ""))'


def _listed(expressions: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} as {name}" for name, expression in expressions.items())


COLUMNS: Final = frozenset(_of_all(1, 1))
"""What each row of the answer to `stats_query` holds: sums have names that end in `Sum`."""
