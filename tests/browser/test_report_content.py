"""The report shows the outcome of the run, even if scripts and styles are blocked."""

from typing import Final

import pytest

from tests.browser.browser import DEVICES, Device, Shown, plain
from tests.browser.conftest import Show
from tests.browser.reading import charts, incomplete_checks, says
from tests.browser.reports import Kind, Report, Reports
from tests.browser.served import JENKINS_POLICY, served

TELLING: Final = [Kind.FAILING, Kind.ERROR, Kind.MIXED]
"""Where scripts and styles are held back: each way in which a check is written."""


def assert_tells_all(seen: Shown, report: Report) -> None:
    """Check that the verdict is in a heading, each check in one place, and the reason for unread logs shown."""
    result = report.result
    headings = [plain(heading.inner_text()) for heading in seen.page.locator("h1, h2").all()]
    assert any(says(text, result["environment"]) and says(text, result["verdict"]) for text in headings), headings
    assert incomplete_checks(seen.page, result["checks"]) == {}
    assert plain(result["error"] or "") in seen.text


@pytest.mark.parametrize("kind", Kind)
def test_verdict_and_checks_are_visible(show: Show, reports: Reports, kind: Kind) -> None:
    """Each check, even a pass, has its verdict, its value and its limit."""
    report = reports[kind]
    assert_tells_all(show(report), report)


@pytest.mark.parametrize("kind", TELLING)
def test_all_is_visible_without_scripts(show: Show, reports: Reports, kind: Kind) -> None:
    """The browser runs no script here."""
    report = reports[kind]
    assert_tells_all(show(report, java_script_enabled=False), report)


@pytest.mark.parametrize("kind", TELLING)
def test_all_is_visible_in_jenkins(show: Show, reports: Reports, kind: Kind) -> None:
    """The page is in a sandbox here, without scripts, inline styles and images."""
    report = reports[kind]
    with served(report.path, JENKINS_POLICY) as url:
        assert_tells_all(show(url), report)


@pytest.mark.parametrize("kind", [Kind.FAILING, Kind.INCONCLUSIVE])
def test_charts_are_drawn(show: Show, reports: Reports, kind: Kind) -> None:
    """Measured values are drawn, also without scripts and in Jenkins."""
    report = reports[kind]
    drawn = charts(show(report).page)
    assert drawn
    assert len(charts(show(report, java_script_enabled=False).page)) == len(drawn)
    with served(report.path, JENKINS_POLICY) as url:
        assert len(charts(show(url).page)) >= len(drawn)


@pytest.mark.parametrize("device", DEVICES, ids=str)
@pytest.mark.parametrize("kind", [Kind.FAILING, Kind.ERROR])
def test_the_verdict_is_on_the_first_screen(show: Show, reports: Reports, kind: Kind, device: Device) -> None:
    """A reader need not scroll to see the outcome."""
    report = reports[kind]
    headings = show(report, device).page.locator("h1, h2").all()
    verdict = next(heading for heading in headings if says(heading.inner_text(), report.result["verdict"]))
    box = verdict.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= device.height
