"""Chromium, and what it reports about a page that it shows."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Device:
    """A device that shows a page.

    Attributes:
        name: Its name in test ids and file names.
        width: The screen's width in CSS pixels.
        height: The screen's height in CSS pixels.
        is_phone: Whether it has a touch screen, and shows a page without a viewport as if it had a desktop's.
    """

    name: str
    width: int
    height: int
    is_phone: bool = False

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of a Playwright context."""
        viewport = {"width": self.width, "height": self.height}
        return MappingProxyType({"viewport": viewport, "is_mobile": self.is_phone, "has_touch": self.is_phone})

    def __str__(self) -> str:
        return self.name


DESKTOP: Final = Device("desktop", 1280, 900)
PHONE: Final = Device("phone", 390, 844, is_phone=True)
DEVICES: Final = (DESKTOP, PHONE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in the browser.

    Attributes:
        page: Playwright's page.
        requests: The addresses that it requested, except for `data:`.
        complaints: Warnings and errors in the console, uncaught exceptions, dialogs.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All visible text, each space a plain one."""
        return plain(self.page.locator("body").inner_text())


def plain(text: str) -> str:
    """Return a text on one line, with plain spaces."""
    return " ".join(text.split())


@contextmanager
def started(command: str) -> Iterator[Browser]:
    """Start Chromium; root can't have a sandbox, nor CI a GPU."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=command, chromium_sandbox=os.geteuid() != 0, args=["--disable-gpu", "--disable-quic"]
        )
        try:
            yield browser
        finally:
            browser.close()


class Windows:
    """The browser's windows: one for each device and scheme, reused because a new one takes longer than most pages."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: dict[tuple[Any, ...], Shown] = {}

    def show(self, url: str, device: Device = DESKTOP, scheme: Scheme = "light", **settings: Any) -> Shown:
        """Show a page, instead of the last one on the same device and scheme.

        Args:
            url: Its address.
            device: The device that shows it.
            scheme: The preferred colour scheme.
            settings: Further settings of Playwright's context.
        """
        way = (device, scheme, *sorted(settings.items()))
        if way not in self._open:
            context = self._browser.new_context(**device.settings, **settings)
            self._open[way] = Shown(context.new_page())
            _listen(self._open[way])
        seen = self._open[way]
        seen.page.goto("about:blank")  # whatever the last page has still to say is not this one's
        seen.page.emulate_media(media="screen", color_scheme=scheme)
        seen.requests.clear()
        seen.complaints.clear()
        seen.page.goto(url)
        return seen


def _listen(seen: Shown) -> None:
    """Record from now on the page's requests and complaints."""

    def ask(request: Request) -> None:
        if not request.url.startswith("data:"):
            seen.requests.append(request.url)

    def say(message: ConsoleMessage) -> None:
        if message.type in {"warning", "error"}:
            seen.complaints.append(message.text)

    def pop_up(dialog: Dialog) -> None:
        seen.complaints.append(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    seen.page.on("request", ask)
    seen.page.on("console", say)
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("dialog", pop_up)
