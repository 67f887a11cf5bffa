"""Whole runs of the checks: every verdict has its exit code, and all reports agree."""

import re

import pytest

from checks.metrics import IN_LOGS, METRICS, Subject
from tests.generate import schema_of_result
from tests.health_run import (
    CHECKS_HEADING,
    REPORTS,
    SECTIONS,
    HealthRun,
    health_run,
    healthy,
    interfering,
    log,
    shared_run,
    thresholds,
    unhealthy,
)

LEAKS = ("health_run =", "limit = Limit", "assert_within =", "plugin.py:", "pytest.fail")
"""What only a programmer wants to see."""


def properties(run: HealthRun) -> dict[str, dict[str, str]]:
    """Return the properties of each case in junit.xml."""
    return {
        name: {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
        for name, case in run.cases.items()
    }


def test_a_healthy_application(pytester: pytest.Pytester) -> None:
    """All checks pass with exit code 0, and say why; the analyses are printed below the checks."""
    run = shared_run(pytester, healthy())
    assert run.code == 0, run.text
    assert set(run.verdicts.values()) == {"pass"}
    assert run.outcomes == {"passed": len(run.verdicts)}
    places = [run.lines.index(heading) for heading in (CHECKS_HEADING, *SECTIONS)]
    assert places == sorted(places)
    assert all(f"PASS  {sentence}" in run.lines for sentence in run.sentences.values())
    assert run.reports == sorted(REPORTS)


def test_an_unhealthy_application(pytester: pytest.Pytester) -> None:
    """Exit code 1; the failure in each report is the sentence with value and limit, and nothing else."""
    run = shared_run(pytester, unhealthy())
    assert run.code == 1
    sentence = run.sentences["welcome.failure_rate"]
    assert sentence == "welcome.failure_rate 13.3 % > max 5 % (8 of 60)"
    assert f"FAIL  {sentence}" in run.lines
    failure = run.cases["welcome.failure_rate"].find("failure")
    assert failure is not None
    number = sentence.removeprefix("welcome.failure_rate ")  # the test's name says what was measured
    assert failure.attrib["message"] == f"Failed: {number}"
    assert failure.text == number
    assert "welcome.failure_rate 13.3&nbsp;% &gt; max 5&nbsp;% (8 of 60)" in run.html
    junit = (run.folder / "junit.xml").read_text(encoding="utf-8")
    for leak in LEAKS:
        assert leak not in run.text
        assert leak not in junit
        assert leak not in run.html


def test_all_reports_tell_the_same(pytester: pytest.Pytester) -> None:
    """The verdicts of result.json are those of junit.xml and of the exit code."""
    run = shared_run(pytester, unhealthy())
    of_checks = properties(run)
    assert {name: values["verdict"] for name, values in of_checks.items()} == run.verdicts
    assert {name: values["sentence"] for name, values in of_checks.items()} == run.sentences
    assert (run.result["verdict"], run.result["exit_code"]) == ("fail", run.code)


def test_result_json_has_all_metrics(pytester: pytest.Pytester) -> None:
    """Metrics are there with value and n, whether or not a limit names them."""
    limits = thresholds(pytester, "gone.errors: 1000")
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", limits)
    assert list(run.result) == list(schema_of_result()["properties"])
    assert list(run.result["metrics"]) == [
        name for name, metric in METRICS.items() if metric.subject in set(IN_LOGS) - {Subject.ERRORS, Subject.LAMBDA}
    ]
    assert run.result["metrics"]["welcome.failure_rate"] == {"value": 8 / 60, "n": 60}
    (check,) = run.result["checks"]
    assert check == {
        "id": "gone.errors",
        "metric": "gone.errors",
        "verdict": "pass",
        "value": 10,
        "operator": "<=",
        "limit": 1000,
        "bound": "max",
        "n": None,
        "warn": None,
        "demands": "max 1,000",
        "per": None,
        "place": "limits.yaml:5",
        "sentence": "gone.errors 10 <= max 1,000",
        "shadow": False,
        "owner": "",
        "runbook": "",
        "findings": [],
        "adds_up": False,
        "missing": 0,
        "hour": None,
        "span": "",
    }
    assert run.result["environment"] == "dev"
    # A check that passes shows no evidence, though there may be cases; the overview is there all the same.
    assert run.result["evidence"] == []
    assert sum(one["gone_errors"] for one in run.result["overview"]["stretches"]) == run.value("gone.errors") == 10
    assert run.reports == sorted(REPORTS)
    assert run.result["receipt"]["reading"]["events"] == run.value("data.events") == len(unhealthy().splitlines())


def test_without_v_a_failing_run_is_one_screen(pytester: pytest.Pytester) -> None:
    """It shows what happened, the cause, the fix, the failed checks, one line for passes, and the report."""
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), is_short=True)
    assert len(run.text.strip().splitlines()) <= 25
    assert any(line.startswith("8 of 60 connections got no welcome message") for line in run.lines)
    assert any(line.startswith("Cause: ") for line in run.lines)
    assert any(line.startswith("Fix:   ") for line in run.lines)
    assert f"FAIL  {run.sentences['welcome.failure_rate']}" in run.lines
    assert any(line.startswith("Report: ") and line.endswith("report.html") for line in run.lines)
    assert not set(SECTIONS) & set(run.lines)
    assert not [line for line in run.lines if line.startswith("Environment: ")], "who named one knows"


def test_a_check_is_named_after_its_metric(pytester: pytest.Pytester) -> None:
    """All reports use that name, so that the check can be selected by it."""
    run = shared_run(pytester, healthy())
    assert list(run.verdicts) == list(run.cases)
    assert "test_welcome[welcome.failure_rate]" in run.html


def test_too_few_events_prove_nothing(pytester: pytest.Pytester) -> None:
    """Exit code 11, and what is missing; a check without a verdict is skipped, not passed."""
    run = health_run(pytester, "--logs", log(pytester, healthy(5)))
    assert run.code == 11
    assert run.result["verdict"] == "inconclusive"
    text = " ".join(run.text.split())
    assert "INCONCLUSIVE welcome.failure_rate 0 % of 5, too little data: 59 needed for max 5 %" in text
    assert run.outcomes["skipped"] == list(run.verdicts.values()).count("inconclusive")
    assert run.cases["welcome.failure_rate"].find("skipped") is not None


def test_the_html_report_needs_no_network(pytester: pytest.Pytester) -> None:
    """It is one file, says what was judged, draws the window, and reveals nothing about the machine."""
    run = shared_run(pytester, healthy())
    assert "WebSocket health: dev" in run.html
    assert "<figcaption>Welcome messages, per 30 min</figcaption>" in run.html
    assert not re.search(r"""<link|src=["'][^"']""", run.html)
    assert "Platform" not in run.html


def test_hostile_logs(pytester: pytest.Pytester) -> None:
    """The contents of a log line are neither markup in the report nor a command to the terminal."""
    message = r"[ERROR] GoneException: 410 for connectionId: Qw7LmXa9oAMCKbg= <script>alert(1)</script>\u001b[31m\u202e"
    events = f'{{"timestamp": 1780358400000, "message": "{message}"}}\n'
    run = health_run(pytester, "--logs", log(pytester, events, "<script>alert(2)<.jsonl"))
    assert run.value("gone.errors") == 1
    assert "Qw7LmXa9oAMCKbg=: 1 error" in run.text
    assert "<script>alert(" not in run.html
    assert not {"\x1b", "\u202e"} & set(run.text + run.html)


def test_no_check_comes_to_a_verdict(pytester: pytest.Pytester) -> None:
    """If all checks are broken, there is no result, and no report that looks like one."""
    plugin = interfering(pytester, "def pytest_runtest_setup(item):\n    raise RuntimeError('a bug')")
    run = health_run(pytester, plugin, "--logs", log(pytester, healthy()))
    assert run.code == 3
    assert run.reports == []
    assert "RuntimeError: a bug" in run.text


def test_an_interrupted_run_leaves_no_report(pytester: pytest.Pytester) -> None:
    """Half a run must neither look like a whole one nor be remembered."""
    plugin = interfering(
        pytester,
        """
        def pytest_runtest_call(item):
            if "gone.errors" in item.name:
                raise KeyboardInterrupt
        """,
    )
    run = health_run(pytester, plugin, "--logs", log(pytester, healthy()))
    assert run.code == 2
    assert run.reports == []
    assert not (run.folder.parent / "history").exists()
    assert "no report was written" in run.text
    assert not set(SECTIONS) & set(run.lines)
