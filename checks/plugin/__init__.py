"""The pytest plugin: options, fixtures and hooks, wired to the packages that do the work."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from msgspec import structs
from pytest_metadata.plugin import metadata_key

from checks.config.limit import Limit
from checks.entry import CHECKOUT
from checks.errors import ConfigError
from checks.history.history import RunInHistory, remember
from checks.history.last_run import covered_until
from checks.history.record import record_of
from checks.history.store import Store
from checks.logs import archive
from checks.metrics import Subject
from checks.outputs import junit
from checks.outputs.output import FinishedRun, Output, OutputLog, OutputSettings
from checks.outputs.registry import configured_outputs, write_outputs
from checks.plugin import options
from checks.plugin.options import add_options
from checks.plugin.pytest_internals import add_suite_properties, show_final_names, without_capture
from checks.plugin.side_by_side import run_several
from checks.report import report_folder, terminal
from checks.report.html import pytest_html
from checks.report.html.page import page
from checks.report.html.pytest_html import cell, metadata
from checks.report.progress_bar import progress_display
from checks.report.result import Result, write_result
from checks.run.run import Run
from checks.run.settings import Settings
from checks.text import display_path, one_line
from checks.verdicts.verdict import Judgement, Verdict

CHECKS_FOLDER: Final = Path(__file__).parents[1]
CONFIGURATION: Final = CHECKOUT / "pyproject.toml"
"""pytest's in the checkout; there is none where the package is installed elsewhere."""
RUN: Final = pytest.StashKey[Run]()
RESULT: Final = pytest.StashKey[Result]()
HISTORY: Final = pytest.StashKey[Store]()
KEPT: Final = pytest.StashKey[RunInHistory]()
OUTPUTS: Final = pytest.StashKey[tuple[Output, ...]]()
GIVEN: Final = pytest.StashKey[OutputLog]()

_COLOURS: Final = {verdict.upper(): verdict.colour for verdict in Verdict if verdict.colour}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the health checks."""
    add_options(parser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start again where pytest took the value of `--logs` for a path and looked for its configuration there.

    It does so before it knows the options of any plugin: https://github.com/pytest-dev/pytest/issues/8846.
    """
    namespace = early_config.known_args_namespace
    here = early_config.invocation_params.dir
    if (
        early_config.inipath != CONFIGURATION
        and CONFIGURATION.is_file()
        and here.is_relative_to(CHECKOUT)
        and not (namespace.inifilename or namespace.file_or_dir)
    ):
        raise SystemExit(pytest.main(["-c", str(CONFIGURATION), *early_config.invocation_params.args]))
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Run several environments side by side, each in a process of its own; this one only waits for them."""
    names = options.environment_names(config)
    if len(names) == 1 or not _runs_checks(config):
        return None
    try:
        return run_several(config, names)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Prepare a run of the checks; `pytest tests` is none, and leaves no report."""
    if not _runs_checks(config):
        return
    if config.getoption("numprocesses", None):
        raise pytest.UsageError("the checks share one read of the logs: run them in one process, without -n")
    try:
        (name,) = options.environment_names(config)
        settings = options.settings_from_options(config, name)
        config.stash[RUN] = Run(settings)
        config.stash[HISTORY] = options.history_store(config)
        config.stash[OUTPUTS] = configured_outputs(OutputSettings(config.getoption, os.environ))
        if config.option.collectonly:
            return
        _prepare_folder(settings.report_folder)
        if settings.keep_logs:
            archive.prepare_archive(settings.keep_logs)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from error
    html_file, xml_file = (
        report_folder.unfinished(settings.report_folder / name) for name in ("report.html", "junit.xml")
    )
    config.option.htmlpath = config.getoption("htmlpath", None) or str(html_file)
    config.option.self_contained_html = True
    config.option.xmlpath = config.getoption("xmlpath", None) or str(xml_file)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one check of each limit on the module's subject."""
    run = metafunc.config.stash.get(RUN, None)
    if run is not None and "limit" in metafunc.fixturenames:
        limits = run.settings.limits_on(_subject(metafunc.module.__name__))
        metafunc.parametrize("limit", limits, ids=[limit.metric for limit in limits])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the modules that have nothing to check: no limit, or another analysis was asked for."""
    run = config.stash.get(RUN, None)
    if run is None or collection_path.parent != CHECKS_FOLDER or not collection_path.name.startswith("test_"):
        return None
    return True if not run.settings.limits_on(_subject(collection_path.stem)) else None


@pytest.fixture(scope="session")
def health_run(request: pytest.FixtureRequest) -> Run:
    """The run, with the logs read and measured: once, for all checks."""
    run = request.config.stash[RUN]
    with (
        TemporaryDirectory(prefix="websocket-health-") as folder,
        without_capture(request.config),
        progress_display(is_quiet=request.config.option.verbose < 0) as show,
    ):
        run.read(Path(folder), show)
    return run


@pytest.fixture
def judgement(request: pytest.FixtureRequest, health_run: Run, limit: Limit) -> Judgement:
    """What becomes of the limit. What could not be looked at is an error of the set-up, not a failed check."""
    judged = health_run.judge(limit)
    request.node.user_properties += junit.case_properties(health_run.check_result(judged))
    if judged.verdict is Verdict.ERROR and judged.blocks:
        pytest.fail(judged.sentence, pytrace=False)
    return judged


def assert_kept(judgement: Judgement) -> None:
    """Turn a verdict into the outcome of a test: a sentence, without traceback.

    A pass or a warning passes; a failure fails, unless it is only a shadow; all else is shown as skipped.
    """
    if judgement.verdict is Verdict.FAIL and judgement.blocks:
        pytest.fail(judgement.sentence, pytrace=False)
    if judgement.verdict not in {Verdict.PASS, Verdict.WARN}:
        pytest.skip(judgement.sentence)


@pytest.hookimpl(wrapper=True, trylast=True)  # around those that write reports, before the terminal names these
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """Write result.json, remember the run, set the exit code; remove what an interrupted or empty run has written."""
    run = session.config.stash.get(RUN, None)
    if run is None or session.config.option.collectonly:
        return (yield)
    found = run.result() if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else None
    if found is not None:
        judged = sum(one.verdict in {Verdict.FAIL, Verdict.ERROR} and one.blocks for one in run.judgements)
        if session.testsfailed == judged:
            session.config.option.tbstyle = "no"  # the sentences follow, once is enough
        else:  # a check itself is broken: that is pytest's to tell
            found = structs.replace(found, exit_code=int(pytest.ExitCode.TESTS_FAILED))
        session.exitstatus = found.exit_code
        session.config.stash[RESULT] = found
        write_result(found, run.settings.report_folder / "result.json")
        session.config.stash[KEPT] = _keep(session.config, run.settings, found)
        add_suite_properties(session.config, found)
    outcome = yield
    if found is None:
        report_folder.remove(run.settings.report_folder)
    else:
        pytest_html.rewrite(Path(session.config.option.htmlpath))
        report_folder.finish(run.settings.report_folder)
        session.config.stash[GIVEN] = _give(session.config, run.settings, found)
    show_final_names(session.config)
    return outcome


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the analyses and one line a check."""
    if RUN not in config.stash or config.option.collectonly:
        return
    found = config.stash.get(RESULT, None)
    if found is None:
        terminalreporter.write_line("No check was completed, so there are no reports: any named here were removed.")
        return
    changes = config.stash[KEPT].before.changes
    for line in terminal.summary_lines(found, config.stash[RUN].settings.subjects, changes):
        colour = _COLOURS.get(line.partition(" ")[0])
        terminalreporter.write_line(line, **({colour: True} if colour else {}))
    terminalreporter.write_line(f"Reports: {display_path(config.stash[RUN].settings.report_folder)}")
    given = config.stash[GIVEN]
    for line in given.lines:
        terminalreporter.write_line(line)
    for problem in (*config.stash[KEPT].problems, *given.problems):
        terminalreporter.write_line(one_line(problem), yellow=True)


@pytest.hookimpl(optionalhook=True)
def pytest_html_report_title(report: Any) -> None:
    """Name the environment in the title."""
    run = report.config.stash.get(RUN, None)
    if run is not None:
        report.title = f"WebSocket health: {run.settings.environment.name}"


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_summary(prefix: list[str], session: pytest.Session) -> None:
    """Put the verdict, the checks and the analyses above the table; drop the machine's own description."""
    found = session.config.stash.get(RESULT, None)
    if found is not None:
        described = session.config.stash[metadata_key]
        described.clear()  # the machine's own description and CI variables are nobody's business
        described.update(metadata(found))
        prefix.append(page(found, session.config.stash[KEPT].before))


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_header(cells: list[str]) -> None:
    """Add a column for what was found."""
    cells.insert(2, "<th>Found</th>")


@pytest.hookimpl(optionalhook=True)
def pytest_html_results_table_row(report: Any, cells: list[str]) -> None:
    """Show what was found on passes too."""
    sentence = dict(getattr(report, "user_properties", ())).get("sentence", "")
    cells.insert(2, f"<td>{cell(sentence)}</td>")


def _subject(module_name: str) -> Subject:
    return Subject(module_name.rpartition("test_")[2])


def _runs_checks(config: pytest.Config) -> bool:
    """Whether the command line selects checks: this folder, a part of it, or a folder above it."""
    option = config.option
    if option.help or option.markers or option.showfixtures or option.show_fixtures_per_test:
        return False
    named = [(config.invocation_params.dir / arg.partition("::")[0]).resolve() for arg in config.args]
    checkout = config.inipath == CONFIGURATION
    return any(p.is_relative_to(CHECKS_FOLDER) or (checkout and CHECKS_FOLDER.is_relative_to(p)) for p in named)


def _keep(config: pytest.Config, settings: Settings, found: Result) -> RunInHistory:
    """Remember the run; pytest-html has not written its report by then, and may be told to write it elsewhere."""
    folder = settings.report_folder
    has_report = config.pluginmanager.hasplugin("html") and Path(config.option.htmlpath) == report_folder.unfinished(
        folder / "report.html"
    )
    covered = covered_until(found, settings.environment.limits, settings.now) if settings.is_continued else None
    record = record_of(found, settings.now, datetime.now(UTC), covered)
    return remember(record, config.stash[HISTORY], folder.parent, has_report=has_report)


def _give(config: pytest.Config, settings: Settings, found: Result) -> OutputLog:
    """Put out what else is wanted of the run, now that its reports are whole."""
    previous = config.stash[KEPT].previous
    ended = FinishedRun(found, settings.now, previous.verdict if previous else None, settings.report_folder)
    return write_outputs(config.stash[OUTPUTS], ended)


def _prepare_folder(folder: Path) -> None:
    """Make sure that reports can be written, and that none of an earlier run is taken for this one's."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        report_folder.remove(folder)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        raise ConfigError(
            f"--report-dir: {folder} cannot be written to: {error.strerror}; name another folder"
        ) from error
