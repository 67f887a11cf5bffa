"""A text of thresholds.yaml is a pattern where it looks like one, and else a template."""

import re

import pytest

from checks.config.signal_patterns import as_pattern


def refuse(text: str) -> None:
    """As the engine does, with Python's own expressions."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(str(error)) from error


MATCHES = [
    # what is written in thresholds.yaml, a line that it matches, and one that it does not
    ("Saluted {connection_id} warmly", "Saluted Qw7LmXa9oAMCKbg= warmly", "Saluted nobody coldly"),
    ("Line gone away: *", "Line gone away: lobby", "Conn stays: lobby"),
    ("closed after * retry", "closed after 2 retries", "closed after a while"),
    ('room "*" is full', "room 'lobby' is full", "room lobby is full"),
    (r"Saluted (?P<connection_id>\S+)$", "Saluted Qw7LmXa9oAMCKbg=", "Saluted Qw7L warmly"),
    ("is gone", "Qw7L is gone", "Qw7L is here"),
]


def test_lines_of_patterns_and_templates() -> None:
    """What varies may be anything, a count may be one or many, and quotes may be others."""
    wrong = [
        text
        for text, line, other in MATCHES
        if not re.search(as_pattern(text, refuse), line) or re.search(as_pattern(text, refuse), other)
    ]
    assert wrong == []


def test_the_id_stands_where_the_template_names_it() -> None:
    """First; a second mention is any text."""
    match = re.search(as_pattern("{connection_id} greeted, {connection_id} ok", refuse), "Qw7LmXa9= greeted, it ok")
    assert match
    assert match["connection_id"] == "Qw7LmXa9="


def test_a_pattern_that_is_none() -> None:
    """It is refused, unless it reads as a template."""
    with pytest.raises(ValueError, match="unterminated"):
        as_pattern("Saluted (?P<connection_id>", refuse)
    assert re.search(as_pattern("room (* is full", refuse), "room (lobby is full")
