"""Counting with Logs Insights: one query aggregates by connection, then over connections, and returns a few rows.

It recognises lines only by a table of sentences. It uses only documented functions, and turns conditions into numbers
with `isempty`, `greatest` and `least`. A connection has the same state here as in the SQL files of the analysis.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Final

from msgspec import Struct

from checks.config.signal_patterns import ID_GROUP
from checks.logs.cloudwatch.insights import delimited, within
from checks.logs.cloudwatch.insights_stats import CountableSentences, CountQuery, scoped, shortened
from checks.metrics import SIGNAL_KINDS, EvidenceKind
from checks.window import CONNECTION_LIFETIME, LOOK_BACK, SETTLING, TimeSpan, Window

NEVER: Final = 10**12
"""The time of an event that has not happened, in milliseconds: later than any window."""
_HALF: Final = NEVER // 2

_EMPTY: Final = '""'

LIFETIME: Final = round(CONNECTION_LIFETIME.total_seconds() * 1000)
_LOOK_BACK: Final = round(LOOK_BACK.total_seconds() * 1000)
_SETTLING: Final = round(SETTLING.total_seconds() * 1000)
BANDS: Final = 50
"""The number of bands (bins) of durations per factor of e; they are so narrow that the median is known to 1 %."""

_OUTCOMES: Final = ("welcome_sent", "welcome_failed")
_TRIES: Final = (*_OUTCOMES, "welcome_retry")
_GREETING: Final = ("connect", *_TRIES)
_REQUESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Sent": ("welcome_sent",),
    "Outcome": _OUTCOMES,
    "Gone": ("gone",),
    "GoneOrSent": ("gone", "welcome_sent"),
    "Greeting": _GREETING,
    "GoneOrGreeting": ("gone", *_GREETING),
}
"""Fields that hold the request of lines of these kinds. The number of requests that two kinds share follows from the
numbers for each kind and for either."""

CASES: Final[Mapping[EvidenceKind, str]] = {
    EvidenceKind.GONE: "gone",
    EvidenceKind.GONE_WELCOME: "ungreeted",
    EvidenceKind.INCOMPLETE: "incomplete",
    EvidenceKind.SHORT_LIVED: "short",
    EvidenceKind.WELCOME_FAILED: "failed",
    EvidenceKind.UNDELIVERED: "undelivered",
    EvidenceKind.RETRIED: "welcome_retry",
}
"""The sum that counts the cases, by kind of evidence."""

CASE_FACTS: Final = ("beganAt", "endedAt", "gones", "welcome_faileds", "welcome_retrys", "sentFirst")
MOST_CASES: Final = 50


def stats_query(question: CountQuery, window: Window) -> str:
    """The query for sums over all connections; it filters by the milliseconds of the window and its look-back."""
    sums = _of_all(*_lengths(question, window))
    return shortened([*_by_connection(question, window), f"stats {_listed(sums)} by {_BAND}"], keep=COLUMNS)


def cases_query(question: CountQuery, window: Window, kind: EvidenceKind) -> str:
    """The query for the connections with cases of a kind (of CASES), those with the most cases first."""
    sums = _of_all(*_lengths(question, window))
    facts = {name: f"max({name})" for name in CASE_FACTS}
    columns = {"cases": sums[f"{CASES[kind]}Sum"], **facts}
    stages = [f"stats {_listed(columns)} by wId", "sort cases desc", f"limit {MOST_CASES}"]
    return shortened([*_by_connection(question, window), *stages], keep={"wId", *columns})


def _lengths(question: CountQuery, window: Window) -> tuple[int, int]:
    """The length of the window, and the shortest duration that is not short-lived, in milliseconds."""
    return window.until_ms - window.since_ms, ceil(question.short_lived_seconds * 1000)


def _by_connection(question: CountQuery, window: Window) -> Iterator[str]:
    """The stages that result in a row for each connection."""
    yield within(TimeSpan(max(0, window.since_ms - _LOOK_BACK), window.until_ms))
    fields = _Fields(question.sentences)
    yield from fields.parses(question)
    for name, expression in fields.of_line(question, window).items():
        yield f"fields {expression} as {name}"
    yield from fields.requests()
    yield f"stats {_listed(fields.of_connection(window.until_ms - window.since_ms))} by wId"


class _Fields(Struct, frozen=True):
    """The fields of a line, and those of a connection derived from them; kinds without sentences have none."""

    sentences: CountableSentences

    def parses(self, question: CountQuery) -> Iterator[str]:
        """Stages that parse a line: its request, its connection by each sentence, and whether it may matter."""
        yield _parse("@message", self.sentences.request)
        for kind, patterns in self.sentences.patterns.items():
            for name, pattern in zip(self._parsed(kind), patterns, strict=True):
                yield _parse("@message", pattern.replace(ID_GROUP, f"(?<{name}>"))
        yield _parse("@message", f"(?<wMaybe>{_either(question.vocabulary)})")
        yield _parse("@message", f"(?<wHarmless>{_either(self.sentences.harmless)})")

    def of_line(self, question: CountQuery, window: Window) -> dict[str, str]:
        """The fields of a line; its time is in milliseconds from the beginning of the window."""
        late, length = "0", window.until_ms - window.since_ms
        if question.seen_until_ms is not None:
            late = _is(f"wArrived - {question.seen_until_ms}")
        parsed = [name for kind in self.sentences.patterns for name in self._parsed(kind)]
        return {
            "wId": f'replace(replace(coalesce({", ".join([*parsed, _EMPTY])}), "%3D", "="), "%3d", "=")',
            "wRequest": f"coalesce(wParsedRequest, @requestId, {_EMPTY})",
            "wArrived": "toMillis(@ingestionTime)",
            "wTime": f"toMillis(@timestamp) - {window.since_ms}",
            "wNamed": "1 - isempty(wId)",
            "wBlind": "isempty(wRequest)",
            "wVague": "(1 - isempty(wMaybe)) * isempty(wHarmless) * isempty(wId)",
            "wAt": f"wTime + {late} * (greatest(wTime, 0) - wTime)",
            "wInside": _is(*_within("wAt", length)),
            **{f"{kind}Id": self._id(kind) for kind in self.sentences.patterns},
            **{f"w_{kind}": f"1 - isempty({kind}Id)" for kind in self.sentences.patterns},
            "wBegan": self._only("wTime", "connect"),
            "wEnded": self._only("wTime", "disconnect"),
            "wBeganAt": self._only("wAt", "connect"),
            "wEndedAt": self._only("wAt", "disconnect"),
            "wGoneAt": self._only("wAt", "gone"),
            "wGoneLast": self._only("wAt", "gone", sign="-"),
            "wSentAt": self._only("wAt", "welcome_sent"),
            "wSentLast": self._only("wAt", "welcome_sent", sign="-"),
            "wOutcomeAt": self._only("wAt", *_OUTCOMES),
            "wOutcomeLast": self._only("wAt", *_OUTCOMES, sign="-"),
            "wTriedAt": self._only("wAt", *_TRIES),
        }

    def requests(self) -> Iterator[str]:
        """Stages that extract the request of a line if the line is of certain kinds."""
        for name, kinds in _REQUESTS.items():
            if known := self._known(kinds):
                ids = ", ".join(f"{kind}Id" for kind in known)
                yield f'fields concat({ids}, " ", wRequest) as wIn{name}'
                yield _parse(f"wIn{name}", rf". (?<w{name}>\S{{36}})$")

    def of_connection(self, length: int) -> dict[str, str]:
        """The fields of each connection, and in one more row those of all lines without a connection."""
        # When the outcome of the connection is known (40_connections.sql).
        right = "greatest(min(wEndedAt), min(wBeganAt))"
        settled = f"least(min(wBeganAt) + {LIFETIME}, min(wEndedAt) + {_SETTLING}, {right})"
        return {
            "n": "count(*)",
            "named": "max(wNamed)",
            "events": "sum(wInside)",
            "vague": "sum(wInside * wVague)",
            "said": "sum(wInside * wNamed)",
            "oldest": "min(wTime)",
            "first": f"min(wTime + {NEVER} * (1 - wInside))",
            "newest": f"max(wTime - {NEVER} * (1 - wInside))",
            "arrived": "max(wArrived)",
            **{f"{kind}s": f"sum(wInside * {self._any(kind)})" for kind in SIGNAL_KINDS},
            "tries": f"sum(wInside * {self._any(*_TRIES)})",
            "begun": _is(f"{_HALF} - min(wBegan)"),
            "ended": _is(f"{_HALF} - min(wEnded)"),
            "lasted": "greatest(min(wEnded) - min(wBegan), 0)",
            "beganAt": "min(wBeganAt)",
            "endedAt": "min(wEndedAt)",
            "settled": _is(*_within(settled, length)),
            "goneFirst": "min(wGoneAt)",
            "goneLast": "max(wGoneLast)",
            "outcomeFirst": "min(wOutcomeAt)",
            "outcomeLast": "max(wOutcomeLast)",
            "triedFirst": "min(wTriedAt)",
            **self._of_requests(),
        }

    def _of_requests(self) -> dict[str, str]:
        """The fields of its requests. A line whose request is not known counts as one, but may be part of another."""
        gone, sent, both = map(self._requests, ("Gone", "Sent", "GoneOrSent"))
        shared, alone = f"{gone} + {sent} - {both}", (f"2 - {gone}", f"2 - {sent}")
        greeting, of_either = self._any(*_GREETING), self._any("gone", *_GREETING)
        shared_greeting = f"{gone} + {self._requests('Greeting')} - {self._requests('GoneOrGreeting')}"
        known = self._requests("GoneOrGreeting", "count")
        blind_outcomes = f"sum(wBlind * {self._any(*_OUTCOMES)})"
        return {
            "shared": _is(shared),
            "alone": _is(*alone),
            "sent": "min(wSentAt)",
            # A welcome does not count as sent if its request met a GoneException before (41_welcomes.sql).
            "sentFirst": f"min(wSentAt) + {NEVER} * {_is(shared, *alone, 'min(wSentAt) - min(wGoneAt)')}",
            "sentAfter": _is("max(wSentLast) - min(wGoneAt) + 1"),
            "sends": f"{sent} + sum(wBlind * {self._any('welcome_sent')})",
            "outcomes": f"{self._requests('Outcome')} + {blind_outcomes}",
            "blindOutcomes": blind_outcomes,
            "goneRequests": gone,
            "greetsGone": _is(f"{shared_greeting} + sum({self._any('gone')} * {greeting})"),
            "blind": _is(f"sum(wBlind * {of_either})"),
            "mismatched": f"abs(sum({of_either}) - sum(wBlind * {of_either}) - {known})",
        }

    def _known(self, kinds: Sequence[str]) -> list[str]:
        return [kind for kind in kinds if kind in self.sentences.patterns]

    def _parsed(self, kind: str) -> list[str]:
        """For each sentence of a kind, the field that holds the id of its connection."""
        return [f"w{kind}{number}" for number in range(len(self.sentences.patterns[kind]))]

    def _id(self, kind: str) -> str:
        """The ids that a line of a kind names; empty for other lines."""
        ids = [f"coalesce({name}, {_EMPTY})" for name in self._parsed(kind)]
        return ids[0] if len(ids) == 1 else f"concat({', '.join(ids)})"

    def _any(self, *kinds: str) -> str:
        """1 for lines of these kinds, else 0."""
        known = [f"w_{kind}" for kind in self._known(kinds)]
        return f"greatest({', '.join(known)})" if len(known) > 1 else "".join(known) or "0"

    def _only(self, time: str, *kinds: str, sign: str = "+") -> str:
        """The time of a line of these kinds; for other lines, a time long after the window, or before it."""
        return f"{time} {sign} {NEVER} * (1 - {self._any(*kinds)})"

    def _requests(self, name: str, count: str = "count_distinct") -> str:
        """The number of requests that lines of some kinds belong to; with `count`, of the lines that belong to one."""
        return f"{count}(w{name})" if self._known(_REQUESTS[name]) else "0"


_COMPLETE: Final = "begun * ended * settled"
_BAND: Final = f"{_COMPLETE} * (1 + floor({BANDS} * log(greatest(lasted, 1))))"
"""The band of a complete connection's duration, counted from 1; 0 for anything else."""


def _of_all(length: int, short_ms: int) -> dict[str, str]:
    """The sums over connections, as the SQL files of the analysis define them."""
    outcome = _within(f"least(outcomeFirst + {_SETTLING}, sentFirst)", length)
    never_sent, unmended = f"sentFirst - {_HALF}", _within(f"goneFirst + {_SETTLING}", length)
    summed = {
        "lines": "n",
        "events": "events",
        "vague": "vague",
        "said": "said",
        "tries": "tries",
        **{kind: f"named * {kind}s" for kind in SIGNAL_KINDS},
        "seen": f"named * {_is('events')}",
        "complete": _COMPLETE,
        "short": f"{_COMPLETE} * {_is(f'{short_ms} - lasted')}",
        "open": _is("begun", "1 - ended", f"beganAt + {LIFETIME} - {length} + 1"),
        "headless": "(1 - begun) * ended * settled",
        "incomplete": "settled * (begun + ended - 2 * begun * ended)",
        "goneConnections": _is("gones"),
        "goneSquares": "gones * gones",
        "retrySquares": "welcome_retrys * welcome_retrys",
        "attempts": f"outcomes * {_is(*outcome)}",
        "failed": f"(outcomes - sends * (1 - {_is('sentFirst - sent')})) * {_is(*outcome)}",
        "contradicted": _is("sentFirst - sent", *outcome),
        "greeted": _is(*_within(f"least(triedFirst + {_SETTLING}, sentFirst)", length)),
        "undelivered": _is(never_sent, *_within(f"triedFirst + {_SETTLING}", length)),
        "unwelcomed": _is(f"triedFirst - {_HALF}", *_within(f"beganAt + {_SETTLING}", length)),
        "ungreeted": _is("greetsGone", never_sent, *unmended),
        **_unsure(length, never_sent, unmended, outcome),
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


def _unsure(length: int, never_sent: str, unmended: Sequence[str], outcome: Sequence[str]) -> dict[str, str]:
    """How many cases may have to be counted differently, because their requests are not known, or there are several."""
    gone_edge = _straddles("goneFirst", "goneLast", length)
    in_doubt = ("blind", "1 - greetsGone", never_sent, f"{_HALF} - least(beganAt, triedFirst)")
    return {
        "unsureGone": " + ".join(
            [
                f"{_is('greetsGone', never_sent, 'goneRequests - 1 + blind * (goneLast - goneFirst)')} * {gone_edge}",
                f"{_is(*in_doubt)} * greatest({_is(*unmended)}, {_is('goneLast - goneFirst')} * {gone_edge})",
            ]
        ),
        "unsureAttempts": f"greatest(0, outcomes - 1) * greatest("
        f"{_straddles('outcomeFirst', 'outcomeLast', length)}, {_is('blindOutcomes', *outcome)})",
        "unsureSent": " + ".join(
            [
                _is("shared", "1 - alone", "sentAfter"),
                _is("shared", "alone", "1 - abs(sent - goneFirst)"),
                _is("blind", "1 - shared", "sentAfter"),
            ]
        ),
    }


def _straddles(first: str, last: str, length: int) -> str:
    """1 if attempts of one connection may lie on both sides of an edge of the window, so that not all count."""
    inside = _is(f"{first} + 1", f"{length} - {last} - {_SETTLING}")
    return f"(1 - {inside}) * {_is(f'{last} + {_SETTLING} + 1', f'{length} - {first}')}"


def _within(time: str, length: int) -> tuple[str, str]:
    """Two integers that are both above 0 if a time is in [0, length)."""
    return f"{time} + 1", f"{length} - ({time})"


def _is(*numbers: str) -> str:
    """1 if all of these integers are above 0, else 0."""
    return f"greatest(0, least(1, {', '.join(numbers)}))"


def _parse(field: str, pattern: str) -> str:
    return f"parse {field} /{delimited(pattern)}/"


def _either(patterns: Sequence[str]) -> str:
    """A pattern that matches any of several."""
    return "|".join(map(scoped, patterns))


def _listed(expressions: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} as {name}" for name, expression in expressions.items())


COLUMNS: Final = frozenset(_of_all(1, 1))
"""The columns of each row that `stats_query` returns: sums have names that end in `Sum`."""
