"""result.json is whole, valid by its published schema, and the same as the result."""

import json
import math
import stat
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from checks.metrics import METRICS
from checks.report.result import VERSION, Result, cleaned, schema, write
from tests.report.results import HOSTILE, UNPRINTABLE, check, gone, reading, receipt, result, unread

KEYS = {"version", "environment", "window", "verdict", "exit_code", "metrics", "checks", "receipt"}
"""What DESIGN.md promises."""
CHECK_KEYS = {"id", "metric", "verdict", "value", "operator", "limit", "n", "sentence"}


def written(found: Result, folder: Path) -> Any:
    write(found, folder / "result.json")
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))


def test_the_schema_is_versioned_and_has_the_promised_keys() -> None:
    """What others rely on is required."""
    published = schema()
    assert set(published["required"]) >= KEYS
    assert set(published["$defs"]["CheckResult"]["required"]) >= CHECK_KEYS
    assert VERSION == 1


@pytest.mark.parametrize("found", [result(check(), gone_connections=(gone(),)), unread("no such file")])
def test_what_is_written_is_the_result(found: Result, tmp_path: Path) -> None:
    """Reading it back gives the same."""
    document = written(found, tmp_path)
    assert set(document) == set(schema()["properties"])
    assert TypeAdapter(Result).validate_python(document) == found


def test_the_keys_that_others_rely_on(tmp_path: Path) -> None:
    """Window, metrics and checks have the shape of DESIGN.md."""
    document = written(result(check()), tmp_path)
    assert document["window"] == {"since": "2026-06-02T00:00:00Z", "until": "2026-06-03T00:00:00Z"}
    assert list(document["metrics"]) == list(METRICS)
    assert document["metrics"]["gone.errors"] == {"value": 0.0, "n": 0}
    assert set(document["checks"][0]) >= CHECK_KEYS


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_no_number_is_null(value: float | None, tmp_path: Path) -> None:
    """No sample is null: JSON knows neither NaN nor infinity."""
    found = result(metrics={"welcome.failure_rate": (value, 0)})
    assert written(found, tmp_path)["metrics"]["welcome.failure_rate"] == {"value": None, "n": 0}


def test_a_cleaned_result_is_harmless() -> None:
    """Whatever text a result holds, however deep, loses what nobody can see; all else stays."""
    told = reading(unreadable_examples=(HOSTILE,))
    found = cleaned(
        result(
            check(sentence=HOSTILE, owner=HOSTILE),
            receipt=receipt(told, asked=(HOSTILE,), gaps=(HOSTILE,)),
            gone_connections=(gone(HOSTILE, sample=HOSTILE),),
            near_misses=(HOSTILE,),
            error=HOSTILE,
        )
    )
    assert not set(UNPRINTABLE) & set(str(asdict(found)))
    assert not any(repr(character)[1:-1] in str(asdict(found)) for character in UNPRINTABLE)
    assert str(asdict(found)).count("gnp.exe") == 9
    assert found.gone_connections[0].sample.startswith("<script>alert('1\")</script> [31m gnp.exe ")


def test_a_clean_result_stays_as_it_is() -> None:
    """Numbers, times, verdicts and what people can read."""
    found = result(check(), gone_connections=(gone(),))
    assert cleaned(found) == found


def test_a_file_name_need_not_be_utf_8(tmp_path: Path) -> None:
    """A name that can't be encoded is written as an escape."""
    document = written(result(receipt=receipt(reading(), asked=("caf\udce9.jsonl",))), tmp_path)
    assert document["receipt"]["asked"] == ["caf\udce9.jsonl"]


def test_the_file_is_replaced_at_once(tmp_path: Path) -> None:
    """A reader who has the old file open sees the old one whole; nothing else is left in the folder."""
    write(result(environment="old"), tmp_path / "result.json")
    with (tmp_path / "result.json").open(encoding="utf-8") as old:
        write(result(environment="new"), tmp_path / "result.json")
        assert json.load(old)["environment"] == "old"
    assert json.loads((tmp_path / "result.json").read_text())["environment"] == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_others_may_read_it(tmp_path: Path) -> None:
    """A web server or another user can show it, as any file that is written here."""
    write(result(), tmp_path / "result.json")
    (tmp_path / "other").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """What can't be written is an error, not a silent nothing."""
    with pytest.raises(OSError, match="missing"):
        write(result(), tmp_path / "missing" / "result.json")
