"""The matrix says of each environment what became of it, on one line of a terminal."""

from pathlib import Path

import pytest

from checks.judge.verdict import Verdict
from checks.report.matrix import matrix
from checks.report.result import Result, write
from tests.report.results import HOSTILE, UNPRINTABLE, check, result


def row(folder: Path, found: Result, name: str = "dev", code: int = 0) -> str:
    write(found, folder / "result.json")
    _, line = matrix({name: code}, {name: folder / "result.json"})
    return line


def test_the_worst_check_that_counts(tmp_path: Path) -> None:
    """Not a shadow of the same verdict, the one farthest beyond its limit, and none where all passed."""
    shadow = check("gone.errors", Verdict.FAIL, shadow=True, sentence="gone.errors 7 > max 5")
    due = check("welcome.failure_rate", Verdict.FAIL, sentence="welcome.failure_rate 50 % > max 5 %")
    line = row(tmp_path, result(shadow, due), code=1)
    assert line.split() == ["dev", "FAIL", "1", "2", "fail", "welcome.failure_rate", "50", "%", ">", "max", "5", "%"]
    slight = check("gone.errors", Verdict.FAIL, value=6.0, sentence="gone.errors 6 > max 5")
    gross = check("welcome.retries", Verdict.FAIL, value=50.0, sentence="welcome.retries 50 > max 5")
    assert row(tmp_path, result(slight, gross)).endswith("  welcome.retries 50 > max 5")
    assert row(tmp_path, result(check())).split() == ["dev", "PASS", "0", "1", "pass"]


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"verdict": "fine", "checks": []}'])
def test_nothing_was_judged(content: bytes | None, tmp_path: Path) -> None:
    """The exit code tells why."""
    if content is not None:
        (tmp_path / "result.json").write_bytes(content)
    _, line = matrix({"dev": 12}, {"dev": tmp_path / "result.json"})
    assert line.split() == ["dev", "none", "12", "no", "check", "was", "completed"]
    _, line = matrix({"dev": 4}, {})
    assert line.split() == ["dev", "none", "4", "no", "check", "was", "completed"]


def test_whatever_it_is_called(tmp_path: Path) -> None:
    """No name or sentence leaves its line, or does anything to the terminal."""
    line = row(tmp_path, result(check("gone.errors", Verdict.FAIL, sentence=HOSTILE * 9)), name=HOSTILE * 9)
    assert len(line) <= 80
    assert not set(UNPRINTABLE) & set(line)
