"""The report can be printed."""

from typing import Final

import pytest

from tests.browser.browser import DESKTOP
from tests.browser.conftest import Show
from tests.browser.reading import faint_on_paper, hidden, incomplete_checks
from tests.browser.reports import Kind, Reports

PRINTED: Final = [Kind.FAILING, Kind.MIXED]


@pytest.mark.parametrize("kind", PRINTED)
def test_paper_hides_no_evidence(show: Show, reports: Reports, kind: Kind) -> None:
    """Nobody can open details on paper, so those of a failed check are open."""
    report = reports[kind]
    page = show(report).page
    page.emulate_media(media="print")
    checks = report.result["checks"]
    closed = hidden(page, [check["id"] for check in checks])
    assert [closed[check["id"]] for check in checks if check["verdict"] == "fail" and closed[check["id"]]] == []
    assert incomplete_checks(page, checks) == {}


@pytest.mark.parametrize("kind", PRINTED)
def test_ink_is_dark_on_white_paper(show: Show, reports: Reports, kind: Kind) -> None:
    """A dark scheme does not print light grey text, since browsers leave out backgrounds."""
    page = show(reports[kind], DESKTOP, "dark").page
    page.emulate_media(media="print")
    assert faint_on_paper(page) == []


def test_a_pdf_can_be_made(show: Show, reports: Reports) -> None:
    """It has several kilobytes, and at least one page."""
    pdf = show(reports[Kind.FAILING]).page.pdf()
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 10_000
    assert b"/Type /Page" in pdf
