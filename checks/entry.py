"""The entry point for pytest in a checkout: it loads the checks' plugin before their options are needed.

Otherwise, pytest would take the value of `--logs` for a place to look for a conftest.py. Only an editable install has
this module as an entry point (see build_backend.py). If pytest runs outside the checkout, the module does nothing.
"""

import gc
import sys
from pathlib import Path
from typing import Final

import pytest

CHECKOUT = Path(__file__).parents[1]
_MANY: Final = 100_000
"""Collect garbage only after this many new objects: a short run makes little garbage, and what it loads stays."""


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Load the plugin by a plain import: pytest would rewrite the asserts of what it imports itself, at each start."""
    if not Path.cwd().is_relative_to(CHECKOUT) or pluginmanager.hasplugin("checks.plugin"):
        return
    sys.path.insert(0, str(CHECKOUT))  # `python -m pytest` has it on the path anyway, `pytest` does not
    gc.set_threshold(_MANY)
    from checks import plugin  # noqa: PLC0415 -- only in the checkout

    pluginmanager.register(plugin, "checks.plugin")
    gc.freeze()
