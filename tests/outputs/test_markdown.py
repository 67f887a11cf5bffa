"""Whatever was logged is text in GitHub's Markdown, and nothing else."""

from hypothesis import example, given
from hypothesis import strategies as st

from checks.outputs.markdown import block, inline
from checks.report.text import printable
from tests.outputs.reading import Rendered

HOSTILE = st.text("\\`*_~[]()<>&|$!\"'#@:/.-+=wahtpscrim1 \n\t") | st.text()


@given(HOSTILE)
@example("![x](https://x.example) [a]: b <script>x</script> **a** _b_ __c__ ~~d~~ `e` &amp; a|b \\| www.x.example")
@example("mailto:a@b.example xmpp:a@b.example ftp://x.example")
def test_a_text_in_a_cell_stays_a_text(text: str) -> None:
    """A row keeps its cells, and no element comes up in any."""
    page = Rendered(f"| a | b |\n|---|---|\n| x {inline(text)} | y |\n")
    assert page.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    shown = page.rows[1][0].replace("\u200b", "").removeprefix("x").strip()
    assert shown == printable(text).replace("\u200b", "").strip()
    assert page.rows[1][1] == "y"


@given(HOSTILE)
@example("</pre><script>x</script>")
def test_a_text_in_a_block_stays_a_text(text: str) -> None:
    """Only its own end ends a block."""
    page = Rendered(f"before\n\n{block([text, 'last'])}\n\nafter\n")
    assert page.tags == ["p", "pre", "p"]
    assert page.preformatted == f"{printable(text)}\nlast"


def test_long_texts_are_cut() -> None:
    """Nobody reads a megabyte in a summary."""
    assert len(inline("a" * 5000)) == len(block(["a" * 5000])) - len("<pre></pre>") == 1000
