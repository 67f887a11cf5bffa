"""The colours of verdicts and pages, on light and on dark; each text stands out from its page by 4.5 : 1 (WCAG AA)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from checks.judge.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour as `#rrggbb`, on a light page and on a dark one."""

    light: str
    dark: str


VERDICT_SHADES: Final[Mapping[Verdict, Shade]] = MappingProxyType(
    {
        Verdict.PASS: Shade("#1a7f37", "#3fb950"),
        Verdict.WAIVED: Shade("#59636e", "#9198a1"),
        Verdict.WARN: Shade("#9a6700", "#d29922"),
        Verdict.INCONCLUSIVE: Shade("#0969da", "#4493f8"),
        Verdict.ERROR: Shade("#8250df", "#ab7df8"),
        Verdict.FAIL: Shade("#cf222e", "#f85149"),
    }
)
PAGE: Final = Shade("#ffffff", "#0d1117")
TEXT: Final = Shade("#1f2328", "#f0f6fc")
MUTED_TEXT: Final = Shade("#59636e", "#9198a1")
LINE: Final = Shade("#d1d9e0", "#3d444d")
"""Between things; it is no text."""


def custom_properties() -> str:
    """All of them as CSS custom properties: `--fail`, `--page`, `--text`, …; the browser chooses light or dark."""
    shades = {
        "page": PAGE,
        "text": TEXT,
        "muted": MUTED_TEXT,
        "line": LINE,
        **{verdict.value: shade for verdict, shade in VERDICT_SHADES.items()},
    }
    light = "".join(f"--{name}:{shade.light};" for name, shade in shades.items())
    dark = "".join(f"--{name}:{shade.dark};" for name, shade in shades.items())
    return f":root{{{light}}}\n@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
