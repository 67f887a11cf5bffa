"""The report is one file that opens by itself, on any screen."""

from typing import Final

import pytest

from tests.browser.browser import DEVICES, Device
from tests.browser.conftest import Show
from tests.browser.reports import Kind, Reports

WIDE: Final = [Kind.FAILING, Kind.ERROR, Kind.MIXED, Kind.HOSTILE]
"""Those with the longest words and sentences."""


@pytest.mark.parametrize("kind", Kind)
def test_the_page_is_quiet_and_asks_for_nothing(show: Show, reports: Reports, kind: Kind) -> None:
    """It makes no request, and the console stays empty: no error, and no violated policy."""
    report = reports[kind]
    seen = show(report)
    assert seen.requests == [report.url]
    assert seen.complaints == []


def test_the_page_forbids_itself_what_it_does_not_need(show: Show, reports: Reports) -> None:
    """Its policy allows nothing from elsewhere, and comes before everything that it governs."""
    page = show(reports[Kind.FAILING]).page
    policies = page.locator("head > meta[http-equiv='Content-Security-Policy']")
    assert policies.count() == 1
    assert "default-src 'none'" in (policies.get_attribute("content") or "")
    assert policies.locator("xpath=preceding::*[self::script or self::style or self::link or self::img]").count() == 0


WIDTHS: Final = "(({clientWidth, scrollWidth}) => [clientWidth, scrollWidth])(document.documentElement)"


@pytest.mark.parametrize("device", DEVICES, ids=str)
@pytest.mark.parametrize("kind", WIDE)
def test_no_page_scrolls_sideways(show: Show, reports: Reports, kind: Kind, device: Device) -> None:
    """The report and the page of all runs fit into the width of the screen."""
    for page in (reports[kind].url, reports[kind].index_url):
        widths = show(page, device).page.evaluate(WIDTHS)
        assert widths == [device.width, device.width], page
