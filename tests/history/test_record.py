"""A record is read back as it was written, and nothing else is accepted as one."""

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.analyse import Interpretation
from checks.history.record import Record, decode, encode, record_of
from checks.report.result import Result
from checks.verdicts.verdict import Verdict
from tests.history.records import record
from tests.report.results import HOSTILE, check, result, unread

STARTED = datetime(2026, 6, 3, 4, 5, 6, 789, tzinfo=UTC)
FINISHED = datetime(2026, 6, 3, 4, 5, 9, tzinfo=UTC)


def of(run: Result) -> Record:
    return record_of(run, STARTED, FINISHED)


def test_what_is_remembered_of_a_result() -> None:
    """A record has times, verdict, exit code, checks and metrics, but nothing that a log said."""
    run = result(check("welcome.failure_rate", Verdict.FAIL, value=0.5), metrics={"gone.errors": (7, None)})
    document = json.loads(encode(of(run)))
    assert document["version"] == 1
    assert document["environment"] == "dev"
    assert document["started"] == "2026-06-03T04:05:06.000789Z"
    assert document["finished"] == "2026-06-03T04:05:09Z"
    assert document["window"] == {"since": "2026-06-02T00:00:00Z", "until": "2026-06-03T00:00:00Z"}
    assert (document["verdict"], document["exit_code"]) == ("fail", 0)
    assert document["checks"] == [
        {
            "id": "welcome.failure_rate",
            "verdict": "fail",
            "value": 0.5,
            "operator": "<=",
            "limit": 5.0,
            "bound": "max",
            "n": None,
            "shadow": False,
            "demands": "max 5",
            "per": None,
            "adds_up": False,
            "hour": None,
        }
    ]
    assert document["metrics"]["gone.errors"] == {"value": 7, "n": None}


def test_what_was_not_seen_is_remembered() -> None:
    """These are the families of signals without one line; nobody knows them if the logs could not be read."""
    counts = Interpretation(connects=4, disconnects=0, messages=1, lost=0, headless=0, unknown=0, contradicted=0)
    run = result(metrics={"gone.errors": (7, None)}, interpretation=counts)
    assert of(run).unseen == ("disconnect", "welcome")
    assert of(unread("access denied")).unseen == ()


def test_no_two_runs_share_an_id() -> None:
    """Not even runs of the same microsecond do; ids sort by time."""
    ids = {of(result()).id for _ in range(100)}
    assert len(ids) == 100
    assert all(one.startswith("20260603T040506.000789Z-") for one in ids)


@pytest.mark.parametrize("run", [result(), unread("no such file"), result(environment=HOSTILE)])
def test_a_record_is_one_line(run: Result) -> None:
    """Reading it back gives the same record, whatever the environment is called."""
    line = encode(of(run))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    again = decode(line)
    assert again is not None
    assert encode(again) == line


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_no_sample(value: float) -> None:
    """JSON knows neither NaN nor infinity."""
    again = decode(encode(of(result(metrics={"welcome.failure_rate": (value, 0)}))))
    assert again is not None
    assert again.metrics["welcome.failure_rate"].value is None


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": None},
        {"started": "2026-06-03T04:05:06"},
        {"verdict": "splendid"},
        {"checks": None},
        {"checks": [{**json.loads(encode(record()))["checks"][0], "operator": "<b>"}]},
        {"metrics": {"gone.errors": {"value": -1, "n": None}}},
        {"metrics": {"gone.errors": {"value": 1e300, "n": None}}},
    ],
)
def test_what_is_no_record(change: dict[str, object]) -> None:
    """Another version, a time without a zone, an unknown word or an impossible number is refused."""
    assert decode(json.dumps(json.loads(encode(record())) | change).encode()) is None


@given(st.binary() | st.sampled_from([b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b'"\xed\xa0\x80"', b"1e999"]))
def test_any_bytes_are_a_record_or_none(line: bytes) -> None:
    """No input raises an exception."""
    assert decode(line) is None
