"""Whole runs as pipelines start them: their files, their lines on the terminal, their messages, and the exit code."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from checks.report.phrases import value_text
from checks.verdicts.verdict import Verdict
from tests.health_run import (
    REPORTS,
    HealthRun,
    health_run,
    healthy,
    interfering,
    log,
    shared_run,
    thresholds,
    unhealthy,
)
from tests.outputs.channel import Channel
from tests.outputs.reading import Rendered, assert_valid_emf, commands, step_outputs
from tests.report.results import check

LIMITS: Final = "welcome.failure_rate: 5%, gone.errors: 1000, lifecycle.complete: {min: 1000, shadow: true}"
PIPELINES: Final = {
    "GitHub": {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": "summary.md",
        "GITHUB_OUTPUT": "output",
        "GITHUB_WORKSPACE": ".",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "team/chat",
        "GITHUB_RUN_ID": "7",
    },
    "GitLab": {"CI": "true", "GITLAB_CI": "true", "CI_JOB_URL": "https://gitlab.example/7"},
    "Jenkins": {
        "JENKINS_URL": "https://jenkins.example",
        "BUILD_NUMBER": "7",
        "BUILD_URL": "https://jenkins.example/7",
    },
}
PATHS: Final = frozenset({"GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_WORKSPACE"})


def enter(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    for name, text in variables.items():
        monkeypatch.setenv(name, str(pytester.path / text) if name in PATHS else text)


def run(pytester: pytest.Pytester, content: bytes, *options: str | Path) -> HealthRun:
    limits = thresholds(pytester, LIMITS)
    return health_run(pytester, "--logs", log(pytester, content), "--thresholds", limits, *options)


def read(pytester: pytest.Pytester, name: str) -> str:
    return (pytester.path / name).read_text(encoding="utf-8")


def metrics(text: str) -> dict[str, Any]:
    (line,) = (line for line in text.splitlines() if line.startswith('{"_aws"'))
    document: dict[str, Any] = json.loads(line)
    assert_valid_emf(document)
    return document


@pytest.mark.parametrize(("content", "code"), [(healthy(), 0), (b"", 12)], ids=["healthy", "empty"])
def test_the_exit_code_is_the_same_everywhere(
    content: bytes, code: int, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pipelines get more outputs, but the same code; in Lambda, the printed lines have the metrics."""
    for variables in PIPELINES.values():
        enter(pytester, monkeypatch, variables)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "health")
    done = run(pytester, content)
    assert done.code == code
    assert metrics(done.text)["ExitCode"] == code


def test_at_home(pytester: pytest.Pytester) -> None:
    """There are only reports, and nothing for machines on the terminal."""
    done = shared_run(pytester, unhealthy())
    assert set(done.reports) - {"cases"} == set(REPORTS)
    assert not list(commands(done.lines))
    assert "_aws" not in done.text
    assert "notified" not in done.text


def test_github(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are a summary, step outputs, and annotations at the limits.

    If a channel does not answer, a warning says so without the secret, and the verdict stays the same.
    """
    enter(pytester, monkeypatch, PIPELINES["GitHub"])
    with Channel() as closed:
        url = closed.url
    done = run(pytester, unhealthy(), "--notify", url)
    assert done.code == 1
    problem = "http://127.0.0.1 was not notified: it cannot be reached: Connection refused (3 attempts)"
    assert [line for line in done.lines if "not notified" in line] == [problem]
    assert "s3cr3t" not in done.text + done.html + (done.folder / "result.json").read_text(encoding="utf-8")
    assert Rendered(read(pytester, "summary.md")).text.startswith("❌ dev: FAIL (")
    outputs = step_outputs(read(pytester, "output"))
    assert (outputs["verdict"], outputs["exit_code"]) == ("fail", "1")
    assert (pytester.path / outputs["report"]).read_text(encoding="utf-8") == done.html
    annotations = list(commands(done.lines))
    assert [kind for kind, _, _ in annotations] == ["error", "notice"]
    assert (annotations[0][1]["file"], annotations[0][1]["title"]) == ("limits.yaml", "dev: welcome.failure_rate FAIL")
    line = int(annotations[0][1]["line"])
    assert "welcome.failure_rate" in read(pytester, "limits.yaml").splitlines()[line - 1]
    assert "sentence.txt" not in done.reports


def test_every_output_tells_the_same(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdicts, values, limits and samples are those of result.json."""
    enter(pytester, monkeypatch, {**PIPELINES["GitHub"], **PIPELINES["GitLab"]})
    with Channel() as channel:
        done = run(pytester, unhealthy(), "--emf", pytester.path / "metrics.jsonl", "--notify", channel.url)
    result = done.result
    checks = {one["id"]: one for one in result["checks"]}
    sentence = (done.folder / "sentence.txt").read_text(encoding="utf-8").rstrip("\n")
    outputs = step_outputs(read(pytester, "output"))

    assert outputs["verdict"] == result["verdict"] == "fail"
    assert outputs["exit_code"] == str(result["exit_code"]) == str(done.code)
    assert outputs["sentence"] == sentence
    assert (
        channel.received[0]["text"].replace("&gt;", ">")
        == f"{sentence}\nhttps://github.example/team/chat/actions/runs/7"
    )
    assert (done.folder / "verdict.env").read_text() == "HEALTH_VERDICT=fail\nHEALTH_EXIT_CODE=1\n"
    assert checks["welcome.failure_rate"]["sentence"] in sentence
    when = "(first at 07:40 UTC, last at 23:49 UTC)"
    assert sentence.startswith(f"dev: FAIL — 8 of 60 welcome messages did not arrive {when}")

    emf = metrics(read(pytester, "metrics.jsonl"))
    assert {name: emf.get(name) for name in result["metrics"]} == {
        name: metric["value"] for name, metric in result["metrics"].items()
    }
    assert (list(Verdict)[emf["Verdict"]], emf["ExitCode"]) == (result["verdict"], result["exit_code"])

    rows = {row[1]: row for row in Rendered(read(pytester, "summary.md")).rows if row[1]}
    assert set(rows) == set(checks)
    for name, one in checks.items():
        shown = value_text(check(name, value=one["value"], limit=one["limit"], warn=one["warn"]))
        assert rows[name][0].split()[1] == one["verdict"]
        assert rows[name][2:4] == [shown, one["operator"]]
        assert f"{shown} {one['operator']} {rows[name][4]}" in one["sentence"]
        assert rows[name][5] == ("" if one["n"] is None else f"{one['n']:,}")

    annotated = {properties["title"].split()[1]: message for _, properties, message in commands(done.lines)}
    assert annotated.keys() == {name for name, one in checks.items() if one["verdict"] != "pass"}
    assert all(checks[name]["sentence"] in message for name, message in annotated.items())


def test_junit_has_properties(pytester: pytest.Pytester) -> None:
    """Each check has the numbers of result.json, and the run its verdict, window and exit code."""
    done = shared_run(pytester, unhealthy())
    for one in done.result["checks"]:
        properties = {each.get("name"): each.get("value") for each in done.cases[one["id"]].iter("property")}
        for name in ("verdict", "sentence", "operator", "place"):
            assert properties[name] == one[name]
        for name in ("value", "limit", "n"):
            assert float(properties.get(name) or "nan") == one[name] or one[name] is None
    junit = (done.folder / "junit.xml").read_text(encoding="utf-8")
    suite, _, _ = junit.partition("<testcase")
    for name in ("environment", "verdict"):
        assert f'<property name="{name}" value="{done.result[name]}" />' in suite
    assert '<property name="exit_code" value="1" />' in suite
    assert 'name="since"' in suite


def test_what_cannot_be_written_decides_nothing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each failure is a warning, and the other outputs exist. (A summary that is full would drop what others wrote.)"""
    enter(pytester, monkeypatch, {**PIPELINES["GitHub"], **PIPELINES["GitLab"]})
    (pytester.path / "summary.md").write_bytes(b"." * 1024 * 1024)
    monkeypatch.setenv("GITHUB_OUTPUT", str(pytester.path / "missing" / "output"))
    done = run(pytester, healthy(), "--emf", "reports")
    assert (done.code, done.result["exit_code"]) == (0, 0)
    assert [line for line in done.lines if "could not be written" in line or "no room" in line] == [
        "summary: summary.md has no room left: GitHub drops a summary of more than 1 MiB",
        "step outputs: missing/output could not be written: No such file or directory",
        "metrics: reports could not be written: Is a directory",
    ]
    assert {"sentence.txt", "verdict.env"} < set(done.reports)
    assert (pytester.path / "summary.md").stat().st_size == 1024 * 1024


def test_a_broken_check_is_told(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitLab and Jenkins have files beside the reports; the sentence is not just PASS if the pipeline is red."""
    enter(pytester, monkeypatch, PIPELINES["GitLab"])
    bug = "if 'gone.errors' in item.name:\n        raise RuntimeError('a bug')"
    plugin = interfering(pytester, f"def pytest_runtest_call(item):\n    {bug}")
    done = run(pytester, healthy(), plugin)
    assert done.code == done.result["exit_code"] == 3
    assert "RuntimeError: a bug" in done.text, "an error in a check itself is shown as pytest shows it"
    assert (done.folder / "sentence.txt").read_text(encoding="utf-8").endswith("; a check itself is broken\n")
    assert (done.folder / "verdict.env").read_text() == "HEALTH_VERDICT=error\nHEALTH_EXIT_CODE=3\n"
    assert not list(commands(done.lines))
