"""The places of the package and of its user: the checkout or the project, and pytest's configuration in each."""

import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

COMMAND: Final = "websocket-health-checks"
CHECKS_FOLDER: Final = Path(__file__).parent
PACKAGE_FOLDER: Final = CHECKS_FOLDER.parent
"""The folder that holds the package: the checkout, or one in which nobody works."""
CHECKOUT_CONFIGURATION: Final = PACKAGE_FOLDER / "pyproject.toml"
"""pytest's in the checkout; there is none where the package is installed elsewhere."""
COMMAND_CONFIGURATION: Final = CHECKS_FOLDER / "command.toml"
"""pytest's where the command runs it."""
THRESHOLDS: Final = "thresholds.yaml"
DEFAULT_ENVIRONMENT: Final = "dev"
REPORTS: Final = "reports"
"""The folder of all reports, beside thresholds.yaml."""


def project_folder(start: Path | None = None) -> Path:
    """Return the project: the nearest folder with a thresholds.yaml, at or above a folder; else that folder itself.

    Args:
        start: Where to look; None for the current folder.
    """
    here = start or Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / THRESHOLDS).is_file()), here)


def own_check_files(thresholds: Path) -> list[Path]:
    """The checks of a team's own: the files test_*.py beside a thresholds.yaml."""
    return sorted(thresholds.absolute().parent.glob("test_*.py"))


def bytecode_folder(folder: Path) -> Path | None:
    """Where Python keeps the bytecode of the modules of a folder; None where it is not to, or can't write there."""
    if sys.dont_write_bytecode:
        return None
    bytecode = Path(cache_from_source(str(folder / "any.py"))).parent
    with suppress(OSError):
        bytecode.mkdir(parents=True, exist_ok=True)
    return bytecode if os.access(bytecode, os.W_OK) else None
