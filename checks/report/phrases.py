"""Phrases that all reports share: the worst check, the headline, what was read, what is new since a deploy."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from math import inf
from typing import Final, TypeVar

from checks.analysis.analyse import Interpretation, Reading
from checks.analysis.evidence import Evidence
from checks.logs.spool import Fetch
from checks.metrics import METRICS, NEW_SIGNATURES, EvidenceKind, Unit
from checks.report.result import CheckResult, Outcome, Receipt, Result
from checks.text import one_line, utc
from checks.units import show_limit, show_value
from checks.verdicts.verdict import Verdict

Check = TypeVar("Check", bound=Outcome)


def excess(check: Outcome) -> float:
    """The excess of a value over its limit, as a ratio; below 1 within it, 0 where nothing was measured."""
    if check.value is None or check.limit is None:
        return 0.0
    greater, smaller = (check.limit, check.value) if check.bound == "min" else (check.value, check.limit)
    if smaller:
        return greater / smaller
    return inf if greater else 0.0


def worst_first(checks: Iterable[Check]) -> list[Check]:
    """The checks by severity: by verdict, then by how far beyond their limits they are; shadows come last."""
    return sorted(checks, key=_severity, reverse=True)


def worst_check(checks: Iterable[Check]) -> Check | None:
    """The check that decides a run's verdict: the worst that counts; None where none does."""
    return max((check for check in checks if not check.shadow), key=_severity, default=None)


def _severity(check: Outcome) -> tuple[bool, int, float]:
    return not check.shadow, check.verdict.rank, excess(check)


def verdict_counts(checks: Iterable[Outcome]) -> str:
    """How many checks came to which verdict: `14 pass, 1 fail`."""
    return ", ".join(f"{number} {verdict}" for verdict, number in Counter(one.verdict for one in checks).items())


def verdict_sentence(result: Result) -> str:
    """The run in one sentence."""
    window = f", {utc(result.window.since)} to {utc(result.window.until)}" if result.window else ""
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


_MOST_OF_A_FINDING: Final = 100
"""All of it stands under the check."""


def headline(result: Result) -> str:
    """The headline: the check that decided, since when, and for whom: `gone.errors 67 > max 5, began …`."""
    worst = worst_check(result.checks)
    if worst is None:
        return "no check counts"
    if result.error and worst.value is None:
        return result.error.partition("\n")[0]
    closest = "closest to its limit: " if result.verdict is Verdict.PASS else ""
    return ", ".join([closest + worst.sentence, *_details(result, worst)])


def _details(result: Result, check: CheckResult) -> Iterator[str]:
    """Yield what is known of the cases that a check counts."""
    evidence = evidence_for(result, check.metric)
    if evidence:
        yield from since_and_whom(result, evidence)
    yield from (one_line(finding, _MOST_OF_A_FINDING) for finding in check.findings[:1])
    if check.metric == NEW_SIGNATURES and result.new_signatures:
        first = min(result.new_signatures, key=lambda one: one.first)
        yield f"first at {utc(first.first)}: {first.shape}"


def evidence_for(result: Result, metric: str) -> Evidence | None:
    """The evidence of what a metric counts; None where none was looked for, or nothing shows it."""
    return next((one for one in result.evidence if one.kind is METRICS[metric].evidence), None)


CASE_NAMES: Final = {
    EvidenceKind.GONE: "GoneExceptions",
    EvidenceKind.GONE_WELCOME: "GoneExceptions while sending the welcome message",
    EvidenceKind.INCOMPLETE: "connections whose end or beginning was lost",
    EvidenceKind.SHORT_LIVED: "short-lived connections",
    EvidenceKind.WELCOME_FAILED: "welcome messages that failed",
    EvidenceKind.UNDELIVERED: "connections that never got their welcome message",
    EvidenceKind.RETRIED: "retries",
    EvidenceKind.NEAR_MISS: "lines that were not understood",
    EvidenceKind.UNATTRIBUTED: "signals without a connection id",
}
"""What the cases of evidence are called."""


def since_and_whom(result: Result, evidence: Evidence) -> Iterator[str]:
    """Yield when cases began, whether a deploy came before, and how many connections met them."""
    if evidence.began:
        yield f"began {utc(evidence.began)}"
        yield from _deploy_before(result, evidence.began)
    elif evidence.first == evidence.last:
        yield f"at {utc(evidence.first)}"
    elif result.deployed and evidence.first >= result.deployed:
        yield f"since the deploy, first {utc(evidence.first)}"
    else:
        yield f"at all times, first {utc(evidence.first)}"
    if evidence.connections:
        noun = "connection" if evidence.connections == 1 else "connections"
        share = show_value(evidence.connections / evidence.connections_seen, Unit.RATE)
        yield f"{evidence.connections:,} {noun} ({share} of {evidence.connections_seen:,} seen)"


_SOON_AFTER: Final = timedelta(hours=1)
"""What begins so soon after a deploy is likely its doing."""


def _deploy_before(result: Result, began: datetime) -> Iterator[str]:
    """Yield the last deploy that may have brought it about, if there is one."""
    if result.deployed and timedelta() <= began - result.deployed <= _SOON_AFTER:
        yield f"{(began - result.deployed) / timedelta(minutes=1):,.0f} min after the deploy"
        return
    for deploy in reversed(result.overview.deploys if result.overview else ()):
        if timedelta() <= began - deploy.first <= _SOON_AFTER:
            minutes = (began - deploy.first) / timedelta(minutes=1)
            yield f"{minutes:,.0f} min after version {deploy.version} began to serve"
            return


def events_read(receipt: Receipt) -> str:
    """How many events were read, and how many lines did not count; empty where nothing was read."""
    if receipt.reading:
        return _counts(receipt.reading)
    return f"{receipt.fetch.events:,} events until the error" if receipt.fetch else ""


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
    calls = f"{fetch.calls:,} calls, {fetch.retries:,} retries, {fetch.throttles:,} throttled"
    pages = f"{fetch.pages:,} pages, {fetch.empty_pages:,} empty"
    yield "Calls", f"{calls}; {pages}; {_megabytes(fetch.bytes)}"
    if fetch.queries:
        scanned = f"{fetch.queries:,} queries scanned {_megabytes(fetch.bytes_scanned)}"
        yield "Queries", f"{scanned}, about {fetch.price_usd:,.4f} USD"


def _lag_remarks(reading: Reading) -> Iterator[tuple[str, str]]:
    if reading.lag_p50_ms is not None and reading.lag_p99_ms is not None:
        median, late = reading.lag_p50_ms / 1000, reading.lag_p99_ms / 1000
        yield "Arrival", f"events arrived after {median:,.1f} s (median), {late:,.1f} s (99 %)"


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
    yield "Events of connections", events_by_kind(interpretation)
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
        yield f"{one.events:,} {'time' if one.events == 1 else 'times'} since {utc(one.first)}: {one.example}"
