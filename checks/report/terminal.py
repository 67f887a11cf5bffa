"""The terminal summary: the three analyses, then one line a check."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from checks.analysis.metrics import METRICS, Subject
from checks.analysis.results import GoneConnection
from checks.judge.quantity import show_value
from checks.judge.verdict import Verdict
from checks.report.headline import headline
from checks.report.receipt import events_read, remarks
from checks.report.result import CheckResult, Receipt, Result
from checks.report.text import printable, utc

MOST_SHOWN: Final = 10
"""How many connections with a GoneException are printed."""
CHECKS_HEADING: Final = "=== Checks ==="
_WIDTH: Final = 80


def summary(result: Result, subjects: Collection[Subject]) -> Iterator[str]:
    """Yield the lines of the summary.

    Args:
        result: What the run found.
        subjects: The analyses to print.
    """
    if result.window and result.receipt.reading:
        yield from _analyses(result, subjects)
    yield from _receipt(result.receipt)
    for message in result.near_misses:
        yield f"  not understood: {printable(message, _WIDTH - 18)}"
    if result.error:
        yield ""
        yield from map(printable, f"The logs could not be read: {result.error}".splitlines())
    yield ""
    yield CHECKS_HEADING
    yield from _aligned((check.verdict.upper(), _sentence(check)) for check in worst_last(result.checks))
    yield from map(printable, result.unused_waivers)
    yield ""
    if result.verdict is not Verdict.PASS and not result.error:
        yield f"Worst: {printable(headline(result))}"
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


def _analyses(result: Result, subjects: Collection[Subject]) -> Iterator[str]:
    sections = {Subject.GONE: _gone, Subject.LIFECYCLE: _lifecycle, Subject.WELCOME: _welcome}
    for subject, section in sections.items():
        if subject in subjects:
            yield ""
            yield from section(result)


def _sentence(check: CheckResult) -> str:
    """The sentence of a check; that nothing could be read stands above all of them, once."""
    if check.verdict is Verdict.ERROR and check.value is None:
        return f"{check.metric} not measured"
    return printable(full_sentence(check))


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
    name = "no connection known" if connection.connection_id is None else printable(connection.connection_id, 36)
    noun = "error" if connection.errors == 1 else "errors"
    welcome = f" ({connection.welcome_errors:,} welcome)" if connection.welcome_errors else ""
    yield f"  {name}: {connection.errors:,} {noun}{welcome}, first {utc(connection.first_error)}"
    yield f"    {printable(connection.sample, _WIDTH - 4)}"


def _lifecycle(result: Result) -> Iterator[str]:
    found = result.interpretation
    if found is None:  # pragma: no cover -- for the type checker: a reading comes with its interpretation
        return
    yield "=== Connection Lifecycle Analysis ==="
    events = f"{found.connects:,} connect, {found.disconnects:,} disconnect, {found.messages:,} message"
    yield from _numbers(
        ("Events", f"{_show(result, 'lifecycle.events')} ({events})"),
        (
            "Complete",
            f"{_show(result, 'lifecycle.complete')}, median {_show(result, 'lifecycle.median_duration_seconds')}",
        ),
        ("Incomplete", f"{_show(result, 'lifecycle.incomplete')} ({_share(result, 'lifecycle.incomplete_rate')})"),
        ("Still open", _show(result, "lifecycle.open")),
        ("Short-lived", f"{_show(result, 'lifecycle.short_lived')} ({_share(result, 'lifecycle.short_lived_rate')})"),
    )
    if found.lost:
        yield f"  No $disconnect within the 2 h that API Gateway allows: {found.lost:,}"
    if found.headless:
        yield f"  A $disconnect but no $connect: {found.headless:,}"
    if found.unknown:
        yield f"  Not judged, the logs do not reach back to their beginning: {found.unknown:,}"


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
    if found and found.contradicted:
        yield f"  Logged as sent right after a GoneException, so counted as failed: {found.contradicted:,}"


def _receipt(receipt: Receipt) -> Iterator[str]:
    """What was read; of a read that failed, what it came to."""
    if events := events_read(receipt):
        yield ""
        yield f"Read from {printable(', '.join(receipt.asked))}: {events}"
        yield from (f"  {printable(remark)}" for _, remark in remarks(receipt))


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
