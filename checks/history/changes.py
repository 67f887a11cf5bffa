"""What changed from one run to the next, in words."""

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from checks.analysis.metrics import METRICS
from checks.history.record import Record, RecordedCheck
from checks.history.words import comparison, shown_limit, shown_value

_MOST_MOVES: Final = 3

_Pairs: TypeAlias = Mapping[str, tuple[RecordedCheck, RecordedCheck]]
"""A check in the run before and in this one, by its id."""


def what_changed(previous: Record, current: Record) -> Iterator[str]:
    """Yield what differs: verdicts, which checks there are, limits; where none of them does, the largest moves.

    A check whose metric is no longer in the catalogue is passed over: nobody can tell what its numbers meant.

    Args:
        previous: The run before, in the same environment.
        current: This run.
    """
    before, now = _checks(previous), _checks(current)
    pairs = {name: (before[name], now[name]) for name in METRICS if name in before and name in now}
    changes = [
        *_verdict(previous, current),
        *_verdicts(pairs),
        *(f"{name}: not checked the time before; {_told(check)}" for name, check in now.items() if name not in before),
        *(f"{name}: not checked; {_told(check)} before" for name, check in before.items() if name not in now),
        *_limits(pairs),
    ]
    yield from changes or [_moved(pairs)]


def _checks(record: Record) -> Mapping[str, RecordedCheck]:
    return {check.id: check for check in record.checks if check.id in METRICS}


def _verdict(previous: Record, current: Record) -> Iterator[str]:
    if previous.verdict is not current.verdict:
        yield f"the verdict was {previous.verdict.upper()}, is {current.verdict.upper()}"


def _verdicts(pairs: _Pairs) -> Iterator[str]:
    for name, (was, now) in pairs.items():
        if was.verdict is not now.verdict:
            told = f"{was.verdict} {shown_value(was)} → {now.verdict} {shown_value(now)}"
            limit = f"{shown_limit(now)}, was {shown_limit(was)}" if _is_other_limit(was, now) else shown_limit(now)
            yield f"{name}: {told} ({limit})"


def _limits(pairs: _Pairs) -> Iterator[str]:
    for name, (was, now) in pairs.items():
        if was.verdict is now.verdict and _is_other_limit(was, now):
            yield f"{name}: the limit was {shown_limit(was)}, is {shown_limit(now)}"


def _is_other_limit(was: RecordedCheck, now: RecordedCheck) -> bool:
    """Whether somebody changed the limit; that another bound of the same limit decided is no change."""
    return was.bound == now.bound and was.limit != now.limit


def _told(check: RecordedCheck) -> str:
    return f"{check.verdict} {comparison(check)}"


def _moved(pairs: _Pairs) -> str:
    moved = sorted(
        (pair for pair in pairs.values() if pair[0].value != pair[1].value),
        key=lambda pair: _size(*pair),
        reverse=True,
    )
    told = (f"{now.id} {shown_value(was)} → {shown_value(now)}" for was, now in moved[:_MOST_MOVES])
    return f"nothing changed but {', '.join(told)}" if moved else "nothing changed"


def _size(was: RecordedCheck, now: RecordedCheck) -> float:
    """How far a value moved, as a share of its limit: so a count and a rate can be compared."""
    if was.value is None or now.value is None:
        return 0.0
    scale = now.limit or max(was.value, now.value)
    return abs(now.value - was.value) / scale
