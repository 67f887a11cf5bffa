"""Contents of a log or of the YAML are text, even without the page's own policy."""

import re
from typing import Final

import pytest

from tests.browser.browser import Shown
from tests.browser.conftest import Show
from tests.browser.reports import ATTACKS, Kind, Reports

HANDLERS: Final = """
() => [...document.querySelectorAll("*")].flatMap(
  element => [...element.attributes].filter(({name}) => name.startsWith("on")).map(({name}) => name))
"""
HARMLESS: Final = re.compile(r"https?://|#|(?![\w+.-]*:|//)")
"""Where a link may lead: to the web, into the page, or to a file beside it."""


@pytest.fixture
def seen(show: Show, reports: Reports) -> Shown:
    return show(reports[Kind.HOSTILE], bypass_csp=True)


def test_nothing_hostile_runs(seen: Shown) -> None:
    """No script and no event handler runs, and nothing pops up."""
    assert seen.page.evaluate("window.attacked") is None
    assert seen.complaints == []
    assert seen.page.evaluate(HANDLERS) == []


def test_no_link_is_a_script(seen: Shown) -> None:
    """An address in the YAML becomes a link only if it leads to the web."""
    hrefs = [link.get_attribute("href") or "" for link in seen.page.locator("a[href], area[href]").all()]
    assert [href for href in hrefs if not HARMLESS.match(href)] == []


def test_the_hostile_text_is_shown(seen: Shown) -> None:
    """It is shown as in the YAML: nothing is removed silently."""
    assert ATTACKS[0] in seen.text
    assert ATTACKS[1] in seen.text
