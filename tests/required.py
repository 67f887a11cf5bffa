"""Programs other than Python that some tests need: a person's machine may lack them, but CI may not."""

import os
import shutil
from typing import Final

import pytest

_IS_CI: Final = bool(os.environ.get("CI"))
"""As it was before conftest.py hid it from the tests."""


def find(program: str) -> str | None:
    """Return the command of a program: from the variable with its name, or the one on PATH."""
    return os.environ.get(program.upper()) or shutil.which(program)


def required(program: str, reason: str) -> str:
    """Return the command of a program; without it, the test is skipped, or fails in CI.

    Args:
        program: The name of the command, in lower case.
        reason: The reason why it does not come with the project.
    """
    command = find(program)
    if command:
        return command
    if _IS_CI:
        pytest.fail(f"{program} is not installed; name its command in {program.upper()}")
    pytest.skip(f"{program} is not installed: {reason}")
