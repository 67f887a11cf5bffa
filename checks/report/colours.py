"""Colours of verdicts, pages and chart series: contrast of at least 4.5:1 for text, 3:1 for graphics (WCAG AA)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from checks.verdicts.verdict import Verdict


class Shade(NamedTuple):
    """A colour as `#rrggbb`: for text on a light page, for text on a dark one, and for charts on either.

    Charts use no style sheet. In them, colour-blind readers can tell the colours of verdicts apart.
    """

    light: str
    dark: str
    drawn: str = ""


VERDICT_COLOURS: Final[Mapping[Verdict, Shade]] = {
    Verdict.PASS: Shade("#1a7f37", "#3fb950", "#0a8f6b"),
    Verdict.WAIVED: Shade("#59636e", "#9198a1", "#7d8590"),
    Verdict.WARN: Shade("#9a6700", "#d29922", "#a87400"),
    Verdict.INCONCLUSIVE: Shade("#0969da", "#4493f8", "#3d83d6"),
    Verdict.ERROR: Shade("#8250df", "#ab7df8", "#8957e5"),
    Verdict.FAIL: Shade("#cf222e", "#f85149", "#d9480f"),
}

PAGE: Final = Shade("#ffffff", "#0d1117")
TEXT: Final = Shade("#1f2328", "#f0f6fc")
MUTED_TEXT: Final = Shade("#59636e", "#9198a1")
LINE: Final = Shade("#d1d9e0", "#3d444d")
"""The colour of rules and borders, never of text."""


def custom_properties() -> str:
    """Return all colours as CSS custom properties: `--fail`, `--page`, …; the browser chooses light or dark."""
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
    """The tone of a series in a chart: whether large values are good or bad."""

    NEUTRAL = "#1f83c4"
    GOOD = VERDICT_COLOURS[Verdict.PASS].drawn
    BAD = VERDICT_COLOURS[Verdict.FAIL].drawn
