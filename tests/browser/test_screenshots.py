"""Screenshots of a report can be taken."""

from pathlib import Path

from tests.browser.browser import Windows
from tests.browser.reports import Kind, Reports
from tests.browser.screenshots import take_all, take_first_screen

PNG = b"\x89PNG\r\n\x1a\n"
MOST_BYTES = 250_000


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert picture.startswith(PNG)
    return int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])


def test_a_picture_for_each_device_and_scheme(windows: Windows, reports: Reports, tmp_path: Path) -> None:
    """It has the whole page, as wide as the device."""
    take_all(windows, reports[Kind.FAILING], tmp_path, "failing")
    widths = {path.stem: size(path.read_bytes())[0] for path in tmp_path.iterdir()}
    assert widths == {
        "failing-desktop-light": 1280,
        "failing-desktop-dark": 1280,
        "failing-phone-light": 390,
        "failing-phone-dark": 390,
    }


def test_the_picture_in_the_readme(windows: Windows, reports: Reports, tmp_path: Path) -> None:
    """It has the first screen, in a file that is small enough for a clone."""
    take_first_screen(windows, reports[Kind.OUTAGE], tmp_path / "report.png")
    picture = (tmp_path / "report.png").read_bytes()
    assert size(picture) == (1280, 900)
    assert len(picture) < MOST_BYTES
