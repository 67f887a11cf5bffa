"""A read that failed on its way."""

from checks.errors import SourceError
from checks.logs.spool import Spool


class UnfinishedReadError(SourceError):
    """Some of the logs could not be read.

    Attributes:
        spool: What the read came to until then: no files, but what was asked for and what that took.
    """

    def __init__(self, message: str, spool: Spool) -> None:
        super().__init__(message)
        self.spool = spool
