"""The three analyses on the terminal: GoneException, connection lifecycle and welcome message, number by number."""

from collections.abc import Collection, Iterator

from checks.analysis.analyse import GoneConnection
from checks.metrics import METRICS, Subject
from checks.report.phrases import events_by_kind, lifecycle_counts, welcome_counts
from checks.report.result import Result
from checks.text import one_line, utc
from checks.units import show_value


def analysis_lines(result: Result, subjects: Collection[Subject], width: int, most: int) -> Iterator[str]:
    """Yield the lines of the analyses of some subjects.

    Args:
        result: Of a run that read its logs.
        subjects: Those of other analyses than these three have no lines.
        width: Of the terminal, in characters.
        most: How many connections are listed.
    """
    sections = {Subject.GONE: _gone, Subject.LIFECYCLE: _lifecycle, Subject.WELCOME: _welcome}
    for subject, section in sections.items():
        if subject in subjects:
            yield ""
            yield from section(result, width, most)


def _gone(result: Result, width: int, most: int) -> Iterator[str]:
    yield "=== GoneException Analysis ==="
    yield from named(
        ("Errors", _value(result, "gone.errors")),
        ("Connections", f"{_value(result, 'gone.connections')} ({_share(result, 'gone.connection_rate')})"),
        ("Worst connection", _value(result, "gone.max_per_connection")),
        ("Welcome errors", _value(result, "gone.welcome_errors")),
    )
    for connection in result.gone_connections[:most]:
        yield from _gone_connection(connection, width)
    hidden = round(result.metrics["gone.connections"].value or 0) - most
    if hidden > 0:
        yield f"  … and {hidden:,} more connections"


def _gone_connection(connection: GoneConnection, width: int) -> Iterator[str]:
    name = "no connection known" if connection.connection_id is None else one_line(connection.connection_id, 36)
    noun = "error" if connection.errors == 1 else "errors"
    welcome = f" ({connection.welcome_errors:,} welcome)" if connection.welcome_errors else ""
    yield f"  {name}: {connection.errors:,} {noun}{welcome}, first {utc(connection.first_error)}"
    yield f"    {one_line(connection.sample, width - 4)}"


def _lifecycle(result: Result, _width: int, _most: int) -> Iterator[str]:
    interpretation = result.interpretation
    if interpretation is None:  # pragma: no cover -- for the type checker: a reading comes with its interpretation
        return
    yield "=== Connection Lifecycle Analysis ==="
    yield from named(
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


def _welcome(result: Result, _width: int, _most: int) -> Iterator[str]:
    interpretation = result.interpretation
    yield "=== Welcome Message Analysis ==="
    yield from named(
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


def named(*rows: tuple[str, str]) -> Iterator[str]:
    """A line for each name and its text, with all texts below each other."""
    width = max((len(name) for name, _ in rows), default=0) + 1
    return (f"{f'{name}:':<{width}}  {text}" for name, text in rows)
