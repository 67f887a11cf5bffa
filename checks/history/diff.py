"""The difference between two runs: verdicts, values that moved, types of errors, and versions."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from checks.errors import ConfigError
from checks.history.index_page import pages_folder
from checks.metrics import METRICS, Unit
from checks.report.headline import worst_first
from checks.report.phrases import limit_text, span_text, value_text, verdict_counts
from checks.report.result import RESULT, CheckResult, MetricResult, Result, read_result, result_file
from checks.text import counted, one_line
from checks.units import show_value
from checks.verdicts.increase import BaselineMetric, chance_of_increase
from checks.verdicts.verdict import Verdict
from checks.window import Instant, Window


class RunHead(Struct, frozen=True, kw_only=True):
    """The facts that tell two runs apart, as far as they are known.

    Attributes:
        function_versions: The function versions that the logs name for a deploy or a case.
        error: The reason why the logs could not be read; None if they could.
    """

    environment: str
    started: Instant | None
    window: Window | None
    verdict: Verdict
    counts: str
    exit_code: int
    checks_version: str
    commit: str
    function_versions: tuple[str, ...]
    error: str | None


class SideOfChange(Struct, frozen=True):
    """A metric in one of two runs; all fields but the text are None if the run has no such check or number."""

    verdict: Verdict | None
    value: float | None
    n: int | None
    text: str


class Change(Struct, frozen=True):
    """A metric that changed.

    Attributes:
        limit: The limit that decided in the second run, for people; empty if none did.
        chance: How often chance alone would move it this far; None if that cannot be computed.
    """

    metric: str
    a: SideOfChange
    b: SideOfChange
    limit: str = ""
    chance: float | None = None


class ErrorType(Struct, frozen=True):
    """A type of error and how often it was logged; None if only the type is known."""

    shape: str
    times: int | None


class Difference(Struct, frozen=True, kw_only=True):
    """The differences between two runs.

    Attributes:
        verdicts: Checks whose verdict changed, or that only one run has; the worst of the second run first.
        values: Metrics that moved beyond chance, or notably, at the same verdict; those with a limit first.
        new_errors: Types of errors in the second run alone, the most frequent first; None if a run lists none.
        gone_errors: Types of errors in the first run alone, likewise.
    """

    a: RunHead
    b: RunHead
    verdicts: tuple[Change, ...]
    values: tuple[Change, ...]
    new_errors: tuple[ErrorType, ...] | None
    gone_errors: tuple[ErrorType, ...] | None


def read_runs(paths: list[Path], reports: Path, environment: str | None) -> tuple[Result, Result]:
    """Read the two runs at the paths; without paths, the last two kept runs of an environment, or of the newest run's.

    Raises:
        ConfigError: Two such runs do not exist.
    """
    if len(paths) not in {0, 2}:
        raise ConfigError(f"diff compares two runs, not {len(paths)}", "name two, or none for the last two")
    one, other = map(read_result, map(result_file, paths or _last_two(reports, environment)))
    return one, other


def _last_two(reports: Path, environment: str | None) -> list[Path]:
    """Return the last two runs of an environment that have a page of their own, the older one first."""
    folders = [pages_folder(reports / environment)] if environment else reports.glob(pages_folder(Path("*")).name)
    results = (result for folder in folders for result in folder.glob(f"*/{RESULT}"))
    runs = sorted(results, key=lambda result: result.parent.name)  # ids sort by time
    of_one = [run for run in runs if run.parent.parent == runs[-1].parent.parent]
    if len(of_one) < 2:  # noqa: PLR2004 -- a difference has two sides
        of = f" of {environment!r}" if environment else ""
        if runs and not environment:
            of = f" of {runs[-1].parent.parent.stem!r}, which ran last; -E names another"
        raise ConfigError(
            f"{reports} holds fewer than two kept runs{of}", "name two: folders of reports, or files result.json"
        )
    return of_one[-2:]


def compare(a: Result, b: Result) -> Difference:
    """Return the difference between two runs."""
    verdicts = tuple(_verdicts(a, b))
    changed = {one.metric for one in verdicts}
    values = (one for one in _values(a, b) if one.metric not in changed)
    new, gone = _errors(a, b)
    return Difference(
        a=_head(a),
        b=_head(b),
        verdicts=verdicts,
        values=tuple(sorted(values, key=_rank)),
        new_errors=new,
        gone_errors=gone,
    )


def _rank(change: Change) -> tuple[bool, float]:
    """Sort numbers with a limit first, then by how far they moved as a share of the larger value."""
    before, after = change.a.value or 0.0, change.b.value or 0.0
    return not change.limit, -abs(before - after) / max(before, after, 1e-9)


def _head(result: Result) -> RunHead:
    run = result.run
    deployed = [one.version for one in result.overview.deploys] if result.overview else []
    of_cases = [one.version for evidence in result.evidence for one in evidence.versions]
    return RunHead(
        environment=result.environment,
        started=run.started if run else None,
        window=result.window,
        verdict=result.verdict,
        counts=verdict_counts(result.checks),
        exit_code=result.exit_code,
        checks_version=run.version if run else "",
        commit=run.commit if run else "",
        function_versions=tuple(sorted({*deployed, *of_cases}, key=lambda name: (len(name), name))),
        error=result.error,
    )


def _verdicts(a: Result, b: Result) -> Iterator[Change]:
    """Yield the checks whose verdict changed, or that only one of the runs has."""
    before, after = ({check.id: check for check in run.checks} for run in (a, b))
    for check in worst_first({**before, **after}.values()):
        was, now = before.get(check.id), after.get(check.id)
        if was is None or now is None or was.verdict is not now.verdict:
            yield Change(check.metric, _side(was), _side(now), limit_text(now or check))


def _side(check: CheckResult | None) -> SideOfChange:
    if check is None:
        return SideOfChange(None, None, None, "not run")
    text = f"{check.verdict} {value_text(check)}{_of(check.metric, check.n)}{span_text(check)}"
    return SideOfChange(check.verdict, check.value, check.n, text)


def _of(metric: str, n: int | None) -> str:
    """Return the size of the sample behind a value; empty if there is none."""
    if n is None:
        return ""
    return f" of {n:,}" if METRICS[metric].unit is Unit.RATE else f" (n = {n:,})"


DOUBT: Final = 0.01
"""The chance below which a number that moved is listed."""
_SAME_LENGTH: Final = 0.1
"""The difference, as a share of the longer window, up to which two windows count as equally long."""
_NOTABLE: Final = 0.5
"""The relative change that is notable if chance can't be computed."""


def _values(a: Result, b: Result) -> Iterator[Change]:
    """Yield the metrics that moved beyond chance, or notably if chance can't be computed."""
    for name in METRICS.in_order(a.metrics):
        before, after = a.metrics[name], b.metrics.get(name, MetricResult())
        if before.value is None or after.value is None or before.value == after.value:
            continue
        chance = _chance(name, (a, b))
        larger = max(before.value, after.value)
        if chance <= DOUBT if chance is not None else abs(before.value - after.value) >= _NOTABLE * larger:
            check = b.check(name)
            limit = limit_text(check) if check else ""
            yield Change(name, _number(name, before), _number(name, after), limit, chance)


def _number(name: str, measured: MetricResult) -> SideOfChange:
    text = f"{show_value(measured.value or 0, METRICS[name].unit)}{_of(name, measured.n)}"
    return SideOfChange(None, measured.value, measured.n, text)


def _chance(name: str, runs: tuple[Result, Result]) -> float | None:
    """Return how often chance alone moves a metric this far, either way; None for times, and if a window is unknown."""
    seconds = [max(run.window.length.total_seconds(), 1.0) for run in runs if run.window]
    if METRICS[name].unit is Unit.SECONDS or len(seconds) < len(runs):
        return None
    before, now = (run.metric(name) for run in runs)
    ratio = seconds[1] / seconds[0]
    either_way = ((before, now, ratio), (now, before, 1 / ratio))
    return min(chance_of_increase(new, BaselineMetric(old, scale)) for old, new, scale in either_way)


def _errors(a: Result, b: Result) -> tuple[tuple[ErrorType, ...] | None, tuple[ErrorType, ...] | None]:
    """Return the types of errors that only one run has, by signatures or, without these, by sentences about errors."""
    if a.receipt.reading and b.receipt.reading:
        is_signed = a.signatures is not None and b.signatures is not None
        before, after = map(_signatures if is_signed else _error_sentences, (a, b))
        return _only(after, before), _only(before, after)
    return None, None


def _signatures(run: Result) -> Mapping[str, int | None]:
    events = {one.shape: one.events for one in run.new_signatures}
    return {shape: events.get(shape) for shape in run.signatures or ()}


def _error_sentences(run: Result) -> Mapping[str, int | None]:
    return {one.template: one.times for one in run.sentences if one.is_error}


def _only(here: Mapping[str, int | None], there: Mapping[str, int | None]) -> tuple[ErrorType, ...]:
    only = (ErrorType(shape, times) for shape, times in here.items() if shape not in there)
    return tuple(sorted(only, key=lambda one: -(one.times or 0)))


def difference_lines(difference: Difference, width: int) -> Iterator[str]:
    """Yield the difference in at most 25 lines, none longer than the width of the terminal."""
    for line in _lines(difference):
        indent = line[: len(line) - len(line.lstrip())]
        yield f"{indent}{one_line(line, width - len(indent))}"


def _lines(difference: Difference) -> Iterator[str]:
    a, b = difference.a, difference.b
    for name, run in (("A", a), ("B", b)):
        at = f", run {run.started:%Y-%m-%d %H:%M} UTC" if run.started else ""
        yield f"{name}: {run.environment}{at}: {run.verdict.upper()} ({run.counts})"
    yield f"verdict: {f'{a.verdict.upper()} → ' if a.verdict is not b.verdict else 'unchanged, '}{b.verdict.upper()}"
    if a.window and b.window:
        shorter, longer = sorted((a.window.length, b.window.length))
        if longer - shorter > _SAME_LENGTH * longer:
            yield "the windows differ in length: counts are compared by the hour"
    sections = (
        ("verdicts that changed", list(map(_change, difference.verdicts)), 5),
        ("values that moved notably", list(map(_change, difference.values)), 4),
        ("types of errors only in B", list(map(_error, difference.new_errors or ())), 2),
        ("types of errors only in A", list(map(_error, difference.gone_errors or ())), 1),
    )
    if not any(lines for _, lines, _ in sections):
        yield "no check, value or type of error differs"
    for title, lines, most in sections:
        if lines:
            yield f"{title} ({len(lines)}):"
        yield from (f"  {line}" for line in lines[:most])
        if lines[most:]:
            yield f"  … {len(lines) - most:,} more (--format json)"
    yield from _versions(a, b)


def _change(change: Change) -> str:
    limit = f" ({change.limit})" if change.limit else ""
    return f"{change.metric}: {change.a.text} → {change.b.text}{limit}"


def _error(error: ErrorType) -> str:
    times = f"{counted(error.times, 'time')}: " if error.times else ""
    return f"{times}{one_line(error.shape)}"


def _versions(a: RunHead, b: RunHead) -> Iterator[str]:
    """Yield a line on versions that differ: of the function, of the pipeline's commit, and of the checks themselves."""
    rows = {
        "function versions": (", ".join(a.function_versions), ", ".join(b.function_versions)),
        "commit": (a.commit[:12], b.commit[:12]),
        "websocket-health-checks": (a.checks_version, b.checks_version),
    }
    texts = [f"{name}: {was or 'unknown'} → {now or 'unknown'}" for name, (was, now) in rows.items() if was != now]
    if texts:
        yield "; ".join(texts)
