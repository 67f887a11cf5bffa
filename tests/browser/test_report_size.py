"""The report stays small, whatever it reports."""

import re

from tests.browser.conftest import Show
from tests.browser.reports import LARGE_CONNECTIONS, Kind, Report, Reports

MOST_BYTES = 2_000_000
MOST_MS = 2000
LOADED_MS = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
CONNECTION_ID = re.compile(r"(?<![\w-])[\w-]{11}C[\w-]{3}=")


def linked_text(hrefs: list[str], report: Report) -> str:
    """Return the content of the files beside the report that it links."""
    folder = report.path.parent
    files = [folder / href.removeprefix("./") for href in hrefs if not re.match(r"#|\w+:", href)]
    return "".join(file.read_text(encoding="utf-8") for file in files)


def test_ten_thousand_failing_connections_are_a_small_file(reports: Reports) -> None:
    """The file can be mailed."""
    assert reports[Kind.LARGE].path.stat().st_size < MOST_BYTES


def test_ten_thousand_failing_connections_open_fast(show: Show, reports: Reports) -> None:
    """The page is ready within two seconds, in the best of three tries, as the machine may be busy."""
    page = show(reports[Kind.LARGE]).page
    taken_ms = [page.evaluate(LOADED_MS)]
    while min(taken_ms) >= MOST_MS and len(taken_ms) < 3:
        page.reload()
        taken_ms.append(page.evaluate(LOADED_MS))
    assert 0 < min(taken_ms) < MOST_MS


def test_evidence_that_does_not_fit_lies_beside_the_page(show: Show, reports: Reports) -> None:
    """Each failing connection is in the page, or in a file that the page links."""
    report = reports[Kind.LARGE]
    seen = show(report)
    hrefs = [link.get_attribute("href") or "" for link in seen.page.locator("a[href]").all()]
    connections = set(CONNECTION_ID.findall(seen.page.content() + linked_text(hrefs, report)))
    assert len(connections) == LARGE_CONNECTIONS
