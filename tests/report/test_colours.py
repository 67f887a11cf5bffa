"""All coloured text is readable."""

import pytest

from checks.report.colours import MUTED_TEXT, PAGE, TEXT, VERDICT_COLOURS, Tone, custom_properties
from checks.verdicts.verdict import Verdict

TEXTS = {
    "text": TEXT,
    "muted": MUTED_TEXT,
    **{verdict.value: shade for verdict, shade in VERDICT_COLOURS.items()},
}

LEAST_CONTRAST = 4.5
"""WCAG 2.2, level AA: https://www.w3.org/TR/WCAG22/#contrast-minimum."""

LEAST_CONTRAST_OF_GRAPHICS = 3
"""Likewise: https://www.w3.org/TR/WCAG22/#non-text-contrast."""


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", TEXTS)
def test_texts_stand_out(name: str) -> None:
    """This holds on a light page and on a dark one."""
    assert contrast(TEXTS[name].light, PAGE.light) >= LEAST_CONTRAST
    assert contrast(TEXTS[name].dark, PAGE.dark) >= LEAST_CONTRAST


@pytest.mark.parametrize("page", [PAGE.light, PAGE.dark])
@pytest.mark.parametrize("colour", sorted({*(shade.drawn for shade in VERDICT_COLOURS.values()), *Tone}))
def test_what_is_drawn_stands_out(colour: str, page: str) -> None:
    """A drawing has the same colour on either page."""
    assert contrast(colour, page) >= LEAST_CONTRAST_OF_GRAPHICS


def test_every_verdict_has_colours_of_its_own() -> None:
    """No two look the same, as a word or drawn, and each has a property in both modes."""
    assert set(VERDICT_COLOURS) == set(Verdict)
    for colours in zip(*VERDICT_COLOURS.values(), strict=True):
        assert len(set(colours)) == len(Verdict)
    assert all(custom_properties().count(f"--{verdict}:") == 2 for verdict in Verdict)


def test_every_tone_has_a_colour_of_its_own() -> None:
    """Whatever is bad has the colour of a failure, everywhere."""
    assert [tone.name for tone in Tone] == ["NEUTRAL", "GOOD", "BAD"]
    assert VERDICT_COLOURS[Verdict.FAIL].drawn == Tone.BAD
