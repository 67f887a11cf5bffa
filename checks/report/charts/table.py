"""The numbers of a chart as an HTML table."""

from collections.abc import Iterable, Sequence

from checks.report.charts.drawing import safe


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column says what a row is about."""
    head = "".join(f'<th scope="col">{safe(column)}</th>' for column in columns)
    return (
        f"<table><caption>{safe(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(map(_row, rows))}</tbody></table>"
    )


def _row(cells: Sequence[str]) -> str:
    first, *others = map(safe, cells)
    values = "".join(f'<td align="right">{cell}</td>' for cell in others)
    return f'<tr><th scope="row">{first}</th>{values}</tr>'
