"""Spans of time are cut without losing any."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from checks.logs.cloudwatch.timespan import TimeSpan


@given(st.integers(0, 10**13), st.integers(1, 10**9), st.integers(1, 50), st.integers(1, 10**8))
def test_the_parts_are_the_whole(since_ms: int, length_ms: int, most: int, shortest_ms: int) -> None:
    """Each begins where the one before it ends; none is empty or too short."""
    whole = TimeSpan(since_ms, since_ms + length_ms)
    parts = list(whole.cut(most, shortest_ms))
    assert (parts[0].since_ms, parts[-1].until_ms) == (whole.since_ms, whole.until_ms)
    assert all(one.until_ms == other.since_ms for one, other in pairwise(parts))
    assert len(parts) <= most
    assert len(parts) == 1 or all(part.length_ms >= shortest_ms for part in parts)


@given(st.integers(0, 10**13), st.integers(1, 10**9), st.integers(1, 10**8))
def test_the_ends_grow_to_the_whole(since_ms: int, length_ms: int, shortest_ms: int) -> None:
    """Each ends where the whole does, and is four times the one before it, but for the last."""
    whole = TimeSpan(since_ms, since_ms + length_ms)
    ends = list(whole.ends(shortest_ms))
    assert ends[-1] == whole
    assert all(end.until_ms == whole.until_ms for end in ends)
    assert all(end.length_ms == shortest_ms * 4**place for place, end in enumerate(ends[:-1]))
    assert all(one.length_ms < other.length_ms for one, other in pairwise(ends))
