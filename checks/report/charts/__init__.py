"""Charts of the HTML report: inline SVG of frozen data, and the same numbers as tables.

A chart is readable without style sheets and scripts, in dark and in light, on a phone and on a wide screen: its texts
keep their size, and only the drawing between them is stretched. `prefix` makes the ids of a chart unique on its page.
"""
