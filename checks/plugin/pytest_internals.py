"""Workarounds for gaps in the interfaces of pytest and its plugins: names, output streams, and the end of a session."""

import io
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest
from _pytest.outcomes import Exit, OutcomeException

from checks.errors import HealthCheckError
from checks.report.result import REPORT_NAMES, CheckResult, Result, unfinished
from checks.text import nearest_name, one_line
from checks.verdicts.verdict import ExitCode, exit_code_and_reason


def show_final_names(config: pytest.Config) -> None:
    """Make pytest and pytest-html print the final names of their files in the terminal."""
    names = {unfinished(Path(name)).name: name for name in REPORT_NAMES}
    for plugin in config.pluginmanager.get_plugins():
        for attribute in ("logfile", "_report_path"):
            file = getattr(plugin, attribute, None)
            if isinstance(file, str | Path) and Path(file).name in names:
                setattr(plugin, attribute, Path(file).with_name(names[Path(file).name]))


def show_ids_as_they_are(config: pytest.Config) -> None:
    """Show the ids of tests unchanged: pytest takes them for paths below its root, where a team's checks don't lie."""
    shown: Any = config
    shown.cwd_relative_nodeid = lambda test_id: test_id


def lookup_problem(error: BaseException) -> str:
    """Return a sentence on a fixture that does not exist; empty for any other error."""
    if not isinstance(error, pytest.FixtureLookupError) or error.argname is None:
        return ""
    _, _, listed = error.formatrepr().errorstring.partition("available fixtures: ")
    fixtures = listed.partition("\n")[0].split(", ")
    if not listed or error.argname in fixtures:
        return ""
    nearest = nearest_name(error.argname, fixtures)
    meant = f"did you mean {nearest!r}?" if nearest else f"there are {', '.join(fixtures)}"
    return f"no fixture {error.argname!r}; {meant}"


def add_suite_properties(config: pytest.Config, result: Result) -> None:
    """Do the work of pytest's fixture `record_testsuite_property`: at the end of a session there are no fixtures."""
    plugins = config.pluginmanager.get_plugins()
    xml: Any = next((plugin for plugin in plugins if hasattr(plugin, "add_global_property")), None)
    if xml:
        xml.suite_name = f"websocket-health.{one_line(result.environment)}"  # tells servers the environments apart
    for name, value in suite_properties(result) if xml else ():
        xml.add_global_property(name, value)


def case_properties(check: CheckResult) -> Iterator[tuple[str, str]]:
    """Yield the properties of a check that have a value; numbers are written as in result.json."""
    for name in ("verdict", "sentence", "value", "operator", "limit", "n", "place"):
        if (value := getattr(check, name)) is not None:
            yield name, one_line(str(value))


def suite_properties(result: Result) -> Iterator[tuple[str, str]]:
    """Yield the properties of the run, with its window if that is known."""
    yield "environment", one_line(result.environment)
    if result.window:
        yield "since", result.window.since.isoformat()
        yield "until", result.window.until.isoformat()
    yield "verdict", result.verdict.value
    yield "exit_code", str(result.exit_code)


def replace_metadata(config: pytest.Config, metadata: Mapping[str, str]) -> None:
    """Replace pytest-metadata's description of the machine and its CI variables, which reports should not disclose."""
    from pytest_metadata.plugin import metadata_key  # noqa: PLC0415 -- it comes with pytest-html

    described = config.stash[metadata_key]
    described.clear()
    described.update(metadata)


class _ReaderMayLeave(io.FileIO):
    """The standard output or error of a process, discarded once its reader has left, as in `… | head -1`.

    Attributes:
        problem: The error of another failed write, such as a full disk; otherwise None.
    """

    problem: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.problem = error
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            return len(data)


_OUTPUT: Final = pytest.StashKey[_ReaderMayLeave]()


def go_on_without_reader(config: pytest.Config) -> None:
    """Keep a run going, with its reports and its exit code, if the reader of its output leaves early."""
    stdout = sys.stdout
    if stdout is sys.__stdout__ and stdout is not None and not stdout.isatty():
        stdout.flush()
        output = config.stash[_OUTPUT] = _ReaderMayLeave(1, "w", closefd=False)
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(output), stdout.encoding, stdout.errors)
        config.add_cleanup(sys.stdout.flush)  # pytest restores the old stream, and Python flushes only that at the end


def output_problem(config: pytest.Config) -> OSError | None:
    """Return the error that kept the output of the run from being written; None if it was written."""
    if _OUTPUT not in config.stash:
        return None
    sys.stdout.flush()
    return config.stash[_OUTPUT].problem


def open_standard_streams() -> None:
    """Open on the null device the standard streams that the process was started without.

    A reader of stderr may leave early: that is not an error.
    """
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123, SIM115 -- open until the process ends
            if stream.fileno() != descriptor:
                os.dup2(stream.fileno(), descriptor)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    stderr = sys.stderr
    if stderr is sys.__stderr__ and stderr is not None and not stderr.isatty():  # otherwise Python would end with 1
        buffer = io.BufferedWriter(_ReaderMayLeave(2, "w", closefd=False))
        sys.stderr = io.TextIOWrapper(buffer, stderr.encoding, stderr.errors, line_buffering=True)


def without_idle_plugins(config: pytest.Config) -> None:
    """Drop the plugin of Hypothesis if no test uses it: its summary takes a quarter of a second to load Hypothesis."""
    plugin = config.pluginmanager.getplugin("hypothesispytest")
    if plugin is not None and "hypothesis" not in sys.modules:
        config.pluginmanager.unregister(plugin)


def print_less(config: pytest.Config) -> None:
    """Leave out pytest's lines on modules, machine and report files, which the summary has, unless -v asks for them."""
    if config.option.verbose > 0:
        return
    config.option.no_header = True
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None:
        return
    reporter.showfspath = False
    write_sep = reporter.write_sep

    def write_title(sep: str, title: str | None = None, fullwidth: int | None = None, **markup: bool) -> None:
        if not (title or "").startswith(("test session", "generated xml", "Generated html")):
            write_sep(sep, title, fullwidth, **markup)

    reporter.write_sep = write_title


def hide_repetition(config: pytest.Config) -> None:
    """Suppress pytest's own list of failures: the summary already names each of them."""
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None and config.option.reportchars == "fE":  # the default
        reporter.reportchars = ""


@contextmanager
def without_capture(config: pytest.Config) -> Iterator[None]:
    """Suspend pytest's capture: `--logs -` needs the standard input, and progress needs the terminal."""
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    if capture is not None:  # it is None with `-p no:capture`
        capture.suspend_global_capture(in_=True)
    if reporter is not None and sys.stderr.isatty():
        reporter.ensure_newline()  # otherwise the bar would begin on the line with the module's name
    try:
        yield
    finally:
        if capture is not None:
            capture.resume_global_capture()
            capture.suspend_global_capture()  # as before: pytest prints the name of a test before it captures


_SIGNALS: Final = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class SessionAborted(Exit):
    """The end of a session by an error, which is printed last."""

    def __init__(self, error: HealthCheckError, code: ExitCode) -> None:
        super().__init__(str(error), int(code))
        self.error, self.code = error, code


def end_line(config: pytest.Config) -> None:
    """End the line of marks that pytest may have begun."""
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None and reporter._tw.width_of_current_line:  # noqa: SLF001 -- there is no other way
        reporter.line("")
        reporter.flush()


def drop_frame(config: pytest.Config) -> None:
    """Keep pytest from framing the error that ended the session like Ctrl-C."""
    reporter: Any = config.pluginmanager.getplugin("terminalreporter")
    if reporter is not None:
        reporter._keyboardinterrupt_memo = None  # noqa: SLF001 -- there is no other way
        reporter.flush()


@contextmanager
def aborting_session(otherwise: ExitCode = ExitCode.BROKEN) -> Iterator[None]:
    """End the session with one line if an error is raised that is not the outcome of a test."""
    try:
        yield
    except (OutcomeException, pytest.UsageError):
        raise
    except Exception as error:  # noqa: BLE001 -- the line names it, with its place
        code, line = exit_code_and_reason(error, otherwise)
        raise SessionAborted(error if isinstance(error, HealthCheckError) else HealthCheckError(line), code) from None


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Treat the signals by which pipelines, containers and terminals end a process like Ctrl-C, unless ignored."""
    heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _interrupt) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
