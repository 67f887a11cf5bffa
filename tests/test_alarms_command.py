"""`python -m checks alarms`."""

import json
from pathlib import Path

import pytest

from checks.__main__ import main
from tests.alarms.cloudformation import account
from tests.alarms.making import GROUP, LIMITS, SETTINGS, text


def alarms(folder: Path, *options: str, limits: str = LIMITS, settings: str = SETTINGS) -> int:
    file = folder / "thresholds.yaml"
    file.write_text(text(limits, settings), encoding="utf-8")
    return main(["alarms", "-E", "prod", "--thresholds", str(file), *options])


def test_it_prints_a_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The template is made without a call to AWS; a note beside it lists what is not watched."""
    assert alarms(tmp_path) == 0
    printed = capsys.readouterr()
    kinds = [resource["Type"] for resource in json.loads(printed.out)["Resources"].values()]
    assert (kinds.count("AWS::Logs::MetricFilter"), kinds.count("AWS::CloudWatch::Alarm")) == (4, 5)
    assert printed.err == (
        "note: gone.connection_rate is not watched: it is about whole connections, and a metric filter sees one line "
        "at a time\n"
    )


def test_it_deploys_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The changes are shown first, then the outcome; for a missing log group, the nearest names are given."""
    with account(monkeypatch):
        assert alarms(tmp_path, "--apply", limits="gone.errors: 5") == 0
        lines = capsys.readouterr().out.splitlines()
        assert (lines[0], lines[-1]) == (
            "eu-west-1: stack websocket-health-prod",
            "done: 2 created, 0 changed, 0 deleted",
        )
        assert alarms(tmp_path, "--apply", settings=SETTINGS.replace(GROUP, f"{GROUP}s")) == 12
    assert f"the nearest names: {GROUP}" in capsys.readouterr().err


def test_no_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says where to set the region."""
    with account(monkeypatch):
        monkeypatch.delenv("AWS_DEFAULT_REGION")
        assert alarms(tmp_path, "--apply") == 12
    [line] = capsys.readouterr().err.splitlines()
    assert "no AWS region is named" in line


def test_an_environment_without_alarms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """This is a mistake in the configuration, and the message says what to write."""
    assert alarms(tmp_path, limits="gone.errors: 5", settings=f"log_group: {GROUP}\n") == 4
    assert capsys.readouterr().err == (
        "error: 'prod' has no 'alarms': write `alarms: {actions: [ARN]}` there, or in defaults\n"
    )
