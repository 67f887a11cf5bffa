"""Colours of verdicts, pages and chart series: text contrasts by 4.5 : 1, graphics by 3 : 1 (WCAG AA)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from checks.verdicts.verdict import Verdict


class Shade(NamedTuple):
    """A colour of text as `#rrggbb`, on a light page and on a dark one."""

    light: str
    dark: str


VERDICT_COLOURS: Final[Mapping[Verdict, Shade]] = {
    Verdict.PASS: Shade("#1a7f37", "#3fb950"),
    Verdict.WAIVED: Shade("#59636e", "#9198a1"),
    Verdict.WARN: Shade("#9a6700", "#d29922"),
    Verdict.INCONCLUSIVE: Shade("#0969da", "#4493f8"),
    Verdict.ERROR: Shade("#8250df", "#ab7df8"),
    Verdict.FAIL: Shade("#cf222e", "#f85149"),
}
DRAWN_COLOURS: Final[Mapping[Verdict, str]] = {
    Verdict.PASS: "#0a8f6b",
    Verdict.WAIVED: "#7d8590",
    Verdict.WARN: "#a87400",
    Verdict.INCONCLUSIVE: "#3d83d6",
    Verdict.ERROR: "#8957e5",
    Verdict.FAIL: "#d9480f",
}
"""In a chart, on either page, for a chart needs no style sheet; the colour-blind can tell them from each other."""

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
        **{verdict.value: shade for verdict, shade in VERDICT_COLOURS.items()},
    }
    light = "".join(f"--{name}:{shade.light};" for name, shade in shades.items())
    dark = "".join(f"--{name}:{shade.dark};" for name, shade in shades.items())
    return f":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


class Tone(StrEnum):
    """The tone of a series: whether much of it is good or bad."""

    NEUTRAL = "neutral"
    GOOD = "good"
    BAD = "bad"


TONE_COLOURS: Final[Mapping[Tone, str]] = {
    Tone.NEUTRAL: "#1f83c4",
    Tone.GOOD: DRAWN_COLOURS[Verdict.PASS],
    Tone.BAD: DRAWN_COLOURS[Verdict.FAIL],
}
