"""Generated files: `python -m tests.generate` writes anew what says again what the code says."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from checks.config import sections
from checks.metrics import METRICS
from checks.report import result

ROOT: Final = Path(__file__).parents[1]

_TABLE: Final = re.compile(r"(?<=\| metric \| meaning \| n \|\n\|---\|---\|---\|\n)(?:\|.*\n)*")


def thresholds_schema() -> str:
    """What editors know of thresholds.yaml."""
    return json.dumps(sections.schema(), indent=2) + "\n"


def result_schema() -> str:
    """What readers of result.json may rely on."""
    return json.dumps(result.schema(), indent=2) + "\n"


def readme() -> str:
    """README.md, with its table of metrics."""
    rows = (f"| `{one.name}` | {one.meaning} | {one.sample or chr(0x2013)} |\n" for one in METRICS.values())
    table = "".join(rows)
    return _TABLE.sub(lambda _: table, (ROOT / "README.md").read_text(encoding="utf-8"))


GENERATED: Final[Mapping[Path, Callable[[], str]]] = {
    ROOT / "checks/config/thresholds.schema.json": thresholds_schema,
    ROOT / "checks/report/result.schema.json": result_schema,
    ROOT / "README.md": readme,
}


def stale() -> Iterator[str]:
    """The names of files that are not as they would be written now."""
    for file, content in GENERATED.items():
        if file.read_text(encoding="utf-8") != content():
            yield str(file.relative_to(ROOT))


if __name__ == "__main__":
    for file, content in GENERATED.items():
        file.write_text(content(), encoding="utf-8")
