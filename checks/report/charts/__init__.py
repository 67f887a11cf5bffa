"""Charts of the HTML report: inline SVG of frozen data, and the same numbers as tables.

Charts need no style sheets or scripts, and are readable in dark and light mode, on a phone and on a wide screen: texts
keep their size, and only the drawing between them is stretched. `prefix` makes the ids of a chart unique on its page.
"""
