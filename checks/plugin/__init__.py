"""The pytest plugin: its hooks and fixtures, wired to the packages that do the work.

Throughout this package, a wrong option or file raises ConfigError, and the run does not begin.
"""

import gc
import re
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import pytest

from checks.config.limit import Limit
from checks.errors import ConfigError, HealthCheckError
from checks.places import (
    CHECKOUT_CONFIGURATION,
    CHECKS_FOLDER,
    COMMAND_CONFIGURATION,
    DEFAULT_ENVIRONMENT,
    PACKAGE_FOLDER,
    own_check_files,
    temporary_folder,
)
from checks.plugin.health_session import (
    METRICS_MARK,
    SESSION,
    Guard,
    HealthSession,
    metric_names,
    remove_earlier_reports,
)
from checks.plugin.misunderstandings import ONE_PROCESS, may_hold_tests, misunderstanding
from checks.plugin.options import OPTION_GROUP, add_options, environment_names, thresholds_path
from checks.plugin.own_checks import selected_paths
from checks.plugin.pytest_internals import (
    SessionAborted,
    aborting_session,
    case_properties,
    drop_frame,
    go_on_without_reader,
    open_standard_streams,
    print_less,
    show_final_names,
    without_capture,
    without_idle_plugins,
)
from checks.report.html.page import cell
from checks.report.terminal import error_lines, progress_display
from checks.text import display_path, print_error
from checks.verdicts.verdict import ExitCode, Judgement, Verdict

__all__ = ["Judgement", "assert_within_limit"]

open_standard_streams()  # before pytest looks for them


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Register the guard around runs."""
    if not pluginmanager.hasplugin("checks.guard"):
        pluginmanager.register(Guard(), "checks.guard")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the health checks."""
    add_options(parser.getgroup(OPTION_GROUP, "WebSocket health checks").addoption)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Iterator[None]:
    """Explain a command line that pytest can't run, and start again if pytest did not find our configuration.

    pytest searches for it before it knows the options of plugins, so a file that `--logs` names may lead it elsewhere:
    https://github.com/pytest-dev/pytest/issues/8846.
    """
    namespace = early_config.known_args_namespace
    here = early_config.invocation_params.dir
    if (
        early_config.inipath != CHECKOUT_CONFIGURATION
        and CHECKOUT_CONFIGURATION.is_file()
        and here.is_relative_to(PACKAGE_FOLDER)
        and not (namespace.inifilename or may_hold_tests(namespace, here))
    ):
        raise SystemExit(pytest.main(["-c", str(CHECKOUT_CONFIGURATION), *early_config.invocation_params.args]))
    is_ours = early_config.inipath in {CHECKOUT_CONFIGURATION, COMMAND_CONFIGURATION}
    if is_ours and (problem := misunderstanding(parser, args, here)):
        early_config.option, early_config.args = namespace, namespace.file_or_dir or early_config.getini("testpaths")
        is_known = (namespace.environment or "-E" not in problem) and not _PLACES.search(problem)
        if is_known and _runs_checks(early_config):
            remove_earlier_reports(early_config)
        print_error(HealthCheckError(problem))
        raise pytest.UsageError  # without a message, as it is printed already
    return (yield)


_PLACES: Final = re.compile("--(environment|report-dir|thresholds)|^-E:")
"""If the problem is with one of these, the place of this run's reports is not known."""


@contextmanager
def _preparing() -> Iterator[None]:
    """Turn any error before the session begins into one that pytest does not print with its traceback."""
    try:
        with aborting_session():
            yield
    except SessionAborted as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Run several environments side by side, each in a process of its own; this process only waits for them."""
    names = environment_names(config)
    if not _runs_checks(config):
        return None
    remove_earlier_reports(config)
    if len(names) == 1:
        return None
    from checks.plugin.side_by_side import run_several  # noqa: PLC0415 -- most runs have one environment

    with _preparing():
        return run_several(config, names)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare a run of the checks; for `pytest tests`, which runs none, do nothing."""
    config.addinivalue_line("markers", f"{METRICS_MARK}(*names): the metrics that a check judges, if they have limits")
    if not _runs_checks(config):
        return
    with _preparing():
        if config.getoption("numprocesses", None):
            raise ConfigError(ONE_PROCESS)
        session = HealthSession.from_config(config)
        if not config.option.collectonly:
            session.prepare(config)
    config.stash[SESSION] = session
    config.pluginmanager.register(CheckHooks(session))
    if session.own:
        config.pluginmanager.register(session.own)
        selected = selected_paths(config)
        config.args += [str(file) for file in session.own.files if not any(map(file.is_relative_to, selected))]
    go_on_without_reader(config)
    without_idle_plugins(config)


class CheckHooks:
    """The hooks and fixtures of a session that runs checks."""

    def __init__(self, health: HealthSession) -> None:
        self._health = health
        self._ending: HealthCheckError | None = None

    @pytest.hookimpl(tryfirst=True)  # before the terminal reporter prints its header
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Make pytest print less than for a run of tests."""
        print_less(session.config)

    def pytest_pycollect_makeitem(
        self, collector: pytest.Collector, name: str, obj: object
    ) -> list[pytest.Item] | None:
        """Leave out a check without any limit to judge by in the selected analyses."""
        metrics = metric_names(obj)
        if not metrics:
            return None
        self._health.checks.add(collector.path, name, metrics)
        return None if self._health.run.settings.limits_on(metrics) else []

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one test for each limit on the metrics of a check."""
        if "limit" in metafunc.fixturenames:
            limits = self._health.run.settings.limits_on(metric_names(metafunc.function))
            metafunc.parametrize("limit", limits, ids=[limit.metric for limit in limits])

    @pytest.hookimpl(tryfirst=True)  # before a selection removes checks
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Make sure that each limit has its check, and each check its metrics."""
        modules = list(CHECKS_FOLDER.glob("test_*.py"))
        problems = [*self._health.checks.problems(self._health.run.settings.limits, modules)]
        if self._health.own and not items:  # if any check runs, the result reports them as errors
            problems += self._health.own.unjudged
        if problems:
            raise pytest.UsageError("\n".join(problems))

    @pytest.hookimpl(wrapper=True, tryfirst=True)  # while pytest still reports errors of the command line as such
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        """Read and measure the logs once, before the first check; they are kept until the run ends."""
        if session.config.option.collectonly or (not session.testsfailed and not session.items):
            return (yield)
        if session.testsfailed:
            raise pytest.UsageError("a file of checks can't be imported, as shown above; nothing was checked")
        gc.freeze()  # loaded modules stay: otherwise pytest's final gc.collect() examines them all
        resources = ExitStack()
        folder = resources.enter_context(temporary_folder())
        session.config.add_cleanup(resources.close)  # after the result is made, which still reads from it
        with (
            without_capture(session.config),
            progress_display(is_quiet=session.config.option.verbose < 0) as show,
            aborting_session(ExitCode.ERROR),
        ):
            self._health.run.read(folder, show)
        return (yield)

    @pytest.fixture
    def judgement(self, request: pytest.FixtureRequest, limit: Limit) -> Judgement:
        """The judgement by a limit; a metric that could not be measured is an error in the set-up, not a failure."""
        run = self._health.run
        with aborting_session():
            judgement = run.judge(limit)
            request.node.user_properties += case_properties(run.check_result(judgement))
        if judgement.verdict is Verdict.ERROR and judgement.blocks:
            pytest.fail(_message(judgement), pytrace=False)
        return judgement

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Make a skipped check name the place of its limit instead of a file of this machine."""
        report = yield
        limit = getattr(getattr(item, "callspec", None), "params", {}).get("limit")
        if isinstance(limit, Limit) and report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (display_path(limit.file), limit.line, report.longrepr[2])
        return report

    @pytest.hookimpl(wrapper=True, trylast=True)  # around hooks that write reports, before the terminal names them
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Write result.json, remember the run, set the exit code; remove the files of an interrupted or empty run."""
        if session.config.option.collectonly:
            return (yield)
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self._health.conclude(session)
        if self._health.result is not None:
            session.exitstatus = self._health.result.exit_code
        elif session.config.option.setuponly:
            session.exitstatus = ExitCode.NOTHING_JUDGED
        outcome = yield
        self._health.publish(session.config)
        show_final_names(session.config)
        return outcome

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """Print the verdict, its incidents and the checks."""
        if config.option.collectonly:
            return
        for text, style in self._health.summary(config.option.verbose):
            terminalreporter.write_line(text, **dict.fromkeys(style, True))
        if self._health.result is not None and not config.getoption("environment"):
            terminalreporter.write_line(f"Environment: {DEFAULT_ENVIRONMENT}, the default; -E NAME judges another")

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note the error that ends the session: pytest treats every such end like Ctrl-C."""
        if isinstance(excinfo.value, SessionAborted):
            self._ending = excinfo.value.error

    @pytest.hookimpl(wrapper=True)
    def pytest_unconfigure(self, config: pytest.Config) -> Iterator[None]:
        """Print last, where people look first, why the session ended or why the logs could not be read."""
        if self._ending:
            drop_frame(config)
        yield
        reporter = config.pluginmanager.getplugin("terminalreporter")
        if self._ending:
            print_error(self._ending)
        elif self._health.result is not None and reporter is not None:
            for text, style in error_lines(self._health.result):
                reporter.write_line(text, **dict.fromkeys(style, True))

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: Any) -> None:
        """Name the environment in the title."""
        report.title = f"WebSocket health: {self._health.run.settings.environment.name}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str], session: pytest.Session) -> None:
        """Put the verdict, the checks and the analyses above the table; drop the machine's own description."""
        prefix += self._health.page(session.config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Add a column for the sentence of each check."""
        cells.insert(2, "<th>Found</th>")

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Show the sentence of a check, even if it passes."""
        sentence = dict(getattr(report, "user_properties", ())).get("sentence", "")
        cells.insert(2, f"<td>{cell(sentence)}</td>")


def assert_within_limit(judgement: Judgement) -> None:
    """Turn a verdict into the outcome of a test: a sentence, without traceback.

    A pass or a warning passes; a failure fails, unless it is a shadow; anything else is shown as skipped.
    """
    if judgement.verdict is Verdict.FAIL and judgement.blocks:
        pytest.fail(_message(judgement), pytrace=False)
    if judgement.verdict not in {Verdict.PASS, Verdict.WARN}:
        pytest.skip(_message(judgement))


def _message(judgement: Judgement) -> str:
    """Return the sentence of a judgement without the name of the metric, which the name of its test has."""
    return judgement.sentence.removeprefix(f"{judgement.metric.name} ")


def _runs_checks(config: pytest.Config) -> bool:
    """Whether the command line selects checks: their folder, a part of it, or a folder above it."""
    option = config.option
    if option.help or option.markers or option.showfixtures or option.show_fixtures_per_test:
        return False
    paths = selected_paths(config)
    if any(path.is_relative_to(CHECKS_FOLDER) for path in paths):
        return True
    own = own_check_files(thresholds_path(config))
    is_selected = any(CHECKS_FOLDER.is_relative_to(path) or path in own for path in paths)
    return is_selected and config.inipath == CHECKOUT_CONFIGURATION
