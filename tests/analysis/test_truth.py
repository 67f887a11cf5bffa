"""The numbers are those of the simulator's truth, whatever the traffic and wherever the window's edges are."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.analysis.analyse import Analysis
from checks.metrics import METRICS, Unit
from checks.window import Window, from_epoch_ms
from tests.analysis.playing import HOUR_MS, analysed_file, values
from tests.simulator import emit, scenarios, strategies
from tests.simulator.story import Scenario
from tests.simulator.truth import truth

ADDITIVE = (
    "data.events",
    "gone.errors",
    "gone.welcome_errors",
    "lifecycle.complete",
    "lifecycle.short_lived",
    "lifecycle.incomplete",
    "welcome.sent",
    "welcome.failed",
    "welcome.retries",
)
"""What consecutive windows share out between them."""

Span = tuple[int, int]


def window(since_ms: int, until_ms: int) -> Window:
    return Window(from_epoch_ms(since_ms), from_epoch_ms(until_ms))


def write_log(scenario: Scenario, path: Path) -> Path:
    path.write_bytes(b"".join(emit.json_lines(emit.delivered(scenario))))
    return path


def analyses(scenario: Scenario, *spans: Span) -> list[Analysis]:
    """Analyse one log through several windows."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_log(scenario, Path(folder) / "log.jsonl")
        return [analysed_file(path, window(*span)) for span in spans]


def analysis(scenario: Scenario) -> Analysis:
    return analyses(scenario, (scenario.since_ms, scenario.until_ms))[0]


@settings(max_examples=12)  # each takes the engine half a second
@given(strategies.scenarios())
def test_metrics_are_the_truth(played: Scenario) -> None:
    """Every metric that the truth knows is equal to it, and so is its sample; an access log may not show posts."""
    metrics = analysis(played).metrics
    expected = {name: measure for name, measure in truth(played).items() if not metrics[name].reason}
    assert {name: metrics[name].value for name in expected} == {
        name: measure.value if measure.value is None else pytest.approx(measure.value, rel=1e-9, abs=0)
        for name, measure in expected.items()
    }
    sampled = {name: measure.n for name, measure in expected.items() if measure.n is not None}
    assert {name: metrics[name].n for name in sampled} == sampled


@settings(max_examples=3)
@given(strategies.scenarios(), st.data())
def test_consecutive_windows_count_everything_once(played: Scenario, data: st.DataObject) -> None:
    """What ended, failed or was said is counted in one of them, wherever the cut is."""
    cut_ms = data.draw(st.integers(played.since_ms + 1, played.until_ms - 1) | near_events(played))
    first, second = analyses(played, (played.since_ms, cut_ms), (cut_ms, played.until_ms))
    whole = truth(played)
    for name in ADDITIVE:
        assert sum(analysis.metrics[name].value or 0 for analysis in (first, second)) == whole[name].value, name


def near_events(played: Scenario) -> st.SearchStrategy[int]:
    """Times at which a connection begins, ends or is over, and just after."""
    times_ms = {
        at_ms + later_ms
        for one in played.connections
        for at_ms in (one.connected_ms, one.disconnected_ms, one.connected_ms + 2 * HOUR_MS)
        if at_ms is not None
        for later_ms in (0, 1, 1010)
    }
    inside = sorted(at_ms for at_ms in times_ms if played.since_ms < at_ms < played.until_ms)
    return st.sampled_from(inside or [played.since_ms + 1])


@settings(max_examples=3)
@given(strategies.scenarios())
def test_delivery_changes_nothing(played: Scenario) -> None:
    """Neither events that come twice nor their order matter."""
    neat, untidy = replace(played, duplicates=0, is_shuffled=False), replace(played, duplicates=7, is_shuffled=True)
    tidy, same = analysis(neat), analysis(untidy)
    assert same.metrics == tidy.metrics
    assert same.interpretation == tidy.interpretation
    assert (tidy.reading.duplicates, same.reading.duplicates) == (0, 7)


@pytest.fixture(scope="module")
def healthy_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_log(scenarios.healthy(80, seed=4), tmp_path_factory.mktemp("healthy") / "log.jsonl")


@pytest.mark.parametrize("minutes", [0, 1, 61, 119, 121, 1080])
@pytest.mark.parametrize("length_minutes", [7, 360])
def test_shifted_window_over_healthy_traffic(healthy_log: Path, minutes: int, length_minutes: int) -> None:
    """No rate is anything but zero, so no verdict on one depends on where the window lies."""
    since_ms = scenarios.SINCE_MS + minutes * 60_000
    analysis = analysed_file(healthy_log, window(since_ms, since_ms + length_minutes * 60_000))
    assert wrong_rates(analysis) == {}
    assert analysis.interpretation.unknown == 0


def wrong_rates(analysis: Analysis) -> Mapping[str, float]:
    rates = [name for name, metric in METRICS.items() if metric.unit in {Unit.RATE, Unit.AVERAGE}]
    return {name: value for name in rates if name in analysis.metrics and (value := analysis.metrics[name].value)}


@pytest.mark.parametrize("play", [scenarios.unhealthy, scenarios.outage])
def test_whole_day(tmp_path: Path, play: Callable[[int, int], Scenario]) -> None:
    """A whole day of a busy application is the truth too, number by number."""
    played = play(300, 2)
    analysis = analysed_file(write_log(played, tmp_path / "log.jsonl"), window(played.since_ms, played.until_ms))
    expected = truth(played)
    assert values(analysis, *expected) == pytest.approx([measure.value for measure in expected.values()])
