"""The metrics that checks name: each limit has its check, and each check judges metrics that exist."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Final

from checks.config.limit import Limit
from checks.metrics import METRICS
from checks.text import display_path, unknown_name

METRICS_MARK: Final = "metrics"


def metric_names(function: object) -> tuple[str, ...]:
    """The metrics that a check names with `@pytest.mark.metrics("gone.errors", …)`; none for anything else."""
    marks = getattr(function, "pytestmark", ()) if isinstance(function, FunctionType) else ()
    return tuple(name for mark in marks if mark.name == METRICS_MARK for name in mark.args)


class NamedMetrics:
    """All metrics that the collected checks name, and by whom."""

    def __init__(self) -> None:
        self._checks: dict[str, list[str]] = {}
        self._modules: set[Path] = set()

    def add(self, module: Path, name: str, metrics: Iterable[str]) -> None:
        """Note the metrics of one check, by its module and its name."""
        self._modules.add(module)
        for metric in metrics:
            self._checks.setdefault(metric, []).append(f"{display_path(module)}::{name}")

    def problems(self, limits: Iterable[Limit], modules: Collection[Path]) -> Iterator[str]:
        """Yield a sentence on each metric that is unknown or named twice, and on each limit that no check names.

        Args:
            limits: Of the run.
            modules: All modules of checks; unless each was collected, a limit may be named in one of the others.
        """
        for metric, checks in self._checks.items():
            if metric not in METRICS:
                yield f"{checks[0]}: {unknown_name('metric', metric, list(METRICS))}"
            elif len(checks) > 1:
                yield f"{' and '.join(checks)} both name {metric}: it is judged once, so one check names it"
        for limit in limits if self._modules.issuperset(modules) else ():
            if limit.metric not in self._checks:
                subject = METRICS[limit.metric].subject
                place = f"{display_path(limit.file)}:{limit.line}"
                yield f"{place}: no check names {limit.metric}; add it to the metrics of checks/test_{subject}.py"
