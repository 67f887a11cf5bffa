"""The part of an earlier run's result.json that tells why a metric got its verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from checks.analysis.metrics import METRICS, Metric, Unit
from checks.errors import ConfigError
from checks.judge.problems import display
from checks.judge.verdict import Verdict


@dataclass(frozen=True, slots=True)
class RecordedCheck:
    """What became of a limit."""

    metric: str
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class RecordedMetric:
    """What was measured."""

    value: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    n: Annotated[int, Field(ge=0)] | None = None


@dataclass(frozen=True, slots=True)
class RecordedWindow:
    """What was judged."""

    since: AwareDatetime
    until: AwareDatetime


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What a run found; whatever else its result.json holds is of no interest here."""

    environment: str
    checks: tuple[RecordedCheck, ...]
    metrics: Mapping[str, RecordedMetric]
    window: RecordedWindow | None = None
    signatures: tuple[str, ...] | None = None

    def check(self, name: str) -> RecordedCheck | None:
        """What became of a metric's limit; None where it was not judged."""
        return next((check for check in self.checks if check.metric == name), None)

    def metric(self, name: str) -> Metric:
        """A metric as it was measured; without a value where it was not."""
        found = self.metrics.get(name, RecordedMetric())
        if METRICS[name].unit is not Unit.RATE or found.value is None or found.n is None:
            return Metric(name, found.value, found.n)
        return Metric(name, found.value, found.n, round(found.value * found.n))


_ADAPTER: Final = TypeAdapter(RecordedRun)


def read_run(file: Path) -> RecordedRun:
    """Read a result.json.

    Raises:
        ConfigError: The file can't be read, or is something else.
    """
    try:
        run = _ADAPTER.validate_json(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{display(file)}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _foreign(file, ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))) from error
    if run.window and run.window.since >= run.window.until:
        raise _foreign(file, "window: it is empty")
    for name, metric in run.metrics.items():
        if name in METRICS and METRICS[name].unit is Unit.RATE and (metric.value or 0) > 1:
            raise _foreign(file, f"metrics.{name}: {metric.value} is no share")
    return run


def _foreign(file: Path, reason: str) -> ConfigError:
    return ConfigError(f"{display(file)}: is not the result.json of a run: {reason}")
