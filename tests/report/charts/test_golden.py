"""The charts look as they did when somebody last approved them."""

import pytest

from tests.report.charts.examples import EXAMPLES
from tests.report.charts.golden import FOLDER, UPDATE, page, path


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_looks_as_before(name: str) -> None:
    """A change must be intended, and looked at."""
    is_as_before = page(EXAMPLES[name]) == path(name).read_text(encoding="utf-8")
    assert is_as_before, f"{name} is drawn differently; run `{UPDATE}`, and look at {path(name)} before you commit it"


def test_every_golden_file_has_its_example() -> None:
    """None is left over."""
    assert {file.stem for file in FOLDER.iterdir()} == set(EXAMPLES)
