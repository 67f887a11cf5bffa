"""What a read has cost so far, counted by all of its threads."""

from collections import Counter
from threading import Lock


class Tally:
    """Numbers that many threads add to.

    Of each region's client: `calls`, `attempts` (a call and its retries) and `throttles`; of FilterLogEvents: `pages`,
    `empty_pages`; of Logs Insights: `queries`, `bytes_scanned`; of both: `events` and `bytes` that were returned, and
    `covered_ms` of the logs' time.
    """

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, **numbers: int) -> None:
        """Add to the numbers of these names."""
        with self._lock:
            self._numbers.update(numbers)

    def __getitem__(self, name: str) -> int:
        with self._lock:
            return self._numbers[name]
