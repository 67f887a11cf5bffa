"""The places of the package: its folder, the checkout around it, and pytest's configuration in each."""

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
