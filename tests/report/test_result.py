"""result.json is whole, valid by its published schema, and equal to the result."""

import json
import math
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from checks.analysis.analyse import Signature
from checks.errors import ConfigError
from checks.metrics import METRICS
from checks.report.result import FORMAT_VERSION, BaselineResult, Result, cleaned, read_result, write_result
from checks.verdicts.polling import Poll, PollState
from checks.verdicts.verdict import Verdict
from checks.window import Window
from tests.generate import RESULT_SCHEMA, schema_of_result
from tests.own_process import check_jsonschema
from tests.report.results import (
    HOSTILE,
    SINCE,
    UNPRINTABLE,
    UNTIL,
    check,
    deploy,
    evidence,
    fetch,
    gone,
    overview,
    reading,
    receipt,
    result,
    unread,
)

KEYS = {"version", "environment", "window", "verdict", "exit_code", "metrics", "checks", "receipt"}
"""The keys that result.json promises."""
FULL = result(
    check(),
    gone_connections=(gone(),),
    overview=overview(deploys=(deploy(hours=1),)),
    evidence=(evidence(),),
    baseline=BaselineResult(description="before", window=Window(SINCE, UNTIL), metrics={}, error=""),
    polls=(Poll(UNTIL, UNTIL, 5, Verdict.PASS, PollState.PASSING, "all is well"),),
    new_signatures=(Signature("Slow room #", 3, SINCE, "Slow room 7"),),
    signatures=("Slow room #",),
    deployed=SINCE,
    receipt=receipt(reading(), fetch=fetch()),
)
"""A result with something of every kind."""

CHECK_KEYS = {"id", "metric", "verdict", "value", "operator", "limit", "n", "sentence"}


def written(run: Result, folder: Path) -> Any:
    write_result(run, folder / "result.json")
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def test_the_schema_is_versioned_and_has_the_promised_keys() -> None:
    """Keys that others rely on are required."""
    published = schema_of_result()
    assert set(published["required"]) >= KEYS
    assert set(published["$defs"]["CheckResult"]["required"]) >= CHECK_KEYS
    assert FORMAT_VERSION == 1


@pytest.mark.parametrize("run", [FULL, unread("no such file")])
def test_what_is_written_is_the_result(run: Result, tmp_path: Path) -> None:
    """Reading it back gives the same result, and it is valid by its published schema."""
    document = written(run, tmp_path)
    assert set(document) == set(schema_of_result()["properties"])
    assert read_result(tmp_path / "result.json") == run
    assert not check_jsonschema("--schemafile", RESULT_SCHEMA, tmp_path / "result.json")


def test_the_keys_that_others_rely_on(tmp_path: Path) -> None:
    """Window, metrics and checks have the promised shape."""
    document = written(result(check()), tmp_path)
    assert document["window"] == {"since": "2026-06-02T00:00:00Z", "until": "2026-06-03T00:00:00Z"}
    assert list(document["metrics"]) == list(METRICS)
    assert document["metrics"]["gone.errors"] == {"value": 0.0, "n": 0}
    assert set(document["checks"][0]) >= CHECK_KEYS


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_no_number_is_null(value: float | None, tmp_path: Path) -> None:
    """A value without a sample is null: JSON knows neither NaN nor infinity."""
    run = result(metrics={"welcome.failure_rate": (value, 0)})
    assert written(run, tmp_path)["metrics"]["welcome.failure_rate"] == {"value": None, "n": 0}


def test_a_cleaned_result_is_harmless() -> None:
    """Any text of a result, at any depth, loses invisible characters; all else stays."""
    read = reading(unreadable_examples=(HOSTILE,))
    run = cleaned(
        result(
            check(sentence=HOSTILE, owner=HOSTILE),
            receipt=receipt(read, requested=(HOSTILE,), gaps=(HOSTILE,)),
            gone_connections=(gone(HOSTILE, sample=HOSTILE),),
            near_misses=(HOSTILE,),
            error=HOSTILE,
        )
    )
    text = str(msgspec.to_builtins(run))
    assert not set(UNPRINTABLE) & set(text)
    assert not any(repr(character)[1:-1] in text for character in UNPRINTABLE)
    assert text.count("gnp.exe") == 9
    assert run.gone_connections[0].sample.startswith("<script>alert('1\")</script> [31m gnp.exe ")


def test_a_clean_result_stays_as_it_is() -> None:
    """Numbers, times, verdicts and readable text are not changed."""
    run = result(check(), gone_connections=(gone(),))
    assert cleaned(run) == run


def test_a_file_name_need_not_be_utf_8(tmp_path: Path) -> None:
    """What can't be encoded is not readable, so a cleaned result has a space in its place."""
    document = written(cleaned(result(receipt=receipt(reading(), requested=("caf\udce9.jsonl",)))), tmp_path)
    assert document["receipt"]["asked"] == ["caf .jsonl"]


def test_the_file_is_replaced_at_once(tmp_path: Path) -> None:
    """A reader of the old file still sees all of it; nothing else is left in the folder."""
    write_result(result(environment="old"), tmp_path / "result.json")
    with (tmp_path / "result.json").open(encoding="utf-8") as old:
        write_result(result(environment="new"), tmp_path / "result.json")
        assert json.load(old)["environment"] == "old"
    assert json.loads((tmp_path / "result.json").read_text())["environment"] == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_others_may_read_it(tmp_path: Path) -> None:
    """A web server or another user can show it, like any file that is written here."""
    write_result(result(), tmp_path / "result.json")
    (tmp_path / "other").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """A write that fails is an error, not silence."""
    with pytest.raises(OSError, match="missing"):
        write_result(result(), tmp_path / "missing" / "result.json")


NAIVE = {"since": "2026-06-02T00:00:00", "until": "2026-06-03T00:00:00"}
EMPTY = {"since": "2026-06-02T00:00:00Z", "until": "2026-06-02T00:00:00Z"}


def test_what_is_no_result_is_refused_with_the_reason(tmp_path: Path) -> None:
    """This covers other files, other versions, and metrics that don't exist."""
    whole = json.loads(msgspec.json.encode(FULL))
    less = {key: value for key, value in whole.items() if key != "metrics"}
    rows: list[tuple[object, str]] = [
        ([], "Expected `object`, got `array`"),
        ({}, "Object missing required field `version`"),
        (less, "Object missing required field `metrics`"),
        (whole | {"version": 2}, "its version is 2, but only version 1 can be read"),
        (whole | {"checks": 5}, "Expected `array`, got `int` - at `$.checks`"),
        (whole | {"checks": [{"id": "gone.errors"}]}, "Object missing required field `verdict` - at `$.checks[0]`"),
        (whole | {"verdict": "fine"}, "Invalid enum value 'fine' - at `$.verdict`"),
        (whole | {"window": NAIVE}, "Expected `datetime` with a timezone component - at `$.window.since`"),
        (whole | {"window": EMPTY}, "the window is empty: since 2026-06-02T00:00:00Z is not before until"),
        (
            whole | {"metrics": {"gone.connection_rate": {"value": 7, "n": 3}}},
            "metrics.gone.connection_rate: 7.0 is not a share",
        ),
        (whole | {"metrics": {"gone.errors": {"value": -7}}}, "Expected `float` >= 0.0 - at `$.metrics[...].value`"),
    ]
    file = tmp_path / "foreign.json"
    reasons = []
    for document, _ in rows:
        file.write_text(json.dumps(document), encoding="utf-8")
        reasons.append(refused(file).partition(": is not the result.json of a run: ")[2])
    assert [(got, reason) for got, (_, reason) in zip(reasons, rows, strict=True) if not got.startswith(reason)] == []


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_no_result(content: bytes, tmp_path: Path) -> None:
    """The error has one line."""
    (tmp_path / "foreign.json").write_bytes(content)
    assert len(refused(tmp_path / "foreign.json").splitlines()) == 1


def test_what_is_added_later_is_no_obstacle(tmp_path: Path) -> None:
    """Keys that this version does not know are ignored."""
    document = json.loads(msgspec.json.encode(FULL)) | {"weather": "fine"}
    (tmp_path / "result.json").write_text(json.dumps(document), encoding="utf-8")
    assert read_result(tmp_path / "result.json") == FULL


def refused(file: Path) -> str:
    with pytest.raises(ConfigError, match="is not the result") as error:
        read_result(file)
    return str(error.value)
