"""Whole runs with the options of the command line, and with mistakes in them."""

import re
from pathlib import Path

import pytest

from checks import plugin
from tests.health_run import (
    CHECKS_HEADING,
    REPORTS,
    ROOT,
    SECTIONS,
    health_run,
    healthy,
    interfering,
    log,
    outcomes,
    unhealthy,
)
from tests.health_run import thresholds as limits_of

GONE_SECTION, _, WELCOME_SECTION = SECTIONS


def leave_old_reports(pytester: pytest.Pytester, environment: str = "dev") -> Path:
    folder = pytester.path / "reports" / environment
    folder.mkdir(parents=True, exist_ok=True)
    for name in REPORTS:
        (folder / name).write_text("old")
    return folder


def subjects(names: list[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_some_analyses(pytester: pytest.Pytester) -> None:
    """-A prints only the sections that it names, and runs only their checks; it can be repeated.

    A plugin that is switched off takes its report with it, even yesterday's, and nothing else. An environment that is
    named twice is judged once, in this process.
    """
    leave_old_reports(pytester)
    asked = ("-A", "welcome", "-A", "gone", "-p", "no:junitxml", "-E", "dev")
    run = health_run(pytester, "--logs", log(pytester, healthy()), *asked)
    assert run.code == 0
    assert "=== All environments ===" not in run.lines
    assert [section for section in SECTIONS if section in run.lines] == [GONE_SECTION, WELCOME_SECTION]
    assert subjects(list(run.verdicts)) == {"gone", "welcome"}
    assert run.reports == ["report.html", "result.json"]


def test_an_unknown_environment(pytester: pytest.Pytester) -> None:
    """The message names the known ones, and nothing is written."""
    run = health_run(pytester, environment="demon")
    assert run.code == 4
    assert "unknown environment 'demon'" in run.text
    assert all(name in run.text for name in ("demo", "dev", "staging", "prod"))
    assert "Traceback" not in run.text
    assert run.reports == []


def test_a_mistake_in_the_thresholds(pytester: pytest.Pytester) -> None:
    """No check runs; every mistake is named with file and line."""
    file = limits_of(pytester, "gone.erors: 5, welcome.failure_rate: lots")
    run = health_run(pytester, "--logs", log(pytester, healthy()), "--thresholds", file)
    assert run.code == 4
    (unknown, _) = re.findall(r"limits\.yaml:5: .*", run.text)
    assert "gone.errors" in unknown
    assert run.reports == []


def test_reports_that_cannot_be_written(pytester: pytest.Pytester) -> None:
    """A folder that can't be written to is reported before anything is read."""
    (pytester.path / "file").write_text("not a folder")
    run = health_run(pytester, "--report-dir", pytester.path / "file" / "below", environment="demo")
    assert run.code == 4
    assert "demo cannot be written to: " in run.text
    assert "name another folder with --report-dir" in run.text
    assert "Traceback" not in run.text


def test_nothing_selected(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """-k that matches nothing is exit code 5, and the last run's reports are removed."""
    monkeypatch.setenv("GITHUB_OUTPUT", str(pytester.path / "output"))
    leave_old_reports(pytester)
    run = health_run(pytester, "--logs", log(pytester, healthy()), "-k", "nothing")
    assert run.code == 5
    assert run.reports == []
    assert "no report was written, earlier ones were removed" in run.text
    assert CHECKS_HEADING not in run.lines
    assert not (pytester.path / "output").exists()
    assert sorted(path.name for path in (pytester.path / "reports").iterdir()) == ["dev"]


def test_an_analysis_without_limits(pytester: pytest.Pytester) -> None:
    """A run without anything to check is not a success."""
    file = limits_of(pytester, "welcome.failure_rate: 5%")
    run = health_run(pytester, "--logs", log(pytester, healthy()), "--thresholds", file, "-A", "gone")
    assert run.code == 5
    assert run.reports == []


def test_old_reports_are_removed(pytester: pytest.Pytester) -> None:
    """A run that fails early must not leave yesterday's reports as its own; other files stay."""
    folder = leave_old_reports(pytester)
    (folder / "notes.txt").write_text("mine")
    plugin = interfering(pytester, "def pytest_collection(session):\n    raise KeyboardInterrupt")
    run = health_run(pytester, plugin, "--logs", log(pytester, healthy()))
    assert run.code == 2
    assert run.reports == ["notes.txt"]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ((), []),
        (("--reportdir", "x"), [*REPORTS]),
        (("--enviroment", "prod"), [*REPORTS]),
        (("--collect-only",), [*REPORTS]),
    ],
)
def test_an_unknown_option_removes_old_reports(
    pytester: pytest.Pytester, options: tuple[str, ...], left: list[str]
) -> None:
    """Like any mistake it does, if checks would run and the other options say which reports these are."""
    leave_old_reports(pytester, "demo")
    run = health_run(pytester, *options, "--nosuch", environment="demo")
    assert (run.code, run.reports) == (4, left), run.text


def test_fixtures_alone_give_no_verdict(pytester: pytest.Pytester) -> None:
    """--setup-only runs no check, so nothing passed."""
    leave_old_reports(pytester, "demo")
    run = health_run(pytester, "--setup-only", environment="demo")
    assert (run.code, run.reports) == (5, []), run.text
    assert "PASS" not in run.text
    assert "The checks did not run to their end; no report was written, earlier ones were removed." in run.lines


def test_help_is_no_run(pytester: pytest.Pytester) -> None:
    """It lists all options of the checks in a group of their own, and leaves the reports alone."""
    folder = leave_old_reports(pytester)
    run = health_run(pytester, "--help")
    assert run.code == 0
    assert [(folder / name).read_text() for name in REPORTS] == ["old"] * 3
    group = run.text.partition("WebSocket health checks")[2]
    options = ["-E", "-T", "-A", "--since", "--until", "--logs", "--thresholds", "--report-dir"]
    options += ["--summary=FILE", "--annotations", "--emf=FILE", "--notify=TARGET"]
    assert [option for option in options if not re.search(rf"^  .*{option}\b", group, re.MULTILINE)] == []


def test_collecting_is_no_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """--collect-only keeps old reports, writes none, notifies nobody, and is not remembered."""
    folder = leave_old_reports(pytester)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_OUTPUT", str(pytester.path / "output"))
    run = health_run(pytester, "--collect-only", "--logs", log(pytester, unhealthy()))
    assert run.code == 0
    assert [(folder / name).read_text() for name in REPORTS] == ["old"] * 3
    assert "report" not in run.lines[-2]
    assert CHECKS_HEADING not in run.lines
    assert not (pytester.path / "output").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["dev"]


def test_reports_go_where_pytest_is_told(pytester: pytest.Pytester) -> None:
    """pytest's own report options are obeyed; the page of all runs links only reports that exist.

    A window as long as the calendar is judged, by an age of thousands of years, and has its report.
    """
    places = pytester.path / "mine.html", pytester.path / "mine.xml"
    options = ("--html", places[0], "--junitxml", places[1], "--since", "0001-01-01", "--until", "9999-12-31")
    run = health_run(pytester, *options, "--logs", log(pytester, healthy()))
    assert run.reports == ["result.json"]
    assert all(place.is_file() for place in places)
    assert {name for name, verdict in run.verdicts.items() if verdict != "pass"} == {"data.age_seconds"}
    assert "Charts of the window" in places[0].read_text(encoding="utf-8")
    assert "href" not in (pytester.path / "reports" / "index.html").read_text(encoding="utf-8")


def failing_limits(pytester: pytest.Pytester) -> Path:
    return limits_of(pytester, "data.events: 1, lifecycle.complete: 1, welcome.sent: 1000")


def test_stop_at_the_first_failure(pytester: pytest.Pytester) -> None:
    """-x stops judging, and what was judged is reported."""
    run = health_run(pytester, "-x", "--logs", log(pytester, healthy()), "--thresholds", failing_limits(pytester))
    assert run.code == 1
    assert run.verdicts == {"data.events": "fail"}
    assert "dev: FAIL (1 failed)" in run.text


def test_run_the_last_failures(pytester: pytest.Pytester) -> None:
    """--lf runs the checks that failed last time. In colour, a failure is red and a pass green.

    How much pytest prints changes neither the analyses nor the verdict, and a partial run has both.
    """
    options = ("--logs", log(pytester, unhealthy()), "--thresholds", failing_limits(pytester))
    first = health_run(pytester, "--color=yes", *options)
    assert f"\x1b[31mFAIL  {first.sentences['data.events']}" in first.text
    assert f"\x1b[32mPASS  {first.sentences['welcome.sent']}" in first.text
    assert list(first.verdicts.values()) == ["fail", "fail", "pass"]
    usual = ("-v", "-s", "-ra", "--tb=long", "-k", "data or sent", "-p", "no:html")
    leave_old_reports(pytester, "dev")
    again = health_run(pytester, "--lf", *usual, *options)
    assert (again.code, again.result["verdict"], again.verdicts) == (1, "fail", {"data.events": "fail"})
    assert all(section in again.lines for section in SECTIONS)
    assert f"FAIL  {again.sentences['data.events']}" in again.lines
    assert [name for name in again.reports if name != "cases"] == ["junit.xml", "result.json"]


def test_nobody_named_an_environment(pytester: pytest.Pytester) -> None:
    """A line names the default environment. Even if it lets inconclusive pass, the verdict stays what it is.

    A single check can be named, like any test.
    """
    limits = limits_of(pytester, "welcome.failure_rate: 5%, welcome.sent: {min: 99}", "on_inconclusive: pass")
    options = ("--logs", log(pytester, healthy(5)), "--thresholds", limits)
    node = f"{ROOT / 'checks' / 'test_welcome.py'}::test_welcome[welcome.failure_rate]"
    run = health_run(pytester, *options, environment="", targets=(node,), is_short=True)
    assert run.code == 0
    assert run.verdicts == {"welcome.failure_rate": "inconclusive"}
    assert "dev: INCONCLUSIVE" in run.text
    assert "Environment: dev, the default; -E NAME judges another" in run.lines


def test_other_tests_leave_no_health_report(pytester: pytest.Pytester) -> None:
    """With the plugin installed, a project's own tests are not health checks."""
    pytester.makepyfile("def test_mine():\n    assert True")
    done = pytester.runpytest_inprocess(plugins=[plugin])
    assert outcomes(done) == {"passed": 1}
    done.stdout.no_fnmatch_line("*=== Checks ===*")
    done.stdout.no_fnmatch_line("*reports*")
    assert not (pytester.path / "reports").exists()


def test_other_tests_of_this_project_leave_no_health_report(pytester: pytest.Pytester) -> None:
    """`pytest tests` writes none and runs once, whatever -E says; its own html report is unchanged."""
    own = pytester.makepyfile("def test_mine():\n    assert False")
    page = pytester.path / "own.html"
    run = health_run(pytester, "--html", page, "-E", "prod", targets=(own,))
    assert run.code == 1
    assert run.outcomes == {"failed": 1}
    assert not run.folder.parent.exists()
    assert CHECKS_HEADING not in run.lines
    assert "WebSocket health" not in page.read_text(encoding="utf-8")


def test_checks_beside_other_tests(pytester: pytest.Pytester) -> None:
    """Healthy checks don't hide the failure of another test in the same run."""
    own = pytester.makepyfile("def test_mine():\n    assert False")
    run = health_run(pytester, "--logs", log(pytester, healthy()), targets=(ROOT / "checks", own))
    assert run.code == 3
    assert run.result["exit_code"] == 3
    assert set(run.verdicts.values()) == {"pass"}
