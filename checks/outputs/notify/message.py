"""What people are told of a run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A message, in plain text.

    Attributes:
        subject: Of an e-mail.
        sentence: The run in one line, inert: it may hold what was logged.
        page: Where the pipeline shows the run; empty where that is not known.
    """

    subject: str
    sentence: str
    page: str
