"""The report can be read at a glance, and reacts to its reader."""

from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.browser import DESKTOP, PHONE, Device
from tests.browser.conftest import Show
from tests.browser.reports import Kind, Reports

MOST_PX: Final = {DESKTOP: 4500, PHONE: 9000}
MOST_SHEETS: Final = 6
HEIGHT: Final = "document.documentElement.scrollHeight"
BOTTOM: Final = "element => element.getBoundingClientRect().bottom"


@pytest.fixture
def page(show: Show, reports: Reports) -> Page:
    """The report of an outage."""
    return show(reports[Kind.OUTAGE]).page


def test_an_outage_is_told_on_the_first_screen(page: Page) -> None:
    """The screen has the verdict, its start, the chart, the cause and the fix."""
    header = page.locator("header")
    said = header.inner_text()
    for words in ("75 of 400 connections got no welcome message, 73 of them since 14:03 UTC", "Likely cause:", "Fix:"):
        assert words in said
    assert header.locator("svg.chart").count() == 1
    assert header.evaluate(BOTTOM) <= DESKTOP.height


@pytest.mark.parametrize("device", MOST_PX, ids=str)
def test_an_outage_is_a_short_page(show: Show, reports: Reports, device: Device) -> None:
    """It has a few screens, and no table or text is wider than the page."""
    page = show(reports[Kind.OUTAGE], device).page
    assert page.evaluate(HEIGHT) < MOST_PX[device]
    tables = "[...document.querySelectorAll('#report table')].filter(one => one.checkVisibility())"
    assert page.evaluate(f"{tables}.filter(one => one.scrollWidth > innerWidth).length") == 0


def test_an_outage_is_a_few_sheets(page: Page) -> None:
    """The paper is A4; the tools and the buttons are only for the screen."""
    pdf = page.pdf(format="A4")
    assert pdf.count(b"/Type /Page") - pdf.count(b"/Type /Pages") <= MOST_SHEETS
    page.emulate_media(media="print")
    assert page.locator("button:not(.sort):visible, nav:visible").count() == 0


def test_checks_are_filtered(page: Page) -> None:
    """The filter covers all words of incidents, checks and charts, and says how many are left."""
    page.get_by_role("searchbox").fill("lifecycle.short_lived")
    rows = page.locator(".checks tbody tr:visible")
    assert rows.count() == 1
    assert "lifecycle.short_lived_rate" in rows.inner_text()
    assert page.locator("nav output").inner_text() == "1 checks"
    assert page.locator(".incident:visible").count() == 0
    page.get_by_role("searchbox").fill("")
    assert page.locator(".incident:visible").count() >= 1


def test_tables_are_sorted(page: Page) -> None:
    """They are sorted by number, not by letter; a second click reverses the order."""
    head = page.locator(".checks th").filter(has_text="Sample")
    samples = "[...document.querySelectorAll('.checks tbody tr')].map(row => Number(row.cells[3].dataset.value))"
    head.get_by_role("button").click()
    ascending = page.evaluate(samples)
    assert ascending == sorted(ascending)
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert page.evaluate(samples) == sorted(ascending, reverse=True)


def test_details_open_and_times_are_local(page: Page) -> None:
    """One button opens all details; another shows the reader's local time instead of UTC, and back."""
    page.get_by_role("button", name="Expand all").click()
    assert page.locator("details:not([open])").count() == 0
    first = page.locator("header time").first
    utc = first.inner_text()
    page.get_by_role("button", name="Local time").click()
    assert first.inner_text() != utc
    assert first.get_attribute("title") == utc
    page.get_by_role("button", name="Local time").click()
    assert first.inner_text() == utc


def test_a_command_is_copied(page: Page) -> None:
    """Commands, ids and log lines have a copy button."""
    command = page.locator("#reproduce ~ pre")
    button = command.locator("xpath=following-sibling::button[1]")
    page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
    button.click()
    assert page.evaluate("window.copied") == command.inner_text()


def test_each_check_and_incident_has_a_link(page: Page) -> None:
    """The link is visible and leads there; verdict and contents stay in view."""
    targets = page.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash.slice(1))")
    ids = set(page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)"))
    assert {"incident-welcome-undelivered_rate", "check-gone-connection_rate"} <= set(targets) <= ids
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.locator("nav .here").evaluate("one => one.getBoundingClientRect().top") >= 0


def test_without_scripts_there_are_no_idle_tools(show: Show, reports: Reports) -> None:
    """Buttons that would do nothing are not shown."""
    page = show(reports[Kind.OUTAGE], java_script_enabled=False).page
    assert page.locator("#report button:visible, #report input:visible").count() == 0
