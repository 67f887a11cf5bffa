"""Small records of runs, made by hand, and records that a real run has left."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from checks.history.record import Record
from checks.report.result import MetricResult, Outcome
from checks.verdicts.verdict import Verdict, worst
from checks.window import Window

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)


def check(metric: str = "gone.errors", verdict: Verdict = Verdict.PASS, value: float | None = 3, **fields: Any) -> Any:
    usual: dict[str, Any] = {"operator": "<=", "limit": 5, "bound": "max", "n": None, "shadow": False}
    return Outcome(id=metric, verdict=verdict, value=value, **usual | fields)


def record(*checks: Outcome, day: int = 0, environment: str = "dev", **fields: Any) -> Record:
    """Return a run of these checks that began so many days after the first."""
    judged = checks or (check(),)
    started = BEGIN + timedelta(days=day)
    parts: dict[str, Any] = {
        "id": f"{started:%Y%m%dT%H%M%S.%fZ}-00000000",
        "verdict": worst(one.verdict for one in judged),
        "exit_code": 0,
        "metrics": {one.id: MetricResult(one.value, one.n) for one in judged},
    }
    return Record(
        version=1,
        environment=environment,
        started=started,
        finished=started + timedelta(seconds=3),
        window=Window(started - timedelta(days=1), started),
        checks=judged,
        **parts | fields,
    )


def remembered(folder: Path) -> list[dict[str, Any]]:
    """Return what runs have left in a folder of history, the oldest first."""
    files = sorted(folder.glob("*/*.json"), key=lambda file: file.name)
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]
