"""What a user's pattern must be: valid, and for a signal something more."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

PatternCheck: TypeAlias = Callable[[str], str | None]
"""Why the engine that will run a pattern refuses it, or None where it accepts it.

RE2's syntax is not Python's, so only the engine can tell what is a pattern, and which one matches the empty text and so
every line. It refuses both.
"""

ID_GROUP: Final = "connection_id"

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


def check_usable(pattern: str, refusal: PatternCheck) -> str:
    """The pattern, if the engine can use it.

    Raises:
        ValueError: It can't; the message is meant for the person who wrote it.
    """
    if reason := refusal(pattern):
        raise ValueError(f"{pattern!r} can't be used: {reason}")
    return pattern


def check_pattern(pattern: str, refusal: PatternCheck) -> str:
    """The pattern, if it can tell a signal and its connection.

    Raises:
        ValueError: It can't; the message is meant for the person who wrote it.
    """
    check_usable(pattern, refusal)
    names = [token["name"] for token in _TOKEN.finditer(pattern) if token["group"]]
    for name in names:
        if name is None:
            raise ValueError(f"{pattern!r} has a group without a name; write (?:…), or (?P<{ID_GROUP}>…) for the id")
        if name != ID_GROUP:
            raise ValueError(f"{pattern!r} names the group {name!r}; only {ID_GROUP!r} means something")
    if len(names) > 1:
        raise ValueError(f"{pattern!r} has {len(names)} groups {ID_GROUP!r}; which is the id?")
    return pattern
