"""The golden files: the examples as somebody last approved them, as pages for a browser."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "golden"

UPDATE: Final = "python -m tests.report.charts"

_PAGE: Final = """<!doctype html>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
{drawn}
"""


def path(name: str) -> Path:
    return FOLDER / f"{name}.html"


def page(drawn: str) -> str:
    """Return an example as a page, with one element a line, so that differences are readable."""
    return _PAGE.format(drawn=drawn.replace("><", ">\n<"))
