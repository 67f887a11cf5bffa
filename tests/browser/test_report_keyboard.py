"""The report can be read without a mouse."""

from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Show
from tests.browser.reports import Kind, Reports

STOPS: Final = """
() => {
  const stops = "a[href], summary, button, input, select, textarea, [tabindex]:not([tabindex='-1'])";
  window.stops = [...document.querySelectorAll(stops)].filter(
    stop => !stop.disabled && stop.checkVisibility({visibilityProperty: true}));
  return window.stops.length;
}
"""
"""Collects what can have the focus, in the order of the document."""

FOCUS: Final = """
() => {
  const element = document.activeElement;
  const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(element);
  const isOutlined = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  return {place: window.stops.indexOf(element), isMarked: isOutlined || boxShadow !== "none", html: element.outerHTML};
}
"""

MOST_UNLISTED: Final = 50
"""Elements that have the focus only because they scroll."""


def tabbed(page: Page) -> tuple[list[int], list[str]]:
    """Press Tab until all stops were visited; return their places in order, and those without a visible focus."""
    count = page.evaluate(STOPS)
    places: list[int] = []
    unmarked: list[str] = []
    for _ in range(count + MOST_UNLISTED):
        if len(places) == count:
            break
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["place"] >= 0:
            places.append(focus["place"])
            unmarked += [] if focus["isMarked"] else [focus["html"][:200]]
    return places, unmarked


@pytest.mark.parametrize("kind", [Kind.FAILING, Kind.MIXED])
def test_tab_reaches_everything_in_order(show: Show, reports: Reports, kind: Kind) -> None:
    """Tab visits every link, summary and control in page order, with a visible focus."""
    places, unmarked = tabbed(show(reports[kind]).page)
    assert places
    assert places == list(range(len(places)))
    assert unmarked == []


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_opens_and_closes_details(show: Show, reports: Reports, key: str) -> None:
    """This works even without scripts."""
    page = show(reports[Kind.FAILING], java_script_enabled=False).page
    assert page.locator("summary:visible").count()
    summary = page.locator("summary:visible").first
    summary.focus()
    is_open = "details => details.open"
    before = summary.locator("xpath=..").evaluate(is_open)
    page.keyboard.press(key)
    assert summary.locator("xpath=..").evaluate(is_open) is not before
    page.keyboard.press(key)
    assert summary.locator("xpath=..").evaluate(is_open) is before
