"""Patterns for log lines: regular expressions, or templates as `python -m checks recognise --templates` prints them."""

import re
from collections.abc import Callable, Iterator
from typing import Final

ID_PLACE: Final = "{connection_id}"
"""Where the connection's id stands in a template."""

_ID: Final = r"(?P<connection_id>[\w.:%-]+={0,2})"
_END: Final = r"""(?:$|[\s"'\\)\]}])"""
_ANYTHING: Final = r"[\s\S]*?"

_MARK: Final = re.compile(
    r"\{connection_id\}|\[(?:redacted|email|ip|token|body)\]|\* [a-z]+(?: is\b)?|[*…]|\{…\}|\s+|[\"'`]"
)
"""What stands for more than itself in a template. (What is counted stands there in the singular: "* connection".)"""

# What stands for something that varies, and repeats nothing as it does in a regular expression.
_VARIABLE: Final = re.compile(r"""(?:^|[\s"'`:=,;/|<>@#\[({-])\*|\{…\}|…""")

# What people write in a regular expression, and hardly in a log line.
_REGULAR: Final = re.compile(r"\\|\(\?|\.[*+?]|\[[^\]]*\][*+?]|\||^\^|\$$")


def is_template(text: str) -> bool:
    """Whether a text names the id as templates do, and so is no regular expression."""
    return ID_PLACE in text


def looks_regular(text: str) -> bool:
    """Whether a text has signs that hardly stand in a log line."""
    return not is_template(text) and _REGULAR.search(text) is not None


def pattern_of_template(text: str) -> str:
    """Return the RE2 pattern that matches the lines of a template."""
    template = text.strip()
    return "".join(_pieces(template)) + (_END if template.endswith(ID_PLACE) else "")


def _pieces(text: str) -> Iterator[str]:
    end = 0
    is_named = False
    for mark in _MARK.finditer(text):
        yield re.escape(text[end : mark.start()])
        end = mark.end()
        if mark.group() == ID_PLACE:
            yield _ANYTHING if is_named else _ID
            is_named = True
        else:
            yield _piece(mark.group())
    yield re.escape(text[end:])


def _piece(mark: str) -> str:
    if mark.isspace():
        return r"\s+"
    if mark in {'"', "'", "`"}:
        return r"""\\*["'`]"""
    if not mark.startswith("* "):
        return _ANYTHING
    noun, _, verb = mark.removeprefix("* ").partition(" ")
    plural = f"{noun.removesuffix('y')}(?:y|ies)" if noun.endswith("y") else f"{noun}(?:e?s)?"
    return rf"{_ANYTHING}\s?{plural}" + (r"\s(?:is|are|was|were)" if verb else "")


def as_pattern(text: str, check: Callable[[str], None]) -> str:
    """Return the RE2 pattern for a text that is a pattern or a template; where it may be both, lines of both match.

    Args:
        text: As written in thresholds.yaml.
        check: Raises ValueError for what is no pattern.

    Raises:
        ValueError: It is meant as a pattern, and is none.
    """
    if is_template(text):
        return pattern_of_template(text)
    try:
        check(text)
    except ValueError:
        if looks_regular(text) or not _VARIABLE.search(text):
            raise
        return pattern_of_template(text)
    template = pattern_of_template(text)
    return text if looks_regular(text) or template == text else f"{text}|{template}"
