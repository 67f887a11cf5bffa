"""Takes pictures of the reports, for a person to look at.

python -m tests.browser.screenshots FOLDER
python -m tests.browser.screenshots --readme report.png
"""

import argparse
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser.browser import DEVICES, SCHEMES, Windows, started
from tests.browser.reports import Kind, Report, Reports
from tests.required import find


def main() -> None:
    """Make the reports, and take the pictures that the command line names."""
    arguments = _parser().parse_args()
    command = find("chromium")
    if command is None:
        sys.exit("chromium is not installed; name its command in CHROMIUM")
    with TemporaryDirectory(prefix="screenshots-") as folder, started(command) as browser:
        reports, windows = Reports(Path(folder)), Windows(browser)
        if arguments.readme:
            take_first_screen(windows, reports[Kind.OUTAGE], arguments.readme)
        else:
            arguments.folder.mkdir(parents=True, exist_ok=True)
            for kind in Kind:
                take_all(windows, reports[kind], arguments.folder, kind)


def take_all(windows: Windows, report: Report, folder: Path, name: str) -> None:
    """Take a picture of the whole page on each device, light and dark."""
    for device, scheme in product(DEVICES, SCHEMES):
        page = windows.show(report.url, device, scheme).page
        page.screenshot(path=folder / f"{name}-{device}-{scheme}.png", full_page=True)


def take_first_screen(windows: Windows, report: Report, path: Path) -> None:
    """Take a picture of the first screen: the picture in the README."""
    windows.show(report.url).page.screenshot(path=path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.screenshots", description="Take pictures of the reports."
    )
    outcome = parser.add_mutually_exclusive_group(required=True)
    outcome.add_argument(
        "folder", nargs="?", type=Path, help="where a picture of each report goes: desktop and phone, light and dark"
    )
    outcome.add_argument(
        "--readme", type=Path, metavar="PATH", help="take only the README's picture: the report of an outage"
    )
    return parser


if __name__ == "__main__":
    main()
