"""Text from a log as a part of Markdown: neither Markdown nor HTML becomes of it."""

import html
import re
from collections.abc import Iterable
from typing import Final

from checks.outputs.inert import inert
from checks.report.text import printable

_MOST_CHARACTERS: Final = 1000
_SPECIAL: Final = re.compile(r"[\\`*~\[\]<>&|$]|(?<![^\W_])_|_(?![^\W_])")
"""What begins a structure within a line; an underscore does so only beside a letter or digit on one side alone."""


def inline(text: str) -> str:
    """A text within a line of Markdown, or a cell of a table; it must not be the first thing in its line."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", inert(printable(text, _MOST_CHARACTERS)))


def block(lines: Iterable[str]) -> str:
    """Lines as they are, in which GitHub looks for no mention: HTML, which only its own end tag ends."""
    return "<pre>" + "\n".join(html.escape(printable(line, _MOST_CHARACTERS)) for line in lines) + "</pre>"
