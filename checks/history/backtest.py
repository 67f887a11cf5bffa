"""The backtest: past runs and archived logs, judged by the limits of a thresholds.yaml."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from checks.analysis.analyse import Analysis, analyse, metrics_with_read
from checks.analysis.reading import gaps_of_read
from checks.analysis.recognise import Dialect
from checks.config.environment import Environment
from checks.history.record import Record
from checks.logs.files import read_files
from checks.logs.spool import Spool
from checks.metrics import METRICS, Metric, SignalFamily
from checks.report.headline import worst_check
from checks.report.result import Outcome
from checks.verdicts.chances import over_time
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import Judgement, Verdict, overall
from checks.window import Window


class MeasuredRun(Struct, frozen=True):
    """The numbers of a run from the history, or of archived logs.

    Attributes:
        name: The time of the run in UTC, or the file of the logs.
        metrics: The metrics that were measured, by name; empty if nothing could be read.
        window: The window that was judged; None if it is not known.
        unseen: The families of signals (`SignalFamily`) that were not seen, as far as that is known.
    """

    name: str
    metrics: Mapping[str, Metric]
    window: Window | None = None
    unseen: frozenset[str] = frozenset()


class Replay(Struct, frozen=True):
    """A past run under other limits; `unwaived` is the verdict that it would have had without waivers."""

    run: MeasuredRun
    judgements: tuple[Judgement, ...]
    verdict: Verdict
    unwaived: Verdict


def runs_of_history(records: Iterable[Record]) -> Iterator[MeasuredRun]:
    """Yield the numbers of the runs of a history, without those that are struck out."""
    for record in records:
        if record.struck:
            continue
        metrics = {name: one.metric(name) for name, one in record.metrics.items() if name in METRICS}
        yield MeasuredRun(f"{record.started:%Y-%m-%d %H:%M}", metrics, record.window, frozenset(record.unseen))


def run_on_logs(path: str, environment: Environment, folder: Path) -> MeasuredRun:
    """Measure archived logs."""
    spool = read_files([path], folder)
    dialect = Dialect(environment.short_lived_seconds, environment.signals, environment.redact, environment.ignore)
    analysis, _ = analyse(spool, None, dialect, folder)
    return measured_run(path, spool, analysis, environment)


def measured_run(name: str, spool: Spool, analysis: Analysis, environment: Environment) -> MeasuredRun:
    """Return the numbers of analysed logs."""
    gaps = gaps_of_read(spool, analysis.reading, environment.limits)
    metrics = metrics_with_read(analysis, gaps, environment.limits.values())
    return MeasuredRun(name, metrics, analysis.window, frozenset(SignalFamily) - analysis.seen)


def backtest(runs: Iterable[MeasuredRun], environment: Environment) -> tuple[Replay, ...]:
    """Judge past runs by the limits of an environment; runs that could read nothing are left out."""
    return tuple(_replay(run, environment) for run in runs if run.metrics)


def _replay(run: MeasuredRun, environment: Environment) -> Replay:
    plain = tuple(_judgements(run, environment.without_waivers))
    judgements = tuple(_judgements(run, environment)) if environment.waivers else plain
    return Replay(run, judgements, overall(judgements), overall(plain))


def _judgements(run: MeasuredRun, environment: Environment) -> Iterator[Judgement]:
    """Judge a run by each limit except those on increases, which would need its baseline."""
    read = _read_state(run)
    for limit in environment.limits.values():
        metric = run.metrics.get(limit.metric)
        if metric is not None and limit.bounds and environment.absent_analysis(limit.metric) is None:
            yield judge(over_time(metric, limit, run.window) if run.window else metric, limit, read)


def _read_state(run: MeasuredRun) -> ReadState:
    """Return the state of the read as far as the run shows it."""
    gaps, events = run.metrics.get("data.gaps"), run.metrics.get("data.events")
    return ReadState(
        events=round(events.value or 0) if events else 1,
        seen=frozenset(SignalFamily) - run.unseen,
        gaps="the read had gaps" if gaps and gaps.value else "",
    )


def replay_document(replay: Replay) -> dict[str, object]:
    """Return a past run under other limits, for programs."""
    return {
        "run": replay.run.name,
        "verdict": replay.verdict,
        "unwaived": replay.unwaived,
        "checks": [
            {"metric": one.metric.name, "verdict": one.verdict, "sentence": one.sentence} for one in replay.judgements
        ],
    }


def backtest_lines(replays: Sequence[Replay]) -> Iterator[str]:
    """Yield the outcome of all runs in a sentence, and a line for each run that would not have passed."""
    failing = [replay for replay in replays if replay.unwaived is Verdict.FAIL]
    waived = sum(replay.verdict is not Verdict.FAIL for replay in failing)
    yield _share_that_failed(len(replays), len(failing), waived)
    others = Counter(replay.verdict for replay in replays if replay.unwaived is not Verdict.FAIL)
    for verdict, count in sorted(others.items()):
        yield f"  {count:,} {verdict.upper()}"
    for replay in replays:
        if replay.verdict not in {Verdict.PASS, Verdict.WARN}:
            yield f"{replay.run.name}  {replay.verdict.upper()}  {_worst_sentence(replay)}"


def _worst_sentence(replay: Replay) -> str:
    """Return the sentence of the judgement that decided, and how many more have its verdict; empty if none counts."""
    deciding = {one.metric.name: one for one in replay.judgements if one.verdict is replay.verdict}
    worst = worst_check(map(Outcome.of, deciding.values()))
    if worst is None:
        return ""
    others = sum(not one.limit.shadow for one in deciding.values()) - 1
    return deciding[worst.id].sentence + (f"; {others:,} more" if others else "")


def _share_that_failed(number: int, failing: int, waived: int) -> str:
    """Return how many runs would have failed, as a clause."""
    if number == 0:
        return "no run can be judged: none of them measured anything"
    if number == 1:
        return f"the last run would {'' if failing else 'not '}have failed{' without its waiver' * waived}"
    return f"{failing:,} of the last {number:,} runs would have failed" + (
        f", {waived:,} of them waived" * bool(waived)
    )
