"""Phrases that all reports share, and the lines of the three analyses and of a dictionary."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from checks.analysis.analyse import Interpretation
from checks.analysis.dictionary import Sentence
from checks.analysis.evidence import Evidence
from checks.analysis.overview import Overview, Silence, WelcomeGap, silences, welcome_gap
from checks.analysis.reading import Reading
from checks.logs.spool import Fetch
from checks.metrics import METRICS, Subject, Unit
from checks.report.result import CheckResult, Outcome, Receipt, Result
from checks.text import counted, one_line, utc
from checks.units import show_limit, show_value
from checks.verdicts.verdict import Verdict


def verdict_counts(checks: Iterable[Outcome]) -> str:
    """Return the number of checks with each verdict, the worst first: `1 failed, 2 warnings, 14 passed`."""
    numbers = Counter("shadow" if check.shadow else check.verdict for check in checks)
    words = (*reversed(Verdict), "shadow")
    return ", ".join(_count_text(word, numbers[word]) for word in words if numbers[word])


_NOUNS: Final[Mapping[str, str]] = {Verdict.WARN: "warning", Verdict.ERROR: "error", "shadow": "shadow"}
_PARTICIPLES: Final[Mapping[str, str]] = {Verdict.PASS: "passed", Verdict.FAIL: "failed"}


def _count_text(word: str, number: int) -> str:
    return counted(number, _NOUNS[word]) if word in _NOUNS else f"{number} {_PARTICIPLES.get(word, word)}"


def verdict_sentence(result: Result) -> str:
    """Return the run in one sentence."""
    window = f", {result.window.since:%Y-%m-%d %H:%M:%S} to {utc(result.window.until)}" if result.window else ""
    return f"{result.environment}: {result.verdict.upper()} ({verdict_counts(result.checks)}){window}"


def full_sentence(check: CheckResult) -> str:
    """Return the sentence of a check, marked if it is a shadow, with owner and runbook if it did not pass."""
    shadow = "shadow: " if check.shadow else ""
    help_texts = [check.owner, check.runbook] if check.verdict is not Verdict.PASS else []
    return " · ".join([shadow + check.sentence, *filter(None, help_texts)])


_MUCH: Final = 5
"""A version is far worse than the others if its share is at least this many times theirs."""


def version_shares(evidence: Evidence) -> str:
    """Return the shares of versions, if one is far worse: `9 of 9 of version 42, none of 80 of version 41`.

    If several functions logged them, each is named, because their versions are counted separately.
    """
    versions = [one for one in evidence.versions if one.connections]
    if len(versions) < 2:  # noqa: PLR2004 -- a single version has none to compare with
        return ""
    shares = [(one.cases, one.connections or 0) for one in versions]
    (cases, connections), others = shares[0], shares[1:]
    if cases * sum(n for _, n in others) < _MUCH * connections * sum(hit for hit, _ in others):
        return ""
    are_many = len({one.log_group for one in versions}) > 1
    names = [f"{one.version}{f' of {one.log_group}' if are_many and one.log_group else ''}" for one in versions]
    return ", ".join(
        f"{f'{hit:,}' if hit else 'none'} of {n:,} of version {name}"
        for name, (hit, n) in zip(names, shares, strict=True)
    )


def is_unread(check: CheckResult, result: Result) -> bool:
    """Whether a check is in error because the logs could not be read; the reason is shown once, above all checks."""
    is_blind = check.verdict is Verdict.ERROR and check.value is None
    return is_blind and result.error is not None and METRICS[check.metric].is_from_logs


def value_text(check: Outcome) -> str:
    """Return the value of a check, rounded to the right side of its limits: `13.9 %`."""
    if check.value is None:
        return "not measured" if check.verdict is Verdict.ERROR else "no sample"
    limits = (check.limit, check.warn if isinstance(check, CheckResult) else None)
    return show_value(check.value, _unit(check), [limit for limit in limits if limit is not None]) + _per(check)


def span_text(check: Outcome) -> str:
    """Return the words after a value of a single hour, to tell it from others; empty if it is of the whole window."""
    return " in an hour" if check.hour else ""


def limit_text(check: Outcome) -> str:
    """Return the limit that decided, with its name: `max 5`; empty if none did."""
    return "" if check.limit is None else f"{check.bound} {show_limit(check.limit, _unit(check))}{_per(check)}"


def _per(check: Outcome) -> str:
    return f"/{check.per}" if check.per else ""


def _unit(check: Outcome) -> Unit:
    return METRICS[check.metric if isinstance(check, CheckResult) else check.id].unit


def events_read(receipt: Receipt) -> str:
    """Return the number of events that were read, and of lines that did not count; empty if nothing was read."""
    if receipt.reading:
        return _counts(receipt.reading)
    return f"{counted(receipt.fetch.events, 'event')} read before the error" if receipt.fetch else ""


def receipt_remarks(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """Yield remarks on a read: a heading, and a sentence that can stand without it."""
    if receipt.fetch:
        yield from _fetch_remarks(receipt.fetch)
    reading = receipt.reading
    if reading and reading.lag_p50_ms is not None and reading.lag_p99_ms is not None:
        median, late = reading.lag_p50_ms / 1000, reading.lag_p99_ms / 1000
        yield "Ingestion delay", f"ingestion delay: median {median:,.1f} s, p99 {late:,.1f} s"
    yield from (("Gap", gap) for gap in receipt.gaps)
    yield from (("Note", note) for note in receipt.notes)
    if reading:
        yield from (("Line", f"unreadable: {place}") for place in reading.unreadable_examples)


def uncounted(overview: Overview | None) -> Iterator[str]:
    """Yield sentences on what no check counts: silences beyond chance, missing welcomes, and refused connections."""
    if overview is None:
        return
    for silence in silences(overview):
        yield (
            f"no connection opened or closed from {_span(silence)}, although the traffic beside it makes "
            f"{silence.expected:,} such signals likely: was the service down, or are logs missing?"
        )
    if gap := welcome_gap(overview):
        yield (
            f"no line reports a welcome message to {gap.unwelcomed:,} of the {gap.opened:,} connections that opened "
            f"from {_span(gap)}, unlike at other times: was none sent, or is it logged in other words?"
        )
    refused, opened = overview.refused, sum(one.connects for one in overview.buckets)
    if refused and refused.connections >= max(_FEWEST_REFUSED, _SHARE_REFUSED * opened):
        yield (
            f"{refused.connections:,} of {refused.connections + opened:,} connections were refused from "
            f"{utc(refused.first)} to {utc(refused.last)}, which no check counts: $connect failed, or turned them away"
        )


_FEWEST_REFUSED: Final = 10
_SHARE_REFUSED: Final = 0.01
"""Fewer are normal: almost every service has clients whose session has ended."""


def _span(time: Silence | WelcomeGap) -> str:
    return f"{utc(time.begin)} {f'to {utc(time.end)}' if time.end else 'on'}"


def _counts(reading: Reading) -> str:
    others = {
        "in the 2 h before": reading.look_back_events,
        "of other versions": reading.other_version_events,
        "outside": reading.outside_events,
        "duplicate" if reading.duplicates == 1 else "duplicates": reading.duplicates,
        "unreadable line" if reading.unreadable == 1 else "unreadable lines": reading.unreadable,
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


NOTHING_CHANGED: Final = "nothing changed"
"""The result of comparing two equal runs."""


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB"


def events_by_kind(counts: Interpretation) -> str:
    """Return the number of events of each kind: `3 connect, 2 disconnect, 1 message`."""
    return f"{counts.connects:,} connect, {counts.disconnects:,} disconnect, {counts.messages:,} message"


_UNUSUAL: Final[Mapping[Subject, Mapping[str, str]]] = {
    Subject.LIFECYCLE: {
        "No $disconnect within the 2 h that API Gateway allows": "lost",
        "A $disconnect but no $connect": "headless",
        "Not judged, the logs do not reach back to their beginning": "unknown",
    },
    Subject.WELCOME: {
        "Logged as sent right after a GoneException, so counted as failed": "contradicted",
        "Connections without any line about a welcome, so not counted": "unwelcomed",
    },
}
"""The counts of the interpretation that explain the numbers of an analysis, unless they are 0."""


def _unusual(subject: Subject, interpretation: Interpretation) -> Iterator[tuple[str, str]]:
    for what, name in _UNUSUAL.get(subject, {}).items():
        if count := getattr(interpretation, name):
            yield what, f"{count:,}"


def interpretation_rows(interpretation: Interpretation) -> Iterator[tuple[str, str]]:
    """Yield all counts of the interpretation, each as a name and a text."""
    yield "Log events about connections", events_by_kind(interpretation)
    yield from chain.from_iterable(_unusual(subject, interpretation) for subject in _UNUSUAL)


def gate_origins(result: Result) -> Iterator[tuple[str, str]]:
    """Yield a name and a sentence for the deploy and the baseline, if the run has them."""
    if result.deployed:
        yield "Deployed", utc(result.deployed)
    baseline = result.baseline
    if baseline:
        window = f", {utc(baseline.window.since)} to {utc(baseline.window.until)}" if baseline.window else ""
        yield "Compared with", f"{baseline.description}{window}{f': {baseline.error}' if baseline.error else ''}"


def poll_rows(result: Result) -> Iterator[tuple[str, str, str]]:
    """Yield the time, the state and the reason of each poll."""
    for poll in result.polls:
        yield utc(poll.at), poll.state.value, f"{poll.events:,} events, {poll.verdict}: {poll.sentence}"


def new_error_lines(result: Result) -> Iterator[str]:
    """Yield a line for each kind of error that is not in the baseline, the most frequent first."""
    for one in result.new_signatures:
        yield f"{counted(one.events, 'time')} since {utc(one.first)}: {one.example}"


_HEADING: Final = ("times", "taken for", "sentence")


def sentence_lines(sentences: Sequence[Sentence]) -> Iterator[str]:
    """Yield a table of sentences, each with an example of a line below."""
    if not sentences:
        yield "no sentence to show"
        return
    rows = [_HEADING, *((f"{one.times:,}", sentence_kind(one), one_line(one.template)) for one in sentences)]
    times, meanings, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for row, sentence in zip(rows, (None, *sentences), strict=True):
        yield f"{row[0]:>{times}}  {row[1]:<{meanings}}  {row[2]}"
        if sentence:
            yield f"{'':>{times}}  {'':<{meanings}}    {one_line(sentence.example)}"


def sentence_kind(sentence: Sentence) -> str:
    """Return what a sentence is taken for, in a few words."""
    name = " and ".join(kind.replace("_", " ") for kind in sentence.kinds) or sentence.taken_for.value
    return f"{name}, an error" if sentence.is_error and sentence.is_unknown else name


_ANALYSES: Final[Mapping[Subject, tuple[str, Mapping[str, str]]]] = {
    Subject.GONE: (
        "=== GoneException Analysis ===",
        {
            "Errors": "gone.errors",
            "Connections": "gone.connections (gone.connection_rate)",
            "Worst connection": "gone.max_per_connection",
            "Welcome errors": "gone.welcome_errors",
        },
    ),
    Subject.LIFECYCLE: (
        "=== Connection Lifecycle Analysis ===",
        {
            "Events": "lifecycle.events ({events})",
            "Complete": "lifecycle.complete, median lifecycle.median_duration_seconds",
            "Incomplete": "lifecycle.incomplete (lifecycle.incomplete_rate)",
            "Still open": "lifecycle.open",
            "Short-lived": "lifecycle.short_lived (lifecycle.short_lived_rate)",
        },
    ),
    Subject.WELCOME: (
        "=== Welcome Message Analysis ===",
        {
            "Events": "welcome.events",
            "Successful": "welcome.sent",
            "Failed": "welcome.failed",
            "Retry attempts": "welcome.retries",
            "Failure rate": "welcome.failure_rate",
            "Average retries": "welcome.average_retries",
            "Undelivered": "welcome.undelivered_rate",
        },
    ),
}
"""The heading of each analysis, and its rows, in which the name of a metric stands for its number."""
_METRIC: Final = re.compile(r"[a-z]+\.\w+")


def analysis_lines(result: Result, subjects: Collection[Subject], width: int, most: int) -> Iterator[str]:
    """Yield the lines of the analyses of some subjects, if logs were read."""
    if (interpretation := result.interpretation) is None:
        return
    events = events_by_kind(interpretation)
    for subject, (heading, rows) in _ANALYSES.items():
        if subject in subjects:
            yield from ("", heading)
            texts = {name: _METRIC.sub(lambda metric: _number(result, metric[0]), row) for name, row in rows.items()}
            yield from named(*((name, text.format(events=events)) for name, text in texts.items()))
            yield from (f"  {what}: {count}" for what, count in _unusual(subject, interpretation))
            yield from _gone_connections(result, width, most) if subject is Subject.GONE else ()


def _gone_connections(result: Result, width: int, most: int) -> Iterator[str]:
    for connection in result.gone_connections[:most]:
        name = "no connection known" if connection.connection_id is None else one_line(connection.connection_id, 36)
        welcome = f" ({connection.welcome_errors:,} welcome)" if connection.welcome_errors else ""
        yield f"  {name}: {counted(connection.errors, 'error')}{welcome}, first {utc(connection.first_error)}"
        yield f"    {one_line(connection.sample, width - 4)}"
    hidden = round(result.metrics["gone.connections"].value or 0) - most
    if hidden > 0:
        yield f"  … and {hidden:,} more connections"


def _number(result: Result, name: str) -> str:
    """Return the value of a metric; a share has the size of its sample."""
    metric, measured = METRICS[name], result.metrics[name]
    if measured.value is None:
        return "no sample"
    sample = f" of {measured.n:,} {metric.sample}" if metric.unit is Unit.RATE else ""
    return show_value(measured.value, metric.unit) + sample


def named(*rows: tuple[str, str]) -> Iterator[str]:
    """Yield a line for each name and its text, with the texts aligned."""
    width = max((len(name) for name, _ in rows), default=0) + 1
    return (f"{f'{name}:':<{width}}  {text}" for name, text in rows)
