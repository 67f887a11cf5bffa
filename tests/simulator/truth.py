"""The truth: what a reader of the log must find, computed from the story alone."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from tests.simulator import emit
from tests.simulator.clock import iso
from tests.simulator.dialects import DIALECTS
from tests.simulator.story import LATE_MS, LIFETIME_MS, Scenario
from tests.simulator.timeline import Kind, Request, requests

SHORT_LIVED_MS: Final = 5000

OUTCOME_KINDS: Final = frozenset({Kind.WELCOME_SENT, Kind.WELCOME_FAILED})
WELCOME_KINDS: Final = OUTCOME_KINDS | {Kind.WELCOME_RETRY}


@dataclass(frozen=True, slots=True)
class Measure:
    """The value of a metric, and the size of its sample if it has one; a rate without a sample has no value."""

    value: float | None
    n: int | None = None


GRACE_MS: Final = 10_000
"""How long what was logged may be mended: a welcome by a retry, an end before the beginning by the beginning."""

Truth = Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class Signal:
    """What one log event says about a connection.

    Attributes:
        at_ms: Its time.
        kind: Its kind.
        connection_id: The connection that it concerns.
        request_id: The Lambda request; None if the dialect does not show which lines belong together.
        opened_ms: The time when the connection was opened, if the line has it.
    """

    at_ms: int
    kind: Kind
    connection_id: str
    request_id: str | None
    opened_ms: int | None


@dataclass(frozen=True, slots=True)
class Life:
    """The beginning and the end of a connection, as far as the log has them."""

    connected_ms: int | None
    disconnected_ms: int | None
    opened_ms: int | None

    @property
    def began_ms(self) -> int | None:
        """The time when it began, by its $connect or else by its $disconnect."""
        return self.opened_ms if self.connected_ms is None else self.connected_ms

    @property
    def duration_ms(self) -> int | None:
        """Its duration, if both ends are known; a clock may be slow."""
        if self.began_ms is None or self.disconnected_ms is None:
            return None
        return max(self.disconnected_ms - self.began_ms, 0)

    @property
    def settled_ms(self) -> int | None:
        """When its end was understood: its beginning may be stamped later, unless the end tells of it; None: no end."""
        if self.disconnected_ms is None or self.opened_ms is not None:
            return self.disconnected_ms
        latest = self.disconnected_ms + GRACE_MS
        return latest if self.connected_ms is None else min(latest, max(self.disconnected_ms, self.connected_ms))

    @property
    def overdue_ms(self) -> int | None:
        """The time when its $disconnect was due, if no end is known."""
        if self.connected_ms is None or self.disconnected_ms is not None:
            return None
        return self.connected_ms + LIFETIME_MS + LATE_MS


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of the welcome message in one request."""

    connection_id: str
    first_ms: int
    sent_ms: int | None

    @property
    def settled_ms(self) -> int:
        """When it was judged: as soon as it arrived, or was not mended in time."""
        latest = self.first_ms + GRACE_MS
        return latest if self.sent_ms is None else min(self.sent_ms, latest)

    @property
    def is_delivered(self) -> bool:
        """Whether it arrived."""
        return self.sent_ms is not None


def truth(scenario: Scenario) -> Truth:
    """Return the metrics of a scenario's window, by their definitions."""
    read = [
        signal for signal in _signals(requests(scenario)) if scenario.log_since_ms <= signal.at_ms < scenario.until_ms
    ]
    counted = [signal for signal in read if signal.at_ms >= scenario.since_ms]
    return {
        "data.events": Measure(_count_events(scenario)),
        **_gone(read, counted, range(scenario.since_ms, scenario.until_ms)),
        **_lifecycle(read, scenario),
        **_welcome(read, counted, range(scenario.since_ms, scenario.until_ms)),
    }


def as_json(expected: Truth, since_ms: int, until_ms: int) -> dict[str, object]:
    """Return the truth with its window, in the shape of result.json."""
    return {
        "window": {"since": iso(since_ms), "until": iso(until_ms)},
        "metrics": {name: asdict(measure) for name, measure in expected.items()},
    }


def rate(part: int, whole: int) -> Measure:
    """Return a share of a sample; 0/0 is not a sample."""
    return Measure(part / whole if whole else None, whole)


def _signals(requests: Iterable[Request]) -> Iterable[Signal]:
    """Return what the dialects of the requests can express of their steps."""
    for request in requests:
        dialect = DIALECTS[request.connection.dialect]
        request_id = request.request_id if dialect.tells_request else None
        for step in request.steps:
            opened_ms = request.connection.opened_ms if dialect.tells_opening and step.kind is Kind.DISCONNECT else None
            for kind in sorted(step.kinds & dialect.kinds):
                yield Signal(step.at_ms, kind, step.connection_id, request_id, opened_ms)


def _count_events(scenario: Scenario) -> int:
    return sum(scenario.since_ms <= event["timestamp"] < scenario.until_ms for event in emit.events(scenario))


def _gone(read: list[Signal], counted: list[Signal], window: range) -> Truth:
    gone = [signal for signal in counted if signal.kind is Kind.GONE]
    errors = Counter(signal.connection_id for signal in gone)
    seen = {signal.connection_id for signal in counted}
    about_welcome = {signal.request_id for signal in read if signal.kind in WELCOME_KINDS | {Kind.CONNECT}} - {None}
    return {
        "gone.errors": Measure(len(gone)),
        "gone.connections": Measure(len(errors)),
        "gone.max_per_connection": Measure(max(errors.values(), default=0)),
        "gone.welcome_errors": Measure(sum(signal.request_id in about_welcome for signal in gone)),
        "gone.connection_rate": rate(len(errors), len(seen)),
        "gone.welcome_rate": rate(min(len(_ungreeted(read, window)), len(seen)), len(seen)),
    }


def _ungreeted(read: list[Signal], window: range) -> set[str]:
    """Return the connections that a 410 kept from being greeted: in a request that greets, or in `$connect`."""
    own = {
        (signal.request_id, signal.connection_id) for signal in read if signal.kind in WELCOME_KINDS | {Kind.CONNECT}
    }
    met: dict[str, int] = {}
    for one in read:
        if one.kind is Kind.GONE and one.request_id and (one.request_id, one.connection_id) in own:
            met[one.connection_id] = min(one.at_ms, met.get(one.connection_id, one.at_ms))
    lasting = {name for name, met_ms in met.items() if met_ms + GRACE_MS in window}
    return lasting - {outcome.connection_id for outcome in _outcomes(read) if outcome.is_delivered}


def _lifecycle(read: list[Signal], scenario: Scenario) -> Truth:
    lives, window = _lives(read), range(scenario.since_ms, scenario.until_ms)
    ended = [life for life in lives if life.settled_ms is not None and life.settled_ms in window]
    durations_ms = [life.duration_ms for life in ended if life.duration_ms is not None]
    overdue_ms = [life.overdue_ms for life in lives if life.overdue_ms is not None]
    lost = sum(at_ms in window for at_ms in overdue_ms)
    incomplete = lost + sum(_is_headless(life, scenario.log_since_ms) for life in ended)
    complete = len(durations_ms)
    short_lived = sum(duration_ms < SHORT_LIVED_MS for duration_ms in durations_ms)
    median_seconds = statistics.median(durations_ms) / 1000 if durations_ms else None
    return {
        "lifecycle.complete": Measure(complete),
        "lifecycle.open": Measure(sum(at_ms >= scenario.until_ms for at_ms in overdue_ms)),
        "lifecycle.incomplete": Measure(incomplete),
        "lifecycle.incomplete_rate": rate(incomplete, complete + incomplete),
        "lifecycle.short_lived": Measure(short_lived),
        "lifecycle.short_lived_rate": rate(short_lived, complete),
        "lifecycle.median_duration_seconds": Measure(median_seconds, complete),
    }


def _lives(read: list[Signal]) -> list[Life]:
    return list(map(_life, _by_connection(read)))


def _by_connection(read: list[Signal]) -> Iterable[list[Signal]]:
    by_connection: defaultdict[str, list[Signal]] = defaultdict(list)
    for signal in read:
        by_connection[signal.connection_id].append(signal)
    return by_connection.values()


def _life(signals: list[Signal]) -> Life:
    connect = next((signal for signal in signals if signal.kind is Kind.CONNECT), None)
    disconnect = next((signal for signal in signals if signal.kind is Kind.DISCONNECT), None)
    return Life(
        connected_ms=connect.at_ms if connect else None,
        disconnected_ms=disconnect.at_ms if disconnect else None,
        opened_ms=disconnect.opened_ms if disconnect else None,
    )


def _is_headless(life: Life, log_since_ms: int) -> bool:
    """Whether the beginning is unknown although the log reaches back far enough to have it."""
    return (
        life.began_ms is None
        and life.disconnected_ms is not None
        and life.disconnected_ms - LIFETIME_MS - LATE_MS >= log_since_ms
    )


def _welcome(read: list[Signal], counted: list[Signal], window: range) -> Truth:
    outcomes = [outcome for outcome in _outcomes(read) if outcome.settled_ms in window]
    greetings = [greeting for greeting in _greetings(read) if greeting.settled_ms in window]
    sent = sum(outcome.is_delivered for outcome in outcomes)
    failed = len(outcomes) - sent
    retries = sum(signal.kind is Kind.WELCOME_RETRY for signal in counted)
    return {
        "welcome.sent": Measure(sent),
        "welcome.failed": Measure(failed),
        "welcome.retries": Measure(retries),
        "welcome.failure_rate": rate(failed, len(outcomes)),
        "welcome.average_retries": rate(retries, len(outcomes)),
        "welcome.undelivered_rate": rate(sum(not one.is_delivered for one in greetings), len(greetings)),
        **_delays(read, window),
    }


def _greetings(read: list[Signal]) -> Iterable[Outcome]:
    """Return the outcome of each connection's welcome, however often it was tried."""
    sent: dict[str, int] = {}
    for outcome in _outcomes(read):
        if outcome.sent_ms is not None:
            sent[outcome.connection_id] = min(outcome.sent_ms, sent.get(outcome.connection_id, outcome.sent_ms))
    for signals in _by_connection(read):
        tried_ms = [signal.at_ms for signal in signals if signal.kind in WELCOME_KINDS]
        if tried_ms:
            name = signals[0].connection_id
            yield Outcome(name, min(tried_ms), sent.get(name))


def _delays(read: list[Signal], window: range) -> Truth:
    """Return how long connections waited for their first welcome, which is in the window."""
    began = {signals[0].connection_id: _life(signals).began_ms for signals in _by_connection(read)}
    firsts: dict[str, Outcome] = {}
    for outcome in sorted((one for one in _outcomes(read) if one.is_delivered), key=lambda one: one.sent_ms or 0):
        firsts.setdefault(outcome.connection_id, outcome)
    delays = sorted(
        max((outcome.sent_ms or 0) - start, 0) / 1000
        for name, outcome in firsts.items()
        if outcome.settled_ms in window and (start := began[name]) is not None
    )
    p95 = delays[math.ceil(0.95 * len(delays)) - 1] if delays else None
    return {
        "welcome.delay_p50_seconds": Measure(statistics.median(delays) if delays else None, len(delays)),
        "welcome.delay_p95_seconds": Measure(p95, len(delays)),
    }


def _outcomes(read: list[Signal]) -> Iterable[Outcome]:
    """Return one outcome for each connection and request that says how the welcome ended."""
    by_request: defaultdict[tuple[str, str | None], list[Signal]] = defaultdict(list)
    for signal in read:
        by_request[signal.connection_id, signal.request_id].append(signal)
    for (connection_id, _), signals in by_request.items():
        outcomes_ms = [signal.at_ms for signal in signals if signal.kind in OUTCOME_KINDS]
        if outcomes_ms:
            yield Outcome(connection_id, min(outcomes_ms), _sent_ms(signals))


def _sent_ms(signals: list[Signal]) -> int | None:
    """Return the time when the application says so, unless it reported a 410 before."""
    gone_ms = min((signal.at_ms for signal in signals if signal.kind is Kind.GONE), default=None)
    sent_ms = min((signal.at_ms for signal in signals if signal.kind is Kind.WELCOME_SENT), default=None)
    return sent_ms if sent_ms is not None and (gone_ms is None or sent_ms < gone_ms) else None
