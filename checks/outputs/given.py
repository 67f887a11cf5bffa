"""What is left to print of outputs that were put out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """Lines for the terminal.

    Attributes:
        lines: Machines read some of them.
        problems: A sentence on all that could not be put out.
    """

    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
