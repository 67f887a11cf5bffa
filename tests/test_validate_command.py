"""`python -m checks validate` tells whether thresholds.yaml is understood, without running anything."""

from pathlib import Path

import pytest

from checks.__main__ import main

ROOT = Path(__file__).parents[1]

SMALL = """\
environments:
  dev:
    log_group: /aws/lambda/chat
    limits:
      gone.errors: 5
waivers:
  - {metric: gone.errors, environment: dev, reason: old clients, owner: ops, until: 2026-06-30}
"""


def written(folder: Path, text: str) -> str:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_shipped_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an option it is thresholds.yaml in the current folder that is checked."""
    monkeypatch.chdir(ROOT)
    assert main(["validate"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("thresholds.yaml: 5 environments, ")
    assert printed.out.endswith(" limits, 0 waivers: valid\n")
    assert not printed.err


def test_another_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One of each is told in the singular."""
    file = written(tmp_path, SMALL)
    assert main(["validate", "--thresholds", file]) == 0
    assert capsys.readouterr().out == f"{file}: 1 environment, 1 limit, 1 waiver: valid\n"


def test_all_problems_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each problem has its line, and the exit code is that of a bad configuration."""
    file = written(tmp_path, SMALL.replace("gone.errors: 5", "gone.erors: 5").replace("reason", "raeson"))
    assert main(["validate", "--thresholds", file]) == 4
    printed = capsys.readouterr()
    assert not printed.out
    assert f"{file}:5: unknown metric 'gone.erors'" in printed.err
    assert f"{file}:7: unknown key 'raeson'" in printed.err


def test_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without thresholds.yaml is a bad configuration, too."""
    monkeypatch.chdir(tmp_path)
    assert main(["validate"]) == 4
    assert capsys.readouterr().err == (
        "error: thresholds.yaml: no such file\nhint: `websocket-health-checks init` writes one\n"
    )
