"""Phrases that all reports share: verdicts, values and limits, what was read, what is new since a deploy."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from checks.analysis.analyse import Interpretation, Reading
from checks.logs.spool import Fetch
from checks.metrics import METRICS, Unit
from checks.report.result import CheckResult, Outcome, Receipt, Result
from checks.text import counted, utc
from checks.units import show_limit, show_value
from checks.verdicts.verdict import Verdict


def verdict_counts(checks: Iterable[Outcome]) -> str:
    """How many checks came to which verdict, the worst first: `1 failed, 2 warnings, 14 passed`."""
    numbers = Counter(one.verdict for one in checks)
    return ", ".join(_verdict_count(verdict, numbers[verdict]) for verdict in reversed(Verdict) if numbers[verdict])


def _verdict_count(verdict: Verdict, number: int) -> str:
    match verdict:
        case Verdict.PASS | Verdict.FAIL:
            return f"{number} {verdict}ed"
        case Verdict.WARN:
            return counted(number, "warning")
        case Verdict.ERROR:
            return counted(number, "error")
        case _:
            return f"{number} {verdict}"


def verdict_sentence(result: Result) -> str:
    """The run in one sentence."""
    window = f", {result.window.since:%Y-%m-%d %H:%M:%S} to {utc(result.window.until)}" if result.window else ""
    return f"{result.environment}: {result.verdict.upper()} ({verdict_counts(result.checks)}){window}"


def full_sentence(check: CheckResult) -> str:
    """The sentence of a check, marked where it is a shadow, with whom to ask and what to do where it did not pass."""
    shadow = "shadow: " if check.shadow else ""
    help_texts = [check.owner, check.runbook] if check.verdict is not Verdict.PASS else []
    return " · ".join([shadow + check.sentence, *filter(None, help_texts)])


def is_unread(check: CheckResult, result: Result) -> bool:
    """Is the check in error because the logs could not be read? Why stands above all of them, once."""
    is_blind = check.verdict is Verdict.ERROR and check.value is None
    return is_blind and result.error is not None and METRICS[check.metric].is_from_logs


def value_text(check: Outcome) -> str:
    """The value of a check, on the side of the limits on which it is: `13.9 %`."""
    if check.value is None:
        return "not measured" if check.verdict is Verdict.ERROR else "no sample"
    limits = (check.limit, check.warn if isinstance(check, CheckResult) else None)
    return show_value(check.value, _unit(check), [limit for limit in limits if limit is not None]) + _per(check)


def limit_text(check: Outcome) -> str:
    """The limit that decided, by its name: `max 5`; empty where none did."""
    return "" if check.limit is None else f"{check.bound} {show_limit(check.limit, _unit(check))}{_per(check)}"


def _per(check: Outcome) -> str:
    return f"/{check.per}" if check.per else ""


def _unit(check: Outcome) -> Unit:
    return METRICS[check.metric if isinstance(check, CheckResult) else check.id].unit


def events_read(receipt: Receipt) -> str:
    """How many events were read, and how many lines did not count; empty where nothing was read."""
    if receipt.reading:
        return _counts(receipt.reading)
    return f"{counted(receipt.fetch.events, 'event')} read before the error" if receipt.fetch else ""


def receipt_remarks(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Yield what else is to be said of a read: what it is about, and a sentence that can stand without that."""
    if receipt.fetch:
        yield from _fetch_remarks(receipt.fetch)
    if receipt.reading:
        yield from _lag_remarks(receipt.reading)
    yield from (("Gap", gap) for gap in receipt.gaps)
    yield from (("Note", note) for note in receipt.notes)
    if receipt.reading:
        yield from (("Line", f"unreadable: {place}") for place in receipt.reading.unreadable_examples)


def _counts(reading: Reading) -> str:
    others = {
        "in the 2 h before": reading.look_back_events,
        "of other versions": reading.other_version_events,
        "outside": reading.outside_events,
        "duplicates": reading.duplicates,
        "unreadable lines": reading.unreadable,
    }
    more = "".join(f", {number:,} {what}" for what, number in others.items() if number)
    return f"{reading.events:,} events in the window{more}"


def _fetch_remarks(fetch: Fetch) -> Iterator[tuple[str, str]]:
    for group in fetch.groups:
        yield "Log group", f"{group.name} in {group.region} by {group.api}: {group.reason}"
    retries = f"{fetch.retries:,} {'retry' if fetch.retries == 1 else 'retries'}"
    calls = f"{counted(fetch.calls, 'call')}, {retries}, {fetch.throttles:,} throttled"
    pages = f"{counted(fetch.pages, 'page')}, {fetch.empty_pages:,} empty"
    yield "Calls", f"{calls}; {pages}; {_megabytes(fetch.bytes)}"
    if fetch.queries:
        scanned = f"{fetch.queries:,} queries scanned {_megabytes(fetch.bytes_scanned)}"
        yield "Queries", f"{scanned}, about {fetch.price_usd:,.4f} USD"


def _lag_remarks(reading: Reading) -> Iterator[tuple[str, str]]:
    if reading.lag_p50_ms is not None and reading.lag_p99_ms is not None:
        median, late = reading.lag_p50_ms / 1000, reading.lag_p99_ms / 1000
        yield "Ingestion delay", f"ingestion delay: median {median:,.1f} s, p99 {late:,.1f} s"


_BYTES_PER_MB: Final = 1e6


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / _BYTES_PER_MB:,.1f} MB"


def events_by_kind(interpretation: Interpretation) -> str:
    """What the events of connections were: `3 connect, 2 disconnect, 1 message`."""
    counts = {
        "connect": interpretation.connects,
        "disconnect": interpretation.disconnects,
        "message": interpretation.messages,
    }
    return ", ".join(f"{number:,} {kind}" for kind, number in counts.items())


def lifecycle_counts(interpretation: Interpretation) -> Iterator[tuple[str, int]]:
    """Yield which connections are incomplete, and which could not be judged; nothing where none is."""
    counts = {
        "No $disconnect within the 2 h that API Gateway allows": interpretation.lost,
        "A $disconnect but no $connect": interpretation.headless,
        "Not judged, the logs do not reach back to their beginning": interpretation.unknown,
    }
    return ((what, count) for what, count in counts.items() if count)


def welcome_counts(interpretation: Interpretation) -> Iterator[tuple[str, int]]:
    """Yield which welcome messages were not believed; nothing where all were."""
    if interpretation.contradicted:
        yield "Logged as sent right after a GoneException, so counted as failed", interpretation.contradicted


def interpretation_rows(interpretation: Interpretation) -> Iterator[tuple[str, str]]:
    """Yield all counts of the interpretation, each as a name and a text."""
    yield "Log events about connections", events_by_kind(interpretation)
    for what, count in chain(lifecycle_counts(interpretation), welcome_counts(interpretation)):
        yield what, f"{count:,}"


def gate_origins(result: Result) -> Iterator[tuple[str, str]]:
    """Yield a name and a sentence for the deploy and the baseline, as far as somebody asked for them."""
    if result.deployed:
        yield "Deployed", utc(result.deployed)
    baseline = result.baseline
    if baseline:
        window = f", {utc(baseline.window.since)} to {utc(baseline.window.until)}" if baseline.window else ""
        yield "Compared with", f"{baseline.description}{window}{f': {baseline.error}' if baseline.error else ''}"


def poll_rows(result: Result) -> Iterator[tuple[str, str, str]]:
    """Yield of each poll when it was, what it came to, and why."""
    for poll in result.polls:
        yield utc(poll.at), poll.state.value, f"{poll.events:,} events, {poll.verdict}: {poll.sentence}"


def new_error_lines(result: Result) -> Iterator[str]:
    """Yield each kind of error that the baseline does not hold, the most frequent first."""
    for one in result.new_signatures:
        yield f"{counted(one.events, 'time')} since {utc(one.first)}: {one.example}"
