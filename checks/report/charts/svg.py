"""SVG elements and HTML tables of charts, with all text escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from checks.text import one_line

_FONT_PX: Final = 11
CHARACTER_PX: Final = 6.6
"""The approximate width of a character in a wide font; a narrower one leaves more room."""


def safe(text: str) -> str:
    """Escape a text for the content of an element and for a quoted attribute."""
    return escape(one_line(text))


def coordinate(value: float) -> str:
    """Return a coordinate, rounded to a tenth and without superfluous characters."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # adding 0 makes -0 a 0


def drawing(title: str, prefix: str, *, width: str, height: float, parts: Iterable[str]) -> str:
    """Return a whole drawing."""
    title_id = f"{safe(prefix)}-title"
    return (
        f'<svg class="chart" role="img" aria-labelledby="{title_id}" width="{width}" height="{coordinate(height)}"'
        f' fill="currentColor" font-family="system-ui,sans-serif" font-size="{_FONT_PX}">'
        f'<title id="{title_id}">{safe(title)}</title>{"".join(parts)}</svg>'
    )


def tooltip(text: str) -> str:
    """Return a tooltip for the element around it."""
    return f"<title>{safe(text)}</title>"


def heading(y: float, text: str) -> str:
    """Return a heading, at the left edge with its baseline at y."""
    return f'<text y="{coordinate(y)}" font-weight="600">{safe(text)}</text>'


def label(x: str, y: float, text: str, *, anchor: str = "start", dx: float = 0) -> str:
    """Return a label, a muted text with its baseline at y; x is in pixels, or a share of the width."""
    shift = f' dx="{coordinate(dx)}"' if dx else ""
    aligned = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x}" y="{coordinate(y)}"{shift}{aligned} opacity=".7">{safe(text)}</text>'


def html_table(notes: Iterable[str], columns: Sequence[str], rows: Sequence[Sequence[str]], *, of: int) -> str:
    """Return a table whose first column names the rows; `of` also counts rows that are left out as all 0."""
    left_out = of - len(rows)
    missing = [f"{left_out:,} of {of:,} rows with nothing but 0 are left out"] if left_out else []
    caption = "; ".join([*notes, *missing])
    head = "".join(f'<th scope="col">{safe(column)}</th>' for column in columns)
    return (
        f"<table><caption>{safe(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(map(_table_row, rows))}</tbody></table>"
    )


def _table_row(cells: Sequence[str]) -> str:
    first, *others = map(safe, cells)
    values = "".join(f'<td align="right">{cell}</td>' for cell in others)
    return f'<tr><th scope="row">{first}</th>{values}</tr>'
