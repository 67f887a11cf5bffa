"""The registry of outputs: which there are, which of them a run writes, and writing them at its end."""

from collections.abc import Iterator, Mapping
from pkgutil import resolve_name
from typing import Any, Final

from checks.errors import OutputError
from checks.outputs.output import FinishedRun, Output, OutputLog, OutputSettings

OUTPUTS: Final = (
    "checks.outputs.summary:StepSummary",
    "checks.outputs.github:StepOutputs",
    "checks.outputs.github:Annotations",
    "checks.outputs.emf:EmbeddedMetrics",
    "checks.outputs.job_files:JobFiles",
    "checks.outputs.notify:Notifications",
)
"""All outputs, as `module:class`, in the order in which they are written."""


def output_options() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the options of all outputs, each with the arguments of pytest's `addoption`."""
    for output in _classes():
        yield from output.options.items()


def configured_outputs(settings: OutputSettings) -> tuple[Output, ...]:
    """The outputs that options and variables ask for.

    Raises:
        ConfigError: An option is wrong.
    """
    outputs = (output.from_settings(settings) for output in _classes())
    return tuple(output for output in outputs if output)


def write_outputs(outputs: tuple[Output, ...], run: FinishedRun) -> OutputLog:
    """Write the outputs of a run; one that fails keeps none of the others."""
    logs = [_write(output, run) for output in outputs]
    lines = tuple(line for log in logs for line in log.lines)
    return OutputLog(lines, tuple(problem for log in logs for problem in log.problems))


def _write(output: Output, run: FinishedRun) -> OutputLog:
    try:
        return output.write(run)
    except OutputError as error:
        return OutputLog(problems=(f"{output.name}: {error}",))


def _classes() -> Iterator[type[Output]]:
    return map(resolve_name, OUTPUTS)
