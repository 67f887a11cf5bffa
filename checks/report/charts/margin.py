"""How far a value is from its limit, as a small bar."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from checks.analysis.metrics import Unit
from checks.judge.quantity import show_value
from checks.judge.verdict import Verdict
from checks.report.charts.drawing import drawing, number
from checks.report.colours import VERDICT_COLOURS

_WIDTH_PX: Final = 160
_HEIGHT_PX: Final = 14
_LIMIT_PX: Final = 76
_MOST: Final = 2
"""Times the limit, at which the bar ends; an arrow tells that the value goes on."""

_MOST_IN_WORDS: Final = 100
_END_PX: Final = _MOST * _LIMIT_PX
_LEAST_VISIBLE_PX: Final = 2


@dataclass(frozen=True, slots=True)
class Margin:
    """A value and its limits, all in the same unit and none negative.

    Attributes:
        value: None where there is no sample.
        limit: The one that decides.
        warn: The one before it, if there is one.
        is_upper: Whether values over the limit break it, or those under it.
        verdict: Gives the bar its colour.
    """

    value: float | None
    limit: float
    warn: float | None
    is_upper: bool
    verdict: Verdict

    def in_words(self) -> str:
        """How far it is, for those who do not see the bar."""
        if self.value is None:
            return "no sample"
        if self.value and not self.limit:
            return "over the limit of 0"
        ratio = self.in_limits(self.value)
        if ratio > _MOST_IN_WORDS:
            return f"more than {_MOST_IN_WORDS} times the limit"
        return f"{show_value(ratio, Unit.RATE)} of the limit"

    def in_limits(self, value: float) -> float:
        """How many times the limit a value is; anything over a limit of 0 is infinitely many."""
        if self.limit:
            return value / self.limit
        return inf if value else 0.0


def margin_bar(margin: Margin, prefix: str) -> str:
    """Draw the bar on a track that is what the limit allows, with a high tick at the limit and a low one at `warn`."""
    return drawing(margin.in_words(), prefix, width=number(_WIDTH_PX), height=_HEIGHT_PX, parts=_parts(margin))


def _parts(margin: Margin) -> Iterator[str]:
    track = (0, _LIMIT_PX) if margin.is_upper else (_LIMIT_PX, _END_PX)
    yield f'<rect x="{track[0]}" y="4" width="{track[1] - track[0]}" height="6" fill-opacity="0.15"/>'
    if margin.value is not None:
        yield from _bar(margin.in_limits(margin.value), VERDICT_COLOURS[margin.verdict].drawn)
    if margin.warn is not None and margin.in_limits(margin.warn) <= _MOST:
        yield _tick(margin.in_limits(margin.warn) * _LIMIT_PX, 3)
    yield _tick(_LIMIT_PX, 0)


def _bar(ratio: float, colour: str) -> Iterator[str]:
    width = max(min(ratio, _MOST) * _LIMIT_PX, _LEAST_VISIBLE_PX if ratio else 0)
    yield f'<rect y="4" width="{number(width)}" height="6" fill="{colour}"/>'
    if ratio > _MOST:
        yield f'<path d="M{_END_PX} 1l7 6l-7 6z" fill="{colour}"/>'


def _tick(x: float, y: float) -> str:
    line = f'x1="{number(x)}" x2="{number(x)}" y1="{number(y)}" y2="{number(_HEIGHT_PX - y)}"'
    return f'<line {line} stroke="currentColor" stroke-width="1.5"/>'
