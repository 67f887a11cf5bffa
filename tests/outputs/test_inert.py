"""What was logged stays readable, and nothing acts upon it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.outputs.inert import inert

BREAK = "\u200b"


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("@channel", "@|channel"),
        ("a@b.example", "a@|b.example"),
        ("<!here>", "<|!here>"),
        ("<@U1>", "<|@|U1>"),
        ("<b>", "<|b>"),
        ("see #12", "see #|12"),
        ("https://x.example", "https:|//x.example"),
        ("WWW.x.example", "WWW|.x.example"),
    ],
)
def test_what_would_act_is_broken(text: str, broken: str) -> None:
    """By a space without width."""
    assert inert(text) == broken.replace("|", BREAK)


@pytest.mark.parametrize(
    "text", ["gone.errors 67 > max 5", "3 <= max 5", "a < b", "# gone", "at 12:03, (n = 5)", "@ 5"]
)
def test_sentences_stay_as_they_are(text: str) -> None:
    """Operators and times are nothing special."""
    assert inert(text) == text


@given(st.text("@#<!:/w.a "))
def test_only_breaks_are_added(text: str) -> None:
    """And a second time, none is."""
    assert inert(text).replace(BREAK, "") == text
    assert inert(inert(text)) == inert(text)
