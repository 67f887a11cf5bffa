"""Text from a log that nothing acts upon which shows it: no mention, no reference, no link."""

import re
from typing import Final

_NOTHING_TO_SEE: Final = "\u200b"
"""A space without width: people read over it, programs do not."""
_ACTIVE: Final = re.compile(r"(?<=[@#])(?=\w)|(?<=<)(?=[!/@#\w])|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where `@channel`, `#12`, `<!here>`, `https://` and `www.` take effect in chat channels and on GitHub."""


def inert(text: str) -> str:
    """Return the text as people see it, with a break wherever a program would see more in it."""
    return _ACTIVE.sub(_NOTHING_TO_SEE, text)
