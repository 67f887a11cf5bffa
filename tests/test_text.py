"""Text from a log is safe to show on one line."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.text import (
    markdown_block,
    markdown_inline,
    one_line,
    printable_line,
    utc,
    without_command,
    without_control_characters,
    without_mentions,
    without_secrets,
)
from tests.outputs.reading import Rendered
from tests.report.results import HOSTILE, UNPRINTABLE


@pytest.mark.parametrize("code", [0x00, 0x0A, 0x1B, 0x7F, 0x9B, 0x061C, 0x200F, 0x202E, 0x2069, 0xFEFF, 0xD800])
def test_a_control_character_becomes_a_space(code: int) -> None:
    """The terminal gets nothing that moves its cursor, reverses the text or can't be encoded."""
    assert one_line(f"a{chr(code)}b") == "a b"


def test_hostile_text_keeps_what_can_be_read() -> None:
    """Only invisible characters are removed; the HTML report escapes markup itself."""
    shown = one_line(HOSTILE)
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
    """GitHub Actions and Azure Pipelines take `##[…]` for a command anywhere in a log line."""
    assert one_line(text) == shown


@given(st.text() | st.text("#[v "))
def test_whatever_comes_is_one_line(text: str) -> None:
    """Any text is printed on one line, and can be encoded."""
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown
    assert one_line(shown) == shown


@given(st.text(min_size=1), st.integers(1, 20))
def test_a_width_is_a_limit(text: str, width: int) -> None:
    """A text that is too long ends in a sign that something is missing."""
    whole, cut = one_line(text), one_line(text, width)
    assert len(cut) <= width
    assert cut == whole if len(whole) <= width else cut.endswith("…")


def test_harmless_text_keeps_its_lines() -> None:
    """A stack trace keeps its lines; in each line, invisible characters become spaces."""
    assert without_control_characters("a\n  at\x1b[31m b\u202e\n") == "a\n  at [31m b \n"


@given(st.text())
def test_whatever_comes_is_harmless(text: str) -> None:
    """No line is lost, and no line moves a cursor or reverses the text."""
    shown = without_control_characters(text)
    assert shown.count("\n") == text.count("\n")
    assert not set(UNPRINTABLE) & set(shown)


def test_letters_of_all_scripts_stay() -> None:
    """People write in their own language, with emoji."""
    assert one_line("Grüße, 世界, שלום 👋") == "Grüße, 世界, שלום 👋"


def test_a_time_names_its_zone() -> None:
    """Nobody has to guess the zone of a time."""
    assert utc(datetime(2026, 6, 2, 7, 8, 33, 988000, UTC)) == "2026-06-02 07:08:33 UTC"


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
    """A space without width breaks it."""
    assert without_mentions(text) == broken.replace("|", BREAK)


@pytest.mark.parametrize(
    "text", ["gone.errors 67 > max 5", "3 <= max 5", "a < b", "# gone", "at 12:03, (n = 5)", "@ 5"]
)
def test_sentences_stay_as_they_are(text: str) -> None:
    """Operators and times have no special meaning."""
    assert without_mentions(text) == text


@given(st.text("@#<!:/w.a "))
def test_only_breaks_are_added(text: str) -> None:
    """A second pass adds no further break."""
    assert without_mentions(text).replace(BREAK, "") == text
    assert without_mentions(without_mentions(text)) == without_mentions(text)


HOSTILE_TEXTS = st.text("\\`*_~[]()<>&|$!\"'#@:/.-+=wahtpscrim1 \n\t") | st.text()


@given(HOSTILE_TEXTS)
@example("![x](https://x.example) [a]: b <script>x</script> **a** _b_ __c__ ~~d~~ `e` &amp; a|b \\| www.x.example")
@example("mailto:a@b.example xmpp:a@b.example ftp://x.example")
def test_a_text_in_a_cell_stays_a_text(text: str) -> None:
    """A row keeps its cells, and no cell contains an element."""
    page = Rendered(f"| a | b |\n|---|---|\n| x {markdown_inline(text)} | y |\n")
    assert page.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    shown = page.rows[1][0].replace("\u200b", "").removeprefix("x").strip()
    assert shown == one_line(text).replace("\u200b", "").strip()
    assert page.rows[1][1] == "y"


@given(HOSTILE_TEXTS)
@example("</pre><script>x</script>")
def test_a_text_in_a_block_stays_a_text(text: str) -> None:
    """Only the block's own fence ends it."""
    page = Rendered(f"before\n\n{markdown_block([text, 'last'])}\n\nafter\n")
    assert page.tags == ["p", "pre", "p"]
    assert page.preformatted == f"{one_line(text)}\nlast"


def test_long_texts_are_cut() -> None:
    """Nobody reads a megabyte in a summary."""
    assert len(markdown_inline("a" * 5000)) == len(markdown_block(["a" * 5000])) - len("<pre></pre>") == 1000


@given(st.text())
def test_a_printable_line_has_single_spaces(text: str) -> None:
    """The line has nothing that moves a cursor, hides text, or breaks the line."""
    line = printable_line(text)
    assert line.isprintable()
    assert line == " ".join(line.split())
    assert printable_line(line) == line


SECRETS = {
    "AKIA0123456789ABCDEF is unknown": "… is unknown",
    "token=abc": "token=…",
    "Bearer abcdefghijklmnopqrst is over": "… is over",
    "from https://anna:p/s@s@example.com/a/b?X-Amz-Signature=abc#top": "from https://example.com/a/b",
    "a\nb": "a b",
    "arn:aws:iam::123456789012:role/ChatWebSocketHandlerServiceRole/DefaultPolicyAndMore1234 is odd": (
        "arn:aws:iam::123456789012:role/ChatWebSocketHandlerServiceRole/DefaultPolicyAndMore1234 is odd"
    ),
    "the security token is missing: try again": "the security token is missing: try again",
}


def test_secrets_are_struck_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """This includes secrets from the environment, whatever they look like; names and sentences stay."""
    assert {text: without_secrets(text) for text in SECRETS} == SECRETS
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a sentence of sixteen")
    assert without_secrets("it says: a sentence of sixteen") == "it says: …"


def test_a_line_that_was_broken_is_no_command() -> None:
    """A CI runner obeys `::name::` at the beginning of a line, with or without indentation."""
    assert without_command("  ::add-mask::x") == "  : :add-mask::x"
    assert without_command("a ::add-mask::x") == "a ::add-mask::x"
