"""pytest-html's own part tells what was judged, in harmless text."""

from checks.report.html.own_table import cell, metadata
from tests.report.results import HOSTILE, UNPRINTABLE, reading, receipt, result, unread


def test_a_cell_is_text() -> None:
    """Its content has no markup, and no control characters."""
    assert cell('<b> & "c"\x1b[0m') == "&lt;b&gt; &amp; &#34;c&#34; [0m"


def test_the_page_tells_what_was_judged() -> None:
    """Environment, window and logs take the place of the machine's description."""
    assert metadata(result(receipt=receipt(reading(), asked=("a.jsonl", "b.jsonl")))) == {
        "Environment": "dev",
        "Window": "2026-06-02 00:00:00 UTC to 2026-06-03 00:00:00 UTC",
        "Logs": "a.jsonl, b.jsonl",
    }


def test_hostile_text_is_text() -> None:
    """A file may have any name."""
    told = "".join(metadata(result(environment=HOSTILE, receipt=receipt(reading(), asked=(HOSTILE,)))).values())
    assert not {"<", *UNPRINTABLE} & set(told)
    assert told.count("&lt;script&gt;") == 2


def test_a_window_may_not_be_known() -> None:
    """Logs that could not be read have none."""
    assert metadata(unread("no such file"))["Window"] == "not known"
