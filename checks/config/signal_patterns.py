"""Patterns and templates of an application's own log lines, as thresholds.yaml teaches them under `signals`."""

import re
from collections.abc import Iterator
from typing import Final

ID_PLACE: Final = "{connection_id}"
"""The placeholder for the connection's id in a template."""
ID_GROUP: Final = "(?P<connection_id>"
"""The beginning of the group for the connection's id in a pattern."""
_ID: Final = ID_GROUP + r"[\w.:%-]+={0,2})"
_WORD: Final = re.compile(r"[A-Za-z0-9_]")
_END: Final = r"""(?:$|[\s"'\\)\]}])"""
_ANYTHING: Final = r"[\s\S]*?"

_MARK: Final = re.compile(
    r"\{connection_id\}|\[(?:redacted|email|ip|token|body|value|number|agent)\]"
    r"|\* [a-z]+(?: is\b)?|[*…]|\{…\}|\s+|[\"'`]"
)
"""The marks that stand for more than themselves in a template. (A counted noun is in the singular: "* connection".)"""

_VARIABLE: Final = re.compile(r"""(?:^|[\s"'`:=,;/|<>@#\[({-])\*|\{…\}|…""")
"""A wildcard of a template, as opposed to a quantifier of a regular expression."""
_IN_PARENTHESES: Final = re.compile(r"\s\([\w ,:/-]+\)(?:[\s.,:;]|$)")
"""Words in parentheses among other words, as opposed to a group of a regular expression."""
_REGULAR: Final = re.compile(r"\\|\(\?|\.[*+?]|\[[^\]]*\][*+?]|\||^\^|\$$")
"""Syntax that people write in regular expressions, and that is rare in log lines."""
_MISSPELT_PLACE: Final = re.compile(r"(?<!\\)\{(?:[a-z]*conn(?:ection)?[-_ ]?(?:id)?|id|cid)\}", re.IGNORECASE)
"""A placeholder that is meant for the id, but would be taken literally."""
_LINES: Final = ["a b c d e f", "1 2 3 4 5 6"]
"""Lines without a word in common: a sentence that matches both has no word of its own."""


def without_id_group(pattern: str) -> str:
    """A pattern that matches the same lines, without the group of the connection's id."""
    return pattern.replace(ID_GROUP, "(?:")


def _of_template(text: str) -> str:
    """Return the RE2 pattern that matches the lines of a template: "connected X" is not part of "disconnected X"."""
    template = text.strip()
    begin = r"\b" if ID_PLACE in template and _WORD.match(template) else ""
    return begin + "".join(_pieces(template)) + (_END if template.endswith(ID_PLACE) else "")


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


def check_pattern(pattern: str) -> str:
    """Return a pattern, after checking that RE2 accepts it, and that it does not match every line.

    RE2's syntax is not Python's, so only the engine that runs the pattern can check it.

    Raises:
        ValueError: It can't be used; the reason is RE2's.
    """
    import duckdb  # noqa: PLC0415 -- few files have patterns, and DuckDB takes long to load

    text = "'Ab1 -c'"  # a text in which an edge such as \\b matches
    query = f"SELECT regexp_matches('', $pattern) OR list_contains(regexp_extract_all({text}, $pattern), '')"
    try:
        (row,) = duckdb.execute(query, {"pattern": pattern}).fetchall()
    except duckdb.Error as error:
        reason = str(error).removeprefix("Invalid Input Error: ")
        if reason.startswith("invalid perl operator"):  # as in patterns for JavaScript
            reason = f"{reason}; RE2 has no look-around, and a named group is (?P<name>…)"
        raise ValueError(f"{pattern!r} can't be used: {reason}") from error
    if row[0]:
        raise ValueError(f"{pattern!r} can't be used: matches the empty text, and so every line")
    return pattern


def as_pattern(text: str) -> str:
    """Return the RE2 pattern for a text that is a pattern or a template; if it may be either, lines of both match.

    Raises:
        ValueError: It is meant as a pattern, but is not valid; or it has another placeholder for the id.
    """
    if (place := _MISSPELT_PLACE.search(text.replace(ID_PLACE, ""))) is not None:
        raise ValueError(
            f"{text!r} has {place[0]}; write {ID_PLACE} in place of the id, or \\{place[0]} for that very text"
        )
    template, is_regular = _of_template(text), bool(_REGULAR.search(text))
    _check_is_specific(text, template)
    if ID_PLACE in text:
        return template
    try:
        _check_sentence(text)
    except ValueError:
        if is_regular or not (_VARIABLE.search(text) or _IN_PARENTHESES.search(text)):
            raise
        return template
    return text if is_regular or template == text else f"{text}|{template}"


def as_text(template: str) -> str:
    """Return how to write a template: as it is, or as its pattern if `as_pattern` would take it for something else."""
    pattern = _of_template(template)
    try:
        return template if as_pattern(template).endswith(pattern) else pattern
    except ValueError:
        return pattern


_ID_NAME: Final = "connection_id"

# One token at a time, so that an escaped or a bracketed parenthesis is not taken for a group.
_TOKEN: Final = re.compile(
    r"""
      \\Q.*?(?:\\E|$)                                  # quoted text
    | \\.                                              # an escaped character
    | \[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]            # a bracket expression
    | (?P<group>\((?:\?P<(?P<name>\w+)>|(?!\?)))        # the beginning of a group that captures
    """,
    re.VERBOSE | re.DOTALL,
)


def _check_is_specific(text: str, pattern: str) -> None:
    """Raise a ValueError if a sentence's pattern matches whatever a line says."""
    import duckdb  # noqa: PLC0415

    query = "SELECT bool_and(regexp_matches(line, $pattern)) FROM unnest($lines) AS lines(line)"
    ((matches_all,),) = duckdb.execute(query, {"pattern": pattern, "lines": _LINES}).fetchall()
    if matches_all:
        raise ValueError(f"{text!r} can't be used: matches every line; write words that only this sentence has")


def _check_sentence(text: str) -> None:
    """Raise a ValueError if a pattern can't be used, or has groups other than one that holds the id."""
    check_pattern(text)
    _check_is_specific(text, text)
    names = [token["name"] for token in _TOKEN.finditer(text) if token["group"]]
    for name in names:
        if name is None:
            raise ValueError(f"{text!r} has a group without a name; write (?:…), or (?P<{_ID_NAME}>…) for the id")
        if name != _ID_NAME:
            raise ValueError(f"{text!r} names the group {name!r}; only {_ID_NAME!r} has a meaning")
    if len(names) > 1:
        raise ValueError(f"{text!r} has {len(names)} groups {_ID_NAME!r}; which is the id?")
