"""Only lines of one version of the function are counted; those of others show how connections began."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from checks.analysis.analyse import Analysis, Scope, analyse
from checks.analysis.recognise import Dialect
from checks.logs.files import read_files
from tests.analysis.playing import ANN, BOB, OTHER_REQUEST, SINCE_MS, WINDOW, Event, said, values, written

OLD, NEW, UNPUBLISHED = "2026/06/02/[41]aa", "2026/06/02/chat[42]bb", "2026/06/02/[$LATEST]cc"


def of_version(folder: Path, events: Iterable[Event], version: str, *, others: bool = False) -> Analysis:
    path = written(folder, events)
    scope = Scope(version=version, is_version_excluded=others)
    analysis, _ = analyse(read_files([str(path)], folder), WINDOW, Dialect(5, {}, {}), folder, scope)
    return analysis


def logged(text: str, stream: str, minutes: float = 0, request_id: str = OTHER_REQUEST) -> Event:
    return said(text, SINCE_MS + round(minutes * 60_000), request_id, logStreamName=stream)


def test_other_versions_are_not_counted(tmp_path: Path) -> None:
    """Neither their events nor their errors are; a note has their number."""
    events = [
        logged(f"Client {ANN} connected", OLD),
        logged(f"Could not post to connection {ANN}: GoneException: 410", OLD, 1),
        logged(f"Client {BOB} connected", NEW, request_id="11111111-0000-4000-8000-000000000000"),
    ]
    analysis = of_version(tmp_path, events, "42")
    assert values(analysis, "data.events", "gone.errors", "lifecycle.events") == [1, 0, 1]
    assert analysis.reading.other_version_events == 2
    turned = of_version(tmp_path, events, "42", others=True)
    assert values(turned, "data.events", "gone.errors", "lifecycle.events") == [2, 1, 1]


def test_a_connection_is_judged_where_it_ended(tmp_path: Path) -> None:
    """If it began before the deploy, another version has its $connect: it is not lost."""
    events = [
        logged(f"Client {ANN} connected", OLD),
        logged(f"Client {ANN} disconnected", NEW, 30, "11111111-0000-4000-8000-000000000000"),
    ]
    new, old = of_version(tmp_path, events, "42"), of_version(tmp_path, events, "41")
    names = ("lifecycle.complete", "lifecycle.median_duration_seconds", "lifecycle.incomplete", "lifecycle.open")
    assert values(new, *names) == [1, 1800, 0, 0]
    assert values(old, *names) == [0, None, 0, 0]


def test_an_access_log_ends_a_connection_for_the_version_that_began_it(tmp_path: Path) -> None:
    """Its stream names no version, so no other version saw the connection last."""
    events = [
        logged(f"Client {ANN} connected", NEW),
        logged(f"Client {ANN} disconnected", "access-log", 30, "11111111-0000-4000-8000-000000000000"),
    ]
    names = ("lifecycle.complete", "lifecycle.open", "lifecycle.events")
    assert values(of_version(tmp_path, events, "42"), *names) == [1, 0, 1]
    assert values(of_version(tmp_path, events, "41"), *names) == [0, 0, 0]


@pytest.mark.parametrize(("version", "events"), [("41", 1), ("42", 1), ("$LATEST", 1), ("4", 0)])
def test_the_stream_names_the_version(tmp_path: Path, version: str, events: int) -> None:
    """It is in brackets, the whole number, after any prefix; a stream without one has no version."""
    streams = (OLD, NEW, UNPUBLISHED, "access-log")
    logs = [logged(f"Client {ANN} connected", stream, number) for number, stream in enumerate(streams)]
    assert values(of_version(tmp_path, logs, version), "data.events") == [events]
