"""What stands above pytest-html's table can be read without scripts, and is made of harmless text."""

from html.parser import HTMLParser

import pytest

from checks.analysis.metrics import Subject
from checks.judge.verdict import Verdict
from checks.report.html import cell, head, metadata
from checks.report.result import Result

from .results import HOSTILE, UNPRINTABLE, check, gone, reading, receipt, result, unread

HARMLESS = {"h2", "table", "tbody", "tr", "td", "b", "pre"}


class Page(HTMLParser):
    """Collects elements and text as a browser would read them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.rows: list[list[str]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "td" in self.open:
            self.rows[-1][-1] += data


def page(found: Result) -> Page:
    read = Page(head(found, tuple(Subject)))
    assert not read.open
    return read


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_shown(verdict: Verdict) -> None:
    """A row has the verdict and the sentence; the heading has the verdict of the run."""
    read = page(result(check(verdict=verdict, sentence="gone.errors 7 > max 5")))
    assert read.rows == [[verdict.upper(), "gone.errors 7 > max 5"]]
    assert f"dev: {verdict.upper()} (1 {verdict})" in read.text


def test_the_worst_check_comes_first() -> None:
    """Who opens the report sees what matters."""
    read = page(result(check(), check(verdict=Verdict.FAIL), check(verdict=Verdict.WARN)))
    assert [verdict for verdict, _ in read.rows] == ["FAIL", "WARN", "PASS"]


def test_the_analyses_are_shown() -> None:
    """The page holds the sections of the terminal, and the checks once."""
    read = page(result(gone_connections=(gone(),)))
    for text in ("=== GoneException", "=== Connection Lifecycle", "=== Welcome", "Qw7LmXa9oAMCKbg="):
        assert text in read.text
    assert read.text.count("gone.errors 3 <= max 5") == 1


def test_logs_that_could_not_be_read() -> None:
    """The reason is on the page."""
    assert "log: holds no log event" in page(unread("log: holds no log event")).text


def test_hostile_text_is_text() -> None:
    """Whatever a log or the YAML holds opens no element, adds no attribute, and turns no direction."""
    found = result(
        check(sentence=HOSTILE),
        environment="<b>dev",
        receipt=receipt(reading(unreadable_examples=(HOSTILE,)), asked=(HOSTILE,), gaps=(HOSTILE,), notes=(HOSTILE,)),
        gone_connections=(gone(HOSTILE, sample=HOSTILE),),
    )
    for read in (page(found), page(unread(HOSTILE))):
        assert set(read.elements) <= HARMLESS
        assert read.attributes == {"style"}
        assert not set(UNPRINTABLE) & set(read.text)
        assert "<script>alert('1\")</script>" in read.text


def test_a_cell_is_text() -> None:
    """A cell's content has no markup and is on one line."""
    assert cell('<b> & "c"\n\x1b[0m') == "&lt;b&gt; &amp; &quot;c&quot; [0m"


def test_the_page_tells_what_was_judged() -> None:
    """Environment, window and logs take the place of the machine's description, and are harmless."""
    told = metadata(result(environment="<b>", receipt=receipt(reading(), asked=("<i>.jsonl", "b.jsonl"))))
    assert told["Environment"] == "&lt;b&gt;"
    assert told["Window"] == "2026-06-02 00:00:00 UTC to 2026-06-03 00:00:00 UTC"
    assert told["Logs"] == "&lt;i&gt;.jsonl, b.jsonl"


def test_a_window_may_not_be_known() -> None:
    """Logs that could not be read have no window."""
    assert metadata(unread("no such file"))["Window"] == "not known"
