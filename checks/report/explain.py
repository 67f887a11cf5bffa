"""What a metric means, what is demanded of it, and what would change a verdict, in lines for people."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from checks.analysis.metrics import IN_LOGS, METRICS, Definition, Unit
from checks.errors import ConfigError
from checks.judge.limit import Limit
from checks.judge.problems import display, unknown
from checks.judge.quantity import NOTATIONS
from checks.judge.sample import MAX_SAMPLES
from checks.judge.thresholds import Environment, Thresholds
from checks.judge.waiver import Waiver
from checks.report.recorded import RecordedRun
from checks.report.text import printable
from checks.report.turning import Demand, turning_points

_SQL: Final = "checks/analysis/sql"
_ROOT: Final = Path(__file__).parents[2]


def definition(metric: str) -> Definition:
    """The metric of that name.

    Raises:
        ConfigError: There is none; the message names those that there are.
    """
    if metric not in METRICS:
        raise ConfigError(unknown("metric", metric, METRICS))
    return METRICS[metric]


def inventory(thresholds: Thresholds, file: Path) -> str:
    """What a valid file holds, in one line."""
    environments = thresholds.environments.values()
    counts = {
        "environment": len(environments),
        "limit": sum(len(environment.limits) for environment in environments),
        "waiver": sum(len(environment.waivers) for environment in environments),
    }
    told = ", ".join(f"{number:,} {noun}{'' if number == 1 else 's'}" for noun, number in counts.items())
    return f"{display(file)}: {told}: valid"


def explain(metric: Definition, environment: Environment, now: datetime) -> Iterator[str]:
    """Yield what a metric means and what an environment demands of it."""
    yield f"{metric.name}: {metric.meaning}"
    yield from _rows(_meaning(metric))
    yield ""
    limit = environment.limits.get(metric.name)
    if limit is None:
        yield f"In {environment.name}: no limit, so it is measured and not judged"
        return
    yield f"In {environment.name}: {limit.demands}"
    yield from _rows(_demanded(limit, environment.waivers.get(metric.name), now))


def explain_verdict(metric: Definition, environment: Environment, run: RecordedRun, now: datetime) -> Iterator[str]:
    """Yield why a run came to its verdict on a metric, and what would change it."""
    check, measured, limit = run.check(metric.name), run.metric(metric.name), environment.limits.get(metric.name)
    yield f"The run: {check.verdict.upper()}: {printable(check.sentence)}" if check else "The run: not judged"
    if limit is None:
        return
    if limit.max_increase is not None:
        yield f"  against the --baseline: {limit.show(limit.increase)}, beyond what chance explains"
    if not limit.bounds:
        return
    demand = Demand(limit, environment.waivers.get(metric.name), now)
    yield from _rows(_turns(metric, demand, measured.n))
    if (
        limit.max_increase is None
        and check
        and measured.value is not None
        and (alone := demand.verdict(measured)) is not check.verdict
    ):
        yield f"  With this limit, had all been read and every signal been seen: {alone.upper()}"


def _meaning(metric: Definition) -> Iterator[tuple[str, str]]:
    notation = NOTATIONS[metric.unit]
    yield "unit", f"{notation.noun}; a limit is {notation.example}"
    yield "sample", metric.sample or "none"
    families = " and ".join(sorted(metric.builds_on))
    yield "builds on", f"{families} signals; without them it is inconclusive" if families else "no signal"
    yield "formula", _formula(metric)
    yield "computed in", _place(metric)


def _formula(metric: Definition) -> str:
    match metric.unit:
        case Unit.RATE:
            return f"{metric.meaning} ÷ {metric.sample}"
        case Unit.AVERAGE:
            return f"{metric.meaning.partition(' per ')[0]} ÷ {metric.sample}"
        case Unit.COUNT:
            return f"number of {metric.meaning}"
        case Unit.SECONDS:
            return metric.meaning


def _place(metric: Definition) -> str:
    """Where the formula is: a subject's SQL file, unless the number is not in the logs but about the read."""
    if metric.subject not in IN_LOGS:
        place = f"checks/resources/{metric.subject}"
        return f"{place}/" if (_ROOT / place).is_dir() else f"{place}.py"
    file = f"{_SQL}/{metric.subject}.sql"
    in_sql = f"'{metric.name}'" in (_ROOT / file).read_text(encoding="utf-8")
    return file if in_sql else "no SQL file: the run counts it as it reads"


def _demanded(limit: Limit, waiver: Waiver | None, now: datetime) -> Iterator[tuple[str, str]]:
    origin = "inherited from defaults" if limit.inherited else "own"
    yield "written in", f"{display(limit.file)}:{limit.line}, {origin}"
    yield "min_samples", _samples(limit)
    yield "on_inconclusive", limit.on_inconclusive
    yield "shadow", "yes: judged and shown, never blocks" if limit.shadow else "no"
    yield "owner", printable(limit.owner) or "none"
    yield "runbook", printable(limit.runbook) or "none"
    yield "waiver", _waiver(waiver, limit, now) if waiver else "none"


def _samples(limit: Limit) -> str:
    if METRICS[limit.metric].sample is None:
        return "none: there is no sample"
    if limit.min_samples is not None:
        return f"{limit.samples:,}, as written"
    if not limit.bounds:
        return "by what the share may be after it grew, 59 at most"
    if limit.unit is not Unit.RATE:
        return f"{limit.samples:,}: only a rate takes more, unless min_samples is written"
    if limit.samples == MAX_SAMPLES:
        return f"{limit.samples:,}: the most that is asked for, unless min_samples is written"
    return f"{limit.samples:,}: so many without one bad case show at 95 % that the limit is kept"


def _waiver(waiver: Waiver, limit: Limit, now: datetime) -> str:
    state = "until" if waiver.holds(now) else "over since"
    up_to = f", {limit.show(waiver.bound)}" if waiver.bound else ", any value"
    place = f"{display(waiver.file)}:{waiver.line}"
    return f"{place}, {state} {waiver.until} by {printable(waiver.owner)}{up_to}: {printable(waiver.reason)}"


def _turns(metric: Definition, demand: Demand, n: int | None) -> Iterator[tuple[str, str]]:
    """Which values have which verdict: in the sample that there is, and in one that is large enough."""
    if metric.sample is None:
        yield "by value", turning_points(demand, None)
        return
    for size in sorted({size for size in (n, max(n or 0, demand.limit.samples)) if size}):
        yield f"with n = {size:,}", turning_points(demand, size)


def _rows(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"  {name:<15}  {text}" for name, text in rows)
