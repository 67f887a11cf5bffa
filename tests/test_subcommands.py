"""Subcommands without a test module of their own (metrics, waivers, open), and the JSON that all of them print."""

import json
import shlex
import webbrowser
from pathlib import Path
from typing import Any

import pytest

from checks.__main__ import main
from checks.history.store import open_store
from checks.metrics import METRICS
from checks.report.result import write_result
from tests.health_run import ROOT
from tests.history.records import record
from tests.report.results import check, failing, result

THRESHOLDS = """\
environments:
  dev: {log_group: chat, limits: {gone.errors: 5}}
  prod: {log_group: chat, limits: {gone.errors: 5, data.age_seconds: {max: 12}}}
waivers:
  - {metric: gone.errors, environment: prod, reason: old clients, owner: ops, until: 2999-06-30, max: 8}
  - {metric: gone.errors, environment: dev, reason: a test, owner: me, until: 2020-01-01}
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder is below that of thresholds.yaml and the reports."""
    (tmp_path / "thresholds.yaml").write_text(THRESHOLDS)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    store = open_store(str(tmp_path / "reports" / "history"))
    for run in (record(), record(day=1)):
        store.add(run)


def printed(capsys: pytest.CaptureFixture[str], line: str) -> str:
    assert main(shlex.split(line)) == 0
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], line: str) -> Any:
    return json.loads(printed(capsys, f"{line} --format json"))


def test_the_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    """There is one line for each, with unit and meaning."""
    lines = printed(capsys, "metrics").splitlines()
    assert [line.split()[0] for line in lines] == list(METRICS)
    assert next(line for line in lines if line.startswith("gone.errors ")).split(maxsplit=2)[1:] == [
        "count",
        METRICS["gone.errors"].meaning,
    ]
    first, *others = every = document(capsys, "metrics")
    assert json.loads(printed(capsys, "metrics --json")) == every
    assert all(one["builds_on"] == sorted(one["builds_on"]) for one in others)  # the same text each time
    assert first == {"name": "data.events", "unit": "count", "meaning": "events read in the window"} | {
        "sample": None,
        "builds_on": [],
    }


def test_the_waivers(capsys: pytest.CaptureFixture[str]) -> None:
    """The waiver that ends first, or has expired, comes first."""
    head, *rows = printed(capsys, "waivers").splitlines()
    assert head.split() == ["ends", "environment", "metric", "owner", "reason"]
    assert rows[0].split() == ["2020-01-01", "expired", "dev", "gone.errors", "me", "a", "test"]
    assert rows[1].startswith("2999-06-30  in ")
    assert [(one["environment"], one["expired"]) for one in document(capsys, "waivers")] == [
        ("dev", True),
        ("prod", False),
    ]


def test_no_waivers(capsys: pytest.CaptureFixture[str]) -> None:
    """The command also says if there are none."""
    assert printed(capsys, f"waivers --thresholds {ROOT / 'thresholds.yaml'}") == "no waivers\n"


def test_what_is_valid_may_need_a_look(capsys: pytest.CaptureFixture[str]) -> None:
    """`validate` warns of a waiver that has expired, and of a time without a unit."""
    assert main(["validate"]) == 0
    age, waiver = capsys.readouterr().err.splitlines()
    assert age.endswith(
        "thresholds.yaml:3: data.age_seconds: 12 has no unit and means 12 seconds; write 12s, or 12h for hours"
    )
    assert waiver.startswith("warning: ")
    assert waiver.endswith(
        "thresholds.yaml:6: the waiver of gone.errors in dev expired on 2020-01-01 (owner: me); renew or remove it"
    )
    valid = document(capsys, "validate")
    assert (valid["valid"], valid["environments"], valid["limits"], len(valid["warnings"])) == (True, 2, 3, 2)


def test_an_invalid_file_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All problems are listed, and the exit code is the same."""
    (tmp_path / "thresholds.yaml").write_text(THRESHOLDS.replace("gone.errors: 5}", "gone.erors: 5}"))
    assert main(["validate", "--format", "json"]) == 4
    invalid = json.loads(capsys.readouterr().out)
    assert not invalid["valid"]
    assert "did you mean 'gone.errors'?" in invalid["problems"][0]


def test_an_explanation_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """It has the limit, if there is one."""
    explained = document(capsys, "explain gone.errors -E prod")
    assert (explained["metric"], explained["limit"]["demands"]) == ("gone.errors", "max 5")
    assert explained["limit"]["waiver"].endswith("until 2999-06-30 by ops, max 8: old clients")
    assert document(capsys, "explain gone.connections")["limit"] is None


def test_a_verdict_is_explained_by_the_folder_of_its_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`explain` takes a folder of reports, like `diff`."""
    run = tmp_path / "reports/dev"
    run.mkdir()
    write_result(result(failing()), run / "result.json")
    text = printed(capsys, f"explain gone.errors {run}")
    assert text == printed(capsys, f"explain gone.errors {run}/result.json")
    assert "FAIL" in text


def test_an_own_metric_that_is_nowhere_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    """It has no limit, no query, and no value in a run."""
    assert main(["explain", "own.storms"]) == 4
    assert "unknown metric 'own.storms'" in capsys.readouterr().err


def test_the_history_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """It has the records of the newest runs, the newest last."""
    (last,) = document(capsys, "history -n 1")
    assert (last["environment"], last["verdict"], last["id"]) == ("dev", "pass", record(day=1).id)


def test_two_runs_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The output is for people or for programs; the exit code is 0 whatever differs."""
    runs = tmp_path / "reports" / "dev.runs"
    for name, run in {"1": result(check()), "2": result(failing())}.items():
        (runs / name).mkdir(parents=True)
        write_result(run, runs / name / "result.json")
    assert "verdict: PASS → FAIL" in printed(capsys, "diff").splitlines()
    assert "verdict: FAIL → PASS" in printed(capsys, f"diff {runs / '2'} {runs / '1'}").splitlines()
    (change,) = document(capsys, "diff -E dev")["verdicts"]
    assert (change["metric"], change["a"]["verdict"], change["b"]["verdict"]) == ("gone.errors", "pass", "fail")
    assert main(["diff", str(runs)]) == 4


def test_a_report_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment's report is opened in the browser, or, without a name, the page of all runs."""
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    report, index = tmp_path / "reports/dev/report.html", tmp_path / "reports/index.html"
    report.parent.mkdir()
    report.touch()
    assert main(["open"]) == 4
    assert capsys.readouterr().err.endswith("hint: there are reports of dev\n")
    index.touch()
    assert printed(capsys, "open dev") == f"{report}\n"
    assert printed(capsys, "open") == f"{index}\n"
    assert opened == [report.as_uri(), index.as_uri()]
