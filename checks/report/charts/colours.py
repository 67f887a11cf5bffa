"""Colours that can be told apart by the colour-blind, and stand out from a white and from a dark page."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from checks.judge.verdict import Verdict


class Tone(StrEnum):
    """What it means that there is much of something."""

    NEUTRAL = "neutral"
    GOOD = "good"
    BAD = "bad"


VERDICT_COLOURS: Final[Mapping[Verdict, str]] = MappingProxyType(
    {
        Verdict.PASS: "#0a8f6b",
        Verdict.WAIVED: "#7d8590",
        Verdict.WARN: "#a87400",
        Verdict.INCONCLUSIVE: "#3d83d6",
        Verdict.ERROR: "#8957e5",
        Verdict.FAIL: "#d9480f",
    }
)

TONE_COLOURS: Final[Mapping[Tone, str]] = MappingProxyType(
    {
        Tone.NEUTRAL: "#1f83c4",
        Tone.GOOD: VERDICT_COLOURS[Verdict.PASS],
        Tone.BAD: VERDICT_COLOURS[Verdict.FAIL],
    }
)
