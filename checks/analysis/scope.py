"""Which events an analysis is about, within its window."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted.

    Attributes:
        version: Of the function, as its log streams name it; None where all versions count.
        is_version_excluded: Whether all other versions count instead.
        wants_errors: Whether events that report an error are grouped by signature: a search of every event.
    """

    version: str | None = None
    is_version_excluded: bool = False
    wants_errors: bool = False


ALL: Final = Scope()
"""Every version, and no look at errors."""
