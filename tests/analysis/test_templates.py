"""A sentence is classified once: a line means the same alone or by its template."""

import base64
import json
import random
import re
import string
import time
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.playing import event, statements
from tests.analysis.test_recogniser import SIGNALS, SILENT
from tests.simulator import emit, strategies
from tests.simulator.story import Scenario

VARIANTS: Final = 6
VARIABLES: Final = re.compile(
    r"(?P<gateway>\b[\w-]{11}C[\w-]{3}=)|(?P<request>\b[\w-]{11}F[\w-]{3}=)"
    r"|(?P<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)"
    r"|(?P<time>\d\d:\d\d:\d\d\.\d{3})|(?P<address>\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b)|(?P<number>(?<![\w.:-])\d{4,}(?![\w.:-]))"
)
"""What may differ from line to line of one sentence, and what no rule may tell apart."""
BASE64: Final = string.ascii_letters + string.digits + "-_"


def drawn(characters: str, length: int, draw: random.Random) -> str:
    return "".join(draw.choices(characters, k=length))


def varied(message: str, draw: random.Random) -> str:
    """Return the same sentence with another connection, request and time; a repeated value stays repeated."""
    values: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        kind, old = match.lastgroup, match.group()
        if kind == "gateway":
            new = f"{drawn(BASE64, 11, draw)}C{drawn(BASE64, 3, draw)}="
        elif kind == "request":
            new = f"{drawn(BASE64, 11, draw)}F{drawn(BASE64, 3, draw)}="
        elif kind == "uuid":
            new = re.sub(r"[0-9a-f]", lambda _: draw.choice("0123456789abcdef"), old)
        elif kind == "time":
            new = f"{draw.randrange(24):02}:{draw.randrange(60):02}:{draw.randrange(60):02}.{draw.randrange(1000):03}"
        elif kind == "address":
            new = ".".join(str(draw.randrange(1, 255)) for _ in range(4))
        else:
            new = "1" + drawn(string.digits, len(old) - 1, draw)
        return values.setdefault(old, new)

    return VARIABLES.sub(value, message)


def differences(folder: Path, messages: Iterable[str]) -> list[str]:
    """Return the lines that mean one thing by their template, and another when each is read alone."""
    events = [
        event(message, logStreamName=f"2026/06/02/[$LATEST]{number:032x}") for number, message in enumerate(messages)
    ]
    alone = statements(folder, events, is_line_by_line=True)
    by_template = statements(folder, events)
    assert len({row["template"] for row in by_template}) <= len({row["template"] for row in alone})
    assert [row["seq"] for row in by_template] == [row["seq"] for row in alone]
    return [
        f"{row['message']}: {name} is {row[name]}, read alone {same[name]}"
        for row, same in zip(by_template, alone, strict=True)
        for name in row.keys() - {"template"}
        if row[name] != same[name]
    ]


def test_a_sentence_means_the_same_whatever_its_variables(tmp_path: Path) -> None:
    """With other ids and times, templates of the recogniser's sentences mean the same."""
    draw = random.Random(1)
    messages = sorted({case.message for case in (*SIGNALS, *SILENT)})
    assert not differences(tmp_path, [varied(message, draw) for message in messages for _ in range(VARIANTS)])


def test_the_demo_means_the_same(tmp_path: Path) -> None:
    """The shipped recording gives the same by templates and line by line."""
    recording = (files("checks.demo") / "recording.jsonl").read_text(encoding="utf-8")
    assert not differences(tmp_path, [json.loads(line)["message"] for line in recording.splitlines()])


@settings(max_examples=3)
@given(st.lists(strategies.scenarios(), min_size=4, max_size=4))
def test_any_traffic_means_the_same(played: list[Scenario]) -> None:
    """Any simulated traffic does, in every dialect, with texts that imitate log lines."""
    with TemporaryDirectory() as folder:
        assert not differences(Path(folder), [line["message"] for one in played for line in emit.delivered(one)])


LONG: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "hex": lambda draw: draw.randbytes(1 << 19).hex(),
    "base64": lambda draw: base64.b64encode(draw.randbytes(3 << 18)).decode(),
    "ids": lambda draw: " ".join(base64.b64encode(draw.randbytes(11)).decode() for _ in range(1 << 16)),
    "numbers": lambda _: "12.5, " * (1 << 17),
    "bodies": lambda _: "body='" * (1 << 17),
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_line_takes_linear_time(tmp_path: Path, kind: str) -> None:
    """A mebibyte of anything is understood in seconds."""
    message = f"Client connected: Qw7LmXa9oAMCKbg=\n{LONG[kind](random.Random(1))}"
    began = time.perf_counter()
    assert len(statements(tmp_path, [event(message)])) == 1
    assert time.perf_counter() - began < 20


def test_bytes_that_are_dumped_are_one_variable(tmp_path: Path) -> None:
    """Some of their digits look like numbers, and some of their letters like words."""
    dumps = [random.Random(seed).randbytes(1500) for seed in range(4)]
    codes: Mapping[str, Callable[[bytes], str]] = {
        "hex": bytes.hex,
        "base64": lambda dump: base64.b64encode(dump).decode(),
    }
    texts = [f"{code} {write(dump)}" for code, write in codes.items() for dump in dumps]
    rows = statements(tmp_path, [event(f"Client connected: Qw7LmXa9oAMCKbg=, ticket {text}") for text in texts])
    assert [row["kinds"] for row in rows] == [["connect"]] * 8
    assert {code: len({row["template"] for row in rows if f"{code} " in row["message"]}) for code in codes} == {
        "hex": 1,
        "base64": 1,
    }
