"""The history as lines for a terminal of 80 columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from checks.history.changes import what_changed
from checks.history.record import Record
from checks.metrics import METRICS
from checks.report.headline import worst_check
from checks.report.phrases import limit_text, value_text
from checks.report.terminal import table_lines
from checks.text import one_line
from checks.units import show_value
from checks.verdicts.verdict import Verdict

_MOST_OF_A_NAME: Final = 16


def runs(records: Iterable[Record]) -> Iterator[str]:
    """Yield a line a run: when, where, what came of it, and the value that it is due to."""
    head = ("time in UTC", "environment", "verdict", "exit", "worst check")
    return table_lines([head, *(_run(record) for record in records)])


def runs_on(metric: str, records: Iterable[Record]) -> Iterator[str]:
    """Yield a line a run: the value of a metric, its limit and verdict.

    Args:
        metric: A key of METRICS.
        records: In their order.
    """
    head = ("time in UTC", "environment", "value", "n", "limit", "verdict")
    return table_lines([head, *(_measured(record, metric) for record in records)])


def last_change(records: Sequence[Record]) -> Iterator[str]:
    """Yield what the last run has changed since the one before it in its environment; nothing where it is the first.

    Args:
        records: The oldest first; at least one.
    """
    last = records[-1]
    before = [one for one in records[:-1] if one.environment == last.environment and not one.struck]
    if before:
        yield f"Since the run before on {one_line(last.environment)}:"
        yield from (f"  {change}" for change in what_changed(before[-1], last))


def _run(record: Record) -> tuple[str, ...]:
    check = worst_check(check for check in record.checks if check.id in METRICS)
    cause = f"{value_text(check)} {check.id}" if check and check.verdict is not Verdict.PASS else ""
    cause = f"struck out: {one_line(record.struck)}" if record.struck else cause
    return *_when_and_where(record), record.verdict.upper(), str(record.exit_code), cause


def _measured(record: Record, metric: str) -> tuple[str, ...]:
    measured, check = record.metrics.get(metric), record.check(metric)
    n = "" if measured is None or measured.n is None else f"{measured.n:,}"
    if check:
        value, judged = value_text(check), (limit_text(check) or "no limit", check.verdict.upper())
    elif measured is None or measured.value is None:
        value, judged = "not measured" if measured is None else "no sample", ("", "")
    else:
        value, judged = show_value(measured.value, METRICS[metric].unit), ("", "")
    return *_when_and_where(record), value, n, *judged


def _when_and_where(record: Record) -> tuple[str, str]:
    return f"{record.started:%Y-%m-%d %H:%M}", one_line(record.environment, _MOST_OF_A_NAME)
