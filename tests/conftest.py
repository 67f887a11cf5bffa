"""What holds for all of the project's own tests."""

from pathlib import Path

import pytest

TESTS_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make warnings errors: here, and not in the configuration, so that a nightly health run survives a deprecation."""
    for item in items:
        if item.path.is_relative_to(TESTS_FOLDER):
            item.add_marker(pytest.mark.filterwarnings("error"))
