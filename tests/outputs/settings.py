"""Settings of outputs, from a command line and a pipeline's variables."""

from collections.abc import Mapping
from typing import Any

import pytest

from checks.outputs import OutputSettings, output_options

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_STEP_SUMMARY": "/runner/summary",
    "GITHUB_OUTPUT": "/runner/output",
    "GITHUB_WORKSPACE": "/runner/work",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "team/chat",
    "GITHUB_RUN_ID": "7",
}


def settings(*arguments: str, variables: Mapping[str, str] | None = None) -> OutputSettings:
    """Return what pytest's own parser makes of the arguments, with only these environment variables."""
    parser = pytest.Parser(_ispytest=True)
    for name, options in output_options():
        parser.addoption(name, **options)
    values: Mapping[str, Any] = vars(parser.parse_known_args(arguments))
    return OutputSettings(values.__getitem__, variables or {})
