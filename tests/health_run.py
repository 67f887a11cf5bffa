"""The real suite, run in this process on logs of a test's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

from checks import plugin
from tests.simulator import emit, scenarios

ROOT: Final = Path(__file__).parents[1]
REPORTS: Final = ("junit.xml", "report.html", "result.json")
SECTIONS: Final = (
    "=== GoneException Analysis ===",
    "=== Connection Lifecycle Analysis ===",
    "=== Welcome Message Analysis ===",
)
CHECKS_HEADING: Final = "=== Checks ==="


@dataclass(frozen=True)
class HealthRun:
    """The output and the files of a run.

    Attributes:
        code: The exit code.
        text: Everything that was printed, standard error last.
        folder: The folder of this environment's reports.
        outcomes: pytest's own counts.
    """

    code: int
    text: str
    folder: Path
    outcomes: Mapping[str, int]

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def reports(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*"))

    @property
    def result(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / "result.json").read_text(encoding="utf-8"))
        return document

    @property
    def html(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    @property
    def cases(self) -> dict[str, ET.Element]:
        """The test cases of junit.xml, by the id of the check."""
        cases = ET.parse(self.folder / "junit.xml").iter("testcase")
        return {case.attrib["name"].partition("[")[2].rstrip("]"): case for case in cases}

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each check."""
        return {check["id"]: check["verdict"] for check in self.result["checks"]}

    @property
    def sentences(self) -> dict[str, str]:
        return {check["id"]: check["sentence"] for check in self.result["checks"]}

    def value(self, metric: str) -> float | None:
        value: float | None = self.result["metrics"][metric]["value"]
        return value


def health_run(
    pytester: pytest.Pytester,
    *arguments: str | Path,
    environment: str = "dev",
    targets: tuple[Path | str, ...] = (ROOT / "checks",),
    is_short: bool = False,
) -> HealthRun:
    """Run the checks of this checkout, with everything that they can print; warnings are errors there, too.

    Args:
        pytester: The test's own pytester.
        arguments: Arguments of the command line.
        environment: Its name; empty for none, which stands for `dev`.
        targets: The files or tests to run.
        is_short: Whether to run without -v.
    """
    folder = pytester.path / "reports"
    done = pytester.runpytest_inprocess(
        "-c",
        ROOT / "pyproject.toml",
        "--rootdir",
        ROOT,
        "-W",
        "error",
        "-o",
        f"cache_dir={pytester.path / 'cache'}",
        "--report-dir",
        folder,
        *(["-E", environment] if environment else []),
        *([] if is_short else ["-v"]),
        *arguments,
        *targets,
        plugins=[plugin],  # which pytest loads by itself in the checkout alone
        no_reraise_ctrlc=True,
    )
    return HealthRun(int(done.ret), f"{done.stdout}\n{done.stderr}", folder / (environment or "dev"), outcomes(done))


def shared_run(pytester: pytest.Pytester, content: bytes) -> HealthRun:
    """Return a run on a log by the shipped limits; the first test that needs it starts it, and its reports stay."""
    if content not in _SHARED_RUNS:
        _SHARED_RUNS[content] = health_run(pytester, "--logs", log(pytester, content))
    return _SHARED_RUNS[content]


_SHARED_RUNS: Final[dict[bytes, HealthRun]] = {}


def outcomes(done: pytest.RunResult) -> dict[str, int]:
    """Count outcomes; none if pytest did not reach its last line."""
    try:
        return done.parseoutcomes()
    except ValueError:
        return {}


@cache
def healthy(connections: int = 60) -> bytes:
    """Return the log of a day on which everything works, as JSON Lines."""
    return b"".join(emit.json_lines(emit.delivered(scenarios.healthy(connections))))


@cache
def unhealthy() -> bytes:
    """Return the log of a day on which one connection in three has a blemish."""
    return b"".join(emit.json_lines(emit.delivered(scenarios.unhealthy(60, seed=7))))


def log(pytester: pytest.Pytester, content: bytes | str, name: str = "log.jsonl") -> Path:
    """Write a log file."""
    path = pytester.path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def thresholds(pytester: pytest.Pytester, limits: str, settings: str = "") -> Path:
    """Write limits for a single environment `dev`."""
    path = pytester.path / "limits.yaml"
    path.write_text(
        dedent(
            f"""\
            environments:
              dev:
                log_group: /aws/lambda/dev-chat-handler
                {settings}
                limits: {{{limits}}}
            """
        )
    )
    return path


def interfering(pytester: pytest.Pytester, hook: str) -> str:
    """Write a plugin that interferes with the run; return the option that loads it."""
    pytester.makepyfile(interfering=hook)
    pytester.syspathinsert()
    return "-pinterfering"
