"""Whatever a user names with --logs, every event in it reaches the spool, and the rest is told."""

import gzip
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.analysis.engine import Engine
from checks.errors import SourceError
from checks.logs.files import read_files
from checks.logs.spool import MOST_EXAMPLES, Spool, Unreadable
from tests.logs import exports
from tests.logs.exports import SINCE_MS, STREAM, event

EVENTS = [
    event("one"),
    event("two\n  at line 2\n\n  at line 4", SINCE_MS + 1),
    event('{"three": "👋 é"}', SINCE_MS + 2),
]
MESSAGES = [e["message"] for e in EVENTS]
CUT = "the compressed data are cut off or damaged"
NO_LOG = "has no line that begins with a time or is a JSON event; known are: JSON Lines, an event a line; "


@pytest.fixture(name="logs")
def _logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the user's files, which is where the user stands."""
    folder = tmp_path / "logs"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def put(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(*names: object) -> Spool:
    return read_files([str(name) for name in names], Path(tempfile.mkdtemp(dir="..")))


def events(spool: Spool) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in spool.files
        for line in file.path.read_text(encoding="utf-8").split("\n")
        if line.strip()
    ]


def messages(spool: Spool) -> list[str]:
    return [e["message"] for e in events(spool)]


def engine_messages(spool: Spool, folder: Path) -> list[str | None]:
    engine = Engine(folder)
    engine.set(files=[str(file.path) for file in spool.files])
    engine.run("events")
    return [row["message"] for row in engine.rows("SELECT message FROM events WHERE timestamp IS NOT NULL")]


def error_of(*names: object) -> str:
    with pytest.raises(SourceError) as error:
        read(*names)
    return str(error.value)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock a path for everyone, also where the tests run as root: they lay that down meanwhile."""
    mode = stat.S_IMODE(path.stat().st_mode)
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        path.chmod(mode)


@pytest.fixture(name="open_folder")
def _open_folder() -> Iterator[Path]:
    """A folder that every user may read and write; those of pytest are their owner's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["a.log", "a.gz", "a.zst"])
@pytest.mark.parametrize("compression", exports.COMPRESSIONS)
@pytest.mark.parametrize("form", exports.FORMATS)
def test_every_format_is_read_under_every_name(
    logs: Path, tmp_path: Path, form: str, compression: str, name: str
) -> None:
    """Format and compression are told from the content, whatever the name promises."""
    text = exports.FORMATS[form](EVENTS)
    spool = read(put(logs / name, exports.COMPRESSIONS[compression](text.encode())))
    assert messages(spool) == MESSAGES
    assert {e["logStreamName"] for e in events(spool)} == {STREAM if form != "S3 export" else str(logs / name)}
    assert (spool.unreadable, spool.gaps, spool.notes) == (Unreadable(), (), ())
    assert [file.origin for file in spool.files] == [str(logs / name)]
    if form == "JSON Lines":
        assert engine_messages(spool, tmp_path) == MESSAGES


def test_a_spool_says_what_was_asked(logs: Path) -> None:
    """The receipt names the source and what the user named."""
    put(logs / "a.jsonl", exports.json_lines(EVENTS))
    spool = read("a.jsonl", "*.jsonl")
    assert (spool.source, spool.asked) == ("files", ("a.jsonl", "*.jsonl"))


def test_plain_json_lines_are_used_where_they_are(logs: Path) -> None:
    """A file of any size that needs no change is not copied."""
    path = put(logs / "a.jsonl", exports.json_lines(EVENTS))
    assert [file.path for file in read(path).files] == [path]


@pytest.mark.parametrize(
    "name",
    ["a[1].jsonl", "a*.jsonl", "a?.jsonl", "{a,b}.jsonl", "message=x/a.jsonl", "a.jsonl.gz", "a.zst", "a (1).jsonl"],
)
def test_a_name_is_nothing_but_a_name(logs: Path, tmp_path: Path, name: str) -> None:
    """The engine reads just the file that was named, where it would see a pattern, a column or a compression."""
    for other in ("a1.jsonl", "ab.jsonl", "a.jsonl"):
        put(logs / other, exports.json_lines([event("another file")]))
    spool = read(put(logs / name, exports.json_lines(EVENTS)))
    assert messages(spool) == MESSAGES
    assert engine_messages(spool, tmp_path) == MESSAGES


@pytest.mark.parametrize("content", [exports.json_lines(EVENTS), exports.s3_export(EVENTS)], ids=["JSON", "text"])
@pytest.mark.parametrize("compression", exports.COMPRESSIONS)
def test_the_marks_of_windows_change_nothing(logs: Path, tmp_path: Path, content: str, compression: str) -> None:
    """A byte order mark and CRLF are no part of the events, and cost none of them."""
    windows = "\ufeff" + content.replace("\n", "\r\n")
    spool = read(put(logs / "a.log", exports.COMPRESSIONS[compression](windows.encode())))
    assert messages(spool) == MESSAGES
    assert engine_messages(spool, tmp_path) == MESSAGES
    assert (spool.unreadable, spool.gaps, spool.notes) == (Unreadable(), (), ())


@given(
    written=st.lists(st.builds(event, st.text(max_size=20), st.integers(0, 4 * 10**12)), min_size=1, max_size=5),
    form=st.sampled_from(["JSON Lines", "filter-log-events", "filter-log-events, pretty", "array"]),
    compression=st.sampled_from(list(exports.COMPRESSIONS)),
)
def test_events_survive_the_way_to_the_spool(
    tmp_path_factory: pytest.TempPathFactory, written: Sequence[exports.Event], form: str, compression: str
) -> None:
    """Events of any text come through any file as they were."""
    folder = tmp_path_factory.mktemp("any")
    text = exports.FORMATS[form](written)
    put(folder / "a", exports.COMPRESSIONS[compression](text.encode()))
    (folder / "spool").mkdir()
    assert events(read_files([str(folder / "a")], folder / "spool")) == written


def test_half_a_character_in_json_becomes_a_question_mark(logs: Path) -> None:
    """JSON can name half of an emoji, which no file can hold: the rest of the event is read."""
    put(logs / "a.json", '{"events": [{"timestamp": 1, "message": "cut \\ud83d"}]}')
    assert messages(read("a.json")) == ["cut ?"]


def test_lambdas_own_text_is_read_with_its_platform_lines(logs: Path) -> None:
    """Text with Lambda's prefix keeps it, and START, END and REPORT lines are events as well."""
    lines = [
        "START RequestId: 5e1f Version: $LATEST",
        "[INFO]\t2026-06-02T00:00:00.000Z\t5e1f\tconnected",
        "2026-06-02T00:00:01.000Z\t5e1f\tINFO\tof Node",
        "END RequestId: 5e1f",
        "REPORT RequestId: 5e1f\tDuration: 3.00 ms",
    ]
    put(logs / "a.log", "\n".join(lines))
    put(logs / "b.log", "\n".join(lines[1:]))
    assert messages(read("a.log")) == lines
    assert messages(read("b.log")) == lines[1:]


@pytest.mark.parametrize(
    "names",
    [
        ["day"],
        ["day/"],
        ["day/one.jsonl", "day/sub/two.gz"],
        ["day/*.jsonl", "day/sub/*"],
        ["day/**/*.*"],
        ["day/**"],
        ["d?y"],
        ["day/one.jsonl", "day/s*"],
        ["day", "day/one.jsonl", "./day/../day/one.jsonl", "day/*"],
    ],
    ids=" ".join,
)
def test_files_folders_and_patterns_are_read_once(logs: Path, names: list[str]) -> None:
    """Files, folders with what is below them, and patterns name files; one that was named twice is read once."""
    put(logs / "day/one.jsonl", exports.json_lines(EVENTS[:1]))
    put(logs / "day/sub/two.gz", gzip.compress(exports.s3_export(EVENTS[1:]).encode()))
    assert messages(read(*names)) == MESSAGES
    assert messages(read(*(logs / name for name in names))) == MESSAGES


def test_a_link_to_a_file_is_the_file(logs: Path) -> None:
    """A file and a link to it are the same events."""
    (logs / "link.jsonl").symlink_to(put(logs / "a.jsonl", exports.json_lines(EVENTS)))
    assert messages(read("a.jsonl", "link.jsonl")) == MESSAGES


def test_a_name_with_the_signs_of_a_pattern_is_a_name_first(logs: Path) -> None:
    """A file that is really called like a pattern is that file."""
    put(logs / "[ab].jsonl", exports.json_lines(EVENTS))
    put(logs / "a.jsonl", exports.json_lines(EVENTS))
    assert messages(read("[ab].jsonl")) == MESSAGES


def test_hidden_files_are_skipped_unless_named(logs: Path) -> None:
    """Hidden files and folders are no part of a folder or pattern, as in a shell; by their name they are read."""
    put(logs / "a.jsonl", exports.json_lines(EVENTS))
    for hidden in (".b.jsonl", ".git/c.jsonl", "sub/.d.jsonl"):
        put(logs / hidden, exports.json_lines([event("hidden")]))
    for names in (["."], ["*"], ["**"], [logs]):
        assert messages(read(*names)) == MESSAGES
    for names in ([".b.jsonl"], [".b*"], [".git"]):
        assert messages(read(*names)) == ["hidden"]


@pytest.mark.parametrize("compression", exports.COMPRESSIONS)
@pytest.mark.parametrize("form", exports.FORMATS)
def test_standard_input_takes_what_a_file_takes(
    logs: Path, monkeypatch: pytest.MonkeyPatch, form: str, compression: str
) -> None:
    """`-` reads what is piped in, in every format, once."""
    content = exports.COMPRESSIONS[compression](exports.FORMATS[form](EVENTS).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(content)))
    spool = read("-", "-")
    assert messages(spool) == MESSAGES
    assert [file.origin for file in spool.files] == ["standard input"]
    assert logs.exists()


@pytest.mark.parametrize("name", ["nowhere.jsonl", "nowhere/a.jsonl", "*.none", "", "nul\0"])
def test_a_name_without_a_file_is_an_error(logs: Path, name: str) -> None:
    """A name that matches nothing stops the run: it may be the very log that matters."""
    put(logs / "a.jsonl", exports.json_lines(EVENTS))
    assert error_of("a.jsonl", name) == f"--logs {name or repr(name)}: no such file, folder or match"


@pytest.mark.parametrize("name", ["empty", "empt*", "empty/"])
def test_a_folder_without_files_is_an_error(logs: Path, name: str) -> None:
    """A folder that holds no files, or only hidden ones, stops the run."""
    put(logs / "empty/sub/.hidden", exports.json_lines(EVENTS))
    holds = "no such file, folder or match" if "*" in name else "holds no files"
    assert error_of(name) == f"--logs {name}: {holds}"


def test_a_name_that_is_too_long_is_an_error(logs: Path) -> None:
    """What the system refuses as a name is told as such."""
    name = "x" * 300
    assert error_of(logs / name).startswith(f"--logs {logs / name}: ")


def test_a_file_that_may_not_be_read_is_an_error(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without permission stops the run, also where it lies in a folder: nothing shrinks in silence."""
    monkeypatch.chdir(open_folder)
    path = put(open_folder / "day/a.jsonl", exports.json_lines(EVENTS))
    spool = open_folder / "spool"
    spool.mkdir(mode=0o777)
    for name in (path, path.parent):
        with locked(path), pytest.raises(SourceError) as error:
            read_files([str(name)], spool)
        assert str(error.value) == f"{path}: cannot be read: Permission denied"


def test_a_folder_that_may_not_be_read_is_an_error(open_folder: Path) -> None:
    """A folder without permission stops the run, by itself or below another, and so does a file in it."""
    put(open_folder / "a.jsonl", exports.json_lines(EVENTS))
    path = put(open_folder / "sub/b.jsonl", exports.json_lines(EVENTS))
    for name in (open_folder, path.parent, path):
        with locked(path.parent), pytest.raises(SourceError) as error:
            read_files([str(name)], open_folder)
        assert str(error.value) == f"--logs {name}: cannot be read: Permission denied"


def test_a_read_that_fails_halfway_is_an_error(logs: Path) -> None:
    """Where the system gives up during the read, or while the spool is written, the error names the file."""
    put(logs / "a.log", exports.s3_export(EVENTS))
    folder = logs / "spool"
    (folder / "0000.jsonl").mkdir(parents=True)
    with pytest.raises(SourceError, match=r"^a\.log: cannot be read: Is a directory$"):
        read_files(["a.log"], folder)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b" \r\n\n\t\n", "is empty", id="blank"),
        pytest.param(b"\xef\xbb\xbf", "is empty", id="byte order mark"),
        pytest.param(gzip.compress(b""), "is empty", id="empty gzip"),
        pytest.param(b"Permission Check Successful", NO_LOG, id="no time"),
        pytest.param(b"[default]\nregion = eu-west-1\n", NO_LOG, id="INI"),
        pytest.param(b"no time\n" * 100_000, NO_LOG, id="no time in a long file"),
        pytest.param(bytes(range(256)) * 9, "is binary or UTF-16; logs are text in UTF-8", id="binary"),
        pytest.param(b"\xff\xfe\xfd" * 200_000, "is binary or UTF-16; logs are text in UTF-8", id="not UTF-8"),
        pytest.param("\ufeff2026-06-02".encode("utf-16"), "is binary or UTF-16; logs are text in UTF-8", id="UTF-16"),
        pytest.param(gzip.compress(b"one\n")[:5], CUT, id="header of a gzip"),
        pytest.param(b"\x28\xb5\x2f\xfd", CUT, id="header of a zstd"),
    ],
)
def test_what_is_no_log_stops_the_run_only_where_it_was_named(logs: Path, content: bytes, complaint: str) -> None:
    """A file that was named must be a log; one that merely lies in a folder or matches a pattern is counted."""
    put(logs / "day/a.jsonl", exports.json_lines(EVENTS))
    junk = put(logs / "day/junk", content)
    assert error_of("day/a.jsonl", "day/junk").startswith(f"day/junk: {complaint}")
    for name in ("day", "day/*"):
        spool = read(name)
        assert messages(spool) == MESSAGES
        assert spool.unreadable.count == 1
        assert spool.unreadable.examples[0].startswith(f"day/junk:1: {complaint}")
        assert spool.gaps == ((f"day/junk: {CUT}",) if complaint == CUT else ())
        assert spool.notes == ()
    assert junk.read_bytes() == content


def test_junk_alone_leaves_a_spool_without_events(logs: Path) -> None:
    """A folder of nothing but junk has no events, and says why: the analysis makes an error of it."""
    put(logs / "day/junk", "junk")
    spool = read("day")
    assert (spool.files, spool.unreadable.count) == ((), 1)


@pytest.mark.parametrize("form", ["JSON Lines", "S3 export", "aws logs tail", "filter-log-events", "array"])
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_of_half_a_compressed_file_the_first_half_is_read(logs: Path, form: str, compression: str) -> None:
    """What stands before the cut is read, whatever the format, and a gap tells that more was there."""
    many = [event(f"number {n}: {n * 7919 % 1000003:x}", SINCE_MS + n) for n in range(3000)]
    compress = exports.COMPRESSIONS["gzip"] if compression == "gzip" else exports.blocks_of_zstd
    whole = compress(exports.FORMATS[form](many).encode())
    spool = read(put(logs / "a.log", whole[: len(whole) // 2]))
    (file,) = spool.files
    texts = [e["message"] for e in map(json.loads, file.path.read_text(encoding="utf-8").splitlines()[:-1])]
    assert texts == [e["message"] for e in many[: len(texts)]]
    assert len(texts) > 1200
    assert spool.gaps[0] == f"{logs / 'a.log'}: {CUT}"


def test_invalid_utf8_is_replaced_and_noted(logs: Path) -> None:
    """Bytes that are no UTF-8 cost nothing but themselves, and a note tells how many there were."""
    put(logs / "a.log", b"2026-06-02T00:00:00Z caf\xe9 \xff\n2026-06-02T00:00:01Z two\n")
    spool = read("a.log")
    assert messages(spool) == ["caf\ufffd \ufffd", "two"]
    assert spool.notes == ("a.log: bytes that were not UTF-8 and became U+FFFD: 2",)
    assert (spool.unreadable, spool.gaps) == (Unreadable(), ())


@pytest.mark.parametrize("form", exports.FORMATS)
def test_a_line_of_1_mib_is_an_event(logs: Path, tmp_path: Path, form: str) -> None:
    """The longest event that CloudWatch stores is read whole, in every format."""
    long = [event("x" * (1 << 20)), event("next", SINCE_MS + 1)]
    spool = read(put(logs / "a.log", exports.FORMATS[form](long)))
    assert engine_messages(spool, tmp_path) == [e["message"] for e in long]


@pytest.mark.parametrize("junk", [b"x" * (1 << 20), b"junk\n" * 50_000, b"x" * (1 << 16) + b'{"a": 1}'])
@pytest.mark.parametrize("form", ["S3 export", "aws logs tail"])
def test_junk_before_the_first_event_does_not_hide_the_rest(logs: Path, form: str, junk: bytes) -> None:
    """However much stands before the first event, its lines are counted, and the events behind them read."""
    spool = read(put(logs / "a.log", junk.strip() + b"\n" + exports.FORMATS[form](EVENTS).encode()))
    assert messages(spool) == MESSAGES
    assert spool.unreadable.count == junk.strip().count(b"\n") + 1
    assert spool.unreadable.examples[0] == f"{logs / 'a.log'}:1: has no time, nor does it continue an event"


def test_json_lines_behind_much_junk_are_json_lines(logs: Path, tmp_path: Path) -> None:
    """JSON Lines are known behind a long preface, too; the analysis counts its lines."""
    spool = read(put(logs / "a.log", "junk\n" * 50_000 + exports.json_lines(EVENTS)))
    assert engine_messages(spool, tmp_path) == MESSAGES


def test_blank_lines_are_nothing(logs: Path) -> None:
    """Blank lines around events are neither events nor unreadable."""
    put(logs / "a.log", "\n\n" + exports.s3_export(EVENTS[:1]))
    put(logs / "b.json", "\n \n" + exports.filter_log_events(EVENTS[1:2]) + "\n\n")
    put(logs / "c.jsonl", "\n\r\n" + exports.json_lines(EVENTS[2:]) + "\n")
    spool = read("a.log", "b.json", "c.jsonl")
    assert messages(spool) == MESSAGES
    assert spool.unreadable == Unreadable()


def test_all_unreadable_parts_are_counted_and_the_first_are_shown(logs: Path) -> None:
    """Of many parts that are no event, all are counted, and a few are shown with file and line."""
    put(logs / "a.json", json.dumps({"events": [EVENTS[0], *["x"] * 4]}))
    put(logs / "b.log", "junk\n" * 7 + exports.s3_export(EVENTS[1:]))
    spool = read("a.json", "b.log")
    assert messages(spool) == MESSAGES
    item = "is not a JSON object with a timestamp"
    assert spool.unreadable == Unreadable(
        11,
        (
            *(f"a.json:document 1, event {n}: {item}" for n in range(2, 6)),
            "b.log:1: has no time, nor does it continue an event",
        ),
    )
    assert len(spool.unreadable.examples) == MOST_EXAMPLES


def test_gaps_name_their_file(logs: Path) -> None:
    """Output that was cut off, or is of a query that was not over, is a gap of that file."""
    put(logs / "a.json", json.dumps({"events": EVENTS[:1], "nextToken": "abc"}))
    put(logs / "b.json", exports.get_query_results(EVENTS[1:], status="Running"))
    spool = read("a.json", "b.json")
    assert messages(spool) == MESSAGES
    assert spool.gaps == (
        "a.json: the output has a nextToken: it was cut off, more events were there",
        "b.json: the query's status is 'Running': only the results of a Complete query are all there",
    )


def test_a_broken_document_is_read_up_to_the_break(logs: Path) -> None:
    """JSON that breaks off is counted with its line, and the events before it are there."""
    put(logs / "a.json", exports.filter_log_events(EVENTS, indent=4)[:-60])
    spool = read("a.json")
    assert messages(spool) == MESSAGES[:2]
    assert (spool.unreadable.count, len(spool.gaps)) == (1, 1)
    assert spool.gaps[0].startswith("a.json: the JSON breaks off at line 1")
