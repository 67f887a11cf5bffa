"""Changes from one run to the next, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from checks.history.record import Record
from checks.metrics import METRICS
from checks.report.phrases import limit_text, value_text
from checks.report.result import Outcome
from checks.verdicts.verdict import Verdict

_MOST_MOVES: Final = 3

_MOST_PASSES: Final = 2
"""More checks of which there is nothing to fear are counted, and not named one by one."""

_MEASURED_AGAIN: Final = (Verdict.ERROR, Verdict.PASS)

_Pairs: TypeAlias = Mapping[str, tuple[Outcome, Outcome]]
"""A check in the run before and in this one, by its id."""


def what_changed(previous: Record, current: Record) -> Iterator[str]:
    """Yield the changes: verdicts, which checks there are, limits; where none of them changed, the largest moves.

    A check whose metric is no longer in the catalogue is passed over: nobody can tell what its numbers meant.

    Args:
        previous: The run before, in the same environment.
        current: This run.
    """
    before, now = _checks(previous), _checks(current)
    pairs = {name: (before[name], now[name]) for name in METRICS.in_order(before) if name in now}
    changes = [
        *_verdict_of_run(previous, current),
        *_verdicts(pairs),
        *_added([check for name, check in now.items() if name not in before]),
        *_removed([check for name, check in before.items() if name not in now]),
        *_limits(pairs),
    ]
    yield from changes or [_largest_moves(pairs)]


def comparison(check: Outcome) -> str:
    """Value, operator, limit and sample of a check: `13.9 % > max 5 % (n = 267)`."""
    sample = "" if check.n is None else f" (n = {check.n:,})"
    return f"{value_text(check)} {check.operator or 'for'} {_limit(check)}{sample}"


def _limit(check: Outcome) -> str:
    return limit_text(check) or "no limit"


def _checks(record: Record) -> Mapping[str, Outcome]:
    return {check.id: check for check in record.checks if check.id in METRICS}


def _verdict_of_run(previous: Record, current: Record) -> Iterator[str]:
    if previous.verdict is not current.verdict:
        yield f"verdict changed: {previous.verdict.upper()} → {current.verdict.upper()}"


def _verdicts(pairs: _Pairs) -> Iterator[str]:
    again = [name for name, (was, now) in pairs.items() if (was.verdict, now.verdict) == _MEASURED_AGAIN]
    counted = set(again if len(again) > _MOST_PASSES else ())
    if counted:
        yield f"{len(counted)} checks that had no data last time now pass"
    for name, (was, now) in pairs.items():
        if was.verdict is not now.verdict and name not in counted:
            change = f"{was.verdict} {value_text(was)} → {now.verdict} {value_text(now)}"
            limit = f"{_limit(now)}, was {_limit(was)}" if _is_other_limit(was, now) else _limit(now)
            yield f"{name}: {change} ({limit})"


def _added(checks: Sequence[Outcome]) -> Iterator[str]:
    passing = [check for check in checks if check.verdict is Verdict.PASS]
    if len(passing) > _MOST_PASSES:
        yield f"{len(passing)} checks not run last time now pass"
    named = checks if len(passing) <= _MOST_PASSES else [check for check in checks if check not in passing]
    yield from (f"{check.id}: not run last time; {check.verdict} {comparison(check)}" for check in named)


def _removed(checks: Sequence[Outcome]) -> Iterator[str]:
    if len(checks) > _MOST_PASSES:
        yield f"{len(checks)} checks from the last run were not run"
        return
    yield from (f"{check.id}: not run; {check.verdict} {comparison(check)} last time" for check in checks)


def _limits(pairs: _Pairs) -> Iterator[str]:
    for name, (was, now) in pairs.items():
        if was.verdict is now.verdict and _is_other_limit(was, now):
            yield f"{name}: limit changed: {_limit(was)} → {_limit(now)}"


def _is_other_limit(was: Outcome, now: Outcome) -> bool:
    """Whether somebody changed the limit; that another bound of the same limit decided is no change."""
    return was.bound == now.bound and was.limit != now.limit


def _largest_moves(pairs: _Pairs) -> str:
    moved = [pair for pair in pairs.values() if pair[0].value != pair[1].value]
    moved.sort(key=lambda pair: _distance(*pair), reverse=True)
    moves = (f"{now.id} {value_text(was)} → {value_text(now)}" for was, now in moved[:_MOST_MOVES])
    return f"no verdict changed; largest change: {', '.join(moves)}" if moved else "nothing changed"


def _distance(was: Outcome, now: Outcome) -> float:
    """How far a value moved, as a share of its limit: so a count and a rate can be compared."""
    if was.value is None or now.value is None:
        return 0.0
    scale = now.limit or max(was.value, now.value)
    return abs(now.value - was.value) / scale
