"""Text that could be JSON is rewritten as that JSON."""

import io
import json

import pytest

from checks.logs.formats.json_records.rewritten import REWRITTEN_FORMATS
from tests.logs.exports import as_yaml, event

YAML, TAGGED = REWRITTEN_FORMATS

EVENTS = [event("one"), event("two"), event("three")]

RECORD = '{"log": "one"}'


def rewritten(text: str) -> tuple[str, list[str]]:
    target = io.BytesIO()
    gaps = list(YAML.rewrite(io.BytesIO(text.encode()), target))
    return target.getvalue().decode(), gaps


@pytest.mark.parametrize(
    "document",
    [
        {"events": EVENTS, "searchedLogStreams": []},
        {"a": {"b": [[], {}, [1, -2.5, True, None]]}, "c": ["007", "true", "1e5", "null", "", "~"], "1": "x: y"},
        [],
    ],
)
def test_yaml_becomes_the_same_json(document: object) -> None:
    """Texts that look like numbers stay texts, because they are quoted."""
    text, gaps = rewritten(as_yaml(document))
    assert (json.loads(text), gaps) == (document, [])


def test_yaml_that_breaks_off_is_read_up_to_the_break() -> None:
    """Aliases are not followed: a few lines could become endless."""
    text, [gap] = rewritten(as_yaml({"events": EVENTS}) + '  "cut off')
    assert all(f'"message":"{one}"' in text for one in ("one", "two", "three"))
    assert gap.startswith("the YAML breaks off or is invalid at line ")
    _, gaps = rewritten("events: &a []\nmore: *a\n")
    assert gaps == ["the YAML has an alias at line 2, which is not followed"]


@pytest.mark.parametrize(
    ("line", "time"),
    [
        (f"2026-06-02T00:00:00+00:00\tchat.web\t{RECORD}", '"2026-06-02T00:00:00+00:00"'),
        (f"2026-06-02 00:00:00.125000000 +0900 chat.web: {RECORD}", '"2026-06-02 00:00:00.125000000 +0900"'),
        (f"chat.web: [1780358400.125000000, {RECORD}]", "1780358400.125000000"),
        (f"[7] chat.web: [[1780358400.125000000, {{}}], {RECORD}]\r", "1780358400.125000000"),
    ],
)
def test_the_time_before_a_record_is_put_into_it(line: str, time: str) -> None:
    """Fluentd and Fluent Bit write records so, to files and to standard output."""
    target = io.BytesIO()
    assert list(TAGGED.rewrite(io.BytesIO(f"{line}\n{line}\nother\n".encode()), target)) == []
    rewritten = f'{{"timestamp":{time},"log": "one"}}'
    assert target.getvalue().decode().splitlines() == [rewritten, rewritten, "other"]
