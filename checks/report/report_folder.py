"""The report folder: which files a run leaves in it, and how they are written.

Reports have another name until they are whole: a run that is killed leaves nothing that looks like one.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

from checks.file_writing import UNFINISHED
from checks.metrics import EvidenceKind

NAMES: Final = ("report.html", "result.json", "junit.xml", "sentence.txt", "verdict.env")

_CASES: Final = "cases"


def cases_name(kind: EvidenceKind) -> str:
    """The name of the file of all cases of a kind, where they are too many for the report; seen from the report."""
    return f"{_CASES}/{kind.value}.jsonl"


def unfinished(file: Path) -> Path:
    """The name of a report while it is written; in the same folder, so that it can be renamed at once."""
    return file.with_name(f"{file.name}{UNFINISHED}")


def finish(folder: Path) -> None:
    """Give all reports that were written their names."""
    for file in (folder / name for name in NAMES):
        if unfinished(file).exists():
            unfinished(file).replace(file)


def remove_unfinished(folder: Path) -> None:
    """Remove what this run, or one that was killed, has left of reports that are not whole."""
    for name in NAMES:
        for left in folder.glob(f"{name}*{UNFINISHED}"):
            left.unlink()


def remove_finished(folder: Path) -> None:
    """Remove the reports and cases of an earlier run."""
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)
    for kind in EvidenceKind:
        (folder / cases_name(kind)).unlink(missing_ok=True)
    with suppress(OSError):  # there is none, or a file of somebody else is in it
        (folder / _CASES).rmdir()
