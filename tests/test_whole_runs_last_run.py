"""Whole runs whose window begins where the last run's window ended."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tests.endpoint.reach import reached
from tests.endpoint.store import Group
from tests.health_run import HealthRun, health_run, thresholds
from tests.history.records import remembered
from tests.simulator import emit, scenarios

HOUR_MS = 3_600_000
LIMITS = "gone.errors: 500, welcome.failure_rate: 50%, data.gaps: 0"


def events() -> list[emit.LogEvent]:
    now_ms = round(time.time() * 1000)
    return emit.events(scenarios.healthy(20, since_ms=now_ms - 9 * HOUR_MS, until_ms=now_ms))


def group(*logged: Mapping[str, object]) -> Group:
    return Group("/aws/lambda/dev-chat-handler").fill(logged or events())


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with reached(monkeypatch, group()):
        yield


def run(pytester: pytest.Pytester, *options: str) -> HealthRun:
    return health_run(pytester, "--thresholds", thresholds(pytester, LIMITS), *options)


def ends(pytester: pytest.Pytester) -> list[str | None]:
    """Return what each run has recorded for the next one."""
    return [one["covered_until"] for one in remembered(pytester.path / "reports" / "history")]


def window(done: HealthRun) -> tuple[datetime, datetime]:
    since, until = (datetime.fromisoformat(done.result["window"][name]) for name in ("since", "until"))
    return since, until


def test_each_goes_on_from_the_last(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of another kind or with incomplete reads don't count; the receipt says where the window begins."""
    hours_ago = (datetime.now(UTC) - timedelta(hours=3)).isoformat(timespec="seconds")
    first = run(pytester, "--since", "last-run", "--until", hours_ago)
    begin, end = window(first)
    assert end - begin == timedelta(days=1)
    assert "  the window has its usual 24 h: there is no last run yet" in first.lines
    run(pytester, "-T", "1")
    run(pytester, "--since", "last-run", "-A", "gone")
    with reached(monkeypatch, Group("/aws/lambda/another")):
        assert run(pytester, "--since", "last-run").code == 12
    with reached(monkeypatch, group()):
        second = run(pytester, "--since", "last-run")
    assert window(second)[0] == end
    notes = [note for note in second.result["receipt"]["notes"] if note.startswith("the window begins at ")]
    assert notes[0].endswith(", where the last run's window ended")
    *_, last = ends(pytester)
    assert [one is not None for one in ends(pytester)] == [True, False, False, False, True]
    assert datetime.fromisoformat(last or "") == window(second)[1] < datetime.now(UTC)


def test_what_came_late_counts_in_the_next(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event of the last run's window that CloudWatch got only after it counts in this run, once."""
    ends = [datetime.now(UTC) - timedelta(hours=hours) for hours in (5, 3, 1)]
    first_ms = round(ends[0].timestamp() * 1000)
    logged = events()
    late = {
        "timestamp": first_ms - 90_000,
        "ingestionTime": first_ms + 60_000,
        "logStreamName": "2026/06/02/[$LATEST]5e1f",
        "eventId": "late",
        "message": "Post to connection Qw7LmXa9oAMCKbg= failed: GoneException: 410",
    }
    errors, visible = [], list[Mapping[str, object]](logged)
    for end in ends:
        with reached(monkeypatch, group(*visible)):
            done = run(pytester, "--since", "last-run", "--until", end.isoformat())
        errors.append(done.value("gone.errors"))
        visible = [*logged, late]
    assert errors == [0, 1, 0]


def test_limits_that_no_such_run_judges(pytester: pytest.Pytester) -> None:
    """Limits that need a baseline, a probe or a welcome message don't keep the next window from going on."""
    limits = f"{LIMITS}, errors.new_signatures: 0, gone.connections: {{max_increase: 50%}}, probe.failed: 0"
    file = thresholds(pytester, limits, "welcome: none")
    pytester.makepyfile(test_mine="def test_mine(events):\n    assert len(events)")
    hours_ago = (datetime.now(UTC) - timedelta(hours=3)).isoformat(timespec="seconds")
    first = health_run(pytester, "--thresholds", file, "--since", "last-run", "--until", hours_ago)
    assert set(first.verdicts) == {"data.gaps", "gone.errors", "own.test_mine"}
    _, end = window(first)
    second = health_run(pytester, "--thresholds", file, "--since", "last-run")
    assert window(second)[0] == end
