"""Whole runs with the options of the command line, and with mistakes in them."""

import re
from pathlib import Path

import pytest

from checks import plugin
from tests.health_run import CHECKS_HEADING, REPORTS, ROOT, SECTIONS, health_run, healthy, interfering, log, outcomes
from tests.health_run import thresholds as limits_of

GONE_SECTION, LIFECYCLE_SECTION, WELCOME_SECTION = SECTIONS


def leave_old_reports(pytester: pytest.Pytester, environment: str = "dev") -> Path:
    folder = pytester.path / "reports" / environment
    folder.mkdir(parents=True)
    for name in REPORTS:
        (folder / name).write_text("old")
    return folder


def subjects(names: list[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    ("asked", "sections", "checked"),
    [
        (["gone"], [GONE_SECTION], {"gone"}),
        (["lifecycle"], [LIFECYCLE_SECTION], {"lifecycle"}),
        (["welcome"], [WELCOME_SECTION], {"welcome"}),
        (["welcome", "gone"], [GONE_SECTION, WELCOME_SECTION], {"gone", "welcome"}),
        (["all"], list(SECTIONS), {"data", "gone", "lifecycle", "welcome"}),
        (["gone", "all"], list(SECTIONS), {"data", "gone", "lifecycle", "welcome"}),
    ],
)
def test_an_analysis_runs_alone(
    pytester: pytest.Pytester, asked: list[str], sections: list[str], checked: set[str]
) -> None:
    """-A prints only the sections that it names, and runs only their checks; it can be repeated."""
    options = [text for name in asked for text in ("-A", name)]
    run = health_run(pytester, "--logs", log(pytester, healthy()), *options)
    assert run.code == 0
    assert [section for section in SECTIONS if section in run.lines] == sections
    assert subjects(list(run.verdicts)) == checked


def test_an_unknown_analysis(pytester: pytest.Pytester) -> None:
    """A wrong name is a mistake in the command line that names the right ones."""
    run = health_run(pytester, "-A", "gnoe")
    assert run.code == 4
    assert all(name in run.text for name in ("gone", "lifecycle", "welcome", "all"))


def test_more_than_one_process_is_refused(pytester: pytest.Pytester) -> None:
    """Every worker of pytest-xdist would read the logs again, and none would know what the others judged."""
    run = health_run(pytester, "-n", "2", "--logs", log(pytester, healthy()))
    assert run.code == 4
    assert "without -n" in run.text


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


def test_missing_thresholds(pytester: pytest.Pytester) -> None:
    """A file that is not there is a mistake in the command line."""
    run = health_run(pytester, "--thresholds", "missing.yaml")
    assert run.code == 4
    assert "missing.yaml" in run.text


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--hours", "0"], "--hours: 0 must be greater than 0"),
        (["-T", "-3"], "--hours: -3 must be greater than 0"),
        (["--hours", "nan"], "--hours"),
        (["--hours", "x"], "--hours"),
        (["--since", "2026-06-03", "--until", "2026-06-02"], "the window is empty"),
        (["--since", "yesterday"], "--since: 'yesterday' is no time"),
        (["--until", "2026-06-02"], "--until needs a beginning"),
        (["--since", "2h", "--hours", "2"], "--since and --hours both give the window's beginning"),
    ],
)
def test_a_window_that_is_none(pytester: pytest.Pytester, options: list[str], complaint: str) -> None:
    """A mistake in the window is said, with exit code 4 and without a report."""
    run = health_run(pytester, *options, environment="demo")
    assert run.code == 4
    assert complaint in run.text
    assert run.reports == []


def test_a_window_as_long_as_the_calendar(pytester: pytest.Pytester) -> None:
    """It is judged, by an age of thousands of years, and has its report."""
    run = health_run(pytester, "--logs", log(pytester, healthy()), "--since", "0001-01-01", "--until", "9999-12-31")
    assert {name for name, verdict in run.verdicts.items() if verdict != "pass"} == {"data.age_seconds"}
    assert "The window" in run.html


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_reports_that_cannot_be_written(pytester: pytest.Pytester, name: str) -> None:
    """A folder that can't be written to is said before anything is read."""
    (pytester.path / "file").write_text("not a folder")
    run = health_run(pytester, "--report-dir", pytester.path / name, environment="demo")
    assert run.code == 4
    assert "demo cannot be written to: " in run.text
    assert "name another folder" in run.text
    assert "Traceback" not in run.text


def test_nothing_selected(pytester: pytest.Pytester) -> None:
    """-k that matches nothing is exit code 5: that says nothing, and the reports of the last run are left."""
    leave_old_reports(pytester)
    run = health_run(pytester, "--logs", log(pytester, healthy()), "-k", "nothing")
    assert run.code == 5
    assert run.reports == sorted(REPORTS)
    assert {(run.folder / name).read_text() for name in REPORTS} == {"old"}
    assert "there are no reports: those of the last run are left" in run.text
    assert CHECKS_HEADING not in run.lines


def test_an_analysis_without_limits(pytester: pytest.Pytester) -> None:
    """Nothing to check is no success."""
    file = limits_of(pytester, "welcome.failure_rate: 5%")
    run = health_run(pytester, "--logs", log(pytester, healthy()), "--thresholds", file, "-A", "gone")
    assert run.code == 5
    assert run.reports == []


def test_old_reports_are_removed(pytester: pytest.Pytester) -> None:
    """A run that fails early must not leave the reports of yesterday as its own; other files stay."""
    folder = leave_old_reports(pytester)
    (folder / "notes.txt").write_text("mine")
    plugin = interfering(pytester, "def pytest_collection(session):\n    raise KeyboardInterrupt")
    run = health_run(pytester, plugin, "--logs", log(pytester, healthy()))
    assert run.code == 2
    assert run.reports == ["notes.txt"]


@pytest.mark.parametrize("look", ["--help", "--collect-only", "--fixtures", "--fixtures-per-test", "--markers"])
def test_looking_is_no_run(pytester: pytest.Pytester, look: str) -> None:
    """Who only asks what there is keeps the reports, and gets none."""
    folder = leave_old_reports(pytester)
    run = health_run(pytester, look)
    assert run.code == 0
    assert [(folder / name).read_text() for name in REPORTS] == ["old"] * 3
    assert "report" not in run.lines[-2]
    assert CHECKS_HEADING not in run.lines


def test_help_names_the_options(pytester: pytest.Pytester) -> None:
    """--help tells all options of DESIGN.md."""
    text = health_run(pytester, "--help").text
    options = ("-E", "-T", "-A", "--since", "--until", "--logs", "--thresholds", "--report-dir")
    assert all(re.search(rf"^  .*{option}\b", text, re.MULTILINE) for option in options)


@pytest.mark.parametrize(
    ("plugin", "left"),
    [("html", ["junit.xml", "result.json"]), ("junitxml", ["report.html", "result.json"])],
)
def test_without_a_report_plugin(pytester: pytest.Pytester, plugin: str, left: list[str]) -> None:
    """A plugin that is switched off takes its report away, also yesterday's, and nothing else."""
    leave_old_reports(pytester)
    run = health_run(pytester, "-p", f"no:{plugin}", "--logs", log(pytester, healthy()))
    assert run.code == 0
    assert run.reports == left


def test_reports_go_where_pytest_is_told(pytester: pytest.Pytester) -> None:
    """pytest's own options for its reports are obeyed."""
    places = pytester.path / "mine.html", pytester.path / "mine.xml"
    options = ("--html", places[0], "--junitxml", places[1])
    run = health_run(pytester, *options, "--logs", log(pytester, healthy()))
    assert run.reports == ["result.json"]
    assert all(place.is_file() for place in places)


def failing_limits(pytester: pytest.Pytester) -> Path:
    return limits_of(pytester, "data.events: 1, lifecycle.complete: 1, welcome.sent: 1000")


def test_stop_at_the_first_failure(pytester: pytest.Pytester) -> None:
    """-x judges no further; what was judged is reported."""
    run = health_run(pytester, "-x", "--logs", log(pytester, healthy()), "--thresholds", failing_limits(pytester))
    assert run.code == 1
    assert run.verdicts == {"data.events": "fail"}
    assert "dev: FAIL (1 fail)" in run.text


def test_run_the_last_failures(pytester: pytest.Pytester) -> None:
    """--lf runs those checks that failed the time before."""
    options = ("--logs", log(pytester, healthy()), "--thresholds", failing_limits(pytester))
    assert len(health_run(pytester, *options).verdicts) == 3
    again = health_run(pytester, "--lf", *options)
    assert again.code == 1
    assert again.verdicts == {"data.events": "fail", "lifecycle.complete": "fail"}


@pytest.mark.parametrize("option", ["-q", "-v", "-s", "-ra", "--tb=long"])
def test_usual_options(pytester: pytest.Pytester, option: str) -> None:
    """What pytest prints more or less changes neither the analyses nor the verdict."""
    run = health_run(pytester, option, "--logs", log(pytester, healthy()))
    assert run.code == 0
    assert all(section in run.lines for section in SECTIONS)
    assert f"PASS  {run.sentences['gone.errors']}" in run.lines


def test_colours_follow_the_verdict(pytester: pytest.Pytester) -> None:
    """With colours, a failure is red and a pass green."""
    run = health_run(
        pytester, "--color=yes", "--logs", log(pytester, healthy()), "--thresholds", failing_limits(pytester)
    )
    assert f"\x1b[31mFAIL  {run.sentences['data.events']}" in run.text
    assert f"\x1b[32mPASS  {run.sentences['welcome.sent']}" in run.text


def test_a_part_of_the_checks(pytester: pytest.Pytester) -> None:
    """One module or one check can be named."""
    node = f"{ROOT / 'checks' / 'test_gone.py'}::test_gone[gone.errors]"
    run = health_run(pytester, "--logs", log(pytester, healthy()), targets=(node,))
    assert run.code == 0
    assert list(run.verdicts) == ["gone.errors"]


def test_other_tests_leave_no_health_report(pytester: pytest.Pytester) -> None:
    """Where the plugin is installed, a project's own tests are not health checks."""
    pytester.makepyfile("def test_mine():\n    assert True")
    done = pytester.runpytest_inprocess(plugins=[plugin])
    assert outcomes(done) == {"passed": 1}
    done.stdout.no_fnmatch_line("*=== Checks ===*")
    done.stdout.no_fnmatch_line("*reports*")
    assert not (pytester.path / "reports").exists()


def test_other_tests_of_this_project_leave_no_health_report(pytester: pytest.Pytester) -> None:
    """`pytest tests` writes none, with the project's configuration, and shows its own html report untouched."""
    own = pytester.makepyfile("def test_mine():\n    assert False")
    page = pytester.path / "own.html"
    run = health_run(pytester, "--html", page, targets=(own,))
    assert run.code == 1
    assert run.outcomes == {"failed": 1}
    assert not run.folder.parent.exists()
    assert CHECKS_HEADING not in run.lines
    assert "WebSocket health" not in page.read_text(encoding="utf-8")


def test_checks_beside_other_tests(pytester: pytest.Pytester) -> None:
    """A failure of another test in the same run is not hidden by healthy checks."""
    own = pytester.makepyfile("def test_mine():\n    assert False")
    run = health_run(pytester, "--logs", log(pytester, healthy()), targets=(ROOT / "checks", own))
    assert run.code == 1
    assert run.result["exit_code"] == 1
    assert set(run.verdicts.values()) == {"pass"}
