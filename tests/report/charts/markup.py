"""Parses a chart as a browser does."""

import xml.etree.ElementTree as ET


def read(chart: str) -> ET.Element:
    """Return the root of a chart, which must be well-formed."""
    return ET.fromstring(chart)


def texts(chart: str, tag: str) -> list[str]:
    """Return the texts of all elements of a kind, in order."""
    return [element.text or "" for element in read(chart).iter(tag)]


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table's body."""
    body = read(table).find("tbody")
    assert body is not None
    return [[cell.text or "" for cell in row] for row in body]
