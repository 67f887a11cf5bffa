"""The pytest plugin: options, fixtures and hooks, wired to the packages that do the work."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from pytest_metadata.plugin import metadata_key

from checks import side_by_side
from checks.analysis.engine import pattern_error
from checks.analysis.metrics import Subject
from checks.entry import CHECKOUT, COMMAND, COMMAND_CONFIGURATION
from checks.errors import ConfigError
from checks.history.continuing import LAST_RUN, Beginning, beginning, covered_until
from checks.history.keeping import Kept, keep, write_index
from checks.history.place import FILE_NAME, open_store
from checks.history.record import recorded
from checks.history.store import Store
from checks.judge.limit import Limit
from checks.judge.outcome import worst_exit_code
from checks.judge.problems import display
from checks.judge.starter import DEFAULT_ENVIRONMENT, find_environment
from checks.judge.thresholds import Environment
from checks.judge.verdict import Judgement, Verdict
from checks.logs import kept
from checks.logs.groups import LogGroup
from checks.logs.window import parse_instant, parse_window
from checks.outputs import junit
from checks.outputs.given import Given
from checks.outputs.giving import Ended, give
from checks.outputs.wanted import OPTIONS, Wanted, wanted
from checks.report import files, progress, result, terminal
from checks.report.html import document
from checks.report.html.own_table import cell, metadata
from checks.report.html.page import page
from checks.report.matrix import matrix
from checks.report.text import printable
from checks.run import DEFAULT_LENGTH, Run, Settings
from checks.run.gate import asked_gate

CHECKS_FOLDER: Final = Path(__file__).parent
CONFIGURATION: Final = CHECKOUT / "pyproject.toml"
"""pytest's in the checkout; there is none where the package is installed elsewhere."""
RUN: Final = pytest.StashKey[Run]()
RESULT: Final = pytest.StashKey[result.Result]()
HISTORY: Final = pytest.StashKey[Store]()
KEPT: Final = pytest.StashKey[Kept]()
WANTED: Final = pytest.StashKey[Wanted]()
GIVEN: Final = pytest.StashKey[Given]()

_MISTAKE: Final = pytest.ExitCode.USAGE_ERROR
"""Of a run that has touched no report, not even an earlier one's."""
_OF_ONE_ENVIRONMENT: Final = {
    "keep_logs": "--keep-logs",
    "log_group": "--log-group",
    "htmlpath": "--html",
    "xmlpath": "--junitxml",
    "collectonly": "--collect-only",
    "usepdb": "--pdb",
}
"""Options that name one place, or need the terminal, by the name of their value."""
_ANALYSES: Final = {subject.value: subject for subject in Subject if subject is not Subject.DATA}
_COLOURS: Final = {"FAIL": "red", "ERROR": "purple", "INCONCLUSIVE": "blue", "WARN": "yellow", "PASS": "green"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the health checks."""
    group = parser.getgroup("health checks", "WebSocket health checks")
    group.addoption(
        "-E",
        "--environment",
        action="append",
        default=[],
        metavar="NAME",
        help=f"environment of thresholds.yaml ({DEFAULT_ENVIRONMENT}); repeatable, to run several side by side",
    )
    group.addoption(
        "-A",
        "--analysis",
        action="append",
        choices=["all", *_ANALYSES],
        metavar="NAME",
        help=f"analysis to run: {', '.join(_ANALYSES)} or all (all); repeatable",
    )
    group.addoption(
        "-T", "--hours", type=float, metavar="HOURS", help="length of the window, which ends at --until (24)"
    )
    group.addoption(
        "--since",
        metavar="TIME",
        help=f"begin of the window: ISO 8601 in UTC, an age such as 20m, 2h, 3d, or {LAST_RUN}: where its window ended",
    )
    group.addoption("--until", metavar="TIME", help="end of the window, likewise (now)")
    group.addoption("--since-deploy", action="store_true", help="begin where the function's new code began to serve")
    group.addoption("--deployed-at", metavar="TIME", help="begin at this time of a deploy, as --since does")
    group.addoption(
        "--function-version", metavar="N", help="judge what this version of the function logged: 42, or $LATEST"
    )
    group.addoption(
        "--wait",
        metavar="TIME",
        help="look again for so long (15m): until every check has its sample, or one failed",
    )
    group.addoption("--hold", type=int, default=1, metavar="N", help="with --wait: so many good looks in a row (1)")
    group.addoption(
        "--baseline",
        metavar="WHAT",
        help="what max_increase and errors.new_signatures compare with: previous (the same time before the window), an "
        "age such as 24h, version (the other versions), or a result.json",
    )
    group.addoption(
        "--logs",
        action="append",
        default=[],
        metavar="PATH",
        help="file, folder or glob to read, or - for standard input; without --since and --hours all of it is judged; "
        "repeatable",
    )
    group.addoption(
        "--log-group",
        action="append",
        default=[],
        metavar="NAME",
        help="CloudWatch log group to read in place of the environment's; * stands for any characters; repeatable",
    )
    group.addoption(
        "--keep-logs", metavar="FOLDER", help="keep what is read from CloudWatch, to judge it again with --logs FOLDER"
    )
    group.addoption("--thresholds", metavar="FILE", help="the limits (thresholds.yaml of the project)")
    group.addoption("--strict-warnings", action="store_true", help="end with exit code 10 where a limit warns")
    group.addoption("--report-dir", metavar="FOLDER", help="where the reports go (reports in the project)")
    group.addoption(
        "--history",
        metavar="PLACE",
        help=f"where runs are remembered: a file, or s3://BUCKET/PREFIX ({FILE_NAME} in the folder of the reports)",
    )
    for name, settings in OPTIONS.items():
        group.addoption(name, **settings)


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
    names = _environments(config)
    if len(names) == 1 or not _runs_checks(config):
        return None
    try:
        _refuse_what_one_environment_takes(config, names)
        for name in names:
            find_environment(_thresholds(config), name, pattern_error)
        return _run_side_by_side(config, side_by_side.commands(config.invocation_params.args, names))
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
        (name,) = _environments(config)
        settings = _settings(config, name)
        config.stash[RUN] = Run(settings)
        config.stash[HISTORY] = _history(config)
        config.stash[WANTED] = wanted(config.getoption, os.environ)
        if config.option.collectonly:
            return
        _prepare_folder(settings.report_folder)
        if settings.keep_logs:
            kept.prepare(settings.keep_logs)
    except ConfigError as error:
        raise pytest.UsageError(str(error)) from error
    html_file, xml_file = (files.unfinished(settings.report_folder / name) for name in ("report.html", "junit.xml"))
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
        _uncaptured(request.config),
        progress.shown(request.config.option.verbose >= 0) as show,
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
            found = replace(found, exit_code=int(pytest.ExitCode.TESTS_FAILED))
        session.exitstatus = found.exit_code
        session.config.stash[RESULT] = found
        result.write(found, run.settings.report_folder / "result.json")
        session.config.stash[KEPT] = _keep(session.config, run.settings, found)
        _tell_suite_properties(session.config, found)
    outcome = yield
    if found is None:
        files.remove(run.settings.report_folder)
    else:
        document.rewrite(Path(session.config.option.htmlpath))
        files.finish(run.settings.report_folder)
        session.config.stash[GIVEN] = _give(session.config, run.settings, found)
    _tell_final_names(session.config)
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
    for line in terminal.summary(found, config.stash[RUN].settings.subjects, changes):
        colour = _COLOURS.get(line.partition(" ")[0])
        terminalreporter.write_line(line, **({colour: True} if colour else {}))
    terminalreporter.write_line(f"Reports: {display(config.stash[RUN].settings.report_folder)}")
    given = config.stash[GIVEN]
    for line in given.lines:
        terminalreporter.write_line(line)
    for problem in (*config.stash[KEPT].problems, *given.problems):
        terminalreporter.write_line(printable(problem), yellow=True)


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


def _project(config: pytest.Config) -> Path:
    """Where thresholds.yaml and the reports are: in the checkout, or wherever the command is called."""
    return config.invocation_params.dir if config.inipath == COMMAND_CONFIGURATION else config.rootpath


def _thresholds(config: pytest.Config) -> Path:
    return Path(config.getoption("thresholds") or _project(config) / "thresholds.yaml")


def _reports(config: pytest.Config) -> Path:
    """The folder of the reports of all environments."""
    return Path(config.getoption("report_dir") or _project(config) / "reports")


def _history(config: pytest.Config) -> Store:
    return open_store(config.getoption("history") or str(_reports(config) / FILE_NAME))


def _environments(config: pytest.Config) -> list[str]:
    """The names of those to run, each once."""
    return list(dict.fromkeys(config.getoption("environment"))) or [DEFAULT_ENVIRONMENT]


def _settings(config: pytest.Config, name: str) -> Settings:
    option = config.getoption
    file = _thresholds(config)
    environment = find_environment(file, name, pattern_error)
    logs = tuple(option("logs"))
    now = datetime.now(UTC)
    gate = asked_gate(option, environment)
    asked = set(option("analysis") or ["all"])
    if logs and (option("log_group") or option("keep_logs")):
        raise ConfigError("--logs is read in place of CloudWatch; it excludes --log-group and --keep-logs")
    begin = _beginning(config, environment, now) if option("since") == LAST_RUN else None
    since = begin.since.isoformat() if begin else option("deployed_at") or option("since")
    return Settings(
        program=(COMMAND,) if config.inipath == COMMAND_CONFIGURATION else ("python", "-m", "pytest"),
        environment=environment,
        logs=logs,
        log_groups=tuple(LogGroup(name, None) for name in option("log_group")),
        window=parse_window(since, option("until"), option("hours"), now),
        notes=(begin.note,) if begin else (),
        is_continued=begin is not None and begin.is_certain,
        thresholds=option("thresholds"),
        keep_logs=Path(option("keep_logs")) if option("keep_logs") else None,
        subjects=tuple(Subject) if "all" in asked else tuple(_ANALYSES[name] for name in _ANALYSES if name in asked),
        report_folder=_reports(config) / environment.name,
        now=now,
        strict_warnings=option("strict_warnings"),
        gate=gate,
    )


def _beginning(config: pytest.Config, environment: Environment, now: datetime) -> Beginning:
    """Where the window of `--since last-run` begins."""
    option = config.getoption
    if option("logs") or option("log_group") or environment.logs:
        raise ConfigError(
            f"--since {LAST_RUN}: only the environment's own log groups have one, no files and no --log-group; "
            "give a time instead"
        )
    until = parse_instant(option("until"), "--until", now) if option("until") else now
    return beginning(_history(config), environment.name, until, DEFAULT_LENGTH)


def _refuse_what_one_environment_takes(config: pytest.Config, names: Sequence[str]) -> None:
    given = [option for destination, option in _OF_ONE_ENVIRONMENT.items() if config.getoption(destination, None)]
    given += ["--logs -"] if "-" in config.getoption("logs") else []
    if given:
        raise ConfigError(f"{', '.join(given)}: for one environment, not for {', '.join(names)}; run them one by one")


def _run_side_by_side(config: pytest.Config, commands: Mapping[str, Sequence[str]]) -> int:
    """Run the commands, print what each environment printed and what all of them came to; return the exit code."""
    names = printable(", ".join(commands))
    _print(f"Side by side: {names}")
    try:
        codes = side_by_side.run(commands, lambda name, printed: _print(f"\n=== {printable(name)} ===\n{printed}"))
    except KeyboardInterrupt:
        _print(f"Interrupted: {names}")
        return pytest.ExitCode.INTERRUPTED
    judged = {name: _reports(config) / name / "result.json" for name, code in codes.items() if code != _MISTAKE}
    _print("=== All environments ===")
    for line in (*matrix(codes, judged), *map(printable, write_index(_history(config), _reports(config)))):
        _print(line)
    return worst_exit_code(codes.values())


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 -- without a session of pytest there is no terminal reporter


def _keep(config: pytest.Config, settings: Settings, found: result.Result) -> Kept:
    """Remember the run; pytest-html has not written its report by then, and may be told to write it elsewhere."""
    folder = settings.report_folder
    has_report = config.pluginmanager.hasplugin("html") and Path(config.option.htmlpath) == files.unfinished(
        folder / "report.html"
    )
    covered = covered_until(found, settings.environment.limits, settings.now) if settings.is_continued else None
    record = recorded(found, settings.now, datetime.now(UTC), covered)
    return keep(record, config.stash[HISTORY], folder.parent, has_report=has_report)


def _give(config: pytest.Config, settings: Settings, found: result.Result) -> Given:
    """Put out what else is wanted of the run, now that its reports are whole."""
    previous = config.stash[KEPT].previous
    ended = Ended(found, settings.now, previous.verdict if previous else None, settings.report_folder)
    return give(config.stash[WANTED], ended)


def _prepare_folder(folder: Path) -> None:
    """Make sure that reports can be written, and that none of an earlier run is taken for this one's."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.remove(folder)
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
    except OSError as error:
        raise ConfigError(
            f"--report-dir: {folder} cannot be written to: {error.strerror}; name another folder"
        ) from error


def _tell_final_names(config: pytest.Config) -> None:
    """Let pytest and pytest-html call the files in the terminal by the names that they have now."""
    names = {files.unfinished(Path(name)).name: name for name in files.NAMES}
    for plugin in config.pluginmanager.get_plugins():
        for attribute in ("logfile", "_report_path"):
            file = getattr(plugin, attribute, None)
            if isinstance(file, str | Path) and Path(file).name in names:
                setattr(plugin, attribute, Path(file).with_name(names[Path(file).name]))


def _tell_suite_properties(config: pytest.Config, found: result.Result) -> None:
    """Do what pytest's fixture `record_testsuite_property` does, for the end of the session has no fixtures."""
    plugins = config.pluginmanager.get_plugins()
    xml: Any = next((plugin for plugin in plugins if hasattr(plugin, "add_global_property")), None)
    for name, value in junit.suite_properties(found) if xml else ():
        xml.add_global_property(name, value)


@contextmanager
def _uncaptured(config: pytest.Config) -> Iterator[None]:
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
