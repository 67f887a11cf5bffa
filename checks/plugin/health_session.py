"""The health session: the state that the hooks of one run share, from options and named metrics to reports."""

import os
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Final, Self

import pytest
from msgspec.structs import replace

from checks import __version__
from checks.config.limit import Limit
from checks.errors import ConfigError, HealthCheckError
from checks.history.history import RunInHistory, covered_until, remember
from checks.history.index_page import keep_page
from checks.history.record import record_of
from checks.logs.spool import prepare_archive
from checks.metrics import METRICS, Subject
from checks.outputs import FinishedRun, Output, OutputLog, OutputSettings, configured_outputs, write_outputs
from checks.plugin import options
from checks.plugin.own_checks import OwnChecks, is_whole_run, own_files
from checks.plugin.pytest_internals import (
    SessionAborted,
    add_suite_properties,
    end_line,
    hide_repetition,
    interrupted_by_signals,
    output_problem,
    replace_metadata,
)
from checks.report.html.page import metadata, page, rewrite
from checks.report.pipeline import run_origin
from checks.report.result import (
    BESIDE_RESULT,
    RESULT,
    Result,
    cleaned,
    finish,
    remove_reports,
    unfinished,
    write_result,
)
from checks.report.terminal import Line, View, summary_lines, terminal_width
from checks.run.baseline import earlier_run
from checks.run.run import Run
from checks.run.settings import OWN_METRICS, Settings
from checks.text import display_path, one_line, print_error, unknown_name
from checks.verdicts.verdict import ExitCode, Verdict, exit_code_and_reason, worst
from checks.window import utc_now

METRICS_MARK: Final = "metrics"


def metric_names(function: object) -> tuple[str, ...]:
    """Return the metrics that a check names with `@pytest.mark.metrics("gone.errors", …)`; none for other objects."""
    marks = getattr(function, "pytestmark", ()) if isinstance(function, FunctionType) else ()
    return tuple(name for mark in marks if mark.name == METRICS_MARK for name in mark.args)


class NamedMetrics:
    """The metrics that the collected checks name, each with its checks."""

    def __init__(self) -> None:
        self._checks: dict[str, list[str]] = {}
        self._modules: set[Path] = set()

    def add(self, module: Path, name: str, metrics: Iterable[str]) -> None:
        """Note the metrics of one check, by its module and its name."""
        self._modules.add(module)
        for metric in metrics:
            self._checks.setdefault(metric, []).append(f"{display_path(module)}::{name}")

    def problems(self, limits: Iterable[Limit], modules: Collection[Path]) -> Iterator[str]:
        """Yield a sentence on each metric that is unknown or named twice, and on each limit that no check names."""
        for metric, checks in self._checks.items():
            if metric not in METRICS and metric != OWN_METRICS:
                yield f"{checks[0]}: {unknown_name('metric', metric, list(METRICS))}"
            elif len(checks) > 1:
                yield f"{' and '.join(checks)} both name {metric}: it is judged once, so only one check may name it"
        # Unless all modules of checks were collected, another module may name the metric.
        for limit in limits if self._modules.issuperset(modules) else ():
            if METRICS[limit.metric].subject is not Subject.OWN and limit.metric not in self._checks:
                subject = METRICS[limit.metric].subject
                yield f"{limit.place}: no check names {limit.metric}; add it to the metrics of checks/test_{subject}.py"


@dataclass
class HealthSession:
    """A session of pytest that runs checks.

    Attributes:
        own: The team's own checks; None if there are none to run and no limit needs one.
        checks: The metrics that the collected checks name.
        result: The result of the run; None before its end, and if no check was completed.
        remembered: The run with those before it; None likewise.
    """

    run: Run
    outputs: tuple[Output, ...]
    own: OwnChecks | None = None
    checks: NamedMetrics = field(default_factory=NamedMetrics)
    result: Result | None = None
    remembered: RunInHistory | None = None
    output_log: OutputLog = field(default_factory=OutputLog)

    @classmethod
    def from_config(cls, config: pytest.Config) -> Self:
        """Make the session that the options ask for."""
        (name,) = options.environment_names(config)
        settings = options.settings_from_options(config, name)
        files = own_files(config) if Subject.OWN in settings.subjects else []
        run = Run(replace(settings, has_own_checks=bool(files)), options.history_store(config))
        outputs = configured_outputs(OutputSettings(config.getoption, os.environ))
        is_missed = is_whole_run(config) and any(map(settings.is_judged_by_test, settings.limits))
        return cls(run, outputs, OwnChecks(run, files) if files or is_missed else None)

    @property
    def _settings(self) -> Settings:
        return self.run.settings

    def prepare(self, config: pytest.Config) -> None:
        """Prepare the report folder, and make pytest write its reports there under names that say "unfinished"."""
        folder = self._settings.report_folder
        _prepare_folder(folder)
        if self._settings.keep_logs:
            prepare_archive(self._settings.keep_logs)
        html, xml = (unfinished(folder / name) for name in ("report.html", "junit.xml"))
        config.option.junitprefix = config.getoption("junitprefix", None) or self._settings.environment.name
        config.option.htmlpath = config.getoption("htmlpath", None) or str(html)
        config.option.self_contained_html = True
        config.option.xmlpath = config.getoption("xmlpath", None) or str(xml)

    def conclude(self, session: pytest.Session) -> None:
        """Write result.json and remember the run, if a check was completed."""
        if session.config.option.setuponly:
            return
        failures, is_cut_short = self._failures(), session.shouldfail or session.shouldstop
        if self.run.judgements and self.own and not is_cut_short:
            self.own.judge_missing()
        result = self.run.result()
        if result is None:
            return
        if session.testsfailed == failures:
            if not (self.own and self.own.has_traceback):
                session.config.option.tbstyle = "no"  # the summary has the sentences
                hide_repetition(session.config)
        else:  # a check itself is broken: pytest reports that
            verdict = worst([result.verdict, Verdict.ERROR])
            result = replace(result, exit_code=int(ExitCode.BROKEN), verdict=verdict)
        now = utc_now()
        origin = run_origin(self._settings.now, (now - self._settings.now).total_seconds(), __version__, os.environ)
        self.result = result = cleaned(replace(result, run=origin))
        write_result(result, unfinished(self._settings.report_folder / RESULT))
        self.remembered = self._remember(session.config, result)
        add_suite_properties(session.config, result)

    def _failures(self) -> int:
        """Return the number of tests that failed by a verdict."""
        of_metrics = (one for one in self.run.judgements if one.verdict in {Verdict.FAIL, Verdict.ERROR} and one.blocks)
        shipped = sum(not self._settings.is_judged_by_test(one.limit) for one in of_metrics)
        return shipped + (self.own.failures if self.own else 0)

    def publish(self, config: pytest.Config) -> None:
        """Give the reports their final names and write the outputs; without a result, remove the reports."""
        folder = self._settings.report_folder
        if self.result is None or self.remembered is None:
            self.discard()
            return
        rewrite(Path(config.option.htmlpath))
        finish(folder, BESIDE_RESULT)
        previous = self.remembered.previous
        run = FinishedRun(self.result, self._settings.now, previous.verdict if previous else None, folder)
        written = write_outputs(self.outputs, run)
        finish(folder, [RESULT])
        problems = keep_page(folder, self.remembered.record.id, config.getoption("keep_reports", 0))
        self.output_log = OutputLog(written.lines, (*problems, *written.problems))

    def discard(self) -> None:
        """Remove the result and the reports of a run that did not finish."""
        self.result = None
        remove_reports(self._settings.report_folder)

    def page(self, config: pytest.Config) -> Iterator[str]:
        """Yield our part of pytest-html's page, if there is a result to show."""
        if self.result is None or self.remembered is None:
            return
        replace_metadata(config, metadata(self.result))
        yield page(self.result, self.remembered.before)

    def summary(self, verbosity: int) -> Iterator[Line]:
        """Yield the lines for the terminal."""
        if self.result is None or self.remembered is None:
            end = "The checks did not run to their end" if self.run.judgements else "No check ran"
            yield Line(f"{end}; no report was written, earlier ones were removed.")
            yield from map(Line, self._settings.why_no_limits)
            return
        view = View(verbosity, terminal_width())
        yield from summary_lines(self.result, self._settings.subjects, self.remembered.before.changes, view)
        page = self._settings.report_folder / "report.html"
        shown = page if page.exists() else page.parent  # pytest-html may be told to write elsewhere
        yield Line(f"Report: {one_line(display_path(shown))}")
        yield from map(Line, self.output_log.lines)
        for problem in (*self.remembered.problems, *self.output_log.problems):
            yield Line(one_line(problem), ("yellow",))

    def _remember(self, config: pytest.Config, result: Result) -> RunInHistory:
        """Remember the run; pytest-html has not written its report yet, and may be told to write it elsewhere."""
        settings, folder = self._settings, self._settings.report_folder
        has_report = config.pluginmanager.hasplugin("html") and Path(config.option.htmlpath) == unfinished(
            folder / "report.html"
        )
        is_continued = settings.continued is not None and settings.continued.is_certain
        covered = covered_until(result, settings.judgeable, settings.now) if is_continued else None
        record = record_of(result, settings.now, utc_now(), covered)
        pages = config.getoption("keep_reports", 0)
        return remember(record, self.run.history, folder.parent, has_report=has_report, pages=pages)


def _prepare_folder(folder: Path) -> None:
    """Make sure that reports can be written to a folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_reports(folder)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        problem = f"reports: {display_path(folder)} cannot be written to: {error.strerror}"
        raise ConfigError(problem, "name another folder with --report-dir") from error


def remove_earlier_reports(config: pytest.Config) -> None:
    """Remove the reports of earlier runs before anything can go wrong: they might be mistaken for this run's.

    One of them may be the baseline, which is read before that.
    """
    with suppress(ConfigError):  # which comes again when the options are checked, if the file is still there
        config.stash[options.EARLIER_RUN] = earlier_run(config.getoption("baseline", None))
    for name in () if config.option.collectonly else options.environment_names(config):
        if Path(name).name == name:
            with suppress(OSError):
                remove_reports(options.reports_folder(config) / name)


SESSION: Final = pytest.StashKey[HealthSession]()


class Guard:
    """The hooks around all others, which decide the exit code.

    1 means that the service is unhealthy and 0 that it is healthy: only a complete, written result gives these codes.
    Any error ends the run with another code and one line, and leaves no result.
    """

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, int, int]:
        """Run pytest, and return the exit code."""
        with interrupted_by_signals():
            try:
                code = yield
            except pytest.UsageError as error:
                cause = error.__cause__
                if SESSION not in config.stash and not isinstance(cause, SessionAborted):
                    raise
                print_error(cause.error if isinstance(cause, SessionAborted) else HealthCheckError(str(error)))
                code = cause.code if isinstance(cause, SessionAborted) else ExitCode.USAGE
            except (Exception, KeyboardInterrupt) as error:
                if SESSION not in config.stash:
                    raise
                code = _abort(config, error)
        return _exit_code(config, code)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Write the reports; if one can't be written, remove all of them."""
        try:
            return (yield)
        except (Exception, KeyboardInterrupt) as error:
            if SESSION not in session.config.stash:
                raise
            session.exitstatus = _abort(session.config, error)
        return None


def _abort(config: pytest.Config, error: BaseException) -> ExitCode:
    code, line = exit_code_and_reason(error)
    with suppress(OSError):
        config.stash[SESSION].discard()
    with suppress(OSError, ValueError):  # the terminal of pytest may be what broke
        end_line(config)
    with suppress(OSError, ValueError):
        print_error(HealthCheckError(line))
    return code


def _exit_code(config: pytest.Config, code: int) -> int:
    """Return the exit code of the process: that of the result, or that of the error that ended the run."""
    health = config.stash.get(SESSION, None)
    if health is None or config.option.collectonly:
        return code
    if health.result is not None and code == health.result.exit_code:
        problem = output_problem(config)
        return _abort(config, problem) if problem else code
    return int(ExitCode.BROKEN) if code in {ExitCode.PASS, ExitCode.FAIL} else code
