"""Builders for the tests of verdicts: metrics, limits and judgements."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st
from msgspec.structs import replace

from checks.config.limit import Limit, OnInconclusive, Waiver
from checks.metrics import IN_LOGS, METRICS, Metric, SignalFamily, Unit
from checks.verdicts.rules import ReadState, judge
from checks.verdicts.verdict import Judgement

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

FILE = Path("thresholds.yaml")

ALL = frozenset(SignalFamily)

ALIVE = ReadState(events=1000, seen=ALL)

DEAD = ReadState(events=0, seen=frozenset())

TRUNCATED = ReadState(events=1000, seen=ALL, gaps="half a gzip")

NOISE = ReadState(events=4120, seen=frozenset())

RATE = "welcome.failure_rate"

COUNT = "gone.errors"

AVERAGE = "welcome.average_retries"

DURATION = "lifecycle.median_duration_seconds"


def limit(  # noqa: PLR0913 - as many as the file has
    metric: str,
    *,
    warn: float | None = None,
    max: float | None = None,  # noqa: A002 - the word of the file
    min: float | None = None,  # noqa: A002
    min_samples: int | None = None,
    on_inconclusive: OnInconclusive = "fail",
    shadow: bool = False,
) -> Limit:
    return Limit(
        metric,
        FILE,
        12,
        inherited=False,
        warn=warn,
        max=max,
        min=min,
        min_samples=min_samples,
        on_inconclusive=on_inconclusive,
        shadow=shadow,
    )


def waiver(
    metric: str,
    until: str = "2026-06-30",
    *,
    max: float | None = None,  # noqa: A002 - the word of the file
    min: float | None = None,  # noqa: A002
) -> Waiver:
    """Return a waiver as it is at the time of the tests."""
    made = Waiver(metric, "prod", "old clients", "ops", until, FILE, 30, max=max, min=min)
    return replace(made, is_over=not made.holds(NOW))


def under(demanded: Limit, exception: Waiver | None) -> Limit:
    """Return a limit with a waiver."""
    return replace(demanded, waiver=exception)


def share(cases: int, n: int, metric: str = RATE) -> Metric:
    return Metric(metric, cases / n if n else None, n, cases)


NUMBERS = {
    Unit.RATE: st.floats(0, 1),
    Unit.COUNT: st.integers(0, 50).map(float),
    Unit.AVERAGE: st.floats(0, 50),
    Unit.SECONDS: st.floats(0, 9000),
}

READS = st.builds(
    ReadState,
    events=st.sampled_from([0, 1, 5000]),
    seen=st.frozensets(st.sampled_from(SignalFamily)) | st.just(ALL),
    gaps=st.sampled_from(["", "why"]),
)


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    """Draw any limit that the file may have."""
    metric = draw(st.sampled_from([one for one in METRICS.values() if one.subject in IN_LOGS]))
    low, high = sorted([draw(NUMBERS[metric.unit]), draw(NUMBERS[metric.unit])])
    samples = draw(st.none() | st.integers(1, 500)) if metric.sample else None
    return draw(
        st.sampled_from(
            [
                limit(metric.name, warn=low, min_samples=samples),
                limit(metric.name, max=high, min_samples=samples),
                limit(metric.name, warn=low, max=high, min_samples=samples),
                limit(metric.name, min=low, warn=high, min_samples=samples),
            ]
        )
    )


@st.composite
def metrics(draw: st.DrawFn, demanded: Limit) -> Metric:
    """Draw any value that the metric of a limit may have."""
    definition = METRICS[demanded.metric]
    if definition.unit is Unit.RATE:
        n = draw(st.integers(1, 2000))
        return share(draw(st.integers(0, n)), n, definition.name)
    size = draw(st.integers(1, 2000)) if definition.sample else None
    return Metric(definition.name, draw(NUMBERS[definition.unit]), size)


@st.composite
def waivers(draw: st.DrawFn, demanded: Limit) -> Waiver | None:
    """Draw any waiver of a limit, or none: valid or expired, with a limit of its own or without."""
    until = draw(st.sampled_from(["2026-05-31", "2026-06-01", "2026-06-01T12:00Z"]))
    new = draw(st.none() | NUMBERS[demanded.unit])
    return draw(st.none() | st.just(waiver(demanded.metric, until, **{"max" if demanded.min is None else "min": new})))


@st.composite
def judgements(draw: st.DrawFn, reads: st.SearchStrategy[ReadState] = READS) -> tuple[Judgement, ReadState]:
    demanded, read = draw(limits()), draw(reads)
    metric = draw(metrics(demanded))
    return judge(metric, under(demanded, draw(waivers(demanded))), read), read
