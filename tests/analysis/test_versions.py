"""Only lines of one version of the function are counted; those of others show how connections began."""

from collections.abc import Iterable
from pathlib import Path

from checks.analysis.analyse import Analysis, Scope, analyse, engine_in_scope
from checks.analysis.reading import count_events, find_window
from checks.analysis.recognise import Dialect
from checks.logs.files import read_files
from tests.analysis.playing import (
    ANN,
    BOB,
    OTHER_REQUEST,
    SINCE_MS,
    THIRD_REQUEST,
    WINDOW,
    Event,
    said,
    values,
    written,
)

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
    """If it began before the deploy, another version has its $connect: it is not lost.

    The stream of an access log names no version: a connection that it ends belongs to the version that began it.
    """
    ends = ("11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000")
    events = [
        logged(f"Client {ANN} connected", OLD),
        logged(f"Client {ANN} disconnected", NEW, 30, ends[0]),
        logged(f"Client {BOB} connected", NEW, request_id=THIRD_REQUEST),
        logged(f"Client {BOB} disconnected", "access-log", 30, ends[1]),
    ]
    new, old = of_version(tmp_path, events, "42"), of_version(tmp_path, events, "41")
    names = ("lifecycle.complete", "lifecycle.median_duration_seconds", "lifecycle.incomplete", "lifecycle.open")
    assert values(new, *names, "lifecycle.events") == [2, 1800, 0, 0, 2]
    assert values(old, *names, "lifecycle.events") == [0, None, 0, 0, 1]


def test_the_stream_names_the_version(tmp_path: Path) -> None:
    """It is in brackets, the whole number, after any prefix; a stream without one has no version.

    Only what was read is needed here, and not the meaning of the lines.
    """
    streams = (OLD, NEW, UNPUBLISHED, "access-log")
    logs = [logged(f"Client {ANN} connected", stream, number) for number, stream in enumerate(streams)]
    spool, events = read_files([str(written(tmp_path, logs))], tmp_path), {}
    for version in ("41", "42", "$LATEST", "4"):
        engine = engine_in_scope(Dialect(5, {}, {}), tmp_path, Scope(version=version))
        engine.scan(spool.files)
        engine.run("repeats")
        find_window(engine, spool, WINDOW)
        engine.run("reading")
        events[version] = count_events(engine, spool).events
    assert events == {"41": 1, "42": 1, "$LATEST": 1, "4": 0}
