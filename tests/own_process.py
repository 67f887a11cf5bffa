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
    """No AWS, no package of others, and none of the variables with which pytest tells its tests about itself."""
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
    """Run the checks likewise; return how much memory they took at most.

    A small process starts them, for Linux counts the memory of whoever started a process as that one's, too.
    """
    command = [sys.executable, "-c", _LAUNCHER, *PYTEST, "--report-dir", str(folder), *arguments]
    peak = int(subprocess.check_output(command, cwd=ROOT, env=clean_environment(), text=True))
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def copy_of_the_checkout(folder: Path) -> Path:
    """A copy of the product, without its tests, in which a test may change files; return where it is.

    With what Python has compiled of it, for that takes longer than a run; a file that is changed is compiled anew.
    """
    checkout = folder / "checkout"
    shutil.copytree(ROOT / "checks", checkout / "checks")
    for name in ("pyproject.toml", "conftest.py", "thresholds.yaml"):
        shutil.copy(ROOT / name, checkout / name)
    return checkout


def check_jsonschema(*arguments: object) -> str:
    """What check-jsonschema finds wrong; empty where it finds nothing."""
    command = [sys.executable, "-m", "check_jsonschema", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr
