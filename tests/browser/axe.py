"""axe-core: finds accessibility problems of a page."""

from collections.abc import Sequence
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ALL_RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
CONTRAST: Final = ("color-contrast",)
"""The only rule to which it matters whether a page is light or dark."""


def violations(page: Page, rules: Sequence[str] = ALL_RULES) -> list[str]:
    """Return a line for each element that breaks a rule: the rule, the element's place, and what is wrong."""
    options = {"runOnly": list(rules), "resultTypes": ["violations"]}
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['target']}: {' '.join(node['failureSummary'].split())}"
        for rule in violations
        for node in rule["nodes"]
    ]
