"""The metrics in CloudWatch's embedded metric format: each run is a data point of each metric.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import ClassVar, Final, Self

from checks.metrics import METRICS, Unit
from checks.outputs import FinishedRun, Options, Output, OutputLog, OutputSettings, writing
from checks.places import append, expanded
from checks.report.result import Result
from checks.window import epoch_ms

_NAMESPACE: Final = "WebSocketHealth"
MOST_METRICS: Final = 100
"""The largest number of metrics in one line."""

_UNITS: Final[Mapping[Unit, str]] = {
    Unit.COUNT: "Count",
    Unit.RATE: "None",  # a ratio from 0 to 1, as in result.json; CloudWatch's Percent ends at 100
    Unit.AVERAGE: "None",
    Unit.SECONDS: "Seconds",
}


STANDARD_OUTPUT: Final = "-"


@dataclass(frozen=True, slots=True)
class EmbeddedMetrics(Output):
    """The metrics as log lines that CloudWatch reads; in a Lambda function they go to standard output by default."""

    name = "metrics"
    options: ClassVar[Options] = {
        "--emf": {
            "type": expanded,
            "metavar": "FILE",
            "help": "append the metrics in CloudWatch's embedded metric format to a file, or - for standard output "
            "(standard output if $AWS_LAMBDA_FUNCTION_NAME is set)",
        }
    }

    target: str

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Make the output if the option names a file, or in a Lambda function, whose standard output is a log."""
        in_lambda = settings.variables.get("AWS_LAMBDA_FUNCTION_NAME")
        target = settings.option("emf") or (STANDARD_OUTPUT if in_lambda else None)
        return cls(target) if target else None

    def write(self, run: FinishedRun) -> OutputLog:
        """Print the lines, or append them to the file."""
        lines = tuple(emf_lines(run.result, run.began))
        if self.target == STANDARD_OUTPUT:
            return OutputLog(lines)
        with writing(Path(self.target)):
            append("".join(f"{line}\n" for line in lines), Path(self.target))
        return OutputLog()


def emf_lines(result: Result, began: datetime) -> Iterator[str]:
    """Yield lines with every metric that has a value, and the run's `Verdict` (0 pass … 5 fail) and `ExitCode`.

    The time of the points is the start of the run: CloudWatch rejects points older than two weeks, as a window may be.
    """
    measured = {name: metric.value for name, metric in result.metrics.items()}
    values = {name: value for name, value in measured.items() if value is not None and isfinite(value)}
    values |= {"Verdict": result.verdict.rank, "ExitCode": result.exit_code}
    names = list(values)
    for first in range(0, len(names), MOST_METRICS):
        part = names[first : first + MOST_METRICS]
        directive = {
            "Namespace": _NAMESPACE,
            "Dimensions": [["Environment"]],
            "Metrics": [
                {"Name": name, "Unit": _UNITS[METRICS[name].unit] if name in METRICS else "None"} for name in part
            ],
        }
        about = {"Timestamp": epoch_ms(began), "CloudWatchMetrics": [directive]}
        yield json.dumps({"_aws": about, "Environment": result.environment} | {name: values[name] for name in part})
