"""What a run leaves in its report folder, and under which names."""

from pathlib import Path

from checks.analysis.metrics import Cases


def cases_file(folder: Path, kind: Cases) -> Path:
    """Where all cases of a kind are written that are too many for the report."""
    return folder / "cases" / f"{kind.value}.jsonl"
