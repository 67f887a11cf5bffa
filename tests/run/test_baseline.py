"""A baseline is found where `--baseline` says, and says what it does not know."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest
from msgspec.structs import replace

from checks.analysis.analyse import Analysis, Scope
from checks.errors import ConfigError, SourceError
from checks.logs.spool import LogRequest, Spool
from checks.metrics import NEW_SIGNATURES, Metric
from checks.report.result import Result, write_result
from checks.run.baseline import Baseline, BaselineReader, check_baseline, earlier_run
from checks.run.log_reader import LogRead, LogReader
from checks.run.settings import Gate
from checks.verdicts.increase import BaselineMetric
from checks.window import LOOK_BACK, Window
from tests.report.results import SINCE, UNTIL, failing, fetch, reading, receipt, result, unread
from tests.run.making import WINDOW, analysis, log_read, settings, signature, spool
from tests.verdicts.making import COUNT, limit, share

HOUR = timedelta(hours=1)
TRAFFIC = "gone.connection_rate"
"""Its sample is the connections seen."""
LATE = Window(UNTIL - HOUR, UNTIL)
"""The last hour of the logs."""


class FakeReader:
    """A log reader whose analyses are all equal, and which records its requests."""

    def __init__(self, analysis: Analysis, error: str = "") -> None:
        self._analysis = analysis
        self._error = error
        self.windows: list[Window] = []
        self.spans: list[tuple[datetime, datetime]] = []
        self.analysed: list[tuple[Window, Scope]] = []

    def new_folder(self) -> Path:
        return Path("nowhere")

    def request(self, window: Window, now: datetime) -> LogRequest:
        return LogRequest(window, tuple, now)

    def read(self, request: LogRequest, _folder: Path) -> Spool:
        if self._error:
            raise SourceError(self._error)
        self.windows.append(request.window)
        self.spans.append((request.window.since - request.look_back, request.window.until))
        return spool()

    def analyse(self, _spool: Spool, window: Window, scope: Scope, _earlier: None = None) -> tuple[Analysis, None]:
        self.analysed.append((window, scope))
        return self._analysis, None


def baselines(  # noqa: PLR0913 -- what a run may ask for
    reference: str,
    reader: FakeReader,
    scope: Scope | None = None,
    *,
    longest: timedelta = timedelta(),
    has_files: bool = True,
    wants_kinds: bool = False,
) -> BaselineReader:
    """Return a reader of baselines for a run on files."""
    limits = [limit(NEW_SIGNATURES, max=0)] if wants_kinds else []
    gate = Gate(baseline=reference, earlier=earlier_run(reference))
    run = settings(*limits, logs=("log.jsonl",) if has_files else (), gate=gate)
    return BaselineReader(run, cast("LogReader", reader), scope or Scope(), longest)


def baseline(reference: str, read: LogRead, what: Analysis | None = None, scope: Scope | None = None) -> Baseline:
    return baselines(reference, FakeReader(what or analysis()), scope).baseline(read)


def test_the_same_time_before() -> None:
    """It is as long as the window, right before it, and covers all versions, whichever one is judged."""
    reader = FakeReader(analysis({COUNT: 3}, [signature("Slow room #", 4)]))
    earlier = baselines("previous", reader, Scope(version="42")).baseline(log_read(window=LATE))
    assert reader.analysed == [(Window(UNTIL - 2 * HOUR, UNTIL - HOUR), Scope())]
    assert (earlier.description, earlier.window) == ("the same time before", reader.analysed[0][0])
    assert earlier.signatures == {"Slow room #": 4}
    twice = Window(LATE.since - HOUR, LATE.until)
    assert earlier.earlier(COUNT, twice, {}) == BaselineMetric(Metric(COUNT, 3), 2)


def test_an_age() -> None:
    """It is the same time that long ago; if that would overlap the window, it is the time before the window."""
    assert baseline("2h", log_read(window=LATE)).window == Window(LATE.since - 2 * HOUR, LATE.until - 2 * HOUR)
    soon = baseline("20m", log_read(window=LATE))
    assert (soon.description, soon.window) == ("20m before", Window(LATE.since - HOUR / 3, LATE.since))


def test_files_that_begin_within_the_baseline() -> None:
    """The time before the first event of the files is not a time without errors."""
    begin = UNTIL - 1.25 * HOUR
    some = analysis(reading=reading(first_event=begin))
    assert baseline("previous", log_read(window=LATE), some).window == Window(begin, LATE.since)
    whole = analysis(reading=reading(first_event=begin, look_back_events=1))
    assert baseline("previous", log_read(window=LATE), whole).window == Window(LATE.since - HOUR, LATE.since)


def test_before_the_calendar() -> None:
    """It is an error in one sentence, like any other baseline that could not be read."""
    first = Window(SINCE.replace(year=1), SINCE.replace(year=1) + 9 * HOUR)
    assert baseline("365d", log_read(window=first)).error == "the baseline reaches back before the year 1"


def test_other_versions() -> None:
    """They have the same window; their connections measure their traffic, and without any nothing is compared."""
    scope, reader = Scope(version="42"), FakeReader(analysis({COUNT: 12, TRAFFIC: share(0, 300, TRAFFIC)}))
    others = baselines("version", reader, scope).baseline(log_read(window=LATE))
    assert reader.analysed == [(LATE, replace(scope, is_version_excluded=True))]
    few = analysis({TRAFFIC: share(0, 30, TRAFFIC)}).metrics
    assert others.earlier(COUNT, LATE, few) == BaselineMetric(Metric(COUNT, 12), 0.1)
    silent = baseline("version", log_read(), analysis(), scope)
    assert silent.earlier(COUNT, LATE, few).blind == "the other versions had no traffic"
    alone = baseline("version", log_read())
    assert alone.error == "the baseline: one version has all the traffic, so there are no others to compare it with"


def test_a_result(tmp_path: Path) -> None:
    """An earlier run's window, its numbers, and its kinds of errors if they were searched."""
    for signatures in (("Slow room #",), None):
        write_result(result(metrics={COUNT: (7, None)}, signatures=signatures), tmp_path / "before.json")
        earlier = baseline(str(tmp_path / "before.json"), log_read())
        assert (earlier.window, earlier.metrics[COUNT]) == (WINDOW, Metric(COUNT, 7))
        assert earlier.signatures == (signatures and dict.fromkeys(signatures))
        assert earlier.description == f"the run on dev in {tmp_path / 'before.json'}"


def test_what_says_nothing() -> None:
    """This is a baseline without events, or one of which a part is missing."""
    empty = baseline("previous", log_read(), analysis(reading=reading(events=0, first_event=None)))
    assert (empty.blind, empty.signatures) == ("the baseline contains no event", {})
    cut = baseline("previous", log_read(gaps=("half a gzip",)))
    assert cut.blind == cut.earlier(COUNT, WINDOW, {}).blind == "the baseline is incomplete: half a gzip"


def test_log_groups_are_read_once() -> None:
    """The read covers what the longest window needs, up to the run's own window at most."""
    reader = FakeReader(analysis())
    grown = replace(LATE, until=UNTIL + HOUR)
    several = baselines("previous", reader, longest=3 * HOUR, has_files=False)
    assert [several.baseline(log_read(window=one)).window for one in (LATE, grown)] == [
        Window(LATE.since - HOUR, LATE.since),
        Window(LATE.since - 2 * HOUR, LATE.since),
    ]
    assert reader.windows == [Window(LATE.since - 3 * HOUR, LATE.since)]
    yesterday = baselines("24h", reader, longest=3 * HOUR, has_files=False).baseline(log_read(window=LATE))
    assert yesterday.window == Window(LATE.since - 24 * HOUR, LATE.until - 24 * HOUR)
    assert reader.windows[1:] == [Window(LATE.since - 24 * HOUR, LATE.since - 21 * HOUR)]


def test_what_the_run_has_read_is_not_read_again() -> None:
    """The window's look-back is part of the time before; an earlier time needs its own look-back."""
    judged = log_read(window=LATE, fetch=fetch())
    for reference, wants_kinds, begin, end in (
        ("previous", False, HOUR, LOOK_BACK),
        ("20m", True, HOUR / 3, LOOK_BACK),
        ("24h", True, 24 * HOUR, LOOK_BACK),
        ("24h", False, 24 * HOUR, 23 * HOUR),
    ):
        reader = FakeReader(analysis())
        baselines(reference, reader, has_files=False, wants_kinds=wants_kinds).baseline(judged)
        assert reader.spans == [(LATE.since - begin - LOOK_BACK, LATE.since - end)], reference


def test_kinds_of_errors_take_all_the_time_since_then() -> None:
    """An age compares the same hour, but no hour shows rare kinds of errors; `previous` has no more time."""
    reader = FakeReader(analysis({TRAFFIC: share(0, 300, TRAFFIC)}, [signature("Slow room #", 4)]))
    yesterday = baselines("24h", reader, wants_kinds=True)
    found = [yesterday.baseline(log_read(window=LATE)) for _ in range(2)]
    same_hour, day = Window(LATE.since - 24 * HOUR, LATE.until - 24 * HOUR), Window(LATE.since - 24 * HOUR, LATE.since)
    assert [window for window, _ in reader.analysed] == [same_hour, day, same_hour]
    assert [(one.window, one.kinds and one.kinds.window) for one in found] == [(same_hour, day)] * 2
    assert baselines("previous", reader, wants_kinds=True).baseline(log_read(window=LATE)).kinds is None
    few = Baseline("before", same_hour, {}, {}, kinds=Baseline("before", day, {}, {"Slow room #": 4}))
    kinds = few.new_kinds({"Slow room #": 9, "Lost room": 9}, LATE, {})
    assert (list(kinds.chances), kinds.reason) == (["Lost room"], "")


def test_what_could_not_be_read() -> None:
    """The baseline has the reason, whether the window's own logs are missing or those before it."""
    assert baseline("previous", LogRead(WINDOW, error="no such file")).error == "the logs were not read"
    refused = baselines("previous", FakeReader(analysis(), "access denied"), has_files=False).baseline(log_read())
    assert refused.error == "the baseline: access denied"


def test_a_result_that_is_none(tmp_path: Path) -> None:
    """It is found out before anything is read: no run has judged an empty window."""
    file = tmp_path / "before.json"
    write_result(result(), file)
    check_baseline(str(file), "dev", earlier_run(str(file)))
    instant = "2026-06-02T13:00:00Z"
    content = msgspec.json.decode(file.read_bytes()) | {"window": {"since": instant, "until": instant}}
    file.write_bytes(msgspec.json.encode(content))
    with pytest.raises(ConfigError, match=r"is not the result\.json of a run: the window is empty: "):
        check_baseline(str(file), "dev", earlier_run(str(file)))


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (result(environment="prod"), "it is a run on 'prod', but this run judges 'dev'"),
        (unread("access denied"), "its logs could not be read: access denied"),
        (
            result(receipt=receipt(reading(), complete=False, gaps=("half a gzip",))),
            "its read was incomplete: half a gzip",
        ),
        (result(failing()), "that run failed"),
    ],
)
def test_a_result_that_is_no_measure(run: Result, why: str, tmp_path: Path) -> None:
    """It is of another environment, was not read completely, or failed."""
    file = tmp_path / "before.json"
    write_result(run, file)
    with pytest.raises(
        ConfigError, match=re.escape(f"cannot be a baseline: {why}; name the result.json of another run")
    ):
        check_baseline(str(file), "dev", earlier_run(str(file)))
