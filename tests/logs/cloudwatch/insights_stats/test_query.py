"""The counts of Logs Insights equal the analysis of all events.

The endpoint of the tests evaluates the query by itself, event by event; the analysis is SQL over the same events.
"""

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import isclose
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec.structs import replace

from checks.analysis.analyse import Analysis, Scope, analyse
from checks.analysis.counted import COUNTED, counted_analysis, tallies
from checks.analysis.recognise import Dialect, broad_patterns
from checks.config.environment import Environment, SentenceChoice
from checks.config.signal_patterns import as_pattern
from checks.logs.cloudwatch import insights_stats
from checks.logs.cloudwatch.insights import MOST_QUERY_CHARACTERS, QueryResult, ResultField
from checks.logs.cloudwatch.insights_stats import CONNECTION_EVENTS, CountableSentences, CountQuery, countable_sentences
from checks.logs.cloudwatch.insights_stats.query import CASES, cases_query, stats_query
from checks.logs.spool import Spool, SpoolFile
from checks.metrics import EvidenceKind, Metric
from checks.window import LOOK_BACK, SETTLING, Window, epoch_ms, from_epoch_ms
from tests.endpoint import insights
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.store import Group
from tests.simulator import connection_events, scenarios

VOCABULARY: Final = broad_patterns({})
SINCE: Final = datetime(2026, 6, 1, tzinfo=UTC)
SHORT_SECONDS: Final = 5.0
SNAPSHOTS: Final = {"data.gaps", "data.unreadable_rate", "data.unseen_signals"}
"""They follow from the read itself, and from the limits."""


def line(connection: str, kind: str, request: str) -> str:
    said = f'{{"connection_id": "{connection}", "event_type": "{kind}"}}'
    return f"[INFO]\t{SINCE:%FT%TZ}\t{request}\tCONNECTION_EVENT: {said}\n"


def environment(
    signals: Mapping[str, Mapping[str, str]], ignore: Sequence[str] = (), sentences: SentenceChoice = "any"
) -> Environment:
    """Return an environment that teaches sentences, as templates or patterns."""
    patterns = {kind: {name: as_pattern(text) for name, text in one.items()} for kind, one in signals.items()}
    return Environment("dev", {}, {}, patterns, {}, ignore=tuple(ignore), sentences=sentences)


FAILED: Final = "Köszöntés nem ment: {connection_id} (GoneException)"
TAUGHT: Final = environment(
    {
        "connect": {"new": "Kapcsolódott: {connection_id}", "again": "Újra itt: {connection_id} (* perc után)"},
        "disconnect": {"left": "Elment {connection_id}: *"},
        "message": {"said": r"^(?:\[[A-Z]+\]\t\S+\t\S+\t)?(?:Üzenet|Parancs) tőle: (?P<connection_id>[\w-]+=)"},
        "gone": {"gone": "Nem küldhető {connection_id}: 410 Gone"},
        "welcome_sent": {"sent": '"esemény": "welcome sent", "kinek": "{connection_id}"'},
        "welcome_failed": {"failed": FAILED.replace(" (GoneException)", "")},
        "welcome_retry": {"again": "(?i)welcome AGAIN for (?P<connection_id>\\S+)"},
    }
)
"""An application whose words nobody here knows."""

WORDS: Final = {
    "connect": ("Kapcsolódott: {}", "Újra itt: {} (12 perc után)"),
    "disconnect": ("Elment {}: bezárta",),
    "message": ("Üzenet tőle: {}", "Parancs tőle: {} /help"),
    "gone": ("Nem küldhető {}: 410 Gone",),
    "welcome_sent": ('{{"esemény": "welcome sent", "kinek": "{}"}}',),
    "welcome_failed": (FAILED.replace("{connection_id}", "{}"),),
    "welcome_retry": ("Welcome again for {}",),
}


def taught_line(connection: str, kind: str, request: str) -> str:
    """Return one of its lines; when every third connection leaves, its id is URL-encoded."""
    number = int(connection[1:-1])
    shown = connection.replace("=", "%3D") if kind == "disconnect" and number % 3 == 0 else connection
    words = WORDS[kind]
    return f"[INFO]\t{SINCE:%FT%TZ}\t{request}\t{words[number % len(words)].format(shown)}\n"


def printed_line(connection: str, kind: str, request: str) -> str:
    """Return the same without its request, except for some connections: only the START line before has it."""
    text = taught_line(connection, kind, request)
    return text if int(connection[1:-1]) % 4 == 0 else text.split("\t")[-1]


class Traffic:
    """Connections of all kinds, even impossible ones; many of them at an edge of the window."""

    def __init__(self, seed: int, window: Window, say: Callable[[str, str, str], str] = line) -> None:
        self._random = random.Random(seed)
        self._window = window
        self._line = say
        self.events: list[dict[str, Any]] = []

    def request(self) -> str:
        return f"{self._random.getrandbits(32):08x}-0000-4000-8000-{self._random.getrandbits(48):012x}"

    def say(self, at_ms: int, request: str, connection: str, kind: str) -> None:
        lag_ms = self._random.choice((300, 9_000))
        messages = [self._line(connection, kind, request)]
        if request not in messages[0]:
            messages.insert(0, f"START RequestId: {request} Version: 1\n")
        for message in messages:
            self.events.append(
                {
                    "timestamp": at_ms,
                    "ingestionTime": at_ms + lag_ms,
                    "message": message,
                    "logStreamName": "s",
                    "eventId": f"{len(self.events):06}",
                }
            )

    def connect(self, number: int, welcomes: Sequence[Sequence[tuple[str, int]]]) -> None:
        """Add a connection: its welcome is one of some stories, each of kinds and milliseconds."""
        draw, window = self._random, self._window
        edge = draw.choice((window.since_ms, window.until_ms))
        begin = draw.choice(
            (draw.randrange(window.since_ms - 9_000_000, window.until_ms), edge + draw.randrange(-12_000, 1_000))
        )
        end = begin + draw.choice(
            (1_500, 4_999, 5_000, 60_000, 1_800_000, 7_200_000, edge - begin + draw.randrange(20_000))
        )
        end, name, request = max(end, begin + 100), f"c{number:05}=", self.request()
        if draw.random() < 0.95:
            self.say(begin, request, name, "connect")
        for kind, after_ms in draw.choice(welcomes):
            self.say(
                begin + after_ms, self.request() if kind.startswith("+") else request, name, kind.removeprefix("+")
            )
        for _ in range(draw.choice((0, 0, 1, 3))):
            self.say(draw.randrange(begin, end), self.request(), name, "message")
        for _ in range(draw.choice((0, 0, 0, 0, 0, 1, 2))):
            self.say(end + draw.randrange(-4_000, 6_000), self.request(), name, "gone")
        if draw.random() < 0.9:
            self.say(end, self.request(), name, "disconnect")


PLAIN: Final = (
    (("welcome_sent", 40),),
    (("welcome_sent", 40),),
    (("welcome_failed", 40),),
    (("welcome_retry", 10), ("welcome_sent", 3_000)),
    (("gone", 30), ("welcome_failed", 40)),
    (),
)
ODD: Final = (
    *PLAIN,
    (("gone", 30), ("welcome_retry", 40), ("welcome_sent", 50)),
    (("gone", 30), ("welcome_sent", 30)),
    (("welcome_failed", 30), ("+welcome_sent", 4_000)),
    (("welcome_failed", 30), ("+gone", 3_000), ("+welcome_failed", 9_000), ("+welcome_sent", 15_000)),
    (("welcome_sent", 30), ("gone", 40), ("+welcome_failed", 50)),
)


def traffic_in(
    window: Window,
    seed: int,
    welcomes: Sequence[Sequence[tuple[str, int]]],
    say: Callable[[str, str, str], str] = line,
) -> Traffic:
    traffic = Traffic(seed, window, say)
    for number in range(240):
        traffic.connect(number, welcomes)
    return traffic


def asked(sentences: CountableSentences = CONNECTION_EVENTS, seen_until: datetime | None = None) -> CountQuery:
    return CountQuery(sentences, VOCABULARY, SHORT_SECONDS, epoch_ms(seen_until) if seen_until else None)


def counted(
    events: Sequence[Mapping[str, Any]],
    window: Window,
    seen_until: datetime | None = None,
    sentences: CountableSentences = CONNECTION_EVENTS,
) -> Analysis:
    """Return the analysis of what the endpoint counts."""
    result = answered(stats_query(asked(sentences, seen_until), window), events, window)
    analysis, gaps = counted_analysis(tallies(result, window), {}, sentences)
    assert gaps == ()
    return analysis


def answered(query: str, events: Sequence[Mapping[str, Any]], window: Window) -> QueryResult:
    since, until = epoch_ms(window.since - LOOK_BACK) // 1000, -(-window.until_ms // 1000)
    answer = insights.start(query, [Group("a").fill(events)], since, until, Behaviour(polls=0))
    rows = [[ResultField(cell["field"], cell["value"]) for cell in row] for row in answer.rows]
    return QueryResult(rows, round(answer.statistics["recordsMatched"]))


def read(
    events: Sequence[Mapping[str, Any]],
    window: Window,
    folder: Path,
    seen_until: datetime | None = None,
    signals: Mapping[str, Mapping[str, str]] | None = None,
) -> Analysis:
    """Return the analysis of all events of a read."""
    folder.mkdir()
    file, begin = folder / "events.jsonl", epoch_ms(window.since - LOOK_BACK)
    lines = (json.dumps(event) for event in events if begin <= event["timestamp"] < window.until_ms)
    file.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    spool = Spool("CloudWatch", ("a",), (SpoolFile(file, "a", "a"),), window=window)
    return analyse(spool, window, Dialect(SHORT_SECONDS, signals or {}, {}), folder, Scope(seen_until=seen_until))[0]


def holds(metric: Metric, expected: Metric) -> bool:
    """Whether a count agrees with the read: it is equal or, if uncertain, its bounds include it.

    Counts know no silences but the last.
    """
    if metric.name == "lifecycle.median_duration_seconds":
        near = metric.value == expected.value or isclose(metric.value or 0, expected.value or 0, rel_tol=0.0101)
        return near and metric.n == expected.n
    if metric.certain is not None and metric.numerator is not None and expected.numerator is not None:
        return metric.certain <= expected.numerator <= metric.numerator
    return metric == replace(expected, usual=None)


def differences(analysis: Analysis, expected: Analysis) -> list[tuple[Metric, Metric]]:
    pairs = [(metric, expected.metrics[name]) for name, metric in analysis.metrics.items() if name in COUNTED]
    assert len(pairs) == len(COUNTED - SNAPSHOTS)
    return [(metric, other) for metric, other in pairs if not holds(metric, other)]


@pytest.mark.parametrize("seed", range(2))
def test_what_is_counted_equals_what_is_read(tmp_path: Path, seed: int) -> None:
    """Every metric does, also in a window that follows another, with late events."""
    window = Window(SINCE, SINCE + timedelta(hours=4))
    traffic = traffic_in(window, seed, PLAIN)
    seen_until = SINCE + timedelta(seconds=4) if seed else None
    analysis = counted(traffic.events, window, seen_until)
    expected = read(traffic.events, window, tmp_path / "read", seen_until)
    assert differences(analysis, expected) == []
    assert (analysis.seen, analysis.interpretation) == (expected.seen, expected.interpretation)
    reading, other = analysis.reading, expected.reading
    assert (reading.events, reading.look_back_events) == (other.events, other.look_back_events)
    assert (reading.first_event, reading.last_event) == (other.first_event, other.last_event)
    assert reading.last_arrival == other.last_arrival


@pytest.mark.parametrize("seed", range(2))
def test_what_counts_leave_open_lies_within_bounds(tmp_path: Path, seed: int) -> None:
    """A welcome tried in several requests, or after a GoneException, counts as the worst case."""
    window = Window(SINCE, SINCE + timedelta(hours=4))
    traffic = traffic_in(window, seed, ODD)
    analysis, expected = counted(traffic.events, window), read(traffic.events, window, tmp_path / "read")
    worse = {"welcome.sent", "welcome.failed", "welcome.average_retries"}
    assert [pair for pair in differences(analysis, expected) if pair[0].name not in worse] == []
    values = {name: (analysis.metrics[name].value or 0, expected.metrics[name].value or 0) for name in worse}
    assert values["welcome.sent"][0] <= values["welcome.sent"][1]
    assert values["welcome.failed"][0] >= values["welcome.failed"][1]
    assert values["welcome.average_retries"][0] >= values["welcome.average_retries"][1] > 0


def test_attempts_on_both_sides_of_an_edge_are_unsure(tmp_path: Path) -> None:
    """The first is settled in the window, the second after it."""
    window = Window(SINCE, SINCE + timedelta(hours=1))
    traffic = Traffic(1, window)
    for before_end_ms in (15_000, 1_000):
        traffic.say(window.until_ms - before_end_ms, traffic.request(), "a=", "welcome_failed")
    rate = counted(traffic.events, window).metrics["welcome.failure_rate"]
    assert (rate.numerator, rate.certain) == (2, 1)
    assert read(traffic.events, window, tmp_path / "read").metrics["welcome.failure_rate"].numerator == 1


@pytest.mark.parametrize("seed", range(2))
def test_what_is_taught_is_counted_as_it_is_read(tmp_path: Path, seed: int) -> None:
    """This covers every metric of an application in its own words: templates and patterns, several of a kind."""
    window = Window(SINCE, SINCE + timedelta(hours=4))
    traffic = traffic_in(window, seed, PLAIN, taught_line)
    seen_until = SINCE + timedelta(seconds=4) if seed else None
    analysis = counted(traffic.events, window, seen_until, countable_sentences(TAUGHT))
    expected = read(traffic.events, window, tmp_path / "read", seen_until, TAUGHT.signals)
    assert expected.metrics["welcome.sent"].value
    assert differences(analysis, expected) == []
    assert (analysis.seen, analysis.interpretation) == (expected.seen, expected.interpretation)


@pytest.mark.parametrize(("welcomes", "most_unsure"), [(PLAIN, 0.1), (ODD, 1)])
def test_requests_that_lines_do_not_name_are_unsure(
    tmp_path: Path, welcomes: Sequence[Sequence[tuple[str, int]]], most_unsure: float
) -> None:
    """A read infers them from the START line before; counts have bounds, and all else is equal."""
    window = Window(SINCE, SINCE + timedelta(hours=4))
    traffic = traffic_in(window, 0, welcomes, printed_line)
    analysis = counted(traffic.events, window, sentences=countable_sentences(TAUGHT))
    expected = read(traffic.events, window, tmp_path / "read", signals=TAUGHT.signals)
    worse = {"welcome.sent", "welcome.failed", "welcome.average_retries"}
    assert [pair for pair in differences(analysis, expected) if pair[0].name not in worse] == []
    unsure = {name for name, metric in analysis.metrics.items() if metric.certain is not None}
    assert unsure == {"gone.welcome_rate", "welcome.failure_rate", "welcome.undelivered_rate"}
    rate = analysis.metrics["welcome.failure_rate"]
    assert (rate.numerator or 0) - (rate.certain or 0) <= most_unsure * (rate.n or 0)


@pytest.mark.parametrize("hours", [(0, 20), (6, 7), (11, 19)])
def test_traffic_of_the_simulator(tmp_path: Path, hours: tuple[int, int]) -> None:
    """The application logs by checks/events, in windows that cut connections."""
    scenario = scenarios.unhealthy(80, seed=7)
    events = connection_events.events(scenario)
    since, until = (from_epoch_ms(scenario.since_ms) + timedelta(hours=hour) for hour in hours)
    window = Window(since, until)
    assert differences(counted(events, window), read(events, window, tmp_path / "read")) == []


def test_the_cases_of_each_kind() -> None:
    """A second query names at most 50 connections, those with the most cases first."""
    window = Window(SINCE, SINCE + timedelta(hours=4))
    traffic = traffic_in(window, 1, PLAIN)
    question, settled_ms = asked(), round(SETTLING.total_seconds() * 1000)
    assert settled_ms < window.until_ms - window.since_ms
    sums = counted(traffic.events, window).metrics
    metric = {
        EvidenceKind.GONE: "gone.errors",
        EvidenceKind.GONE_WELCOME: "gone.welcome_rate",
        EvidenceKind.INCOMPLETE: "lifecycle.incomplete_rate",
        EvidenceKind.SHORT_LIVED: "lifecycle.short_lived_rate",
        EvidenceKind.WELCOME_FAILED: "welcome.failed",
        EvidenceKind.UNDELIVERED: "welcome.undelivered_rate",
        EvidenceKind.RETRIED: "welcome.retries",
    }
    assert metric.keys() == CASES.keys()
    for kind, name in metric.items():
        rows = [
            {cell.field: cell.value for cell in row}
            for row in answered(cases_query(question, window, kind), traffic.events, window).rows
        ]
        cases = [round(float(row["cases"])) for row in rows]
        known = sums[name].numerator if sums[name].numerator is not None else sums[name].value
        assert cases == sorted(cases, reverse=True)
        assert len(cases) == 50
        assert 0 < sum(cases) <= (known or 0), kind


def test_hostile_lines_count_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text after our line, in another line, or in keys named like fields of an earlier query does not count."""
    marks = iter(("bcdbcd", "cdecde"))  # at random, one in some hundred would hold "410", which looks relevant
    monkeypatch.setattr(insights_stats, "token_hex", lambda _: next(marks))
    window = Window(SINCE, SINCE + timedelta(hours=1))
    traffic = Traffic(1, window)
    at_ms, request = window.since_ms + 60_000, traffic.request()
    traffic.say(at_ms, request, "a=", "connect")
    ours = line("a=", "connect", request).rstrip()
    for hostile in (
        ours.replace("}", ', "details": {"event_type": "gone", "connection_id": "b="}}'),
        ours.replace(
            "}", ', "details": "CONNECTION_EVENT: {\\"connection_id\\": \\"b=\\", \\"event_type\\": \\"gone\\""}'
        ),
        'said CONNECTION_EVENT: {"connection_id": "b=", "event_type": "gone"}',
        json.dumps(dict.fromkeys(re.findall(r"\(\?<(\w+)>", stats_query(asked(), window)), "b=")),
        ours.replace('"connect"', '"goner"'),
        ours.replace('"a="', '""'),
    ):
        traffic.events.append({**traffic.events[0], "message": hostile, "eventId": hostile})
    counts = tallies(answered(stats_query(asked(), window), traffic.events, window), window)
    analysis, (gap,) = counted_analysis(counts, {}, CONNECTION_EVENTS)
    assert (counts.sums["connect"], counts.sums["gone"], counts.sums["seen"]) == (3, 0, 1)
    assert "3 lines look relevant but are none of connection_events" in gap
    assert analysis.metrics["data.near_miss_rate"] == Metric("data.near_miss_rate", 3 / 6, 6, 3)


def test_harmless_lines_are_no_gap() -> None:
    """These are lines of Lambda's platform, and those that `ignore` names."""
    window = Window(SINCE, SINCE + timedelta(hours=1))
    messages = ["REPORT RequestId: x Status: timeout", "connected to the cache", '{"type": "platform.start"}']
    events = [
        {
            "timestamp": window.since_ms,
            "ingestionTime": window.since_ms,
            "message": one,
            "logStreamName": "s",
            "eventId": one,
        }
        for one in messages
    ]
    sentences = countable_sentences(environment({}, [r"(?i)CONNECTED to"]))
    result = answered(stats_query(asked(sentences), window), events, window)
    assert counted_analysis(tallies(result, window), {}, sentences)[1] == ()


def test_the_query_fits() -> None:
    """Logs Insights allows 10,000 characters; some are left for patterns of `ignore`."""
    window = Window(SINCE, SINCE + timedelta(days=30))
    lengths = [
        len(stats_query(asked(known, SINCE), window)) for known in (CONNECTION_EVENTS, countable_sentences(TAUGHT))
    ]
    assert max(lengths) < 9_500, lengths


def test_sentences_of_1770_characters_fit() -> None:
    """These are one for each kind, as .docs/cloudwatch.md says."""
    window, text = Window(SINCE, SINCE + timedelta(days=30)), "{connection_id} ".ljust(1_770 // len(WORDS), "x")
    known = countable_sentences(environment({kind: {"long": text} for kind in WORDS}))
    assert 9_800 < len(stats_query(asked(known, SINCE), window)) <= MOST_QUERY_CHARACTERS
