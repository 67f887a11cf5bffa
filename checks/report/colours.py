"""Colours of verdicts, pages and chart series: text contrasts by 4.5 : 1, graphics by 3 : 1 (WCAG AA)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from checks.verdicts.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour as `#rrggbb`, on a light page and on a dark one."""

    light: str
    dark: str


@dataclass(frozen=True, slots=True)
class VerdictColour:
    """The colours of a verdict.

    Attributes:
        drawn: In a chart, as `#rrggbb` on either page, for a chart needs no style sheet; the colour-blind can tell it
            from the others.
    """

    text: Shade
    drawn: str


VERDICT_COLOURS: Final[Mapping[Verdict, VerdictColour]] = MappingProxyType(
    {
        Verdict.PASS: VerdictColour(Shade("#1a7f37", "#3fb950"), "#0a8f6b"),
        Verdict.WAIVED: VerdictColour(Shade("#59636e", "#9198a1"), "#7d8590"),
        Verdict.WARN: VerdictColour(Shade("#9a6700", "#d29922"), "#a87400"),
        Verdict.INCONCLUSIVE: VerdictColour(Shade("#0969da", "#4493f8"), "#3d83d6"),
        Verdict.ERROR: VerdictColour(Shade("#8250df", "#ab7df8"), "#8957e5"),
        Verdict.FAIL: VerdictColour(Shade("#cf222e", "#f85149"), "#d9480f"),
    }
)

PAGE: Final = Shade("#ffffff", "#0d1117")
TEXT: Final = Shade("#1f2328", "#f0f6fc")
MUTED_TEXT: Final = Shade("#59636e", "#9198a1")
LINE: Final = Shade("#d1d9e0", "#3d444d")
"""Between things; it is no text."""


def custom_properties() -> str:
    """All colours as CSS custom properties: `--fail`, `--page`, `--text`, …; the browser chooses light or dark."""
    shades = {
        "page": PAGE,
        "text": TEXT,
        "muted": MUTED_TEXT,
        "line": LINE,
        **{verdict.value: colour.text for verdict, colour in VERDICT_COLOURS.items()},
    }
    light = "".join(f"--{name}:{shade.light};" for name, shade in shades.items())
    dark = "".join(f"--{name}:{shade.dark};" for name, shade in shades.items())
    return f":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


class Tone(StrEnum):
    """The tone of a series: whether much of it is good or bad."""

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
