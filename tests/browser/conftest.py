"""Fixtures for the browser and the reports: one of each for all tests of a process."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.browser import Shown, Windows, started
from tests.browser.reports import Report, Reports
from tests.required import required

Show = Callable[..., Shown]


@pytest.fixture(scope="package")  # Playwright's event loop lasts as long, and other tests run one of their own
def browser() -> Iterator[Browser]:
    with started(required("chromium", "it is Debian's package of that name")) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """The reports, shared by the workers of pytest-xdist, whose temporary folders have one parent."""
    own = tmp_path_factory.getbasetemp()
    return Reports((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "browser")


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def show(windows: Windows) -> Show:
    """Shows a report, or an address; takes the arguments of `Windows.show`."""

    def show_report(report: Report | str, *arguments: Any, **settings: Any) -> Shown:
        return windows.show(report if isinstance(report, str) else report.url, *arguments, **settings)

    return show_report
