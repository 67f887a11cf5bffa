"""Workarounds for what pytest and its plugins do not offer to others, and the properties in junit.xml."""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from checks.report import report_folder
from checks.report.result import CheckResult, Result
from checks.text import one_line


def show_final_names(config: pytest.Config) -> None:
    """Let pytest and pytest-html call the files in the terminal by the names that they have now."""
    names = {report_folder.unfinished(Path(name)).name: name for name in report_folder.NAMES}
    for plugin in config.pluginmanager.get_plugins():
        for attribute in ("logfile", "_report_path"):
            file = getattr(plugin, attribute, None)
            if isinstance(file, str | Path) and Path(file).name in names:
                setattr(plugin, attribute, Path(file).with_name(names[Path(file).name]))


def add_suite_properties(config: pytest.Config, result: Result) -> None:
    """Do what pytest's fixture `record_testsuite_property` does, for the end of the session has no fixtures."""
    plugins = config.pluginmanager.get_plugins()
    xml: Any = next((plugin for plugin in plugins if hasattr(plugin, "add_global_property")), None)
    if xml:
        xml.suite_name = suite_name(result)
    for name, value in suite_properties(result) if xml else ():
        xml.add_global_property(name, value)


def case_properties(check: CheckResult) -> Iterator[tuple[str, str]]:
    """Yield the properties of a check that have a value, numbers as in result.json."""
    properties = {
        "verdict": check.verdict,
        "sentence": check.sentence,
        "value": check.value,
        "operator": check.operator,
        "limit": check.limit,
        "n": check.n,
        "place": check.place,
    }
    return ((name, one_line(str(value))) for name, value in properties.items() if value is not None)


def suite_name(result: Result) -> str:
    """The name of the suite, by which servers tell environments from each other."""
    return f"websocket-health.{one_line(result.environment)}"


def suite_properties(result: Result) -> Iterator[tuple[str, str]]:
    """Yield the properties of the run, with the window only where one is known."""
    yield "environment", one_line(result.environment)
    if result.window:
        yield "since", result.window.since.isoformat()
        yield "until", result.window.until.isoformat()
    yield "verdict", result.verdict.value
    yield "exit_code", str(result.exit_code)


def replace_metadata(config: pytest.Config, metadata: Mapping[str, str]) -> None:
    """Replace what pytest-metadata tells of the machine and its CI variables, which is nobody's business."""
    from pytest_metadata.plugin import metadata_key  # noqa: PLC0415 -- it comes with pytest-html

    described = config.stash[metadata_key]
    described.clear()
    described.update(metadata)


class _ReaderMayLeave(io.RawIOBase):
    """The standard output of a process, which goes nowhere once its reader has left: `… | head -1`."""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1

    def write(self, data: Any) -> int:
        try:
            return os.write(1, data)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return len(data)


def go_on_without_reader(config: pytest.Config) -> None:
    """Let a run end as it would, with its reports and its exit code, where nobody reads its output to the end."""
    stdout = sys.stdout
    if stdout is sys.__stdout__ and stdout is not None and not stdout.isatty():
        stdout.flush()
        buffer = io.BufferedWriter(_ReaderMayLeave())
        sys.stdout = io.TextIOWrapper(buffer, encoding=stdout.encoding, errors=stdout.errors)
        config.add_cleanup(sys.stdout.flush)  # pytest's capture puts back the old one, which Python flushes at the end


def without_idle_plugins(config: pytest.Config) -> None:
    """Drop Hypothesis' plugin where no test uses it: its summary loads all of Hypothesis, for a quarter of a second."""
    plugin = config.pluginmanager.getplugin("hypothesispytest")
    if plugin is not None and "hypothesis" not in sys.modules:
        config.pluginmanager.unregister(plugin)


def print_less(config: pytest.Config) -> None:
    """Leave out what a run of checks has no use for, unless -v asks for it.

    That is the names of the modules, the machine, and where the files are: the summary has them.
    """
    if config.option.verbose > 0:
        return
    config.option.no_header = True
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None:
        return
    reporter.showfspath = False
    write_sep = reporter.write_sep

    def write_title(sep: str, title: str | None = None, fullwidth: int | None = None, **markup: bool) -> None:
        if not (title or "").startswith(("generated xml file", "Generated html report")):
            write_sep(sep, title, fullwidth, **markup)

    reporter.write_sep = write_title


def hide_repetition(config: pytest.Config) -> None:
    """Let pytest's own list of failures be where the summary names each of them already."""
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None and config.option.reportchars == "fE":  # as it is where nobody asked for another one
        reporter.reportchars = ""


@contextmanager
def without_capture(config: pytest.Config) -> Iterator[None]:
    """Give back the standard input that pytest keeps from tests, for `--logs -`, and the terminal, for progress."""
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    capture.suspend_global_capture(in_=True)
    if reporter is not None and sys.stderr.isatty():
        reporter.ensure_newline()  # or the bar would stand in the line that names the check's module
    try:
        yield
    finally:
        capture.resume_global_capture()
