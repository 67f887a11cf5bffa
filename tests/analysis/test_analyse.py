"""From events to numbers: what was read, what was counted, and the lives of connections, written by hand."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from checks.analysis.analyse import analyse
from checks.analysis.recognise import Dialect
from checks.errors import SourceError
from checks.logs.files import read_files
from checks.logs.spool import Spool, SpoolFile
from checks.metrics import IN_LOGS, Subject, Unit
from checks.metrics import METRICS as CATALOGUE
from checks.window import FileWindow, Window, from_epoch_ms
from tests.analysis.playing import (
    ANN,
    BOB,
    HOUR_MS,
    LIFETIME_MS,
    LOOK_BACK_MS,
    OTHER_REQUEST,
    SETTLING_MS,
    SINCE_MS,
    UNTIL_MS,
    WINDOW,
    Event,
    Numbers,
    analysed,
    analysed_file,
    event,
    examined_file,
    numbers_by_case,
    printed,
    renamed,
    said,
    values,
    with_gone_connections,
    written,
)

METRICS = {
    name: one
    for name, one in CATALOGUE.items()
    if name not in {"data.gaps", "data.unreadable_rate", "data.unseen_signals"}
    and one.subject in set(IN_LOGS) - {Subject.ERRORS, Subject.LAMBDA}
}
"""The metrics that the events tell; the other two are about the read and the limits."""


LIVES = ("lifecycle.complete", "lifecycle.open", "lifecycle.incomplete")
NOISE = "Cache miss for room 17"


def connect(connection_id: str, at_ms: int) -> Event:
    return event(f"Client connected: {connection_id}", at_ms)


def disconnect(connection_id: str, at_ms: int) -> Event:
    return event(f"Client disconnected: {connection_id}", at_ms)


def look_back() -> Event:
    """Return an event that extends the log to two hours before the window."""
    return event(NOISE, SINCE_MS - LOOK_BACK_MS)


# ------------------------------------------------------------------------------------------------ reading


def test_parts_of_time(tmp_path: Path) -> None:
    """Only the window's events count; the two hours before it are the look-back, all others are outside."""
    times_ms = {
        "look-back": [SINCE_MS - LOOK_BACK_MS, SINCE_MS - 1],
        "window": [SINCE_MS, SINCE_MS + 1, UNTIL_MS - 1],
        "outside": [SINCE_MS - LOOK_BACK_MS - 1, UNTIL_MS, UNTIL_MS + HOUR_MS, 0],
    }
    analysis = analysed(tmp_path, [event(NOISE, at_ms) for part in times_ms.values() for at_ms in part])
    reading = analysis.reading
    assert (reading.look_back_events, reading.events, reading.outside_events) == (2, 3, 4)
    assert (reading.first_event, reading.last_event) == (from_epoch_ms(SINCE_MS), from_epoch_ms(UNTIL_MS - 1))
    assert values(analysis, "data.events", "data.age_seconds") == [3, 0.001]


@pytest.mark.parametrize(
    ("pauses_s", "usual_s"),
    [
        ([600] * 9, 600),
        ([600] * 8 + [1500], 1500),
        ([1500, 160] * 5, 1500),
        ([600] * 8 + [50] * 9, 7200),
        ([], 7200),
    ],
)
def test_the_longest_other_silence(tmp_path: Path, pauses_s: list[int], usual_s: int) -> None:
    """It takes nine others of a tenth of the longest, or more; otherwise the last one is all that is known."""
    times_ms = [SINCE_MS + sum(pauses_s[:number]) * 1000 for number in range(len(pauses_s) + 1)]
    window = Window(from_epoch_ms(SINCE_MS), from_epoch_ms(times_ms[-1] + 7200 * 1000))
    age = analysed(tmp_path, [event(NOISE, at_ms) for at_ms in times_ms], window).metrics["data.age_seconds"]
    assert (age.value, age.usual) == (7200, usual_s)


def test_a_silence_at_the_beginning(tmp_path: Path) -> None:
    """It began before the window if the look-back shows when; otherwise with the window."""
    lines = [event(NOISE, SINCE_MS + HOUR_MS + quarter * HOUR_MS // 4) for quarter in range(10)]
    before = event(NOISE, SINCE_MS - HOUR_MS)
    usual = [analysed(tmp_path, one).metrics["data.age_seconds"].usual for one in (lines, [before, *lines])]
    assert usual == [3600, 7200]


def test_an_event_that_two_exports_give_other_ids_counts_once(tmp_path: Path) -> None:
    """FilterLogEvents has digits, Logs Insights a pointer; two of one kind are two events."""
    line = said(f"Connection {ANN} GoneException: 410")
    ids = {"filtered": ["39" * 28], "queried": ["CmEKJgoi"], "filtered, too": ["38" * 28, "39" * 28], "text": [""]}
    paths = []
    for name, of_file in ids.items():
        (tmp_path / name).mkdir()
        paths.append(written(tmp_path / name, [{**line, "eventId": one} for one in of_file]))
    spool = read_files([str(path) for path in paths], tmp_path)
    analysis, _ = analyse(spool, WINDOW, Dialect(5, {}, {}), tmp_path)
    assert values(analysis, "data.events", "gone.errors") == [2, 2]


def test_a_log_that_was_appended_to_another_counts_once(tmp_path: Path) -> None:
    """`tail >> file`, started again, does that; a line that a log has twice counts twice."""
    stream = "2026/06/02/[$LATEST]5e1f0a9c2b7d4e6f8091a2b3c4d5e6f7"
    lines = [
        f"2026-06-02T00:00:{second:02}.000000+00:00 {stream} Connection {ANN} GoneException: 410\n"
        for second in (0, 10, 10, 20)
    ]
    for text in ("".join(lines), "".join([*lines, *lines[1:]])):
        (tmp_path / "log").write_text(text, encoding="utf-8")
        spool = read_files([str(tmp_path / "log")], tmp_path)
        analysis, _ = analyse(spool, WINDOW, Dialect(5, {}, {}), tmp_path)
        assert values(analysis, "data.events", "gone.errors") == [4, 4]
        assert analysis.reading.duplicates == text.count("\n") - 4


def test_lines_that_are_out_of_order_are_no_second_log(tmp_path: Path) -> None:
    """Streams may be printed together: what they have twice in a millisecond counts twice."""
    stream = "2026/06/02/[$LATEST]5e1f0a9c2b7d4e6f8091a2b3c4d5e6f7"
    text = "".join(
        f"2026-06-02T00:00:01.{millisecond}000+00:00 {stream} Connection {ANN} GoneException: 410\n"
        for millisecond in (100, 200, 100, 200)
    )
    (tmp_path / "log").write_text(text, encoding="utf-8")
    spool = read_files([str(tmp_path / "log")], tmp_path)
    analysis, _ = analyse(spool, WINDOW, Dialect(5, {}, {}), tmp_path)
    assert values(analysis, "data.events", "gone.errors") == [4, 4]


def posts(event_ids: Sequence[str | None]) -> list[Event]:
    """Return a failed post for each id; for None, the log says in one way or another that there is no id."""
    return [said(f"Connection {ANN} GoneException: 410, post {at}", eventId=one) for at, one in enumerate(event_ids)]


BY_THEIR_IDS: Mapping[str, tuple[list[Event], int]] = {
    "the same event id is the same event": ([*posts(["37"]), event(NOISE, eventId="38"), *posts(["37"]) * 2], 1),
    # nothing that a log says is dropped for what it does not say, whoever gave the events their id
    "one id of different texts is no duplicate": ([*posts(["39"] * 3), *posts(["39"])], 3),
    # an application may say the same twice in a millisecond
    "events without an id are all different": (
        [*posts([None, ""]), *posts([None, ""]), *[said(f"Connection {ANN} GoneException: 410")] * 2],
        6,
    ),
}
"""Lines, of which some are duplicates, and how many errors they tell of."""


def test_an_event_counts_once_by_its_id(tmp_path: Path) -> None:
    """This also holds for lines with signals; one log has all cases, with three duplicate lines."""
    lines = [line for number, (case, _) in enumerate(BY_THEIR_IDS.values()) for line in renamed(case, number)]
    analysis, engine = examined_file(written(tmp_path, lines))
    rows = engine.rows("SELECT count(*) AS errors FROM gone_errors GROUP BY connection_id ORDER BY connection_id")
    assert dict(zip(BY_THEIR_IDS, (row["errors"] for row in rows), strict=True)) == {
        name: errors for name, (_, errors) in BY_THEIR_IDS.items()
    }
    assert (analysis.reading.events, analysis.reading.duplicates) == (2 + 3 + 6, 2 + 1)
    assert values(analysis, "data.events", "gone.errors") == [2 + 3 + 6, 1 + 3 + 6]


def test_unreadable_line(tmp_path: Path) -> None:
    """It is counted and shown with its place; the lines around it are still read."""
    path = written(tmp_path, [connect(ANN, SINCE_MS), "", "Client connected", disconnect(ANN, SINCE_MS + 9000)])
    analysis = analysed_file(path)
    assert analysis.reading.unreadable == 1
    assert analysis.reading.unreadable_examples == (f"{path}:3: is not JSON",)
    assert values(analysis, "data.events", "lifecycle.complete") == [2, 1]


def test_times_beyond_doubt_are_not_unreadable(tmp_path: Path) -> None:
    """Beside a line that cannot be read, only that line is shown."""
    times: list[object] = [SINCE_MS, SINCE_MS / 1000, "2026-06-02T00:00:00Z", "2026-06-02 00:00:00.000", str(SINCE_MS)]
    lines = [{"timestamp": time, "message": "👋"} for time in times]
    reading = analysed(tmp_path, [*lines, "junk"]).reading
    assert (reading.events, reading.unreadable, len(reading.unreadable_examples)) == (5, 1, 1)


def test_few_unreadable_lines_are_shown(tmp_path: Path) -> None:
    """All are counted; those that a format could not convert come first."""
    unread = [{"timestamp": None, "unread": f"{number}: why"} for number in (1, 7)]
    path = written(tmp_path, [event(NOISE), *["junk"] * 9, *unread])
    spool = Spool("files", ("log",), (SpoolFile(path, "log"),))
    analysis, _ = analyse(spool, WINDOW, Dialect(5, {}, {}), tmp_path)
    assert analysis.reading.unreadable == 11
    assert analysis.reading.unreadable_examples == (
        "log:1: why",
        "log:7: why",
        *(f"log:{number}: is not JSON" for number in (2, 3, 4)),
    )


def test_only_broken_files_are_searched(tmp_path: Path) -> None:
    """The place names the file as the user knows it."""
    written(tmp_path, [event(NOISE)]).rename(tmp_path / "a.jsonl")
    written(tmp_path, [event(NOISE, SINCE_MS + 1), "junk"]).rename(tmp_path / "b.jsonl")
    spool = read_files([str(tmp_path)], tmp_path / "spool")
    analysis, _ = analyse(spool, WINDOW, Dialect(5, {}, {}), tmp_path)
    assert analysis.reading.unreadable_examples == (f"{tmp_path / 'b.jsonl'}:2: is not JSON",)
    assert analysis.reading.events == 2


SPELLINGS: Mapping[str, Callable[[int], object]] = {
    "seconds": lambda at_ms: at_ms / 1000,
    "milliseconds": lambda at_ms: at_ms,
    "text": str,
    "microseconds": lambda at_ms: at_ms * 1000,
    "nanoseconds": lambda at_ms: at_ms * 1_000_000,
    "ISO": lambda at_ms: from_epoch_ms(at_ms).isoformat(),
    "without zone": lambda at_ms: f"{from_epoch_ms(at_ms):%Y-%m-%d %H:%M:%S.%f}",
    "other zone": lambda at_ms: (from_epoch_ms(at_ms) + timedelta(hours=2)).isoformat().replace("+00:00", "+02:00"),
}


def test_spellings_of_time(tmp_path: Path) -> None:
    """Whatever the unit, the numbers are the same to the millisecond."""
    ids = {f"Zz7LmXa9oAMCK{number:02}=": spell for number, spell in enumerate(SPELLINGS.values())}
    spelled = [
        {**line, "timestamp": spell(int(str(line["timestamp"])))}
        for one, spell in ids.items()
        for line in (connect(one, SINCE_MS + 1), disconnect(one, SINCE_MS + 4124), event(NOISE, UNTIL_MS))
    ]
    analysis, engine = examined_file(written(tmp_path, [*spelled, look_back()]))
    reading = analysis.reading
    assert (reading.events, reading.outside_events, reading.unreadable) == (2 * len(ids), len(ids), 0)
    assert values(analysis, "lifecycle.short_lived") == [len(ids)]
    durations = engine.rows("SELECT connection_id, duration_seconds FROM connections")
    assert {row["connection_id"]: row["duration_seconds"] for row in durations} == dict.fromkeys(ids, 4.123)


def test_order_of_events_does_not_matter(tmp_path: Path) -> None:
    """A log may be delivered backwards."""
    lines = [connect(ANN, SINCE_MS), disconnect(ANN, SINCE_MS + 9000), connect(BOB, SINCE_MS + 1), look_back()]
    assert analysed(tmp_path, lines[::-1]).metrics == analysed(tmp_path, lines).metrics


def test_long_line(tmp_path: Path) -> None:
    """An event of 1 MiB is read like any other, with its signals."""
    long = said(
        f"Post to connection {ANN} failed: GoneException: 410\n" + "    at push (/var/task/push.js:1:1)\n" * 30_000
    )
    assert len(str(long["message"])) > 1 << 20
    analysis = analysed(tmp_path, [event(NOISE), long, event("connectionId: ={" * 70_000), event(NOISE)])
    assert analysis.reading.unreadable == 0
    assert values(analysis, "data.events", "gone.errors") == [4, 1]


def test_window_is_what_the_files_hold(tmp_path: Path) -> None:
    """Without a window, all events are in it."""
    times_ms = [SINCE_MS + 17, SINCE_MS, UNTIL_MS + 5]
    analysis = analysed_file(written(tmp_path, [event(NOISE, at_ms) for at_ms in times_ms]), None)
    assert (analysis.window.since_ms, analysis.window.until_ms) == (SINCE_MS, UNTIL_MS + 6)
    assert (analysis.reading.events, analysis.reading.outside_events) == (3, 0)


# ------------------------------------------------------------------------------------------------ nothing to read


def test_empty_spool(tmp_path: Path) -> None:
    """No file has an event: the error names what was requested."""
    spool = Spool("files", ("a.log", "b.log"), ())
    with pytest.raises(SourceError, match=r"^a\.log, b\.log: holds no log event with a time$"):
        analyse(spool, WINDOW, Dialect(5, {}, {}), tmp_path)


def test_all_was_read_and_there_is_no_event(tmp_path: Path) -> None:
    """In a requested window this is a finding: counts are 0, and without a sample there is no number."""
    analysis = analysed(tmp_path, ['{"events": []}'])
    assert analysis.reading.is_empty
    assert analysis.metrics.keys() == METRICS.keys()
    assert {one.value for one in analysis.metrics.values() if METRICS[one.name].unit is Unit.COUNT} == {0}
    assert {one.value for one in analysis.metrics.values() if METRICS[one.name].unit is not Unit.COUNT} == {None}
    with pytest.raises(SourceError, match="holds no log event with a time"):
        analysed(tmp_path, ['{"events": []}'], window=None)


def test_no_event_in_what_was_read_of_more(tmp_path: Path) -> None:
    """The missing part may have some."""
    (tmp_path / "0.jsonl").touch()
    spool = Spool("files", ("0",), (SpoolFile(tmp_path / "0.jsonl", "0"),), gaps=("half of it is missing",))
    with pytest.raises(SourceError, match="holds no log event with a time"):
        analyse(spool, WINDOW, Dialect(5, {}, {}), tmp_path)


@pytest.mark.parametrize("window", [WINDOW, None])
@pytest.mark.parametrize("lines", [['{"message": "x"}', "{}"], ["{", "junk"]])
def test_no_line_has_a_time(tmp_path: Path, window: Window | None, lines: Sequence[str]) -> None:
    """Lines without a time are not a log, with or without a window."""
    with pytest.raises(
        SourceError, match=r"log\.jsonl: (?:holds no log event with a time|contains no event in a known format)"
    ):
        analysed(tmp_path, lines, window)


def test_spool_that_cannot_be_read(tmp_path: Path) -> None:
    """The engine's error becomes an error of the logs, with the name that the user gave."""
    spool = Spool("files", ("gone.jsonl",), (SpoolFile(tmp_path / "gone.jsonl", "gone.jsonl"),))
    with pytest.raises(SourceError, match=r"^gone\.jsonl: IO Error: No files found"):
        analyse(spool, WINDOW, Dialect(5, {}, {}), tmp_path)


def test_nothing_in_the_window(tmp_path: Path) -> None:
    """Events elsewhere prove nothing: counts are 0, rates have no sample, the age is unknown."""
    analysis = analysed(tmp_path, [connect(ANN, UNTIL_MS)])
    assert (analysis.reading.events, analysis.reading.first_event, analysis.reading.last_event) == (0, None, None)
    assert values(analysis, "data.events", "data.age_seconds") == [0, None]


# ------------------------------------------------------------------------------------------------ the catalogue


def test_all_metrics_without_traffic(tmp_path: Path) -> None:
    """Every metric is there; counts are 0, and 0/0 is not a sample."""
    metrics = analysed(tmp_path, [event(NOISE)]).metrics
    assert list(metrics) == list(METRICS)
    assert all(metrics[name].name == name for name in METRICS)
    counts = {name for name, metric in METRICS.items() if metric.unit is Unit.COUNT} - {"data.events"}
    assert {metrics[name].value for name in counts} == {0}
    sampled = {name for name, metric in METRICS.items() if metric.sample}
    assert {(metrics[name].value, metrics[name].n) for name in sampled} == {(None, 0)}


def test_samples_are_where_the_catalogue_says(tmp_path: Path) -> None:
    """A metric has an n exactly if the catalogue names its sample; a rate is its part of n."""
    lines = [connect(ANN, SINCE_MS), disconnect(ANN, SINCE_MS + 1), said(f"Welcome message sent to connection {ANN}")]
    metrics = analysed(tmp_path, lines).metrics
    assert [name for name in METRICS if metrics[name].n is None] == [n for n, m in METRICS.items() if not m.sample]
    for name in (name for name, metric in METRICS.items() if metric.unit is Unit.RATE):
        metric = metrics[name]
        assert metric.n
        assert metric.numerator is not None
        assert metric.value == metric.numerator / metric.n


# ------------------------------------------------------------------------------------------------ lives of connections


COMPLETE, OPEN, INCOMPLETE, UNJUDGED = "complete", "open", "incomplete", "not judged"
ENDS: Mapping[str, tuple[list[int], list[int], str]] = {
    "complete": ([SINCE_MS], [SINCE_MS + HOUR_MS], COMPLETE),
    "as long as it may": ([SINCE_MS], [SINCE_MS + LIFETIME_MS], COMPLETE),
    "begun in the look-back": ([SINCE_MS - LIFETIME_MS], [SINCE_MS], COMPLETE),
    "over before the window": ([SINCE_MS - 2], [SINCE_MS - 1], UNJUDGED),
    "ends before it begins": ([SINCE_MS + 3000], [SINCE_MS], COMPLETE),
    "ends before the window, and begins in it": ([SINCE_MS], [SINCE_MS - SETTLING_MS + 1], COMPLETE),
    "ends too long before it begins": ([SINCE_MS], [SINCE_MS - SETTLING_MS - 1], UNJUDGED),
    "ends after the window": ([UNTIL_MS - 1], [UNTIL_MS], OPEN),
    "ends twice": ([SINCE_MS], [SINCE_MS + 9, SINCE_MS + 99], COMPLETE),
    "open, its time is up at the end of the window": ([UNTIL_MS - LIFETIME_MS], [], OPEN),
    "lost, a millisecond before the end": ([UNTIL_MS - LIFETIME_MS - 1], [], INCOMPLETE),
    "lost at the first moment of the window": ([SINCE_MS - LIFETIME_MS], [], INCOMPLETE),
    "lost before the window": ([SINCE_MS - LIFETIME_MS - 1], [], UNJUDGED),
    "headless": ([], [SINCE_MS], INCOMPLETE),
    "headless, as far as anybody could know": ([], [SINCE_MS - SETTLING_MS], INCOMPLETE),
    "headless before the window": ([], [SINCE_MS - SETTLING_MS - 1], UNJUDGED),
    "perhaps it begins after the window": ([], [UNTIL_MS - SETTLING_MS], UNJUDGED),
    "headless just before the end": ([], [UNTIL_MS - SETTLING_MS - 1], INCOMPLETE),
    "neither end known": ([], [], UNJUDGED),
}
"""When a connection began, when it ended, and what that makes of it."""
STATES = {"complete": COMPLETE, "open": OPEN, "lost": INCOMPLETE, "headless": INCOMPLETE}


def test_life(tmp_path: Path) -> None:
    """In the one window in which it ended or ran out, a connection is complete, open or incomplete."""
    ids = {f"Zz7LmXa9oAMCK{number:02}=": name for number, name in enumerate(ENDS)}
    lines = [look_back()]
    for one, name in ids.items():
        began, ended, _ = ENDS[name]
        lines += [connect(one, at_ms) for at_ms in began] + [disconnect(one, at_ms) for at_ms in ended]
        lines += [] if began or ended else [said(f"Message received from connection {one}")]
    analysis, engine = examined_file(written(tmp_path, lines))
    states = {ids[row["connection_id"]]: row["state"] for row in engine.rows("FROM connections")}
    assert {name: STATES.get(state, UNJUDGED) for name, state in states.items()} == {
        name: life for name, (_, _, life) in ENDS.items() if name in states
    }
    assert {name for name in ENDS if name not in states} <= {"lost before the window"}
    lives = [life for _, _, life in ENDS.values()]
    assert values(analysis, *LIVES) == [lives.count(one) for one in (COMPLETE, OPEN, INCOMPLETE)]


def test_beginning_told_by_the_end(tmp_path: Path) -> None:
    """`connectedAt` of a dumped DISCONNECT replaces a connect that was not seen."""
    dump = {"eventType": "DISCONNECT", "connectionId": ANN, "connectedAt": SINCE_MS + 1000}
    line = event(f"Event: {json.dumps({'requestContext': dump})}", SINCE_MS + 4500)
    _, engine = examined_file(
        written(tmp_path, [*renamed([line], 1), *renamed([line, connect(ANN, SINCE_MS + 1005)], 2)])
    )
    lives = engine.rows("SELECT state, duration_seconds FROM connections ORDER BY connection_id")
    assert [tuple(life.values()) for life in lives] == [("complete", 3.5), ("complete", 3.495)]


def test_short_lived(tmp_path: Path) -> None:
    """It lasts less than five seconds; exactly five are not short."""
    lasts_ms = {f"Zz7LmXa9oAMCK{number:02}=": ms for number, ms in enumerate((0, 4999, 5000, 5001))}
    lines = [one for id_, ms in lasts_ms.items() for one in (connect(id_, SINCE_MS), disconnect(id_, SINCE_MS + ms))]
    analysis, engine = examined_file(written(tmp_path, lines))
    rate = analysis.metrics["lifecycle.short_lived_rate"]
    assert values(analysis, "lifecycle.short_lived") == [2]
    assert (rate.value, rate.n, rate.numerator) == (0.5, 4, 2)
    short = engine.rows("SELECT connection_id FROM evidence_cases WHERE kind = 'short_lived'")
    assert {lasts_ms[row["connection_id"]] for row in short} == {0, 4999}


def of_known_reach(reaches_back_ms: int) -> list[Event]:
    """Return a disconnect, and the first event of the log, so long before it."""
    ended_ms = SINCE_MS + HOUR_MS
    return [event(NOISE, ended_ms - reaches_back_ms), disconnect(ANN, ended_ms)]


EARLY_MS = SINCE_MS - SETTLING_MS - 1
LIFE_NUMBERS: Mapping[str, tuple[list[Event], Numbers]] = {
    "the kinds of incomplete connections are distinguished": (
        [look_back(), connect(ANN, SINCE_MS), disconnect(BOB, SINCE_MS), said(f"Message from connection {BOB}")],
        {"connects": 1, "disconnects": 1, "messages": 1, "lost": 1, "headless": 1, "unknown": 0},
    ),
    "a beginning is missing where the data reach back to where it must have been": (
        of_known_reach(LIFETIME_MS),
        {**dict(zip(LIVES, (0, 0, 1), strict=True)), "unknown": 0},
    ),
    "nobody knows where they do not": (
        of_known_reach(LIFETIME_MS - 1),
        {**dict(zip(LIVES, (0, 0, 0), strict=True)), "unknown": 1},
    ),
    # clocks differ
    "an end before the beginning is of a connection that lasted no time, not less": (
        [connect(ANN, SINCE_MS + 3), disconnect(ANN, SINCE_MS)],
        {"lifecycle.complete": 1, "lifecycle.median_duration_seconds": 0},
    ),
    "the median of an even number is halfway between the two in the middle": (
        [
            line
            for number, lasts_ms in enumerate((1000, 2001, 9000, 60_000))
            for one in [f"{ANN[:-2]}{number}="]
            for line in (connect(one, SINCE_MS), disconnect(one, SINCE_MS + lasts_ms))
        ],
        {"lifecycle.median_duration_seconds": 5.5005},
    ),
    # earlier signals only show how connections began, once no later line can resolve them
    "the look-back is never counted": (
        [
            connect(ANN, EARLY_MS),
            disconnect(ANN, EARLY_MS),
            said(f"Failed to send welcome message to connection {ANN}: GoneException: 410", EARLY_MS),
            said(f"Retrying welcome message to connection {ANN}", EARLY_MS),
        ],
        {
            name: None if one.unit is not Unit.COUNT else 0
            for name, one in METRICS.items()
            if one.subject is not Subject.DATA
        },
    ),
}
"""Lines about connections, and what they count as."""


def test_what_lives_count_as(tmp_path: Path) -> None:
    """The numbers of each case are those of its lines alone."""
    assert numbers_by_case(tmp_path, LIFE_NUMBERS) == {name: expected for name, (_, expected) in LIFE_NUMBERS.items()}


# ------------------------------------------------------------------------------------------------ evidence


def test_worst_connections_come_first(tmp_path: Path) -> None:
    """Each has its number of errors, and the first one's time and text; twenty are described, all counted."""
    others = [f"Zz7LmXa9oAMCK{number:02}=" for number in range(25)]
    lines = [said(f"Post to connection {one} failed: GoneException: 410", SINCE_MS + 9) for one in [*others, BOB, ANN]]
    lines += [said(f"Post to connection {BOB} failed first: GoneException: 410", SINCE_MS + 5)]
    analysis, (worst, *rest) = with_gone_connections(written(tmp_path, lines))
    assert (worst.connection_id, worst.errors, worst.welcome_errors) == (BOB, 2, 0)
    assert worst.first_error == from_epoch_ms(SINCE_MS + 5)
    assert "failed first" in worst.sample
    assert len(rest) == 19
    assert values(analysis, "gone.errors", "gone.connections", "gone.max_per_connection") == [28, 27, 2]


def test_shares_by_the_hour(tmp_path: Path) -> None:
    """Each case counts once in each of the two hours that it spans; a window of two hours has none."""
    half_ms = HOUR_MS // 2
    lives = []
    for number in range(6):  # one each half an hour, and the third is neither greeted nor heard of again
        name, at_ms, request = (
            f"Qw{number}LmXa9oAMCKbg=",
            SINCE_MS + number * half_ms,
            f"{number:08}-7b2d-4e86-9c14-d5a0e6b7f821",
        )
        failure, success = f"Failed to send welcome message to {name}: GoneException", f"Welcome sent to {name}"
        lives += [
            said(f"Client connected: {name}", at_ms, request),
            said(failure if number == 2 else success, at_ms + 10, request),
            said(f"Client disconnected: {name}", at_ms + (2000 if number == 4 else 60_000), f"9{request[1:]}"),
        ]
    hours = analysed(tmp_path, lives).hours
    assert {one.metric.name for one in hours} == {
        "welcome.failure_rate",
        "welcome.undelivered_rate",
        "gone.connection_rate",
        "gone.welcome_rate",
        "lifecycle.incomplete_rate",
        "lifecycle.short_lived_rate",
    }

    def cases(metric: str) -> list[tuple[int | None, int | None]]:
        return [(one.metric.numerator, one.metric.n) for one in hours if one.metric.name == metric]

    failed = [(0, 2), (1, 2), (1, 2), (0, 2), (0, 2), (0, 1)]
    assert cases("welcome.failure_rate") == cases("welcome.undelivered_rate") == cases("gone.welcome_rate") == failed
    assert cases("lifecycle.short_lived_rate") == [(0, 2), (0, 2), (0, 2), (1, 2), (1, 2), (0, 1)]
    assert hours[0].start == WINDOW.since
    short = Window(WINDOW.since, WINDOW.since + timedelta(hours=2))
    assert analysed(tmp_path, lives, short).hours == ()


def test_an_hour_of_errors_alone_is_none(tmp_path: Path) -> None:
    """Logs of level WARN don't show whom the posts of the hour reached."""
    lines: list[Event | str] = [printed(f"Client connected: {ANN}"), printed(f"Message from {ANN}: hi", UNTIL_MS - 1)]
    lines += [
        printed(f"Post to connection {name} failed: GoneException: 410", SINCE_MS + at * HOUR_MS)
        for at, name in ((0, BOB), (2, BOB), (3, BOB))
    ]
    hours = [one for one in analysed(tmp_path, lines).hours if one.metric.name == "gone.connection_rate"]
    assert {(one.start - WINDOW.since) / timedelta(hours=1): one.metric.n for one in hours} == {0: 2, 5: 1, 5.5: 1}


def test_lost_connections_count_in_the_hour_of_their_beginning(tmp_path: Path) -> None:
    """They count with those that began beside them, even before the window."""
    lives: list[Event | str] = []
    for begin_hours, lost in ((-1, True), (-1, False), (-1, False), (1, True), (1, False), (1, False), (3, False)):
        name, at_ms = f"Qw{len(lives):02}mXa9oAMCKbg=", SINCE_MS + begin_hours * HOUR_MS
        lives.append(printed(f"Client connected: {name}", at_ms))
        lives += [] if lost else [printed(f"Client disconnected: {name}", at_ms + 60_000)]
    analysis = analysed(tmp_path, lives)
    hours = [
        ((one.start - WINDOW.since) / timedelta(hours=1), one.metric.numerator, one.metric.n)
        for one in analysis.hours
        if one.metric.name == "lifecycle.incomplete_rate"
    ]
    assert hours == [(-1.5, 1, 3), (-1, 1, 3), (0.5, 1, 3), (1, 1, 3), (2.5, 0, 1), (3, 0, 1)]
    assert values(analysis, "lifecycle.incomplete", "lifecycle.complete") == [2, 3]


EDGE_MS = SINCE_MS + 3 * HOUR_MS
"""Between two windows."""


def test_nothing_is_left_to_a_next_window_that_nobody_knows_of(tmp_path: Path) -> None:
    """A case waits for a later line only if the end of the window was requested."""
    lines = [
        event(NOISE, SINCE_MS - LOOK_BACK_MS),
        disconnect(BOB, UNTIL_MS - 2),
        said(f"Failed to send welcome message to connection {ANN}: timeout", UNTIL_MS - 1),
    ]
    files = read_files([str(written(tmp_path, lines))], tmp_path)
    counts = {}
    for name, window in {
        "the whole file": None,
        "from a time on": FileWindow(WINDOW.since),
        "to a time": FileWindow(WINDOW.since, WINDOW.until),
        "from CloudWatch": WINDOW,
    }.items():
        analysis, _ = analyse(files, window, Dialect(5, {}, {}), tmp_path)
        counts[name] = values(analysis, "welcome.failed", "lifecycle.incomplete")
    assert counts == {
        "the whole file": [1, 1],
        "from a time on": [1, 1],
        "to a time": [0, 0],
        "from CloudWatch": [0, 0],
    }


NOT_GREETED = [
    said(f"Client connected: {ANN}", EDGE_MS - 500),
    said(f"Failed to send welcome message to connection {ANN}: GoneException: 410", EDGE_MS - 100),
]
ACROSS: Mapping[str, tuple[list[Event], Mapping[str, int]]] = {
    "a welcome is tried again": (
        [
            said(f"Client connected: {ANN}", EDGE_MS - 500),
            said(f"Failed to send welcome message to connection {ANN}: timeout", EDGE_MS - 100),
            said(f"Welcome message sent to connection {ANN}", EDGE_MS + 1_800),
        ],
        {"welcome.sent": 1, "lifecycle.incomplete": 1, "greeted": 1},
    ),
    "ended by API Gateway after two hours, and a second more": (
        [
            said(f"Client connected: {ANN}", EDGE_MS - 7_200_000 - 600),
            said(f"Client disconnected: {ANN}", EDGE_MS + 600, OTHER_REQUEST),
        ],
        {"lifecycle.complete": 1},
    ),
    "by a clock that is behind": (
        [
            said(f"Client disconnected: {ANN}", EDGE_MS - 2_000, OTHER_REQUEST),
            said(f"Client connected: {ANN}", EDGE_MS + 1_000),
        ],
        {"lifecycle.complete": 1},
    ),
    # its error kept the connection from its welcome only where no retry has mended it
    "an error that is mended": (
        [*NOT_GREETED, said(f"Welcome message sent to connection {ANN}", EDGE_MS + 1_800, OTHER_REQUEST)],
        {"welcome.sent": 1, "welcome.failed": 1, "lifecycle.incomplete": 1, "greeted": 1},
    ),
    "an error that is not": (
        [*NOT_GREETED, said(f"Message received from connection {ANN}", EDGE_MS + 1_800, OTHER_REQUEST)],
        {"welcome.failed": 1, "lifecycle.incomplete": 1, "kept by a 410": 1, "greeted": 1, "undelivered": 1},
    ),
}
"""What lies across the edge of two windows, and what it counts as in the whole."""


def counted(folder: Path, lines: list[Event], since_ms: int, until_ms: int) -> Mapping[str, float]:
    metrics = analysed(folder, lines, Window(from_epoch_ms(since_ms), from_epoch_ms(until_ms))).metrics
    names = ("welcome.sent", "welcome.failed", "lifecycle.complete", "lifecycle.incomplete")
    undelivered = metrics["welcome.undelivered_rate"]
    return {name: metrics[name].value or 0 for name in names} | {
        "kept by a 410": metrics["gone.welcome_rate"].numerator or 0,
        "greeted": undelivered.n or 0,
        "undelivered": undelivered.numerator or 0,
    }


def test_what_lies_across_an_edge_is_judged_once(tmp_path: Path) -> None:
    """It is judged as it is in the whole log.

    All cases are in one log, each as often as a power of two, so a wrong number reveals its case.
    """
    lines, expected = [], Counter[str]()
    for number, (events, counts) in enumerate(ACROSS.values()):
        lines += [line for time in range(1 << number) for line in renamed(events, number, time)]
        expected.update({name: count << number for name, count in counts.items()})
    first, second, whole = (
        counted(tmp_path, lines, *span) for span in ((SINCE_MS, EDGE_MS), (EDGE_MS, UNTIL_MS), (SINCE_MS, UNTIL_MS))
    )
    assert {name: value for name, value in whole.items() if value} == expected
    assert {name: first[name] + second[name] for name in whole} == whole
    assert first["kept by a 410"] == 0
