"""The terminal report: the analyses, what was read, and one line for each check."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from textwrap import wrap
from typing import Final

from checks.analysis.analyse import GoneConnection
from checks.metrics import METRICS, Subject
from checks.report.phrases import (
    events_by_kind,
    events_read,
    full_sentence,
    gate_origins,
    headline,
    is_unread,
    lifecycle_counts,
    new_error_lines,
    poll_rows,
    receipt_remarks,
    verdict_sentence,
    welcome_counts,
)
from checks.report.result import CheckResult, Receipt, Result
from checks.text import one_line, utc
from checks.units import show_value
from checks.verdicts.verdict import Verdict

MOST_LINES: Final = 10
"""How many connections with a GoneException, findings of a check or new errors are printed."""

CHECKS_HEADING: Final = "=== Checks ==="

GATE_HEADING: Final = "=== After the deploy ==="

_WIDTH: Final = 80

_MOST_LINES_OF_CHANGES: Final = 2
"""All of them are in the report."""


def summary_lines(result: Result, subjects: Collection[Subject], changes: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the summary that pytest prints below its own.

    Args:
        result: What the run found.
        subjects: The analyses to print.
        changes: What changed since the run before, a sentence each; none where there was none.
    """
    if result.window and result.receipt.reading:
        yield from _analyses(result, subjects)
    yield from _receipt(result.receipt)
    for message in result.near_misses:
        yield f"  not understood: {one_line(message, _WIDTH - 18)}"
    if result.error:
        yield ""
        yield from map(one_line, f"The logs could not be read: {result.error}".splitlines())
    yield from _gate(result)
    yield ""
    yield CHECKS_HEADING
    width = max((len(check.verdict) for check in result.checks), default=0)
    for check in worst_last(result.checks):
        yield f"{check.verdict.upper():<{width}}  {_sentence(check, result)}"
        yield from (f"{'':<{width}}  - {one_line(finding)}" for finding in check.findings[:MOST_LINES])
    yield from map(one_line, result.unused_waivers)
    yield ""
    if changes:
        yield from _wrapped(f"Since the last run: {'; '.join(changes)}", _MOST_LINES_OF_CHANGES)
    if result.verdict is not Verdict.PASS and not result.error:
        yield from _wrapped(f"Worst: {headline(result)}")
    yield verdict_sentence(result)


def worst_last(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """The checks with the worst verdict last, where a person who reads a terminal looks first."""
    return sorted(checks, key=lambda check: check.verdict.rank)


def _analyses(result: Result, subjects: Collection[Subject]) -> Iterator[str]:
    sections = {Subject.GONE: _gone, Subject.LIFECYCLE: _lifecycle, Subject.WELCOME: _welcome}
    for subject, section in sections.items():
        if subject in subjects:
            yield ""
            yield from section(result)


def _gate(result: Result) -> Iterator[str]:
    """The lines on a gate: what is new since the deploy, and each poll."""
    lines = [
        *_named(*gate_origins(result)),
        *(f"New error: {one_line(error, _WIDTH - 11)}" for error in islice(new_error_lines(result), MOST_LINES)),
        *(f"Look at {at}: {state}, {one_line(why)}" for at, state, why in poll_rows(result)),
    ]
    if lines:
        yield from ("", GATE_HEADING, *lines)


def _sentence(check: CheckResult, result: Result) -> str:
    return f"{check.metric} not measured" if is_unread(check, result) else one_line(full_sentence(check))


def _gone(result: Result) -> Iterator[str]:
    yield "=== GoneException Analysis ==="
    yield from _named(
        ("Errors", _value(result, "gone.errors")),
        ("Connections", f"{_value(result, 'gone.connections')} ({_share(result, 'gone.connection_rate')})"),
        ("Worst connection", _value(result, "gone.max_per_connection")),
        ("Welcome errors", _value(result, "gone.welcome_errors")),
    )
    for connection in result.gone_connections[:MOST_LINES]:
        yield from _gone_connection(connection)
    hidden = round(result.metrics["gone.connections"].value or 0) - MOST_LINES
    if hidden > 0:
        yield f"  … and {hidden:,} more connections"


def _gone_connection(connection: GoneConnection) -> Iterator[str]:
    name = "no connection known" if connection.connection_id is None else one_line(connection.connection_id, 36)
    noun = "error" if connection.errors == 1 else "errors"
    welcome = f" ({connection.welcome_errors:,} welcome)" if connection.welcome_errors else ""
    yield f"  {name}: {connection.errors:,} {noun}{welcome}, first {utc(connection.first_error)}"
    yield f"    {one_line(connection.sample, _WIDTH - 4)}"


def _lifecycle(result: Result) -> Iterator[str]:
    interpretation = result.interpretation
    if interpretation is None:  # pragma: no cover -- for the type checker: a reading comes with its interpretation
        return
    yield "=== Connection Lifecycle Analysis ==="
    yield from _named(
        ("Events", f"{_value(result, 'lifecycle.events')} ({events_by_kind(interpretation)})"),
        (
            "Complete",
            f"{_value(result, 'lifecycle.complete')}, median {_value(result, 'lifecycle.median_duration_seconds')}",
        ),
        ("Incomplete", f"{_value(result, 'lifecycle.incomplete')} ({_share(result, 'lifecycle.incomplete_rate')})"),
        ("Still open", _value(result, "lifecycle.open")),
        ("Short-lived", f"{_value(result, 'lifecycle.short_lived')} ({_share(result, 'lifecycle.short_lived_rate')})"),
    )
    yield from (f"  {what}: {count:,}" for what, count in lifecycle_counts(interpretation))


def _welcome(result: Result) -> Iterator[str]:
    interpretation = result.interpretation
    yield "=== Welcome Message Analysis ==="
    yield from _named(
        ("Events", _value(result, "welcome.events")),
        ("Successful", _value(result, "welcome.sent")),
        ("Failed", _value(result, "welcome.failed")),
        ("Retry attempts", _value(result, "welcome.retries")),
        ("Failure rate", _share(result, "welcome.failure_rate")),
        ("Average retries", _value(result, "welcome.average_retries")),
        ("Undelivered", _share(result, "welcome.undelivered_rate")),
    )
    if interpretation:
        yield from (f"  {what}: {count:,}" for what, count in welcome_counts(interpretation))


def _receipt(receipt: Receipt) -> Iterator[str]:
    """The lines on what was read; of a read that failed, what it came to."""
    if events := events_read(receipt):
        yield ""
        yield f"Read from {one_line(', '.join(receipt.requested))}: {events}"
        yield from (f"  {one_line(remark)}" for _, remark in receipt_remarks(receipt))


def _value(result: Result, name: str) -> str:
    value = result.metrics[name].value
    return "no sample" if value is None else show_value(value, METRICS[name].unit)


def _share(result: Result, name: str) -> str:
    measured = result.metrics[name]
    return (
        _value(result, name)
        if measured.value is None
        else f"{_value(result, name)} of {measured.n:,} {METRICS[name].sample}"
    )


def _named(*rows: tuple[str, str]) -> Iterator[str]:
    """A line for each name and its text, with all texts below each other."""
    width = max((len(name) for name, _ in rows), default=0) + 1
    return (f"{f'{name}:':<{width}}  {text}" for name, text in rows)


def _wrapped(text: str, most_lines: int | None = None) -> list[str]:
    """A sentence on lines of the terminal's width, which cut no word; a … ends what needs more of them than may be."""
    return wrap(
        one_line(text), _WIDTH, subsequent_indent="  ", break_on_hyphens=False, max_lines=most_lines, placeholder=" …"
    )


def table_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, one a row; what is longer than a line is cut.

    Args:
        rows: Each with as many cells as the first.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield one_line("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)), _WIDTH)
