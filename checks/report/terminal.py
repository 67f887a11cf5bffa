"""The terminal report: the three analyses, then one line for each check."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from textwrap import wrap
from typing import Final

from checks.analysis.analyse import GoneConnection
from checks.metrics import METRICS, Subject
from checks.report import phrases
from checks.report.phrases import events_by_kind, events_read, headline, lifecycle_counts, remarks, welcome_counts
from checks.report.result import CheckResult, Receipt, Result
from checks.text import one_line, utc
from checks.units import show_value
from checks.verdicts.verdict import Verdict

_TABLE_WIDTH: Final = 80

_GAP: Final = "  "


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line a row; what is longer than a line is cut.

    Args:
        rows: Each with as many cells as the first.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line = _GAP.join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield one_line(line, _TABLE_WIDTH)


MOST_SHOWN: Final = 10
"""How many connections with a GoneException are printed."""

CHECKS_HEADING: Final = "=== Checks ==="

GATE_HEADING: Final = "=== After the deploy ==="

_WIDTH: Final = 80

_MOST_LINES_OF_CHANGES: Final = 2
"""All of them are in the report."""


def summary(result: Result, subjects: Collection[Subject], changes: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the summary.

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
        yield from (f"{'':<{width}}  - {one_line(finding)}" for finding in check.findings[:MOST_SHOWN])
    yield from map(one_line, result.unused_waivers)
    yield ""
    if changes:
        yield from _wrapped(f"Since the last run: {'; '.join(changes)}", _MOST_LINES_OF_CHANGES)
    if result.verdict is not Verdict.PASS and not result.error:
        yield from _wrapped(f"Worst: {headline(result)}")
    yield verdict_sentence(result)


def verdict_sentence(result: Result) -> str:
    """The run in one sentence."""
    window = f", {utc(result.window.since)} to {utc(result.window.until)}" if result.window else ""
    return (
        f"{result.environment}: {result.verdict.upper()} ({counts(check.verdict for check in result.checks)}){window}"
    )


def counts(verdicts: Iterable[Verdict]) -> str:
    """How many checks came to which verdict: `14 pass, 1 fail`."""
    return ", ".join(f"{number} {verdict}" for verdict, number in Counter(verdicts).items())


def worst_last(checks: Iterable[CheckResult]) -> list[CheckResult]:
    """The order in which a person who sees the last lines first needs them."""
    return sorted(checks, key=lambda check: list(Verdict).index(check.verdict))


def full_sentence(check: CheckResult) -> str:
    """The sentence of a check, marked where it is a shadow, with whom to ask and what to do where it did not pass."""
    shadow = "shadow: " if check.shadow else ""
    help_texts = [check.owner, check.runbook] if check.verdict is not Verdict.PASS else []
    return " · ".join([shadow + check.sentence, *filter(None, help_texts)])


def is_unread(check: CheckResult, result: Result) -> bool:
    """Is the check in error because the logs could not be read? Why stands above all of them, once."""
    is_blind = check.verdict is Verdict.ERROR and check.value is None
    return is_blind and result.error is not None and METRICS[check.metric].is_from_logs


def _analyses(result: Result, subjects: Collection[Subject]) -> Iterator[str]:
    sections = {Subject.GONE: _gone, Subject.LIFECYCLE: _lifecycle, Subject.WELCOME: _welcome}
    for subject, section in sections.items():
        if subject in subjects:
            yield ""
            yield from section(result)


def _gate(result: Result) -> Iterator[str]:
    """What is new since the deploy, and how often was looked."""
    told = [
        *_numbers(*phrases.origins(result)),
        *(f"New error: {one_line(error, _WIDTH - 11)}" for error in islice(phrases.new_errors(result), MOST_SHOWN)),
        *(f"Look at {at}: {standing}, {one_line(why)}" for at, standing, why in phrases.polls(result)),
    ]
    if told:
        yield from ("", GATE_HEADING, *told)


def _sentence(check: CheckResult, result: Result) -> str:
    return f"{check.metric} not measured" if is_unread(check, result) else one_line(full_sentence(check))


def _gone(result: Result) -> Iterator[str]:
    yield "=== GoneException Analysis ==="
    yield from _numbers(
        ("Errors", _show(result, "gone.errors")),
        ("Connections", f"{_show(result, 'gone.connections')} ({_share(result, 'gone.connection_rate')})"),
        ("Worst connection", _show(result, "gone.max_per_connection")),
        ("Welcome errors", _show(result, "gone.welcome_errors")),
    )
    for connection in result.gone_connections[:MOST_SHOWN]:
        yield from _gone_connection(connection)
    hidden = round(result.metrics["gone.connections"].value or 0) - MOST_SHOWN
    if hidden > 0:
        yield f"  … and {hidden:,} more connections"


def _gone_connection(connection: GoneConnection) -> Iterator[str]:
    name = "no connection known" if connection.connection_id is None else one_line(connection.connection_id, 36)
    noun = "error" if connection.errors == 1 else "errors"
    welcome = f" ({connection.welcome_errors:,} welcome)" if connection.welcome_errors else ""
    yield f"  {name}: {connection.errors:,} {noun}{welcome}, first {utc(connection.first_error)}"
    yield f"    {one_line(connection.sample, _WIDTH - 4)}"


def _lifecycle(result: Result) -> Iterator[str]:
    found = result.interpretation
    if found is None:  # pragma: no cover -- for the type checker: a reading comes with its interpretation
        return
    yield "=== Connection Lifecycle Analysis ==="
    yield from _numbers(
        ("Events", f"{_show(result, 'lifecycle.events')} ({events_by_kind(found)})"),
        (
            "Complete",
            f"{_show(result, 'lifecycle.complete')}, median {_show(result, 'lifecycle.median_duration_seconds')}",
        ),
        ("Incomplete", f"{_show(result, 'lifecycle.incomplete')} ({_share(result, 'lifecycle.incomplete_rate')})"),
        ("Still open", _show(result, "lifecycle.open")),
        ("Short-lived", f"{_show(result, 'lifecycle.short_lived')} ({_share(result, 'lifecycle.short_lived_rate')})"),
    )
    yield from (f"  {what}: {count:,}" for what, count in lifecycle_counts(found))


def _welcome(result: Result) -> Iterator[str]:
    found = result.interpretation
    yield "=== Welcome Message Analysis ==="
    yield from _numbers(
        ("Events", _show(result, "welcome.events")),
        ("Successful", _show(result, "welcome.sent")),
        ("Failed", _show(result, "welcome.failed")),
        ("Retry attempts", _show(result, "welcome.retries")),
        ("Failure rate", _share(result, "welcome.failure_rate")),
        ("Average retries", _show(result, "welcome.average_retries")),
        ("Undelivered", _share(result, "welcome.undelivered_rate")),
    )
    if found:
        yield from (f"  {what}: {count:,}" for what, count in welcome_counts(found))


def _receipt(receipt: Receipt) -> Iterator[str]:
    """What was read; of a read that failed, what it came to."""
    if events := events_read(receipt):
        yield ""
        yield f"Read from {one_line(', '.join(receipt.asked))}: {events}"
        yield from (f"  {one_line(remark)}" for _, remark in remarks(receipt))


def _show(result: Result, name: str) -> str:
    value = result.metrics[name].value
    return "no sample" if value is None else show_value(value, METRICS[name].unit)


def _share(result: Result, name: str) -> str:
    measured = result.metrics[name]
    return (
        _show(result, name)
        if measured.value is None
        else f"{_show(result, name)} of {measured.n:,} {METRICS[name].sample}"
    )


def _numbers(*rows: tuple[str, str]) -> Iterator[str]:
    return _aligned((f"{name}:", text) for name, text in rows)


def _aligned(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    listed = list(rows)
    width = max((len(first) for first, _ in listed), default=0)
    return (f"{first:<{width}}  {second}" for first, second in listed)


def _wrapped(text: str, most_lines: int | None = None) -> list[str]:
    """A sentence on lines of the terminal's width, which cut no word; a … ends what needs more of them than may be."""
    return wrap(
        one_line(text), _WIDTH, subsequent_indent="  ", break_on_hyphens=False, max_lines=most_lines, placeholder=" …"
    )
