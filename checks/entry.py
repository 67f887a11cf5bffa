"""What every pytest loads where this package is installed: next to nothing, so that other projects are left alone."""

from pathlib import Path
from typing import Final

import pytest

CHECKOUT: Final = Path(__file__).parents[1]
"""The project's own folder; where the package is installed elsewhere, one in which nobody works."""
COMMAND: Final = "websocket-health-checks"
COMMAND_CONFIGURATION: Final = Path(__file__).with_name("command.toml")
"""pytest's, where the command runs it."""


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Load the checks where pytest is started in the checkout, before its conftest.py does.

    Their options have to be known by then, or the value of `--logs` is taken for a place to look for a conftest.py.
    """
    if Path.cwd().is_relative_to(CHECKOUT):
        pluginmanager.import_plugin("checks.plugin")
