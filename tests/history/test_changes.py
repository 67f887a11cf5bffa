"""Changes between two runs are put into words, and so is the absence of changes."""

from datetime import UTC, datetime

import pytest

from checks.history.record import what_changed
from checks.report.phrases import NOTHING_CHANGED
from checks.report.result import Outcome
from checks.verdicts.verdict import Verdict
from tests.history.records import check, record

RATE = "welcome.failure_rate"


def changes(before: Outcome | list[Outcome], now: Outcome | list[Outcome]) -> list[str]:
    runs = [one if isinstance(one, list) else [one] for one in (before, now)]
    return list(what_changed(record(*runs[0]), record(*runs[1], day=1)))


def test_another_verdict() -> None:
    """The sentence has the run's verdict, and the check that decides it, with value and limit."""
    before = check(RATE, value=0.012, limit=0.05)
    now = check(RATE, Verdict.FAIL, value=0.139, limit=0.05, operator=">")
    assert changes(before, now) == [
        "verdict changed: PASS → FAIL",
        "welcome.failure_rate: pass 1.2 % → fail 13.9 % (max 5 %)",
    ]


def test_a_value_of_an_hour() -> None:
    """The words name the hour, or the whole night would seem as bad as its worst hour."""
    now = check(
        RATE, Verdict.FAIL, value=0.69, limit=0.05, operator=">", n=116, hour=datetime(2026, 6, 2, 11, tzinfo=UTC)
    )
    before = check(RATE, value=0.012, limit=0.05, n=1000)
    assert changes(before, now)[1:] == ["welcome.failure_rate: pass 1.2 % → fail 69 % in an hour (max 5 %)"]
    assert changes(now, now) == [NOTHING_CHANGED]


def test_another_verdict_by_another_limit() -> None:
    """The change of the limit is shown, so that nobody blames the value."""
    lines = changes([check(value=4), check(RATE, Verdict.FAIL)], [check(verdict=Verdict.FAIL, value=4, limit=3)] * 2)
    assert lines[0] == "gone.errors: pass 4 → fail 4 (max 3, was max 5)"


def test_another_bound_of_the_same_limit() -> None:
    """A warning by `warn` and a pass by `max` don't mean that the limit was changed."""
    now = check(verdict=Verdict.WARN, value=4, limit=3, bound="warn")
    assert changes(check(), now)[1:] == ["gone.errors: pass 3 → warn 4 (warn 3)"]


@pytest.mark.parametrize(
    ("verdict", "word"), [(Verdict.ERROR, "error not measured"), (Verdict.INCONCLUSIVE, "inconclusive no sample")]
)
def test_no_value(verdict: Verdict, word: str) -> None:
    """The words say that a value is missing."""
    assert changes(check(), check(verdict=verdict, value=None))[1:] == [f"gone.errors: pass 3 → {word} (max 5)"]


def test_other_checks() -> None:
    """Added and removed checks are named with verdict, value, limit and sample."""
    rate = check(RATE, value=0.012, limit=0.05, n=267)
    came, went = changes([check()], [check(), rate]), changes([check(), rate], [check()])
    assert came == ["welcome.failure_rate: not run last time; pass 1.2 % <= max 5 % (n = 267)"]
    assert went == ["welcome.failure_rate: not run; pass 1.2 % <= max 5 % (n = 267) last time"]


PASSES = ("gone.errors", "gone.connections", "gone.max_per_connection", "gone.welcome_errors")


def test_many_passes_are_counted() -> None:
    """After a run on one analysis, or a read that failed, one line covers all harmless checks."""
    now = [*map(check, PASSES), check(RATE, Verdict.FAIL)]
    assert changes(now[4:], now) == ["4 checks not run last time now pass"]
    blind = [check(name, Verdict.ERROR, value=None) for name in (*PASSES, RATE)]
    assert changes(blind, now)[1:] == [
        "4 checks that had no data last time now pass",
        "welcome.failure_rate: error not measured → fail 300 % (max 500 %)",
    ]
    assert changes(now, now[4:])[-1] == "4 checks from the last run were not run"


def test_another_limit() -> None:
    """A changed limit is a change, even if the verdict is the same."""
    assert changes(check(), check(limit=7)) == ["gone.errors: limit changed: max 5 → max 7"]


def test_nothing() -> None:
    """There is also a sentence for no change."""
    assert changes(check(), check()) == ["nothing changed"]


def test_the_largest_moves() -> None:
    """If all verdicts stayed, the three largest moves are named, as shares of their limits."""
    limits = {"data.age_seconds": 100, "gone.errors": 500, RATE: 0.05, "welcome.average_retries": 1, "data.gaps": 0}
    before = [check(name, value=0, limit=limit) for name, limit in limits.items()]
    moves = {"data.age_seconds": 10, "gone.errors": 400, RATE: 0.03, "welcome.average_retries": 0.2, "data.gaps": 0}
    now = [check(name, value=moves[name], limit=limit) for name, limit in limits.items()]
    moved = "gone.errors 0 → 400, welcome.failure_rate 0 % → 3 %, welcome.average_retries 0 → 0.2"
    expected = f"no verdict changed; largest change: {moved}"
    assert changes(before, now) == [expected]


def test_moves_without_a_limit_or_a_value() -> None:
    """A value that is new, or whose limit is 0, is also a move."""
    before = [check(verdict=Verdict.WAIVED, value=1, limit=0), check(RATE, Verdict.WAIVED, value=None)]
    now = [check(verdict=Verdict.WAIVED, value=2, limit=0), check(RATE, Verdict.WAIVED, value=0.5)]
    assert changes(before, now) == [
        "no verdict changed; largest change: gone.errors 1 → 2, welcome.failure_rate no sample → 50 %"
    ]


def test_an_unknown_metric() -> None:
    """A check on a metric that the catalogue no longer has is ignored."""
    assert changes([check(), check("old.metric")], [check()]) == ["nothing changed"]
