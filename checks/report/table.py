"""Rows of text under each other, as wide as a terminal at most."""

from collections.abc import Iterator, Sequence
from typing import Final

from checks.report.text import printable

_WIDTH: Final = 80
_GAP: Final = "  "


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line a row; what is longer than a line is cut.

    Args:
        rows: Each with as many cells as the first.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = _GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield printable(line, _WIDTH)
