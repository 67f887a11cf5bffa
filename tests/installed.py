"""The package as its users install it: from the wheel, into an environment of its own."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.health_run import ROOT
from tests.own_process import clean_environment

_PARTS: Final = ("pyproject.toml", "README.md", "LICENSE")
_OWN: Final = ("websocket_health_checks", "__editable__", "__pycache__")


@dataclass(frozen=True)
class Installed:
    """The wheel, and the environment in which it was installed."""

    wheel: Path
    environment: Path

    def run(self, program: str, *arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program of that environment in a folder, with environment variables."""
        command = [str(self.environment / "bin" / program), *arguments]
        environment = {**clean_environment(), **variables}
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def install(folder: Path, *without: str) -> Installed:
    """Build the wheel and install it; this environment lends its dependencies, so nothing is downloaded.

    Args:
        folder: The folder for the wheel and its environment.
        without: Prefixes of the names of libraries that are not lent.
    """
    source = folder / "source"
    shutil.copytree(ROOT / "checks", source / "checks", ignore=shutil.ignore_patterns("__pycache__"))
    for name in _PARTS:  # building writes beside them
        shutil.copy(ROOT / name, source / name)
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(source))
    (wheel,) = folder.glob("*.whl")
    environment = new_environment(folder / "environment", *without)
    pip("--python", str(environment / "bin" / "python"), "install", "--no-index", str(wheel))
    return Installed(wheel, environment)


def new_environment(folder: Path, *without: str) -> Path:
    """Make a virtual environment with everything in this one, except for the project itself and some libraries."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/*/site-packages")
    for library in (path for path in map(Path, sys.path) if any(path.glob("*.dist-info"))):
        for entry in library.iterdir():
            lent = packages / entry.name
            if not entry.name.startswith((*_OWN, *without)) and entry.suffix != ".pth" and not lent.exists():
                lent.symlink_to(entry)
    return folder


def pip(*arguments: str) -> None:
    """Run pip quietly, without downloads."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    at = arguments.index("wheel" if "wheel" in arguments else "install") + 1
    command = [sys.executable, "-m", "pip", *arguments[:at], *quiet, *arguments[at:]]
    subprocess.run(command, env=clean_environment(), check=True, capture_output=True)
