"""A missing program skips a test on a person's machine, and fails it in CI."""

from pathlib import Path
from typing import Final

import pytest

from tests import required

PROGRAM: Final = "a-program-that-nobody-has"


def test_a_program_is_found_on_the_path() -> None:
    """It is found as a shell would find it."""
    assert Path(required.required("sh", "comes with the system")).name == "sh"


def test_a_variable_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable has the program's name in capitals, and takes precedence over PATH."""
    monkeypatch.setenv("SH", "/opt/another/sh")
    assert required.required("sh", "comes with the system") == "/opt/another/sh"


def test_a_person_is_told_why_a_test_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare machine passes the tests that it can run."""
    monkeypatch.setattr(required, "_IS_CI", False)
    with pytest.raises(pytest.skip.Exception, match=f"{PROGRAM} is not installed: it is rare"):
        required.required(PROGRAM, "it is rare")


def test_ci_skips_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI a missing program is a failure, which says what to do."""
    monkeypatch.setattr(required, "_IS_CI", True)
    with pytest.raises(pytest.fail.Exception, match=f"name its command in {PROGRAM.upper()}"):
        required.required(PROGRAM, "it is rare")
