"""The real command in a process of its own, as people start it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.health_run import ROOT

_PLUGINS_OF_TESTS: Final = ("hypothesispytest", "pytest_cov", "xdist", "xdist.looponfail")
PYTEST: Final = (
    *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
    *(argument for name in _PLUGINS_OF_TESTS for argument in ("-p", f"no:{name}")),
)
"""Without what would write into the checkout, and what takes long to load and only its tests need.

README's commands run as they stand.
"""


def clean_environment() -> Mapping[str, str]:
    """Return variables without AWS, other packages, and those with which pytest tells tests about itself."""
    return {name: text for name, text in os.environ.items() if not name.startswith(("AWS_", "PYTEST_", "PYTHONPATH"))}


def run(folder: Path, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the checks; their reports go to `folder`."""
    command = [*PYTEST, "--report-dir", str(folder), *arguments]
    return subprocess.run(command, cwd=cwd, env=clean_environment(), capture_output=True, text=True, check=False)


_LAUNCHER: Final = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_mib(folder: Path, *arguments: str) -> float:
    """Run the checks in the same way, and return their peak memory.

    A small process starts them, because Linux counts the memory of a process's parent as its own, too.
    """
    command = [sys.executable, "-c", _LAUNCHER, *PYTEST, "--report-dir", str(folder), *arguments]
    peak = int(subprocess.check_output(command, cwd=ROOT, env=clean_environment(), text=True))
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def copy_of_the_checkout(folder: Path) -> Path:
    """Copy the product, without its tests, so that a test may change files; return its folder.

    The copy has Python's bytecode, because compiling takes longer than a run; a changed file is compiled anew.
    """
    checkout = folder / "checkout"
    shutil.copytree(ROOT / "checks", checkout / "checks")
    for name in ("pyproject.toml", "conftest.py", "thresholds.yaml"):
        shutil.copy(ROOT / name, checkout / name)
    return checkout


def check_jsonschema(*arguments: object) -> str:
    """Return the errors that check-jsonschema finds; empty if there are none."""
    command = [sys.executable, "-m", "check_jsonschema", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr
