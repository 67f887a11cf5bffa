"""Parses a chart as a browser does."""

import xml.etree.ElementTree as ET


def read(chart: str) -> ET.Element:
    """The root of a chart, which is well-formed."""
    return ET.fromstring(chart)


def texts(chart: str, tag: str) -> list[str]:
    """What all elements of a kind say, in order."""
    return [element.text or "" for element in read(chart).iter(tag)]


def rows(table: str) -> list[list[str]]:
    """The cells of a table's body."""
    body = read(table).find("tbody")
    assert body is not None
    return [[cell.text or "" for cell in row] for row in body]
