"""What a run leaves in its report folder, and under which names."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from checks.analysis.metrics import Cases

_CASES_FOLDER: Final = "cases"


def cases_file(folder: Path, kind: Cases) -> Path:
    """Where all cases of a kind are written that are too many for the report."""
    return folder / _CASES_FOLDER / f"{kind.value}.jsonl"


def remove_cases(folder: Path) -> None:
    """Remove the files of cases that a run has left; what else lies beside them stays."""
    for kind in Cases:
        cases_file(folder, kind).unlink(missing_ok=True)
    with suppress(OSError):  # there is none, or a file of somebody else is in it
        (folder / _CASES_FOLDER).rmdir()
