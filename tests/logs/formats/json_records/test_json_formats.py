"""A record is told by its keys, and its time has many names."""

import json
from pathlib import Path

import pytest

from tests.logs.exports import json_lines
from tests.logs.formats.json_records.test_json_records import converted, messages


@pytest.mark.parametrize("name", ["timestamp", "time", "@timestamp", "_time", "ts", "@t", "requestTime", "asctime"])
def test_a_time_has_many_names(tmp_path: Path, name: str) -> None:
    """Of the libraries that log, and of the variables of API Gateway."""
    record = {name: "2026-06-02T00:00:00Z", "msg": "x", "level": "INFO"}
    assert [json.loads(one) for one in messages(converted(tmp_path, json_lines([record])))] == [record]
