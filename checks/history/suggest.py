"""Suggested limits: derived from what past runs measured, and printed as a patch of thresholds.yaml."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff
from math import ceil, floor, log10
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from checks.config.document import Node, read_yaml
from checks.config.environment import Environment
from checks.config.limit import Limit
from checks.history.backtest import MeasuredRun, backtest
from checks.metrics import IN_LOGS, METRICS, Metric, Subject, Unit
from checks.text import counted, display_path
from checks.units import show_limit, show_value
from checks.verdicts.verdict import Verdict

_FEWEST_RUNS: Final = 20
"""The fewest runs that show that no value comes close to a limit."""
_FEWEST_CASES: Final = 50
"""The fewest cases with which a run's value shows how bad a healthy run may look."""
_FAR: Final = 5
"""No value comes close to a limit that is at least this multiple of the largest one."""
_MARGIN: Final = 2
"""The factor from usual value to limit: at half its limit, at most 2 % of runs fail (.docs/verdict-rates.md)."""
_WARN_AT: Final = 0.66
"""The `warn` of a suggested limit as a share of its `max`: between the usual value and failure, even if rounded up."""
_TIGHTEST: Final = 4
"""The factor by which a first limit may be tighter than the starter's: one log is little evidence."""
_A_LITTLE_MORE: Final = 1.01
"""The factor that makes rounding up take the next step."""
_RULE_OF_THREE: Final = 3
"""The rule of three: with no failure in n cases, the share is at most 3 / n, at 95 % (Hanley, Lippman-Hand, 1983)."""
_STEPS: Final = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
"""The leading digits of suggested limits: numbers that people remember."""
_LEAST: Final[Mapping[Unit, float]] = {Unit.RATE: 0.001, Unit.AVERAGE: 0.1, Unit.COUNT: 5, Unit.SECONDS: 0.1}
"""The smallest limit that is suggested for each unit: a trifle should not wake anyone."""


class Suggestion(Struct, frozen=True):
    """A limit derived from measurements, the present one, if any, and how many past runs would break the former."""

    metric: str
    present: str
    warn: float
    max: float
    reason: str
    runs: int
    failed: int
    warned: int

    @property
    def outcome(self) -> str:
        """The number of past runs that would have failed or warned, and the present limit."""
        would = f"{self.failed:,} of {counted(self.runs, 'run')} would have failed, {self.warned:,} warned"
        return f"{would}; now {self.present or 'no limit'}"

    @property
    def written(self) -> str:
        """The limit as it is written in thresholds.yaml."""
        unit = METRICS[self.metric].unit
        return f"{{warn: {_plain(self.warn, unit)}, max: {_plain(self.max, unit)}}}"


class PastMeasurements(Struct, frozen=True):
    """Past runs of an environment, the newest last, and its present limits."""

    runs: Sequence[MeasuredRun]
    environment: Environment
    file: Path

    def suggestions(self) -> Iterator[Suggestion]:
        """Yield a limit for each metric of the logs that does not grow with the traffic.

        Runs that failed on a metric are left out: they say nothing about its usual value.
        """
        failed = {(run, metric) for run, metric, verdict in self._verdicts(self.environment) if verdict is Verdict.FAIL}
        for name in METRICS:
            limit = self.environment.limits.get(name)
            if _is_open_to_evidence(name, limit) and self.environment.absent_analysis(name) is None:
                healthy = [one for run in self.runs if (run.name, name) not in failed and (one := _measured(run, name))]
                if healthy:
                    suggestion = self._suggestion(limit or Limit(name, self.file, 1, inherited=False), healthy)
                    if METRICS[name].unit is not Unit.RATE or suggestion.max < 1:  # no share is above 100 %
                        yield suggestion

    def remarks(self) -> Iterator[str]:
        """Yield a sentence on each limit that no value comes close to, and on each waiver that no run needed."""
        for limit in self.environment.limits.values():
            values = [one.value or 0 for run in self.runs if (one := _measured(run, limit.metric))]
            worst = max(values, default=0)
            is_far = limit.max and METRICS[limit.metric].subject in IN_LOGS and worst * _FAR <= limit.max
            if is_far and len(values) >= _FEWEST_RUNS:
                far = f"{limit.demands} is at least {_FAR} times the worst of {len(values):,} runs"
                yield f"{limit.place}: {limit.metric}: {far}, {show_value(worst, limit.unit)}"
        verdicts = self._verdicts(self.environment.without_waivers)
        needed = {metric for _, metric, verdict in verdicts if verdict is Verdict.FAIL}
        for metric, waiver in self.environment.waivers.items():
            if not waiver.is_over and metric not in needed and any(_measured(run, metric) for run in self.runs):
                unneeded = f"the waiver of {metric} until {waiver.until} was not needed"
                yield f"{waiver.place}: {unneeded} in {counted(len(self.runs), 'run')}"

    def _suggestion(self, present: Limit, healthy: Sequence[Metric]) -> Suggestion:
        warn, most, reason = _numbers(present.metric, healthy)
        limit = replace(present, warn=warn, max=most, waiver=None)
        alone = replace(self.environment, limits={limit.metric: limit})
        verdicts = [verdict for *_, verdict in self._verdicts(alone)]
        return Suggestion(
            limit.metric,
            present.demands if present.bounds else "",
            warn,
            most,
            reason,
            runs=len(verdicts),
            failed=verdicts.count(Verdict.FAIL),
            warned=verdicts.count(Verdict.WARN),
        )

    def _verdicts(self, environment: Environment) -> Iterator[tuple[str, str, Verdict]]:
        """Yield the verdict on each metric of each run, by the limits of an environment."""
        for replay in backtest(self.runs, environment):
            for judgement in replay.judgements:
                yield replay.run.name, judgement.metric.name, judgement.verdict


def first_limit(run: MeasuredRun, limit: Limit, environment: Environment, seen: frozenset[str]) -> tuple[str, str]:
    """Return a limit that fits a single log, and why: twice what was measured, up to the starter's limit.

    It is looser than that only if the log has too few cases for the starter's limit. If the value is beyond the
    starter's limit, that limit stays: the application may be unhealthy.
    """
    metric = _measured(run, limit.metric)
    missing = METRICS[limit.metric].builds_on - seen
    if missing or metric is None:
        reason = f"no {' or '.join(sorted(missing))} line was seen" if missing else "these logs have no data on it"
        # Every application has connections: if no line tells of them, nothing would be judged, and each run would pass.
        return _written(limit) if "connect" in missing else "off", reason
    if limit.unit not in {Unit.RATE, Unit.AVERAGE} or limit.max is None:
        return _written(limit), ""

    def verdict(tried: Limit) -> Verdict:
        [replay] = backtest([run], replace(environment, limits={limit.metric: tried}))
        return replay.judgements[0].verdict

    measured = f"{show_value(metric.value or 0, limit.unit)} of {metric.n or 0:,} {METRICS[limit.metric].sample} here"
    if verdict(limit) is Verdict.FAIL:
        return _written(limit), f"{measured}: beyond it"
    is_about_data = METRICS[limit.metric].subject is Subject.DATA
    if is_about_data and (verdict(limit) is not Verdict.INCONCLUSIVE or limit.decisive.is_broken_by(metric.value or 0)):
        return _written(limit), ""  # lines that are not understood must not loosen their own limit
    most = min(max(_numbers(limit.metric, [metric])[1], limit.max / _TIGHTEST), limit.max)
    while verdict(fitting := _with_max(limit, most)) in {Verdict.INCONCLUSIVE, Verdict.FAIL} and most < 1:
        most = _round_up(most * _A_LITTLE_MORE, limit.unit)
    few = ", too few for a lower limit" if most > limit.max else ""
    return _written(fitting), measured + few


def _with_max(limit: Limit, most: float) -> Limit:
    """Return a limit with another `max`, and the sample that follows from it."""
    return replace(limit, warn=_round_up(_WARN_AT * most, limit.unit), max=most, min_samples=None)


def _written(limit: Limit) -> str:
    """Return a limit as it is written in thresholds.yaml."""
    bounds = {"warn": limit.warn, "max": limit.max, "min": limit.min}
    texts = (f"{key}: {_plain(value, limit.unit)}" for key, value in bounds.items() if value is not None)
    samples = [] if limit.min_samples is None else [f"min_samples: {limit.min_samples}"]
    return f"{{{', '.join((*texts, *samples))}}}"


def _plain(value: float, unit: Unit) -> str:
    return show_limit(value, unit).replace(" ", "").replace(",", "")


def _is_open_to_evidence(name: str, limit: Limit | None) -> bool:
    """Whether a `max` can be derived from measurements; not for a plain count, which grows with the traffic.

    Nor for a count per hour or day: runs remember only that of their whole window.
    """
    definition = METRICS[name]
    if definition.subject not in IN_LOGS or definition.subject is Subject.DATA:
        return False
    if limit is None:
        return definition.unit in {Unit.RATE, Unit.AVERAGE}
    return limit.max is not None and limit.per is None


def _measured(run: MeasuredRun, name: str) -> Metric | None:
    metric = run.metrics.get(name)
    return metric if metric is not None and metric.value is not None and metric.n != 0 else None


def _numbers(name: str, healthy: Sequence[Metric]) -> tuple[float, float, str]:
    """Return the `warn` and the `max` that follow from measurements, and why."""
    unit, sample = METRICS[name].unit, METRICS[name].sample
    large = [metric for metric in healthy if metric.n is None or metric.n >= _FEWEST_CASES]
    worst = max(metric.value or 0 for metric in large or healthy)
    runs = counted(len(healthy), "run")
    if unit in {Unit.RATE, Unit.AVERAGE}:
        n = sum(metric.n or 0 for metric in healthy)
        cases = sum((metric.value or 0) * (metric.n or 0) for metric in healthy)
        usual, least = (cases or _RULE_OF_THREE) / n, worst
        measured = f"{show_value(cases / n, unit)} of {n:,} {sample} in {runs}, at worst {show_value(worst, unit)}"
    else:
        usual, least = worst, 0.0
        measured = f"at most {show_value(worst, unit)} in {runs}"
    most = _round_up(max(_MARGIN * usual, least, _LEAST[unit]), unit)
    return _round_up(_WARN_AT * most, unit), most, measured


def _round_up(value: float, unit: Unit) -> float:
    """Return the next number at or above a value that people remember."""
    magnitude = 10.0 ** floor(log10(value))
    step = next(step for step in _STEPS if value <= step * magnitude * (1 + 1e-9))
    rounded = round(step * magnitude, 6)
    if unit is Unit.RATE:
        return min(rounded, 1.0)
    return float(ceil(rounded)) if unit is Unit.COUNT else rounded


def repeated_defaults(file: Path, environment: str) -> Iterator[str]:
    """Yield a sentence on each limit of an environment that repeats one of `defaults`."""
    root, _ = read_yaml(file)
    defaults = root.get("defaults").get("limits")
    for metric, limit in root.get("environments").get(environment).get("limits").items.items():
        own, shared = _bounds(limit), _bounds(defaults.get(metric))
        if own and own.items() <= shared.items():
            yield f"{display_path(file)}:{limit.key_line}: {metric}: repeats its limit in defaults"


def _bounds(limit: Node) -> Mapping[str, object]:
    """Return the parts of a limit as written; a bare number is its `max`."""
    if isinstance(limit.value, str):
        return {"max": limit.value}
    return {key: part.value for key, part in limit.items.items()}


_NO_NEWLINE: Final = "\\ No newline at end of file\n"


def patch(file: Path, environment: str, suggestions: Iterable[Suggestion]) -> str:
    """Return a patch of thresholds.yaml with the suggested limits, for `patch -p0`.

    It leaves alone limits of several lines and those beside other keys; a comment above the patch names them.
    """
    root, _ = read_yaml(file)
    before = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    section = root.get("environments").get(environment)
    limits, has_limits = section.get("limits"), "limits" in section.items
    indentation = _indentation_of_keys(limits if has_limits else section, before)
    after, inserted, left = list(before), list[str](), list[str]()
    for one in suggestions:
        line, node = f"{one.metric}: {one.written} # {one.reason}\n", limits.items.get(one.metric)
        if node is None and indentation is not None:
            inserted.append(f"{indentation}{'' if has_limits else '  '}{line}")
        elif node and _is_replaceable(node) and _begins_with(one.metric, before[node.key_line - 1]):
            after[node.key_line - 1] = _indentation(before[node.key_line - 1]) + line
        else:
            left.append(one.metric)
    if inserted:
        head = [] if has_limits else [f"{indentation}limits:\n"]
        after[(limits if has_limits else section).key_line - 1] += "".join([*head, *inserted])
    name = display_path(file)
    note = [f"# not in the patch, because they share a line with other keys: {', '.join(left)}\n"] if left else []
    lines = unified_diff(before, "".join(after).splitlines(keepends=True), name, name)
    return "".join([*note, *(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in lines)])


def _indentation_of_keys(mapping: Node, lines: Sequence[str]) -> str | None:
    """Return the indentation of the keys of a mapping; None if it has no keys, or has them within braces."""
    first = min(mapping.items.items(), key=lambda item: item[1].key_line, default=None)
    is_open = re.search(r":\s*(?:#.*)?$", lines[mapping.key_line - 1])
    if first is None or not is_open or not _begins_with(first[0], lines[first[1].key_line - 1]):
        return None
    return _indentation(lines[first[1].key_line - 1])


def _is_replaceable(limit: Node) -> bool:
    """Whether a limit stands on one line, without keys that a suggestion says nothing about, such as its owner."""
    return _last_line(limit) == limit.key_line and limit.items.keys() <= {"warn", "max"}


def _begins_with(key: str, line: str) -> bool:
    return bool(re.match(rf"\s*{re.escape(key)}\s*:", line))


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _last_line(node: Node) -> int:
    return max([node.line, node.key_line, *(_last_line(part) for part in node.items.values())])
