"""What a run found on a check, in few words."""

from checks.analysis.metrics import METRICS
from checks.history.record import RecordedCheck
from checks.judge.quantity import show_limit, show_value
from checks.judge.verdict import Verdict


def shown_value(check: RecordedCheck) -> str:
    """The value, never rounded onto or across its limit: `13.9 %`."""
    if check.value is None:
        return "not measured" if check.verdict is Verdict.ERROR else "no sample"
    limits = () if check.limit is None else (check.limit,)
    return show_value(check.value, METRICS[check.id].unit, limits)


def shown_limit(check: RecordedCheck) -> str:
    """The limit that decided: `max 5 %`."""
    if check.limit is None:
        return "no limit"
    return f"{check.bound} {show_limit(check.limit, METRICS[check.id].unit)}"


def comparison(check: RecordedCheck) -> str:
    """Value, operator, limit and sample: `13.9 % > max 5 % (n = 267)`."""
    sample = "" if check.n is None else f" (n = {check.n:,})"
    operator = check.operator or "for"
    return f"{shown_value(check)} {operator} {shown_limit(check)}{sample}"
