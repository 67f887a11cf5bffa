"""Whole runs on a lake: its objects are judged, and what is missing is never a pass."""

import gzip
import json
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

import boto3
import pytest

from tests.health_run import health_run, thresholds, unhealthy
from tests.moto_server import moto

WINDOW = ("--since", "2026-06-02T02:00Z", "--until", "2026-06-02T08:00Z")
LIMITS = "gone.errors: 0, lifecycle.complete: {min: 1}"


def test_a_lake_is_judged(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """`logs` of thresholds.yaml names it, and the report says what was fetched."""
    limits = thresholds(pytester, LIMITS)
    limits.write_text(limits.read_text().replace("log_group: /aws/lambda/dev-chat-handler", "logs: s3://lake/dev"))
    with moto(monkeypatch):
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        events = sorted(map(json.loads, unhealthy().splitlines()), key=itemgetter("timestamp"))
        for hour, those in groupby(events, lambda event: event["timestamp"] // 3_600_000):
            body = gzip.compress("".join(json.dumps(event) + "\n" for event in those).encode())
            s3.put_object(Bucket="lake", Key=f"dev/{datetime.fromtimestamp(hour * 3600, UTC):%Y/%m/%d/%H}/1", Body=body)
        there = health_run(pytester, "--thresholds", limits, *WINDOW)
        assert (there.code, there.verdicts) == (1, {"gone.errors": "fail", "lifecycle.complete": "pass"})
        receipt = there.result["receipt"]
        assert (receipt["source"], receipt["asked"], receipt["complete"]) == ("S3", ["s3://lake/dev"], True)
        assert any(note.startswith("9 objects of ") for note in receipt["notes"])
