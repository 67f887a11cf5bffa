"""How the endpoint behaves: latency, quotas, refusals, and faults drawn from a seed."""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, Final

FAULTS: Final = ("error", "unavailable", "throttle", "reset", "cut", "stall", "empty", "repeat")


class ServiceError(Exception):
    """An error as AWS answers it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True)
class Behaviour:
    """What a test asks for.

    Attributes:
        latency_seconds: Before every answer.
        quota_per_second: Calls of each operation; None for any number.
        fault_rate: Share of the calls that meet a fault.
        faults: The kinds that are drawn from.
        seed: For the same faults again.
        stall_seconds: How long a stall lasts.
        denied: Operations that answer AccessDenied.
        refusal: Code and message that every call after the first `refuse_after` is answered with.
        refuse_after: Calls that are answered before that.
        polls: How often a query is found running before it is complete.
        query_status: How a query ends.
    """

    latency_seconds: float = 0
    quota_per_second: float | None = None
    fault_rate: float = 0
    faults: Collection[str] = FAULTS
    seed: int = 0
    stall_seconds: float = 0.3
    denied: Collection[str] = ()
    refusal: tuple[str, str] | None = None
    refuse_after: int = 0
    polls: int = 1
    query_status: str = "Complete"


@dataclass
class Moods:
    """The behaviour as it goes along, for all threads."""

    behaviour: Behaviour
    _calls: int = 0
    _lock: Lock = field(default_factory=Lock)
    _tokens: dict[str, tuple[float, float]] = field(default_factory=dict)
    _met: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def check(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """Refuse the call where the behaviour says so."""
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
        """The fault that this call meets; the same page meets two at most, so that the reader gets on."""
        behaviour = self.behaviour
        if not behaviour.fault_rate:
            return None
        asked = f"{behaviour.seed} {operation} {sorted(parameters.items(), key=str)}"
        with self._lock:
            self._met[asked] += 1
            met = self._met[asked]
        draw = random.Random(f"{asked} {met}")
        return draw.choice(list(behaviour.faults)) if met <= 2 and draw.random() < behaviour.fault_rate else None

    def _take(self, operation: str, per_second: float) -> bool:
        with self._lock:
            tokens, at = self._tokens.get(operation, (per_second, monotonic()))
            now = monotonic()
            tokens = min(per_second, tokens + (now - at) * per_second)
            self._tokens[operation] = (max(0.0, tokens - 1), now) if tokens >= 1 else (tokens, now)
            return tokens >= 1
