"""Whole runs: the evidence for what did not pass."""

import json
from typing import Any

import pytest

from checks.metrics import METRICS, EvidenceKind
from checks.report.result import read_result
from tests.health_run import HealthRun, health_run, log, thresholds, unhealthy
from tests.simulator import emit, scenarios

STRICT = "gone.errors: 0, gone.welcome_errors: 0, lifecycle.incomplete_rate: 1%, welcome.failed: 0, welcome.retries: 0"


def outage() -> bytes:
    """Return the log of a day that goes wrong in the afternoon."""
    return b"".join(emit.json_lines(emit.delivered(scenarios.outage(120, seed=7))))


def kinds(run: HealthRun) -> list[str]:
    return [evidence["kind"] for evidence in run.result["evidence"]]


def is_whole(evidence: dict[str, Any]) -> bool:
    cases: int = evidence["cases"]
    return cases == sum(len(shape["examples"]) for shape in evidence["shapes"])


def test_evidence_of_an_outage(pytester: pytest.Pytester) -> None:
    """Each kind is there once, though several checks count it, and result.json can be read back.

    If a report cannot hold all cases of a kind, they are in a file beside it, one JSON object a line. There is no file
    for a kind that result.json shows completely.
    """
    limits = thresholds(pytester, STRICT)
    run = health_run(pytester, "--logs", log(pytester, outage()), "--thresholds", limits)
    assert run.code == 1
    assert kinds(run) == ["gone", "gone_welcome", "incomplete", "welcome_failed", "retried"]
    result = read_result(run.folder / "result.json")
    gone, *_ = result.evidence
    assert (gone.kind, gone.cases) == (EvidenceKind.GONE, run.value("gone.errors"))
    assert gone.began is not None
    assert gone.began >= result.overview.deploys[0].first  # type: ignore[union-attr]
    assert "gone_in_connect" in run.result["overview"]["clues"]

    cut_short = {one["kind"]: one["cases"] for one in run.result["evidence"] if not is_whole(one)}
    assert 0 < len(cut_short) < len(kinds(run))
    files = {file.stem: file.read_bytes().splitlines() for file in (run.folder / "cases").iterdir()}
    assert {kind: len(lines) for kind, lines in files.items()} == cut_short
    assert all(json.loads(line)["message"] for lines in files.values() for line in lines)


def test_every_kind_may_be_evidence(pytester: pytest.Pytester) -> None:
    """Any metric that counts cases shows them when it fails or warns."""
    counting = {
        name: one.evidence for name, one in METRICS.items() if one.evidence and one.subject not in {"data", "lambda"}
    }
    limits = thresholds(pytester, ", ".join(f"{name}: {{warn: 0, max: 1}}" for name in counting if "rate" in name))
    run = health_run(pytester, "--logs", log(pytester, unhealthy()), "--thresholds", limits)
    assert run.code == 0
    limited = dict.fromkeys(kind for name, kind in counting.items() if name in run.verdicts)
    assert kinds(run) == list(limited)
