"""Rewrites the golden files: `python -m tests.report.charts`. Look at them in a browser before you commit them."""

from tests.report.charts.examples import EXAMPLES
from tests.report.charts.golden import FOLDER, page, path

FOLDER.mkdir(exist_ok=True)
for name, drawn in EXAMPLES.items():
    path(name).write_text(page(drawn), encoding="utf-8")
