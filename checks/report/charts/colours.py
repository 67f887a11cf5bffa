"""The colours of series, by what it means that there is much of them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from checks.judge.verdict import Verdict
from checks.report.colours import VERDICT_COLOURS


class Tone(StrEnum):
    """What it means that there is much of something."""

    NEUTRAL = "neutral"
    GOOD = "good"
    BAD = "bad"


TONE_COLOURS: Final[Mapping[Tone, str]] = MappingProxyType(
    {
        Tone.NEUTRAL: "#1f83c4",
        Tone.GOOD: VERDICT_COLOURS[Verdict.PASS].drawn,
        Tone.BAD: VERDICT_COLOURS[Verdict.FAIL].drawn,
    }
)
