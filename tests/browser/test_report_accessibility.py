"""The report is accessible."""

from typing import Final

import pytest

from tests.browser.axe import CONTRAST, violations
from tests.browser.browser import DESKTOP, PHONE, SCHEMES
from tests.browser.conftest import Show
from tests.browser.reports import Kind, Reports

SMALL: Final = [kind for kind in Kind if kind is not Kind.LARGE]


@pytest.mark.parametrize("kind", SMALL)
def test_axe_finds_nothing(show: Show, reports: Reports, kind: Kind) -> None:
    """The rules are WCAG 2.1 A and AA, and axe's best practices: contrast, landmarks, headings, names."""
    page = show(reports[kind]).page
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, CONTRAST) == []


def test_axe_finds_nothing_on_a_phone(show: Show, reports: Reports) -> None:
    """Parts that become narrow stay within reach."""
    assert violations(show(reports[Kind.FAILING], PHONE).page) == []


def test_dark_is_another_page_than_light(show: Show, reports: Reports) -> None:
    """The background follows the person's preference: a corner of it differs."""
    pages = [show(reports[Kind.FAILING], DESKTOP, scheme).page for scheme in SCHEMES]
    light, dark = (page.screenshot(clip={"x": 0, "y": 0, "width": 1, "height": 1}) for page in pages)
    assert light != dark
