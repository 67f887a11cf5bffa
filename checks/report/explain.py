"""Explanations for `explain`: the meaning of a metric, its limit, and the values at which its verdict changes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import ceil, floor, inf, nextafter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checks.config.environment import Environment
from checks.config.limit import Limit, Waiver
from checks.errors import ConfigError
from checks.metrics import IN_LOGS, METRICS, Definition, Metric, SignalFamily, Subject, Unit
from checks.statistics import MAX_SAMPLES
from checks.text import one_line, unknown_name
from checks.units import NOTATIONS, show_limit, show_value
from checks.verdicts.chances import UNUSUAL
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from checks.report.result import Result  # imported at run time, it would double what `explain` loads


def find_metric(metric: str) -> Definition:
    """Return the definition of a metric.

    Raises:
        ConfigError: There is no metric of that name; the message names the nearest ones.
    """
    if metric not in METRICS:
        raise ConfigError(unknown_name("metric", metric, METRICS))
    return METRICS[metric]


def explain(metric: Definition, environment: Environment) -> Iterator[str]:
    """Yield the meaning of a metric and the limit of an environment on it."""
    yield f"{metric.name}: {metric.meaning}"
    yield from _aligned(_meaning_rows(metric))
    yield ""
    limit = environment.limits.get(metric.name)
    if limit is None:
        yield f"In {environment.name}: no limit, so it is measured but not judged"
        return
    yield f"In {environment.name}: {limit.demands}"
    yield from _aligned(_limit_rows(limit))


def explain_verdict(metric: Definition, environment: Environment, run: "Result") -> Iterator[str]:
    """Yield the reason for a run's verdict on a metric, and the values that would change it."""
    check, measured, limit = run.check(metric.name), run.judged(metric.name), environment.limits.get(metric.name)
    yield f"The run: {check.verdict.upper()}: {one_line(check.sentence)}" if check else "The run: not judged"
    if limit is None:
        return
    if limit.max_increase is not None:
        yield f"  against the --baseline: {limit.show(limit.increase)}, beyond what chance explains"
    if not _has_boundaries(limit):
        return
    yield from _aligned(_boundary_rows(metric, limit, measured))
    alone = _verdict(measured, limit) if check and limit.max_increase is None and measured.value is not None else None
    if check and alone and alone is not check.verdict:
        yield f"  By this value and limit alone, after a complete read with every signal: {alone.upper()}"


def explanation(metric: Definition, environment: Environment, run: "Result | None") -> dict[str, Any]:
    """Return what `explain` and `explain_verdict` say, as a document for programs."""
    limit = environment.limits.get(metric.name)
    document: dict[str, Any] = {"metric": metric.name, "meaning": metric.meaning, **_by_name(_meaning_rows(metric))}
    document["environment"] = environment.name
    document["limit"] = None
    if limit:
        document["limit"] = {"demands": limit.demands, **_by_name(_limit_rows(limit))}
    if run:
        check, measured = run.check(metric.name), run.judged(metric.name)
        document["run"] = {"verdict": check.verdict if check else None, "sentence": check.sentence if check else None}
        if limit and _has_boundaries(limit):
            document["run"]["boundaries"] = dict(_boundary_rows(metric, limit, measured))
    return document


def _by_name(rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.replace(" ", "_"): text for name, text in rows}


def _meaning_rows(metric: Definition) -> Iterator[tuple[str, str]]:
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


_ROOT: Final = Path(__file__).parents[2]

_OBSERVERS: Final = {
    Subject.API: tuple(f"checks/resources/{name}.py" for name in ("api_metrics", "api_gateway", "__init__")),
    Subject.TRACING: ("checks/resources/xray.py",),
    Subject.ALARMS: ("checks/resources/alarm_states.py",),
    Subject.PROBE: ("checks/resources/probe.py",),
}
"""The files that measure the subjects outside the logs, the one with most metrics first."""


def _place(metric: Definition) -> str:
    """Return the file with the formula: a subject's SQL, unless the metric is about the read itself."""
    if metric.subject in IN_LOGS:
        file = f"checks/analysis/sql/metrics/{metric.subject}.sql"
        return file if _holds(file, f"'{metric.name}'") else "no SQL file: the run counts it as it reads"
    if metric.subject is Subject.OWN:
        return "a query of thresholds.yaml, or a test beside it"
    files = _OBSERVERS[metric.subject]
    return next((file for file in files if _holds(file, f'"{metric.name}"')), files[0])


def _holds(file: str, text: str) -> bool:
    return text in (_ROOT / file).read_text(encoding="utf-8")


def _limit_rows(limit: Limit) -> Iterator[tuple[str, str]]:
    origin = "inherited from defaults" if limit.inherited else "own"
    yield "written in", f"{limit.place}, {origin}"
    yield "min_samples", _samples(limit)
    yield "on_inconclusive", limit.on_inconclusive
    yield "shadow", "yes: evaluated and shown; never affects the exit code" if limit.shadow else "no"
    yield "owner", one_line(limit.owner) or "none"
    yield "runbook", one_line(limit.runbook) or "none"
    yield "waiver", _waiver(limit.waiver, limit) if limit.waiver else "none"


def _samples(limit: Limit) -> str:
    if METRICS[limit.metric].sample is None:
        return "none: there is no sample"
    if limit.min_samples is not None:
        return f"{limit.samples:,}, as written"
    if not limit.bounds:
        return "enough for the share that it may grow to, at most 59"
    if limit.samples == MAX_SAMPLES:
        return f"{limit.samples:,}: the largest default; min_samples may ask for more"
    return f"{limit.samples:,}: this many cases without a failure prove the limit at 95 % confidence"


def _waiver(waiver: Waiver, limit: Limit) -> str:
    state = "expired on" if waiver.is_over else "until"
    up_to = f", {limit.show(waiver.bound)}" if waiver.bound else ", any value"
    return f"{waiver.place}, {state} {waiver.until} by {one_line(waiver.owner)}{up_to}: {one_line(waiver.reason)}"


_EVERYTHING: Final = ReadState(events=1, seen=frozenset(SignalFamily))
"""The state of a complete read with every signal, for which the value alone decides."""


def _has_boundaries(limit: Limit) -> bool:
    """Whether the value alone decides, without the baseline or the length of the window."""
    return bool(limit.bounds) and not limit.per


def _verdict(metric: Metric, limit: Limit) -> Verdict:
    """Return the verdict on a metric after a complete read."""
    return judge(metric, limit, _EVERYTHING).verdict


def _landmarks(limit: Limit) -> list[float]:
    """Return the bounds that values are compared with; between two of them, only more evidence changes a verdict."""
    bounds = (*limit.bounds, limit.waived.bound if limit.waived else None)
    return sorted({bound.value for bound in bounds if bound})


_FAR: Final = 10
"""The multiple of its limit beyond which an average fails, if its sample is large enough at all."""


def verdict_boundaries(limit: Limit, n: int | None, measured: Metric | None = None) -> str:
    """Return the boundaries between verdicts, in a sample of `n` if any: `passes up to 5 of 120, fails from 9`.

    `measured` may say what is usual for the log, or by its own value that nobody knows.
    """
    name, unit, landmarks = limit.metric, limit.unit, _landmarks(limit)
    if unit is Unit.RATE and n:
        near = _around((landmark * n for landmark in landmarks), most=n)
        shares = _same_verdicts(near, lambda cases: _verdict(Metric(name, cases / n, n, cases), limit))
        return _in_words(shares, lambda cases: f"{cases:,}", size=f" of {n:,}")
    if unit is Unit.AVERAGE and n:
        near = _around((landmark * n for landmark in landmarks), most=ceil(_FAR * max(landmarks) * n))
        totals = _same_verdicts(near, lambda total: _verdict(Metric(name, total / n, n), limit))
        return _in_words(totals, lambda total: show_value(total / n, unit))
    if unit is Unit.COUNT:
        counts = _same_verdicts(_around(landmarks), lambda value: _verdict(Metric(name, value, n), limit))
        return _in_words(counts, lambda value: f"{value:,}")
    usual = measured.usual if measured else None
    is_known = measured is None or usual is None or usual != measured.value
    marks = [*landmarks, UNUSUAL * usual] if usual is not None and is_known else landmarks
    floats = {value for mark in marks for value in (nextafter(mark, -inf), mark, nextafter(mark, inf))}
    values = [value for value in sorted(floats | {0.0}) if value >= 0]
    beside = [(value, _verdict(Metric(name, value, n, usual=usual if is_known else value), limit)) for value in values]
    shown = {mark: show_limit(mark, unit) for mark in (0.0, *landmarks)}
    return _in_words(beside, lambda value: shown.get(value) or show_value(value, unit), exact={0.0, *marks})


def _around(landmarks: Iterable[float], most: int | None = None) -> list[int]:
    """Return the least and the greatest value, and the whole numbers on both sides of the landmarks."""
    near = {floor(landmark) + step for landmark in landmarks for step in (-1, 0, 1, 2)}
    ends = {0} if most is None else {0, most}
    return sorted(value for value in near | ends if value >= 0 and (most is None or value <= most))


def _same_verdicts(points: Sequence[int], verdict: Callable[[int], Verdict]) -> list[tuple[int, Verdict]]:
    """Return the points with their verdicts, and between them the numbers at which the verdict changes."""
    known = cache(verdict)
    changes = (edge for low, high in pairwise(points) for edge in _edges(low, high, known))
    return [(value, known(value)) for value in sorted({*points, *changes})]


def _edges(low: int, high: int, verdict: Callable[[int], Verdict]) -> Iterator[int]:
    """Yield the last number before each change of the verdict, and the first one after it."""
    if verdict(low) is verdict(high):
        return
    if high - low == 1:
        yield from (low, high)
        return
    middle = (low + high) // 2
    yield from _edges(low, middle, verdict)
    yield from _edges(middle, high, verdict)


def _in_words(
    verdicts: Sequence[tuple[float, Verdict]],
    show: Callable[[float], str],
    *,
    size: str = "",
    exact: Collection[float] | None = None,
) -> str:
    """Return in words which values have which verdict; values come in ascending order, and `size` is shown once.

    If `exact` is given, a value outside it is described as over or under the value beside it.
    """
    changes = [(low, high, verdict) for (low, before), (high, verdict) in pairwise(verdicts) if verdict is not before]
    first = _word(verdicts[0][1])
    if not changes:
        return f"{first} at any value"
    rests: list[str] = []
    for low, high, verdict in changes:
        start = f"from {show(high)}" if exact is None or high in exact else f"over {show(low)}"
        rests.append(f"{_word(verdict)} {start}")
    low, high, _ = changes[0]
    end = f"up to {show(low)}" if exact is None or low in exact else f"under {show(high)}"
    return ", ".join([f"{first} {end}{size}", *rests])


_WORDS: Final = {Verdict.PASS: "passes", Verdict.WARN: "warns", Verdict.FAIL: "fails"}


def _word(verdict: Verdict) -> str:
    return _WORDS.get(verdict, verdict.value)


def _boundary_rows(metric: Definition, limit: Limit, measured: Metric) -> Iterator[tuple[str, str]]:
    """Yield the boundaries between verdicts for the present sample, and for one that is large enough."""
    if metric.sample is None:
        yield "by value", verdict_boundaries(limit, None, measured)
        return
    n = measured.n
    for size in sorted({size for size in (n, max(n or 0, limit.samples)) if size}):
        yield f"with n = {size:,}", verdict_boundaries(limit, size)


def _aligned(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"  {name:<15}  {text}" for name, text in rows)
