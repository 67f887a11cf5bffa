"""The texts of marks are readable, however near to each other the marks are."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from checks.report.charts.flags import LONGEST_TEXT, MOST_ROWS, Flag, place_flags
from checks.report.charts.plot import NARROWEST_PX


def flag(share: float, text: str) -> Flag:
    return Flag(share, text, text)


def rows(*flags: Flag) -> dict[str, tuple[int, bool]]:
    return {placed.text: (placed.row, placed.is_left) for placed in place_flags(flags)}


def test_a_text_stands_at_the_right_of_its_line() -> None:
    """Where there is room, all are in the lowest row."""
    assert rows(flag(0, "began"), flag(0.5, "deploy")) == {"began": (0, False), "deploy": (0, False)}


def test_a_text_near_the_right_edge_stands_at_the_left() -> None:
    """It is not cut off."""
    assert rows(flag(0.98, "deploy 4f2a91c")) == {"deploy 4f2a91c": (0, True)}


def test_texts_near_each_other_stand_above_each_other() -> None:
    """Even those of the same moment."""
    assert rows(flag(0.3, "deploy"), flag(0.32, "rollback")) == {"deploy": (1, False), "rollback": (0, False)}
    assert sorted(placed.row for placed in place_flags([flag(0.3, "one"), flag(0.3, "two")])) == [0, 1]


def test_a_long_text_is_cut() -> None:
    """A sign tells that something is missing; the tooltip has it."""
    (placed,) = place_flags([flag(0.1, "x" * 100)])
    assert placed.text == "x" * (LONGEST_TEXT - 1) + "…"
    assert placed.tooltip == "x" * 100


def test_a_text_that_finds_no_room_is_left_out() -> None:
    """The lines of all are drawn."""
    placed = place_flags(flag(0.5, f"deploy {number}") for number in range(20))
    assert len(placed) == 20
    assert sum(bool(one.text) for one in placed) == MOST_ROWS


@given(st.lists(st.builds(flag, st.floats(0, 1), st.text("ab ", min_size=1, max_size=30)), max_size=12))
def test_no_text_is_covered(flags: list[Flag]) -> None:
    """Texts don't overlap, and all lie within the narrowest screen."""
    placed = place_flags(flags)
    assert len(placed) == len(flags)
    texts = [one for one in placed if one.text]
    for one in texts:
        low, high = one.span_px
        assert low >= 0
        assert high <= NARROWEST_PX
        assert one.row < MOST_ROWS
    for one, other in combinations(texts, 2):
        assert one.row != other.row or one.span_px[1] <= other.span_px[0] or other.span_px[1] <= one.span_px[0]
