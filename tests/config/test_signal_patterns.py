"""A text of thresholds.yaml is a pattern if it looks like one, and otherwise a template."""

import re

import pytest

from checks.config.signal_patterns import as_pattern, as_text, check_pattern

MATCHES = [
    # what is written in thresholds.yaml, a line that it matches, and one that it does not
    ("Saluted {connection_id} warmly", "Saluted Qw7LmXa9oAMCKbg= warmly", "Saluted nobody coldly"),
    ("connected: {connection_id}", "re: connected: Qw7LmXa9=", "disconnected: Qw7LmXa9="),
    ("Änderung {connection_id}", "(Änderung Qw7LmXa9=)", "Abänderung Qw7LmXa9="),
    ("Line gone away: *", "Line gone away: lobby", "Conn stays: lobby"),
    ("closed after * retry", "closed after 2 retries", "closed after a while"),
    ('room "*" is full', "room 'lobby' is full", "room lobby is full"),
    (r"Saluted (?P<connection_id>\S+)$", "Saluted Qw7LmXa9oAMCKbg=", "Saluted Qw7L warmly"),
    ("is gone", "Qw7L is gone", "Qw7L is here"),
]


def test_lines_of_patterns_and_templates() -> None:
    """Varying parts match anything, a count may be one or many, and quotes may differ."""
    wrong = [
        text
        for text, line, other in MATCHES
        if not re.search(as_pattern(text), line) or re.search(as_pattern(text), other)
    ]
    assert wrong == []


def test_the_id_stands_where_the_template_names_it() -> None:
    """Only the first mention is the id; a second one matches any text."""
    match = re.search(as_pattern("{connection_id} greeted, {connection_id} ok"), "Qw7LmXa9= greeted, it ok")
    assert match
    assert match["connection_id"] == "Qw7LmXa9="


def test_a_pattern_that_is_none() -> None:
    """It is refused, unless it can be read as a template."""
    with pytest.raises(ValueError, match="missing \\)"):
        as_pattern("Saluted (?P<connection_id>")
    assert re.search(as_pattern("room (* is full"), "room (lobby is full")


def test_what_matches_every_line_is_no_sentence() -> None:
    """Each line would be the signal, and nothing that it measures could be true."""
    for text in ("*", "* *", "{connection_id}", "* [value]", "…", ".+", r"\w+", r"(?P<connection_id>\S+)"):
        with pytest.raises(ValueError, match="matches every line; write words that only this sentence has"):
            as_pattern(text)
    for text in ("bye", "👋 {connection_id}", r"\d+ left", "* connections", "再见"):
        assert as_pattern(text)


def test_words_in_parentheses_are_no_group() -> None:
    """So a sentence can be written as it is logged."""
    pattern = as_pattern("Line (ws) gone away")
    assert re.search(pattern, "Line (ws) gone away")
    assert not re.search(pattern, "Line ws gone away")
    with pytest.raises(ValueError, match="has a group without a name"):
        as_pattern("(ws)? gone away")


def test_what_to_write_for_a_template() -> None:
    """It is the template, or its pattern if the template would be taken for another one."""
    as_they_are = ["Client gone (eu) again", "room * is full", "Saluted {connection_id}"]
    others = ["onClose() client gone", "sock(et) hop", "left | gone", "^bye", "gone {id}"]
    assert [text for text in as_they_are if as_text(text) != text] == []
    assert [text for text in others if not re.search(as_pattern(as_text(text)), text)] == []
    assert not re.search(as_pattern(as_text("left | gone")), "all are gone")


@pytest.mark.parametrize(
    "pattern", ["welcome", r"(?i)bye, conn=(?P<connection_id>[\w-]+=)", r"\bgone\b|\x{1F44B}", "a{1000}"]
)
def test_pattern_of_re2(pattern: str) -> None:
    """Patterns that RE2 accepts have no error."""
    assert check_pattern(pattern) == pattern


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(gone", "missing )"),
        ("[gone", "missing ]"),
        ("*gone", "no argument for repetition operator"),
        (r"(?<!not )gone", "invalid perl operator: (?<; RE2 has no look-around, and a named group is (?P<name>…)"),
        (r"(a)\1", "invalid escape sequence"),
    ],
)
def test_pattern_that_re2_refuses(pattern: str, reason: str) -> None:
    """The reason is RE2's own, without DuckDB's preface; look-behinds and back-references are refused."""
    with pytest.raises(ValueError, match=f"can't be used: {re.escape(reason)}") as error:
        check_pattern(pattern)
    assert "Error:" not in str(error.value)
