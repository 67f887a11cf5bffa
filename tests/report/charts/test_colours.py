"""The colours of series say what it means that there is much of them."""

from checks.judge.verdict import Verdict
from checks.report.charts.colours import TONE_COLOURS, Tone
from checks.report.colours import VERDICT_COLOURS


def test_every_tone_has_a_colour() -> None:
    """What is bad has the colour of a failure everywhere."""
    assert set(TONE_COLOURS) == set(Tone)
    assert TONE_COLOURS[Tone.BAD] == VERDICT_COLOURS[Verdict.FAIL].drawn
