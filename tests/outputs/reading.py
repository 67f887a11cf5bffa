"""Reads outputs as their recipients do."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
from cmarkgfm.cmark import Options


class Rendered(HTMLParser):
    """A summary as GitHub renders it.

    Attributes:
        tags: The tags of all elements, in order.
        attributes: Names of all attributes.
        links: The targets of links.
        text: The visible text.
        preformatted: The part of the text in `<pre>`, where GitHub does not look for mentions.
        rows: The cells of each row of a table.
    """

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.text = self.preformatted = ""
        self.rows: list[list[str]] = []
        self._is_pre = False
        self.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name == "href"}
        self._is_pre |= tag == "pre"
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_pre &= tag != "pre"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.preformatted += data if self._is_pre else ""
        if self.rows and self.rows[-1] and self.tags[-1] == "td":
            self.rows[-1][-1] += data.strip("\n")


def step_outputs(text: str) -> dict[str, str]:
    """Return the outputs of a GitHub step, as the runner reads them; any other line is an error."""
    outputs, lines = {}, iter(text.splitlines())
    for line in lines:
        name, marked, mark = line.partition("<<")
        assert marked
        value = []
        while (one := next(lines)) != mark:
            value.append(one)
        outputs[name] = "\n".join(value)
    return outputs


def commands(lines: list[str]) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield kind, properties and message of each GitHub command in the output."""
    for line in lines:
        if command := re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line):
            properties = dict(one.split("=", 1) for one in command[2].split(","))
            yield command[1], {name: decoded(value) for name, value in properties.items()}, decoded(command[3])


def decoded(text: str) -> str:
    for code, letter in {"%2C": ",", "%3A": ":", "%0A": "\n", "%0D": "\r", "%25": "%"}.items():
        text = text.replace(code, letter)
    return text


def assert_valid_emf(document: dict[str, Any]) -> None:
    """Check a line against CloudWatch's documentation of its embedded metric format."""
    about = document["_aws"]
    assert set(about) == {"Timestamp", "CloudWatchMetrics"}
    assert type(about["Timestamp"]) is int
    assert about["CloudWatchMetrics"]
    for directive in about["CloudWatchMetrics"]:
        assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
        assert 1 <= len(directive["Namespace"]) <= 1024
        for dimensions in directive["Dimensions"]:
            assert len(dimensions) <= 30
            assert all(type(document[name]) is str and 1 <= len(document[name]) <= 1024 for name in dimensions)
        assert 1 <= len(directive["Metrics"]) <= 100
        for metric in directive["Metrics"]:
            assert set(metric) <= {"Name", "Unit", "StorageResolution"}
            assert metric["Unit"] in {"Count", "Seconds", "None"}
            assert type(document[metric["Name"]]) in {int, float}
