"""Text from a log, made safe to show."""

import re
from datetime import datetime
from typing import Final

_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)
_RUNNER_COMMAND: Final = re.compile(r"#(?=#\w*\[)")
"""In the log of GitHub Actions or Azure Pipelines, `##[add-mask]` or `##vso[…]` works wherever in a line it stands."""


def printable(text: str, width: int | None = None) -> str:
    """Return `text` on one line, without what a terminal or a CI runner obeys, cut to `width` characters."""
    line = _RUNNER_COMMAND.sub("# ", _UNPRINTABLE.sub(" ", text).strip())
    return line if width is None or len(line) <= width else line[: width - 1] + "…"


def harmless(text: str) -> str:
    """Return `text` with its lines as they are, without terminal control and direction marks."""
    return "\n".join(_UNPRINTABLE.sub(" ", line) for line in text.split("\n"))


def utc(instant: datetime) -> str:
    """A time as people read it, to the second."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
