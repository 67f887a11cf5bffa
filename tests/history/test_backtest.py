"""Backtests: past runs and kept logs, judged by other limits."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks.config.environment import Environment
from checks.config.thresholds import load
from checks.history.backtest import MeasuredRun, Replay, backtest, backtest_lines, run_on_logs, runs_of_history
from checks.metrics import SignalFamily
from checks.report.result import MetricResult
from checks.verdicts.verdict import Verdict
from tests.history.records import record

RATE = "welcome.failure_rate"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
RECORDING = Path(__file__).parents[2] / "checks" / "demo" / "recording.jsonl"


def environment(folder: Path, text: str) -> Environment:
    """Return the environment `dev` of a thresholds.yaml."""
    file = folder / "thresholds.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file).environment("dev").at(NOW)


def nights(*shares: float, gaps: float = 0) -> list[dict[str, MetricResult]]:
    """Return the measurements of runs on 1,000 welcome messages each."""
    seen = {"data.events": MetricResult(9000.0), "data.gaps": MetricResult(gaps), "gone.retired": MetricResult(1.0)}
    return [{RATE: MetricResult(share, 1000), **seen} for share in shares]


WAIVED = """\
    environments:
      dev:
        logs: log.jsonl
        limits: {welcome.failure_rate: 2%, gone.errors: 5, gone.connections: {max_increase: 50%}}
    waivers:
      - {metric: welcome.failure_rate, environment: dev, reason: r, owner: o, until: 2026-06-30, max: 8%}
"""


def test_runs_are_judged_as_they_would_have_been(tmp_path: Path) -> None:
    """There is a verdict with waivers and one without; empty runs and former metrics are ignored."""
    records = [record(day=day, metrics=metrics) for day, metrics in enumerate(nights(0.01, 0.06, 0.2))]
    runs = list(runs_of_history([*records, record(day=9, metrics={})]))
    replays = backtest(runs, environment(tmp_path, WAIVED))
    assert [(replay.verdict, replay.unwaived) for replay in replays] == [
        ("pass", "pass"),
        ("waived", "fail"),
        ("fail", "fail"),
    ]
    assert list(backtest_lines(replays)) == [
        "2 of the last 3 runs would have failed, 1 of them waived",
        "  1 PASS",
        (
            "2026-06-02 00:00  WAIVED  welcome.failure_rate 6 % > max 2 % (60 of 1,000), waived within max 8 % until "
            "2026-06-30 by o: r"
        ),
        (
            "2026-06-03 00:00  FAIL  welcome.failure_rate 20 % > max 8 % (200 of 1,000), the limit of its waiver until "
            "2026-06-30"
        ),
    ]


def test_a_run_that_did_not_see_everything_proves_nothing(tmp_path: Path) -> None:
    """The same holds as when it ran."""
    [metrics] = nights(0.01, gaps=2)
    [replay] = backtest(runs_of_history([record(metrics=metrics)]), environment(tmp_path, WAIVED))
    assert replay.verdict == "inconclusive"


def test_a_log_that_was_kept_is_a_run(tmp_path: Path) -> None:
    """It is measured anew."""
    run = run_on_logs(str(RECORDING), environment(tmp_path, WAIVED), tmp_path)
    assert run.metrics[RATE].numerator == 2
    strict = environment(tmp_path, WAIVED.replace("gone.errors: 5", "gone.errors: 2"))
    assert next(iter(backtest_lines(backtest([run], strict)))) == "the last run would have failed"


def test_the_worst_check_of_a_run_is_named(tmp_path: Path) -> None:
    """It is not the first in the file, which may be over its limit by a little."""
    limits = "gone.connection_rate: 14%, welcome.failure_rate: 2%, welcome.undelivered_rate: 4%"
    text = f"environments: {{dev: {{log_group: x, limits: {{{limits}}}}}}}"
    measured = {name: MetricResult(0.2, 1000) for name in ("gone.connection_rate", RATE, "welcome.undelivered_rate")}
    replays = backtest(runs_of_history([record(metrics=measured)]), environment(tmp_path, text))
    _, line = backtest_lines(replays)
    assert line.partition("FAIL  ")[2] == "welcome.undelivered_rate 20 % > max 4 % (200 of 1,000); 2 more"


def test_a_log_that_was_kept_in_part(tmp_path: Path) -> None:
    """More than a few unreadable lines are a gap, as in a run, unless a limit allows them."""
    log = tmp_path / "log.jsonl"
    log.write_text(RECORDING.read_text(encoding="utf-8")[:20_000], encoding="utf-8")
    gaps = [
        run_on_logs(str(log), environment(tmp_path, text), tmp_path).metrics["data.gaps"].value
        for text in (WAIVED, WAIVED.replace("gone.errors: 5", "gone.errors: 5, data.unreadable_rate: 50%"))
    ]
    assert gaps == [1, 0]


PASSED, FAILED, EXCUSED = (
    Replay(MeasuredRun("one", {}), (), verdict, unwaived)
    for verdict, unwaived in (
        (Verdict.PASS, Verdict.PASS),
        (Verdict.FAIL, Verdict.FAIL),
        (Verdict.WAIVED, Verdict.FAIL),
    )
)


@pytest.mark.parametrize(
    ("replays", "line"),
    [
        ([], "no run can be judged: none of them measured anything"),
        ([PASSED], "the last run would not have failed"),
        ([FAILED], "the last run would have failed"),
        ([EXCUSED], "the last run would have failed without its waiver"),
        ([PASSED, FAILED], "1 of the last 2 runs would have failed"),
        ([EXCUSED, FAILED], "2 of the last 2 runs would have failed, 1 of them waived"),
    ],
)
def test_a_sentence_for_every_number_of_runs(replays: list[Replay], line: str) -> None:
    """For no runs it says why, and for a single run whether a waiver excuses it."""
    assert next(iter(backtest_lines(replays))) == line


def test_a_run_that_saw_too_little_did_not_fail(tmp_path: Path) -> None:
    """Without one line about a kind of signal, what builds on it is inconclusive, as in the run itself."""
    limits = environment(tmp_path, "environments: {dev: {logs: x, limits: {lifecycle.complete: {min: 1}}}}")
    measured = {"lifecycle.complete": MetricResult(0.0), "data.events": MetricResult(11.0)}
    records = [record(metrics=measured, unseen=(SignalFamily.DISCONNECT,)), record(metrics=measured)]
    blind, old = backtest(runs_of_history(records), limits)
    assert (blind.verdict, old.verdict) == ("inconclusive", "fail")
    assert "but no disconnect line was seen in 11 events" in blind.judgements[0].sentence
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps({"timestamp": 1_780_351_200_000, "message": "Client Ab3dE0000001Cw5Q= connected"}))
    [replay] = backtest([run_on_logs(str(log), limits, tmp_path)], limits)
    assert replay.verdict == "inconclusive"
