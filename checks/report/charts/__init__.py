"""Charts of the HTML report: inline SVG of frozen data, and the same numbers as tables.

A chart is readable without style sheets and scripts, in dark and in light, on a phone and on a wide screen: its texts
keep their size, and only the drawing between them is stretched. `prefix` makes the ids of a chart unique on its page.
"""

from checks.report.charts.histogram import Histogram, histogram, histogram_table
from checks.report.charts.plot import Level
from checks.report.charts.sparkline import Margin, margin_bar, sparkline
from checks.report.charts.time_chart import Mark, Series, TimeChart, time_chart, time_table
from checks.report.colours import Tone

__all__ = [
    "Histogram",
    "Level",
    "Margin",
    "Mark",
    "Series",
    "TimeChart",
    "Tone",
    "histogram",
    "histogram_table",
    "margin_bar",
    "sparkline",
    "time_chart",
    "time_table",
]
