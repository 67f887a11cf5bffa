"""The places of the package: its folder, the checkout around it, and pytest's configuration in each."""

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


def bytecode_folder(folder: Path) -> Path | None:
    """Where Python keeps the bytecode of the modules of a folder; None where it is not to, or can't write there."""
    if sys.dont_write_bytecode:
        return None
    bytecode = Path(cache_from_source(str(folder / "any.py"))).parent
    with suppress(OSError):
        bytecode.mkdir(parents=True, exist_ok=True)
    return bytecode if os.access(bytecode, os.W_OK) else None
