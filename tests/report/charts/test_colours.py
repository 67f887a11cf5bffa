"""Colours stand out from a white and from a dark page."""

import pytest

from checks.judge.verdict import Verdict
from checks.report.charts.colours import TONE_COLOURS, VERDICT_COLOURS, Tone

PAGES = ("#ffffff", "#0d1117")


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("colour", sorted({*VERDICT_COLOURS.values(), *TONE_COLOURS.values()}))
def test_a_colour_stands_out(colour: str, page: str) -> None:
    """At least 3 to 1, which WCAG asks of graphics."""
    darker, lighter = sorted((luminance(colour), luminance(page)))
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_every_verdict_and_tone_has_a_colour() -> None:
    """Verdicts can be told apart, and what is bad has the colour of a failure everywhere."""
    assert set(VERDICT_COLOURS) == set(Verdict)
    assert len(set(VERDICT_COLOURS.values())) == len(Verdict)
    assert set(TONE_COLOURS) == set(Tone)
    assert TONE_COLOURS[Tone.BAD] == VERDICT_COLOURS[Verdict.FAIL]
