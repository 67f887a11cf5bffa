"""Text from a log is safe to show on one line."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.report.text import harmless, printable, utc
from tests.report.results import HOSTILE, UNPRINTABLE


@pytest.mark.parametrize("code", [0x00, 0x0A, 0x1B, 0x7F, 0x9B, 0x061C, 0x200F, 0x202E, 0x2069, 0xFEFF, 0xD800])
def test_a_control_character_becomes_a_space(code: int) -> None:
    """Nothing reaches the terminal that moves its cursor, turns its direction or can't be encoded."""
    assert printable(f"a{chr(code)}b") == "a b"


def test_hostile_text_keeps_what_can_be_read() -> None:
    """Only what can't be seen is taken away; markup is the HTML report's business."""
    shown = printable(HOSTILE)
    assert shown.startswith("<script>alert('1\")</script> [31m gnp.exe next line")
    assert not set(UNPRINTABLE) & set(shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("##[add-mask]a", "# #[add-mask]a"),
        ("a ###[error]", "a ## #[error]"),
        ("##vso[task.setvariable variable=a]b", "# #vso[task.setvariable variable=a]b"),
        ("## a [b]", "## a [b]"),
        ("#[b]", "#[b]"),
    ],
)
def test_no_line_is_a_command(text: str, shown: str) -> None:
    """GitHub Actions and Azure Pipelines take `##[…]` for one wherever in the log it stands."""
    assert printable(text) == shown


@given(st.text() | st.text("#[v "))
def test_whatever_comes_is_one_line(text: str) -> None:
    """A text is printed on one line, and can be encoded."""
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown
    assert printable(shown) == shown


@given(st.text(min_size=1), st.integers(1, 20))
def test_a_width_is_kept(text: str, width: int) -> None:
    """Text that is too long ends in a sign that something is missing."""
    whole, cut = printable(text), printable(text, width)
    assert len(cut) <= width
    assert cut == whole if len(whole) <= width else cut.endswith("…")


def test_harmless_text_keeps_its_lines() -> None:
    """A stack trace stays one; what can't be seen becomes a space in each line."""
    assert harmless("a\n  at\x1b[31m b\u202e\n") == "a\n  at [31m b \n"


@given(st.text())
def test_whatever_comes_is_harmless(text: str) -> None:
    """No line is lost, and none has what moves a cursor or turns a direction."""
    shown = harmless(text)
    assert shown.count("\n") == text.count("\n")
    assert not set(UNPRINTABLE) & set(shown)


def test_letters_of_all_scripts_stay() -> None:
    """People write in their own language, with emoji."""
    assert printable("Grüße, 世界, שלום 👋") == "Grüße, 世界, שלום 👋"


def test_a_time_names_its_zone() -> None:
    """Nobody has to guess where a time was read."""
    assert utc(datetime(2026, 6, 2, 7, 8, 33, 988000, UTC)) == "2026-06-02 07:08:33 UTC"
