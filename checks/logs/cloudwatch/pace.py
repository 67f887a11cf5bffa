"""How fast CloudWatch Logs may be asked: AWS's quotas, kept from the first call on."""

from threading import Lock
from time import monotonic, sleep
from typing import Final

_SLOW_REGIONS: Final = frozenset(
    {"ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "il-central-1"},
)
_OTHER_OPERATIONS: Final = 10.0


def calls_per_second(operation: str, region: str) -> float:
    """AWS's quota of an account in a Region; that of FilterLogEvents cannot be raised.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
    """
    if operation != "FilterLogEvents" or region not in {"us-east-1", *_SLOW_REGIONS}:
        return _OTHER_OPERATIONS
    return 25.0 if region == "us-east-1" else 5.0


class Pace:
    """Spaces calls evenly, whatever thread they come from.

    Args:
        calls_per_second: At most so many.
    """

    def __init__(self, calls_per_second: float) -> None:
        self._interval_seconds = 1 / calls_per_second
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Sleep until the next call may be made."""
        with self._lock:
            now = monotonic()
            at = max(now, self._next)
            self._next = at + self._interval_seconds
        sleep(at - now)
