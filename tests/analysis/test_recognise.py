"""`recognise`: why is my log line (not) counted?"""

from collections.abc import Sequence
from pathlib import Path

from checks.analysis.recognise import Recognised, recognise
from checks.logs.files import read_files
from tests.analysis.playing import ANN, REQUEST, Event, Taught, event, said, written


def recognised(folder: Path, events: Sequence[Event | str], patterns: Taught | None = None) -> list[Recognised]:
    path = written(folder, events)
    return list(recognise(read_files([str(path)], folder), patterns or {}, folder))


def test_every_event_is_told(tmp_path: Path) -> None:
    """Events are in the order of the file, even without signals, and whatever their times.

    An unreadable line has no signal, and the numbers after it are right. A person asks about lines, not about events,
    so duplicates are told twice.
    """
    twice = event(f"Client {ANN} connected", eventId="37")
    lines = [said(f"Client {ANN} connected", at_ms=0), event("Cache miss"), said("Post failed: GoneException: 410")]
    assert recognised(tmp_path, [*lines, "junk", twice, twice]) == [
        Recognised(1, ("connect",), ANN, REQUEST),
        Recognised(2, (), None, None),
        Recognised(3, ("gone",), ANN, REQUEST),
        Recognised(4, (), None, None),
        Recognised(5, ("connect",), ANN, None),
        Recognised(6, ("connect",), ANN, None),
    ]


def test_taught_patterns_are_used(tmp_path: Path) -> None:
    """The patterns of thresholds.yaml are tried on lines with any words."""
    taught = {"disconnect": {"bye": r"farewell (?P<connection_id>\S+)"}}
    assert recognised(tmp_path, [event(f"farewell {ANN}")], taught) == [Recognised(1, ("disconnect",), ANN, None)]
