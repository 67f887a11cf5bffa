"""The browser and the reports: one of each for all tests of a process."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.required import required

from .browser import Shown, shown, started
from .reports import Report, Reports

Show = Callable[..., Shown]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with started(required("chromium", "it is Debian's package of that name")) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """Shared by the workers of pytest-xdist, each of which has a temporary folder in the same one."""
    own = tmp_path_factory.getbasetemp()
    return Reports((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "browser")


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    """Shows reports until the test ends; takes what `shown` takes."""
    with ExitStack() as contexts:

        def show_report(report: Report | str, *arguments: Any, **settings: Any) -> Shown:
            url = report if isinstance(report, str) else report.url
            return contexts.enter_context(shown(browser, url, *arguments, **settings))

        yield show_report
