"""Records of runs, as the history keeps them, and the changes from one to the next as lines for a terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Final, Literal, TypeAlias

import msgspec

from checks.errors import ConfigError
from checks.metrics import METRICS, SignalFamily
from checks.report.headline import worst_check
from checks.report.phrases import NOTHING_CHANGED, limit_text, span_text, value_text
from checks.report.result import MetricResult, Outcome, Result
from checks.report.terminal import table_lines
from checks.text import one_line
from checks.units import show_value
from checks.verdicts.verdict import Verdict
from checks.window import Instant, Window

FORMAT_VERSION: Final = 1
"""The version of the record format; raised when a reader of the old one would misunderstand the new one."""


class Record(msgspec.Struct, frozen=True):
    """A run, as the history keeps it.

    Attributes:
        id: The time when the run began, and a random suffix: ids sort by time, and no two runs share one.
        window: The window that was judged; None if the logs could not be read and no window was given.
        metrics: Every metric by name; empty if the logs could not be read.
        covered_until: Where the window of the next `--since last-run` begins; None if this run does not decide that.
        seen_until: The arrival time of the last event that the run saw up to there; None likewise.
        struck: The reason why the run is struck out, so that no run is compared with it or added to it; empty if it
            counts.
        unseen: The families of signals that were not seen; none in records from before this was recorded.
    """

    version: Literal[1]
    id: str
    environment: str
    started: Instant
    finished: Instant
    window: Window | None
    verdict: Verdict
    exit_code: int
    checks: tuple[Outcome, ...]
    metrics: Mapping[str, MetricResult]
    covered_until: Instant | None = None
    seen_until: Instant | None = None
    struck: str = ""
    unseen: tuple[SignalFamily, ...] = ()

    def check(self, name: str) -> Outcome | None:
        """The outcome of the limit on a metric; None if none was checked."""
        return next((check for check in self.checks if check.id == name), None)


def run_before(earlier: Sequence[Record]) -> Record | None:
    """Return the run that the next one is compared with: the last earlier run that is not struck out."""
    return next((record for record in reversed(earlier) if not record.struck), None)


def record_of(result: Result, started: datetime, finished: datetime, covered_until: datetime | None = None) -> Record:
    """Make the record of a result."""
    return Record(
        version=FORMAT_VERSION,
        id=f"{started:%Y%m%dT%H%M%S.%fZ}-{token_hex(4)}",
        environment=result.environment,
        started=started,
        finished=finished,
        window=result.window,
        verdict=result.verdict,
        exit_code=result.exit_code,
        checks=tuple(map(_outcome, result.checks)),
        metrics=result.metrics,
        covered_until=covered_until,
        seen_until=_seen_until(result) if covered_until else None,
        unseen=tuple(_unseen(result)),
    )


def _unseen(result: Result) -> Iterator[SignalFamily]:
    """Yield the families of signals of which the window has none; nothing if the logs could not be read."""
    if (counts := result.interpretation) is None:
        return
    numbers = {
        SignalFamily.CONNECT: counts.connects,
        SignalFamily.DISCONNECT: counts.disconnects,
        SignalFamily.MESSAGE: counts.messages,
        SignalFamily.GONE: result.metric("gone.errors").value,
        SignalFamily.WELCOME: result.metric("welcome.events").value,
    }
    yield from (family for family, number in numbers.items() if not number)


def _seen_until(result: Result) -> datetime | None:
    """Return the arrival time of the last event that a run saw, or the start of its window if it saw none."""
    reading, window = result.receipt.reading, result.window
    last = reading.last_arrival if reading else None
    return last or (window.since if window else None)


def _outcome(check: Outcome) -> Outcome:
    """Return the part of a check that the history keeps."""
    return Outcome(**{name: getattr(check, name) for name in Outcome.__struct_fields__})


def encode(record: Record) -> bytes:
    """Return the record as one line of JSON; NaN and infinity, which JSON lacks, become null."""
    return msgspec.json.encode(record) + b"\n"


def decode(line: bytes) -> Record | None:
    """Return the record in a line; None if it is damaged or of an unknown version."""
    try:
        return msgspec.json.decode(line, type=Record)
    except (ValueError, ConfigError, RecursionError):
        return None


_MOST_MOVES: Final = 3
_MOST_PASSES: Final = 2
"""The most harmless changes of checks that are named one by one; more are only counted."""
_MEASURED_AGAIN: Final = (Verdict.ERROR, Verdict.PASS)
_Pairs: TypeAlias = Mapping[str, tuple[Outcome, Outcome]]
"""Checks by id, each as it was in the previous run and as it is in this one."""


def what_changed(previous: Record, current: Record) -> Iterator[str]:
    """Yield the changes of verdicts, checks and limits; if there are none, the values that moved most.

    A check whose metric is no longer in the catalogue is left out: the meaning of its numbers is lost.
    """
    before, now = _checks(previous), _checks(current)
    pairs = {name: (before[name], now[name]) for name in METRICS.in_order(before) if name in now}
    is_other = previous.verdict is not current.verdict
    changes = [
        *([f"verdict changed: {previous.verdict.upper()} → {current.verdict.upper()}"] if is_other else []),
        *_verdicts(pairs),
        *_added([check for name, check in now.items() if name not in before]),
        *_removed([check for name, check in before.items() if name not in now]),
        *_limits(pairs),
    ]
    yield from changes or [_largest_moves(pairs)]


def comparison(check: Outcome) -> str:
    """Return the value, operator, limit and sample of a check: `13.9 % > max 5 % (n = 267)`."""
    sample = "" if check.n is None else f" (n = {check.n:,})"
    return f"{value_text(check)} {check.operator or 'for'} {_limit(check)}{sample}"


def _measured(check: Outcome) -> str:
    return value_text(check) + span_text(check)


def _limit(check: Outcome) -> str:
    return limit_text(check) or "no limit"


def _checks(record: Record) -> Mapping[str, Outcome]:
    return {check.id: check for check in record.checks if check.id in METRICS}


def _verdicts(pairs: _Pairs) -> Iterator[str]:
    again = [name for name, (was, now) in pairs.items() if (was.verdict, now.verdict) == _MEASURED_AGAIN]
    counted = set(again if len(again) > _MOST_PASSES else ())
    if counted:
        yield f"{len(counted)} checks that had no data last time now pass"
    for name, (was, now) in pairs.items():
        if was.verdict is not now.verdict and name not in counted:
            change = f"{was.verdict} {_measured(was)} → {now.verdict} {_measured(now)}"
            limit = f"{_limit(now)}, was {_limit(was)}" if _is_other_limit(was, now) else _limit(now)
            yield f"{name}: {change} ({limit})"


def _added(checks: Sequence[Outcome]) -> Iterator[str]:
    passing = [check for check in checks if check.verdict is Verdict.PASS]
    if len(passing) > _MOST_PASSES:
        yield f"{len(passing)} checks not run last time now pass"
        checks = [check for check in checks if check not in passing]
    yield from (f"{check.id}: not run last time; {check.verdict} {comparison(check)}" for check in checks)


def _removed(checks: Sequence[Outcome]) -> Iterator[str]:
    if len(checks) > _MOST_PASSES:
        yield f"{len(checks)} checks from the last run were not run"
        return
    yield from (f"{check.id}: not run; {check.verdict} {comparison(check)} last time" for check in checks)


def _limits(pairs: _Pairs) -> Iterator[str]:
    for name, (was, now) in pairs.items():
        if was.verdict is now.verdict and _is_other_limit(was, now):
            yield f"{name}: limit changed: {_limit(was)} → {_limit(now)}"


def _is_other_limit(was: Outcome, now: Outcome) -> bool:
    """Whether the limit was edited; if another bound of the same limit decided, it was not."""
    return was.bound == now.bound and was.limit != now.limit


def _largest_moves(pairs: _Pairs) -> str:
    moved = [pair for pair in pairs.values() if pair[0].value != pair[1].value]
    moved.sort(key=lambda pair: _distance(*pair), reverse=True)
    moves = (f"{now.id} {_measured(was)} → {_measured(now)}" for was, now in moved[:_MOST_MOVES])
    return f"no verdict changed; largest change: {', '.join(moves)}" if moved else NOTHING_CHANGED


def _distance(was: Outcome, now: Outcome) -> float:
    """Return how far a value moved, as a share of its limit, so that counts and rates can be compared."""
    if was.value is None or now.value is None:
        return 0.0
    scale = now.limit or max(was.value, now.value)
    return abs(now.value - was.value) / scale


_MOST_OF_A_NAME: Final = 16


def runs(records: Iterable[Record]) -> Iterator[str]:
    """Yield a line for each run: time, environment, verdict, exit code and the value that decided."""
    head = ("time in UTC", "environment", "verdict", "exit", "worst check")
    return table_lines([head, *(_run(record) for record in records)])


def runs_on(metric: str, records: Iterable[Record]) -> Iterator[str]:
    """Yield a line for each run: the value of a metric, its limit and verdict."""
    head = ("time in UTC", "environment", "value", "n", "limit", "verdict")
    return table_lines([head, *(_run_on(metric, record) for record in records)])


def last_change(records: Sequence[Record]) -> Iterator[str]:
    """Yield what changed from the previous to the last run of an environment; nothing if there is only one."""
    last = records[-1]
    if before := run_before([one for one in records[:-1] if one.environment == last.environment]):
        yield f"Since the previous run on {one_line(last.environment)}:"
        yield from (f"  {change}" for change in what_changed(before, last))


def _run(record: Record) -> tuple[str, ...]:
    check = worst_check(check for check in record.checks if check.id in METRICS)
    cause = f"{value_text(check)} {check.id}" if check and check.verdict is not Verdict.PASS else ""
    cause = f"struck out: {one_line(record.struck)}" if record.struck else cause
    return *_when_and_where(record), record.verdict.upper(), str(record.exit_code), cause


def _run_on(metric: str, record: Record) -> tuple[str, ...]:
    measured, check = record.metrics.get(metric), record.check(metric)
    sample = check or measured  # of the value that is shown
    n = "" if sample is None or sample.n is None else f"{sample.n:,}"
    if check:
        value, judged = _measured(check), (_limit(check), check.verdict.upper())
    elif measured is None or measured.value is None:
        value, judged = "not measured" if measured is None else "no sample", ("", "")
    else:
        value, judged = show_value(measured.value, METRICS[metric].unit), ("", "")
    return *_when_and_where(record), value, n, *judged


def _when_and_where(record: Record) -> tuple[str, str]:
    return f"{record.started:%Y-%m-%d %H:%M}", one_line(record.environment, _MOST_OF_A_NAME)
