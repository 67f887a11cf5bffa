"""A run reads, judges and makes its result; whatever a log contains, nothing is green by accident."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from checks.config.limit import Limit
from checks.history.store import open_store
from checks.metrics import Subject
from checks.report.result import Result
from checks.run.run import Run
from checks.run.settings import Gate
from checks.verdicts.verdict import Verdict
from tests.health_run import healthy
from tests.run.making import settings
from tests.verdicts.making import COUNT, RATE, limit

RATES = [limit(name, max=0.5) for name in ("welcome.failure_rate", "welcome.undelivered_rate", "gone.connection_rate")]
COUNTS = [
    limit(name, max=1000) for name in ("gone.errors", "gone.welcome_errors", "lifecycle.incomplete", "welcome.failed")
]
REQUIRED = [limit("lifecycle.complete", min=1), limit("data.unseen_signals", max=0)]
GAPS = limit("data.gaps", max=0)
NO_HISTORY = open_store("no such folder")


class Silent:
    """Shows no progress."""

    def __call__(self, *_: object) -> None:
        """Show nothing."""


def judged(content: bytes, *limits: Limit) -> Result:
    """Return the result of a run on a log."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log.jsonl"
        log.write_bytes(content)
        (Path(folder) / "read").mkdir()
        own = settings(*limits, logs=(str(log),), window=None, report_folder=Path(folder))
        run = Run(own, NO_HISTORY)
        run.read(Path(folder) / "read", Silent())
        for one in run.settings.limits:
            run.judge(one)
        result = run.result()
    assert result is not None
    return result


def green(result: Result) -> set[str]:
    """Return the checks that pass."""
    return {check.id for check in result.checks if check.verdict in {Verdict.PASS, Verdict.WARN}}


NOISE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="eE"), max_size=40)
"""Without its commonest letter, English can't say any of the words that a signal is known by."""


@examples(max_examples=2)  # each takes the engine a while, however many messages it has
@given(st.lists(NOISE, min_size=1, max_size=90))
def test_noise_is_never_green(messages: list[str]) -> None:
    """Events that are not understood pass no share, no count of errors and no required minimum."""
    events = [json.dumps({"timestamp": 1780358400000 + n, "message": f"~ {m}"}) for n, m in enumerate(messages)]
    result = judged("\n".join(events).encode(), *RATES, *COUNTS, *REQUIRED, GAPS)
    assert result.exit_code not in {0, 10}
    assert green(result) <= {GAPS.metric}  # which knows of nothing that is missing


@examples(max_examples=6)
@given(st.integers(1, 20_000), st.integers(0, 255), st.booleans())
def test_damaged_logs_pass_no_required_check(keep: int, byte: int, binary: bool) -> None:  # noqa: FBT001 -- hypothesis gives it
    """A log cut or overwritten anywhere is inconclusive, an error or a failure."""
    result = judged(healthy()[:keep] + (bytes([byte, 0, 255]) * 50 if binary else b""), *RATES)
    assert result.exit_code in {1, 11, 12}
    assert green(result) == set()


def test_without_a_judgement_there_is_no_result() -> None:
    """A run in which no check reached a verdict has found nothing."""
    run = Run(settings(limit(COUNT, max=5)), NO_HISTORY)
    assert run.result() is None
    assert run.judge(limit(COUNT, max=5)).sentence == f"{COUNT} not measured: the logs were not read"
    result = run.result()
    assert result is not None
    assert (result.exit_code, result.error) == (12, "the logs were not read")
    assert (result.receipt.source, result.receipt.requested, result.receipt.complete) == (
        "nothing",
        ("/aws/lambda/chat",),
        False,
    )


@pytest.mark.parametrize(
    ("fields", "begin"),
    [
        ({}, "--thresholds limits.yaml --since"),
        (
            {"gate": Gate(version="42", baseline="24h")},
            "--thresholds limits.yaml --function-version 42 --baseline 24h --since",
        ),
        ({"subjects": (Subject.GONE, Subject.WELCOME)}, "-A gone,welcome --thresholds limits.yaml --since"),
    ],
)
def test_the_command_judges_the_same_again(fields: dict[str, Any], begin: str) -> None:
    """It has the analyses and the final window of the run, and is quoted for a shell."""
    own = settings(
        limit(RATE, max=0.05), logs=("my log.jsonl",), thresholds="limits.yaml", strict_warnings=True, **fields
    )
    run = Run(own, NO_HISTORY)
    run.judge(limit(RATE, max=0.05))
    result = run.result()
    assert result is not None
    assert result.command == (
        f"python -m pytest -E dev --logs 'my log.jsonl' {begin} 2026-06-02T00:00:00+00:00 "
        "--until 2026-06-03T00:00:00+00:00 --strict-warnings"
    )
