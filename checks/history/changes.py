"""Changes from one run to the next, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from checks.history.record import Record
from checks.metrics import METRICS
from checks.report.result import Outcome
from checks.units import show_limit, show_value
from checks.verdicts.verdict import Verdict


def shown_value(check: Outcome) -> str:
    """The value, never rounded onto or across its limit: `13.9 %`."""
    if check.value is None:
        return "not measured" if check.verdict is Verdict.ERROR else "no sample"
    limits = () if check.limit is None else (check.limit,)
    return show_value(check.value, METRICS[check.id].unit, limits)


def shown_limit(check: Outcome) -> str:
    """The limit that decided: `max 5 %`."""
    if check.limit is None:
        return "no limit"
    return f"{check.bound} {show_limit(check.limit, METRICS[check.id].unit)}"


def comparison(check: Outcome) -> str:
    """Value, operator, limit and sample: `13.9 % > max 5 % (n = 267)`."""
    sample = "" if check.n is None else f" (n = {check.n:,})"
    operator = check.operator or "for"
    return f"{shown_value(check)} {operator} {shown_limit(check)}{sample}"


_MOST_MOVES: Final = 3

_MOST_PASSES: Final = 2
"""More checks of which there is nothing to fear are counted, and not told one by one."""

_MEASURED_AGAIN: Final = (Verdict.ERROR, Verdict.PASS)

_Pairs: TypeAlias = Mapping[str, tuple[Outcome, Outcome]]
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
        *_came([check for name, check in now.items() if name not in before]),
        *_went([check for name, check in before.items() if name not in now]),
        *_limits(pairs),
    ]
    yield from changes or [_moved(pairs)]


def _checks(record: Record) -> Mapping[str, Outcome]:
    return {check.id: check for check in record.checks if check.id in METRICS}


def _verdict(previous: Record, current: Record) -> Iterator[str]:
    if previous.verdict is not current.verdict:
        yield f"the verdict was {previous.verdict.upper()}, is {current.verdict.upper()}"


def _came(checks: Sequence[Outcome]) -> Iterator[str]:
    passing = [check for check in checks if check.verdict is Verdict.PASS]
    if len(passing) > _MOST_PASSES:
        yield f"{len(passing)} checks that were not checked the time before pass"
    told = checks if len(passing) <= _MOST_PASSES else [check for check in checks if check not in passing]
    yield from (f"{check.id}: not checked the time before; {_sentence(check)}" for check in told)


def _went(checks: Sequence[Outcome]) -> Iterator[str]:
    if len(checks) > _MOST_PASSES:
        yield f"{len(checks)} checks of the time before were not checked"
        return
    yield from (f"{check.id}: not checked; {_sentence(check)} before" for check in checks)


def _verdicts(pairs: _Pairs) -> Iterator[str]:
    found = [name for name, (was, now) in pairs.items() if (was.verdict, now.verdict) == _MEASURED_AGAIN]
    again = set(found if len(found) > _MOST_PASSES else ())
    if again:
        yield f"{len(again)} checks that could not be measured the time before pass"
    for name, (was, now) in pairs.items():
        if was.verdict is not now.verdict and name not in again:
            told = f"{was.verdict} {shown_value(was)} → {now.verdict} {shown_value(now)}"
            limit = f"{shown_limit(now)}, was {shown_limit(was)}" if _is_other_limit(was, now) else shown_limit(now)
            yield f"{name}: {told} ({limit})"


def _limits(pairs: _Pairs) -> Iterator[str]:
    for name, (was, now) in pairs.items():
        if was.verdict is now.verdict and _is_other_limit(was, now):
            yield f"{name}: the limit was {shown_limit(was)}, is {shown_limit(now)}"


def _is_other_limit(was: Outcome, now: Outcome) -> bool:
    """Whether somebody changed the limit; that another bound of the same limit decided is no change."""
    return was.bound == now.bound and was.limit != now.limit


def _sentence(check: Outcome) -> str:
    return f"{check.verdict} {comparison(check)}"


def _moved(pairs: _Pairs) -> str:
    moved = sorted(
        (pair for pair in pairs.values() if pair[0].value != pair[1].value),
        key=lambda pair: _size(*pair),
        reverse=True,
    )
    told = (f"{now.id} {shown_value(was)} → {shown_value(now)}" for was, now in moved[:_MOST_MOVES])
    return f"nothing changed but {', '.join(told)}" if moved else "nothing changed"


def _size(was: Outcome, now: Outcome) -> float:
    """How far a value moved, as a share of its limit: so a count and a rate can be compared."""
    if was.value is None or now.value is None:
        return 0.0
    scale = now.limit or max(was.value, now.value)
    return abs(now.value - was.value) / scale
