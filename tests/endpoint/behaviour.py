"""The behaviour of the endpoint: latency, quotas, refusals, and faults drawn from a seed."""

import random
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, Final

CALL_FAULTS: Final = ("error", "unavailable", "throttle", "reset", "cut", "stall")
PAGE_FAULTS: Final = ("empty", "repeat")
"""Of FilterLogEvents only; a page that has none before it cannot repeat itself."""
FAULTS: Final = (*CALL_FAULTS, *PAGE_FAULTS)


class ServiceError(Exception):
    """An error as AWS answers it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True)
class Behaviour:
    """The behaviour that a test requests.

    Attributes:
        latency_seconds: The delay before every answer.
        quota_per_second: The quota of calls of each operation; None for no quota.
        fault_rate: The share of calls with a fault.
        faults: The kinds of faults to draw from.
        most_faults: The most faults of the same call, so that the reader makes progress.
        seed: The seed, to repeat the same faults.
        stall_seconds: The length of a stall.
        denied: Operations that answer AccessDenied.
        refusal: Code and message of the answer to every call after the first `refuse_after`.
        refuse_after: The number of calls that are answered before that.
        answers: By operation, bodies that answer every call with HTTP status 200.
        polls: The number of polls that find a query under way, scheduled first and then running.
        query_status: The final status of a query.
    """

    latency_seconds: float = 0
    quota_per_second: float | None = None
    fault_rate: float = 0
    faults: Collection[str] = FAULTS
    most_faults: int = 2
    seed: int = 0
    stall_seconds: float = 0.3
    denied: Collection[str] = ()
    refusal: tuple[str, str] | None = None
    refuse_after: int = 0
    answers: Mapping[str, bytes] = field(default_factory=dict)
    polls: int = 2
    query_status: str = "Complete"


@dataclass
class Moods:
    """The current state of the behaviour, for all threads.

    Attributes:
        behaviour: The behaviour that a test requested.
        faults: The number of each kind of fault so far.
    """

    behaviour: Behaviour
    faults: Counter[str] = field(default_factory=Counter)
    _calls: int = 0
    _lock: Lock = field(default_factory=Lock)
    _tokens: dict[str, tuple[float, float]] = field(default_factory=dict)
    _times: Counter[str] = field(default_factory=Counter)

    def check(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """Refuse the call if the behaviour says so."""
        behaviour = self.behaviour
        with self._lock:
            self._calls += 1
            calls = self._calls
        if operation in behaviour.denied:
            group = parameters.get("logGroupName", "*")
            resource = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*"
            raise ServiceError(
                "AccessDeniedException",
                f"User: arn:aws:iam::123456789012:user/ci is not authorized to perform: logs:{operation} on resource: "
                f"{resource} because no identity-based policy allows the logs:{operation} action",
            )
        if behaviour.refusal and calls > behaviour.refuse_after:
            raise ServiceError(*behaviour.refusal)
        if behaviour.quota_per_second and not self._take(operation, behaviour.quota_per_second):
            raise ServiceError("ThrottlingException", "Rate exceeded")

    def fault(self, operation: str, parameters: Mapping[str, Any]) -> str | None:
        """Return the fault of this call, among those that its operation can show."""
        behaviour = self.behaviour
        kinds = [kind for kind in behaviour.faults if kind not in PAGE_FAULTS or operation == "FilterLogEvents"]
        if "nextToken" not in parameters:
            kinds = [kind for kind in kinds if kind != "repeat"]
        call = f"{behaviour.seed} {operation} {sorted(parameters.items(), key=str)}"
        with self._lock:
            self._times[call] += 1
            times = self._times[call]
            draw = random.Random(f"{call} {times}")
            if not kinds or times > behaviour.most_faults or draw.random() >= behaviour.fault_rate:
                return None
            kind = draw.choice(kinds)
            self.faults[kind] += 1
        return kind

    def _take(self, operation: str, per_second: float) -> bool:
        with self._lock:
            tokens, at = self._tokens.get(operation, (per_second, monotonic()))
            now = monotonic()
            tokens = min(per_second, tokens + (now - at) * per_second)
            self._tokens[operation] = (max(0.0, tokens - 1), now) if tokens >= 1 else (tokens, now)
            return tokens >= 1
