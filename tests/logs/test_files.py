"""Every event in the files that --logs names reaches the spool, and the rest is reported."""

import gzip
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from checks.analysis.engine import Engine
from checks.errors import SourceError
from checks.logs.files import FileSource, read_files
from checks.logs.spool import LogRequest, Progress, Spool
from checks.window import Window, from_epoch_ms
from tests.logs import exports
from tests.logs.exports import COMPRESSIONS, SINCE_MS, event

EVENTS = [
    event("one"),
    event("two\n  at line 2\n\n  at line 4", SINCE_MS + 1),
    event('{"three": "👋 é"}', SINCE_MS + 2),
]
MESSAGES = [e["message"] for e in EVENTS]
CUT = "the compressed data are cut off or damaged"
UNKNOWN = "contains no event in a known format: an event needs a time"


@pytest.fixture(name="logs")
def _logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the user's files, which is the current folder."""
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
    return [e["message"] for e in events(spool) if not e.get("unread")]


def unread(spool: Spool) -> list[str]:
    """Return the lines that are not events, as `line: why`."""
    return [e["unread"] for e in events(spool) if e.get("unread")]


def engine_messages(spool: Spool, folder: Path) -> list[str | None]:
    engine = Engine(folder)
    engine.open(spool.files)
    engine.run("events")
    return [row["message"] for row in engine.rows("SELECT message FROM events WHERE timestamp IS NOT NULL")]


def error_of(*names: object) -> str:
    with pytest.raises(SourceError) as error:
        read(*names)
    return str(error.value)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock a path for everyone, even if the tests run as root: they drop that meanwhile."""
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
    """A folder that every user may read and write; pytest's own are private."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_the_name_of_a_file_promises_nothing(logs: Path, tmp_path: Path) -> None:
    """Format and compression are detected by the content, whatever the name."""
    for name, (form, compress) in product(
        ("a.log", "a.gz", "a.csv"), product(("JSON Lines", "S3 export"), COMPRESSIONS)
    ):
        text = exports.FORMATS[form].write(EVENTS)
        spool = read(put(logs / name, COMPRESSIONS[compress](text.encode())))
        assert engine_messages(spool, tmp_path) == MESSAGES, (name, form, compress)
        assert [file.origin for file in spool.files] == [str(logs / name)]


def test_a_spool_says_what_was_asked(logs: Path) -> None:
    """The receipt names the source, and what the user named."""
    put(logs / "a.jsonl", exports.json_lines(EVENTS))
    spool = read("a.jsonl", "*.jsonl")
    assert (spool.source, spool.requested) == ("files", ("a.jsonl", "*.jsonl"))


def test_plain_json_lines_are_used_where_they_are(logs: Path) -> None:
    """A file of any size that needs no change is not copied."""
    path = put(logs / "a.jsonl", exports.json_lines(EVENTS))
    assert [file.path for file in read(path).files] == [path]


@pytest.mark.parametrize(
    "name",
    ["a[1].jsonl", "a*.jsonl", "a?.jsonl", "{a,b}.jsonl", "message=x/a.jsonl", "a.jsonl.gz", "a.zst", "a (1).jsonl"],
)
def test_a_name_is_nothing_but_a_name(logs: Path, tmp_path: Path, name: str) -> None:
    """The engine reads just that file, without taking the name for a pattern, a column or a compression."""
    for other in ("a1.jsonl", "ab.jsonl", "a.jsonl"):
        put(logs / other, exports.json_lines([event("another file")]))
    spool = read(put(logs / name, exports.json_lines(EVENTS)))
    assert messages(spool) == MESSAGES
    assert engine_messages(spool, tmp_path) == MESSAGES


@pytest.mark.parametrize("content", [exports.json_lines(EVENTS), exports.s3_export(EVENTS)], ids=["JSON", "text"])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_the_marks_of_windows_change_nothing(logs: Path, tmp_path: Path, content: str, compression: str) -> None:
    """A byte order mark and CRLF are not part of the events, and cost none of them."""
    windows = "\ufeff" + content.replace("\n", "\r\n")
    spool = read(put(logs / "a.log", COMPRESSIONS[compression](windows.encode())))
    assert messages(spool) == MESSAGES
    assert engine_messages(spool, tmp_path) == MESSAGES
    assert (spool.gaps, spool.notes) == ((), ())
    assert unread(spool) == []


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
    """They name files, including those in subfolders; a file that is named twice is read once."""
    put(logs / "day/one.jsonl", exports.json_lines(EVENTS[:1]))
    put(logs / "day/sub/two.gz", gzip.compress(exports.s3_export(EVENTS[1:]).encode()))
    assert messages(read(*names)) == MESSAGES
    assert messages(read(*(logs / name for name in names))) == MESSAGES


def test_a_link_to_a_file_is_the_file(logs: Path) -> None:
    """A file and a link to it are the same events."""
    (logs / "link.jsonl").symlink_to(put(logs / "a.jsonl", exports.json_lines(EVENTS)))
    assert messages(read("a.jsonl", "link.jsonl")) == MESSAGES


def test_links_in_a_folder_are_followed_or_named(logs: Path) -> None:
    """A linked folder is read once; a broken link and a pipe are not logs."""
    put(logs / "day/a.jsonl", exports.json_lines(EVENTS[:1]))
    put(logs / "other/b.jsonl", exports.json_lines(EVENTS[1:]))
    (logs / "day/linked").symlink_to("../other")
    (logs / "other/back").symlink_to("../day")
    (logs / "day/broken.jsonl").symlink_to("nowhere")
    (logs / "day/circle").symlink_to("circle")
    os.mkfifo(logs / "day/pipe")
    spool = read("day")
    assert messages(spool) == MESSAGES
    assert spool.notes == ("skipped, not a log: day/broken.jsonl, day/circle, day/pipe",)


def test_a_name_with_the_signs_of_a_pattern_is_a_name_first(logs: Path) -> None:
    """A file that really has such a name is that file."""
    put(logs / "[ab].jsonl", exports.json_lines(EVENTS))
    put(logs / "a.jsonl", exports.json_lines(EVENTS))
    assert messages(read("[ab].jsonl")) == MESSAGES


def test_hidden_files_are_skipped_unless_named(logs: Path) -> None:
    """As in a shell, folders and patterns exclude them; by their names they are read."""
    put(logs / "a.jsonl", exports.json_lines(EVENTS))
    for hidden in (".b.jsonl", ".git/c.jsonl", "sub/.d.jsonl"):
        put(logs / hidden, exports.json_lines([event("hidden")]))
    for names in (["."], ["*"], ["**"], [logs]):
        assert messages(read(*names)) == MESSAGES
    for names in ([".b.jsonl"], [".b*"], [".git"]):
        assert messages(read(*names)) == ["hidden"]


@pytest.mark.parametrize("form", ["JSON Lines", "console CSV", "aws logs tail"])
def test_standard_input_takes_what_a_file_takes(logs: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """`-` reads what is piped in, once."""
    content = gzip.compress(exports.FORMATS[form].write(EVENTS).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(content)))
    spool = read("-", "-")
    assert messages(spool) == MESSAGES
    assert [file.origin for file in spool.files] == ["standard input"]
    assert logs.exists()


@pytest.mark.parametrize("name", ["nowhere.jsonl", "nowhere/a.jsonl", "*.none", "", "nul\0"])
def test_a_name_without_a_file_is_an_error(logs: Path, name: str) -> None:
    """A name that matches nothing stops the run: it may be the very log that matters."""
    put(logs / "a.jsonl", exports.json_lines(EVENTS))
    assert error_of("a.jsonl", name) == f"{name or repr(name)}: no such file, folder or match"


def test_the_name_of_a_log_group_is_no_file() -> None:
    """The error says which option takes it."""
    name = "/aws/lambda/chat"
    assert error_of(name) == f"{name}: no such file, folder or match; a log group is `--log-group {name}`"


@pytest.mark.parametrize("name", ["empty", "empt*", "empty/"])
def test_a_folder_without_files_is_an_error(logs: Path, name: str) -> None:
    """A folder without files, or with only hidden ones, stops the run."""
    put(logs / "empty/sub/.hidden", exports.json_lines(EVENTS))
    holds = "no such file, folder or match" if "*" in name else "holds no files"
    assert error_of(name) == f"{name}: {holds}"


def test_a_link_that_leads_nowhere_is_an_error(logs: Path) -> None:
    """The error is the system's reason."""
    for name, target, reason in (
        ("circle", "circle", "Too many levels of symbolic links"),
        ("broken", "nowhere", "No such file or directory"),
    ):
        (logs / name).symlink_to(target)
        assert error_of(name) == f"{name}: cannot be read: {reason}"


def test_a_device_is_an_error(logs: Path) -> None:
    """It may be endless, and its copy would fill the disk."""
    (logs / "zeros").symlink_to("/dev/zero")
    assert error_of("zeros") == "zeros: is a device: name a file, or - for standard input"


def test_a_name_that_is_too_long_is_an_error(logs: Path) -> None:
    """The error is the system's reason."""
    name = "x" * 300
    assert error_of(logs / name).startswith(f"{logs / name}: ")


def test_a_file_that_may_not_be_read_is_an_error(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops the run, even within a folder: logs never shrink silently."""
    monkeypatch.chdir(open_folder)
    path = put(open_folder / "day/a.jsonl", exports.json_lines(EVENTS))
    spool = open_folder / "spool"
    spool.mkdir(mode=0o777)
    for name in (path, path.parent):
        with locked(path), pytest.raises(SourceError) as error:
            read_files([str(name)], spool)
        assert str(error.value) == f"{path}: cannot be read: Permission denied"


def test_a_folder_that_may_not_be_read_is_an_error(open_folder: Path) -> None:
    """It stops the run, even below another one, and so does a file in it."""
    put(open_folder / "a.jsonl", exports.json_lines(EVENTS))
    path = put(open_folder / "sub/b.jsonl", exports.json_lines(EVENTS))
    for name in (open_folder, path.parent, path):
        with locked(path.parent), pytest.raises(SourceError) as error:
            read_files([str(name)], open_folder)
        assert str(error.value) == f"{name}: cannot be read: Permission denied"


def test_a_read_that_fails_halfway_is_an_error(logs: Path) -> None:
    """If the system fails while reading, or writing the spool, the error names the file."""
    put(logs / "a.log", exports.s3_export(EVENTS))
    folder = logs / "spool"
    (folder / "0000.jsonl").mkdir(parents=True)
    with pytest.raises(SourceError, match=r"^a\.log: cannot be read: Is a directory$"):
        read_files(["a.log"], folder)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9

NO_LOGS = {
    "empty": (b"", "is empty"),
    "blank": (b" \r\n\n\t\n", "is empty"),
    "byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "empty gzip": (gzip.compress(b""), "is empty"),
    "what an export to S3 tries first": (b"Permission Check Successful", UNKNOWN),
    "INI": (b"[default]\nregion = eu-west-1\n", UNKNOWN),
    "no time in a long file": (b"no time\n" * 100_000, UNKNOWN),
    "configuration": (b'{"name": "chat", "scripts": {}}', UNKNOWN),
    "picture": (PNG, "is binary; logs are text"),
    "not UTF-8": (b"\xff\xfd\xfe" * 200_000, "is binary; logs are text"),
}
"""What lies in folders beside logs, and what is said of it where it was named."""

UNREAD_LOGS = {
    "header of a gzip": (gzip.compress(b"one\n")[:5], CUT),
    "header of a zstd": (b"\x28\xb5\x2f\xfd", CUT),
    "xz": (b"\xfd7zXZ\0\0", "is packed with xz: unpack it"),
    "lines without a time": (b"START RequestId: 7c1d2a90\nClient connected\n", UNKNOWN),
    "CSV of other columns": (b"when,what\n2026-06-02,GoneException\n", UNKNOWN),
    "table": (
        b"-----------\n|  FilterLogEvents  |\n+---------+\n||  message  ||\n",
        "is a table for people, as `--output",
    ),
    "HTML": (
        b"<table><tr><td>2026-06-02T00:00:00Z</td><td>Client connected</td></tr></table>",
        "is HTML: copy the text",
    ),
    "a list of Python's": (b"[{'timestamp': 1780358400000, 'message': 'one'}]\n", "is what Python prints"),
    "a list of Node's": (b"[\n  {\n    time: 1780358400000,\n    message: 'one'\n  },\n", "is what Node.js prints"),
    "objects of Python": (b"{'events': [{'timestamp': 1780358400000, 'message': 'one'}]}\n", "is what Python prints"),
    "objects of Node.js": (
        b"{\n  events: [\n    { timestamp: 1780358400000, message: 'one' }\n",
        "is what Node.js prints",
    ),
    "base64": (b"H4sIAGbNCmsC" * 20, "is base64: decode it first"),
    "JSON without a time": (b'{"level": "ERROR", "msg": "GoneException"}\n', UNKNOWN),
}
"""What may be a log, and can't be read."""


def test_what_is_no_log_stops_the_run_only_where_it_was_named(logs: Path) -> None:
    """In a folder, such a file is noted and not counted."""
    for name, (content, complaint) in NO_LOGS.items():
        put(logs / name / "a.jsonl", exports.json_lines(EVENTS))
        put(logs / name / "junk", content)
        for pattern in (name, f"{name}/*"):
            spool = read(pattern)
            assert messages(spool) == MESSAGES, name
            assert (spool.gaps, spool.notes) == ((), (f"skipped, not a log: {name}/junk",)), name
        if name != "configuration":  # of which the analysis tells that no line has a time
            assert error_of(f"{name}/a.jsonl", f"{name}/junk").startswith(f"{name}/junk: {complaint}"), name


def test_a_log_that_cannot_be_read_is_a_gap(logs: Path) -> None:
    """A file in a folder that may have events is named with the reason, and makes the read incomplete."""
    for name, (content, complaint) in UNREAD_LOGS.items():
        put(logs / name / "a.jsonl", exports.json_lines(EVENTS))
        put(logs / name / "b", content)
        spool = read(name)
        assert messages(spool) == MESSAGES, name
        assert spool.gaps[0].startswith(f"{name}/b: {complaint}"), (name, spool.gaps)


def test_what_is_named_like_a_log_is_a_gap_though_it_is_binary(logs: Path) -> None:
    """It may be encrypted, or packed with a program that is not known."""
    for name in ("b.log.br", "b.jsonl", "b.CSV.gpg", "b.orc"):
        put(logs / name / "a.jsonl", exports.json_lines(EVENTS))
        put(logs / name / name, b"\x85\x02\x0c\x03" * 99)
        assert read(name).gaps == (f"{name}/{name}: is binary",)
    put(logs / "signed/a.jsonl", exports.json_lines(EVENTS))
    put(logs / "signed/a.jsonl.sig", b"\x85\x02\x0c\x03" * 99)
    assert read("signed").gaps == ()


def test_documents_and_pictures_are_passed_over_whatever_they_quote(logs: Path) -> None:
    """A README may quote log lines, but is not a log, unless it was named."""
    put(logs / "day/a.jsonl", exports.json_lines(EVENTS))
    put(logs / "day/README.md", exports.s3_export(EVENTS))
    put(logs / "day/app.py", exports.s3_export(EVENTS))
    assert messages(read("day")) == MESSAGES
    assert read("day").notes == ("skipped, not a log: day/README.md, day/app.py",)
    assert messages(read("day/README.md")) == MESSAGES


def test_many_files_that_are_no_log_are_counted(logs: Path) -> None:
    """The first few are named."""
    put(logs / "day/a.jsonl", exports.json_lines(EVENTS))
    for number in range(1002):
        put(logs / f"day/{number:04}.png", PNG)
    (note,) = read("day").notes
    assert note.endswith("day/0004.png and 997 more")


def test_junk_alone_leaves_a_spool_without_events(logs: Path) -> None:
    """The spool says why; the analysis makes an error of it."""
    put(logs / "day/junk", "junk")
    assert read("day").files == ()


@pytest.mark.parametrize("form", ["JSON Lines", "S3 export", "aws logs tail", "filter-log-events", "array"])
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_of_half_a_compressed_file_the_first_half_is_read(logs: Path, form: str, compression: str) -> None:
    """This holds in any format, and a gap says that there was more."""
    many = [event(f"number {n}: {n * 7919 % 1000003:x}", SINCE_MS + n) for n in range(3000)]
    compress = COMPRESSIONS["gzip"] if compression == "gzip" else exports.blocks_of_zstd
    whole = compress(exports.FORMATS[form].write(many).encode())
    spool = read(put(logs / "a.log", whole[: len(whole) // 2]))
    (file,) = spool.files
    texts = [e["message"] for e in map(json.loads, file.path.read_text(encoding="utf-8").splitlines()[:-1])]
    assert texts == [e["message"] for e in many[: len(texts)]]
    assert len(texts) > 1200
    assert spool.gaps[0] == f"{logs / 'a.log'}: {CUT}"


def test_invalid_utf8_is_replaced_and_noted(logs: Path) -> None:
    """Invalid bytes cost only themselves, and a note counts them."""
    put(logs / "a.log", b"2026-06-02T00:00:00Z caf\xe9 \xff\n2026-06-02T00:00:01Z two\n")
    spool = read("a.log")
    assert messages(spool) == ["caf\ufffd \ufffd", "two"]
    assert spool.notes == ("a.log: bytes that were not UTF-8 and became U+FFFD: 2",)
    assert spool.gaps == ()


def test_a_log_may_hold_a_zero_byte(logs: Path) -> None:
    """A dump of a client's bytes does not make the log look like a picture."""
    put(logs / "a.log", b"2026-06-02T00:00:00Z frame \0\1\2\n2026-06-02T00:00:01Z two\n")
    assert messages(read("a.log")) == ["frame \0\1\2", "two"]


def test_a_line_of_1_mib_is_an_event(logs: Path, tmp_path: Path) -> None:
    """The longest event that CloudWatch stores is read completely, in every format."""
    long = [exports.lambda_event("x" * (1 << 20), SINCE_MS), exports.lambda_event("next", SINCE_MS + 1)]
    names = [put(logs / f"{number}", form.write(long)) for number, form in enumerate(exports.FORMATS.values())]
    lengths = [len(message or "") // 100 for message in engine_messages(read(*names), tmp_path)]
    assert lengths == [10486, 0] * len(exports.FORMATS)


@pytest.mark.parametrize(
    "form", ["JSON Lines", "filter-log-events, pretty", "console CSV", "S3 export", "documents of OpenSearch"]
)
def test_a_line_of_15_mib_is_read_up_to_what_an_event_can_hold(logs: Path, tmp_path: Path, form: str) -> None:
    """CloudWatch has none so long; its beginning is read, with a note."""
    long = [exports.lambda_event("x" * (15 << 20), SINCE_MS), exports.lambda_event("next", SINCE_MS + 1)]
    spool = read(put(logs / "a.log", exports.FORMATS[form].write(long)))
    first, second = (message or "" for message in engine_messages(spool, tmp_path))
    assert second.rstrip() == long[1]["message"].rstrip()
    assert (1 << 20) < len(first) <= 5 * (1 << 18)
    assert unread(spool) == []
    [note] = spool.notes
    assert note == f"{logs}/a.log: messages cut because they were longer than 1,310,720 characters: 1"


@pytest.mark.parametrize("junk", [b"x" * (1 << 20), b"junk\n" * 50_000, b"x" * (1 << 16) + b'{"a": 1}'])
@pytest.mark.parametrize("form", ["S3 export", "aws logs tail"])
def test_junk_before_the_first_event_does_not_hide_the_rest(logs: Path, form: str, junk: bytes) -> None:
    """However many, its lines are counted, and the events after them read."""
    spool = read(put(logs / "a.log", junk.strip() + b"\n" + exports.FORMATS[form].write(EVENTS).encode()))
    assert messages(spool) == MESSAGES
    assert unread(spool) == [f"{n}: does not begin an event" for n in range(1, junk.strip().count(b"\n") + 2)]


def test_json_lines_behind_much_junk_are_json_lines(logs: Path, tmp_path: Path) -> None:
    """They are detected even after a long preface, whose lines the analysis counts."""
    spool = read(put(logs / "a.log", "junk\n" * 50_000 + exports.json_lines(EVENTS)))
    assert engine_messages(spool, tmp_path) == MESSAGES


def test_blank_lines_are_nothing(logs: Path) -> None:
    """Blank lines around events are neither events nor unreadable."""
    put(logs / "a.log", "\n\n" + exports.s3_export(EVENTS[:1]))
    put(logs / "b.json", "\n \n" + exports.filter_log_events(EVENTS[1:2]) + "\n\n")
    put(logs / "c.jsonl", "\n\r\n" + exports.json_lines(EVENTS[2:]) + "\n")
    spool = read("a.log", "b.json", "c.jsonl")
    assert messages(spool) == MESSAGES
    assert unread(spool) == []


def test_all_unreadable_parts_are_told_with_their_place(logs: Path) -> None:
    """The spool has each with its line, or its number among a document's items."""
    items = [{"time": "2026-06-02T00:00:00Z", "message": "one"}, "x", {"level": "INFO"}]
    put(logs / "a.json", json.dumps({"events": items}))
    put(logs / "b.log", "junk\n" * 2 + exports.s3_export(EVENTS[1:]))
    spool = read("a.json", "b.log")
    assert messages(spool) == MESSAGES
    no_time = "3: has no time under a name that is known, such as timestamp, time or @timestamp"
    assert unread(spool) == ["2: is not a JSON object", no_time, *(f"{n}: does not begin an event" for n in (1, 2))]


@pytest.mark.parametrize("second", ["awslogs get --timestamp", "sam logs", "aws --query --output text", "JSON Lines"])
def test_what_two_tools_print_into_one_file_is_a_gap(logs: Path, second: str) -> None:
    """Otherwise it would be taken for the rest of the first tool's last event."""
    first = exports.FORMATS["aws logs tail"].write(exports.SAMPLE)
    spool = read(put(logs / "a.log", first * 3 + exports.FORMATS[second].write(exports.SAMPLE)))
    line = 3 * first.count("\n") + 1
    why = "from another tool than those above it: keep the output of each tool in its own file"
    assert [gap for gap in spool.gaps if why in gap] == [f"{logs}/a.log: line {line} is {why}"]


@pytest.mark.parametrize(
    "second",
    [
        json.dumps({"events": exports.SAMPLE}, indent=4),
        '{"time": "2026-06-02T00:00:00Z", "msg": "GoneException"}\n' * 21,
        "2026-06-02 00:00:00,125 ERROR GoneException\n" * 21,
    ],
    ids=["document", "records", "lines"],
)
def test_what_goes_on_in_another_format_is_a_gap(logs: Path, second: str) -> None:
    """It is a document, or many lines; a few lines are what an application prints."""
    first = exports.FORMATS["awslogs get"].write(exports.SAMPLE) * 9
    (gap,) = read(put(logs / "a.log", first + second)).gaps
    assert "is from another tool than those above it" in gap
    assert read(put(logs / "b.log", first + second.partition("\n")[0])).gaps == ()


def test_gaps_name_their_file(logs: Path) -> None:
    """Output that was cut off, or is of an unfinished query, is a gap of that file."""
    put(logs / "a.json", json.dumps({"events": EVENTS[:1], "nextToken": "abc"}))
    put(logs / "b.json", exports.get_query_results(EVENTS[1:2], status="Running"))
    put(logs / "c.txt", "".join((exports.output_text(EVENTS[2:]), "NEXTTOKEN\teyJuZXh0\n")))
    put(logs / "d.json", json.dumps([{"events": [], "nextToken": "abc"}] * 2))
    put(logs / "f.yaml", exports.as_yaml({"events": [], "nextToken": "abc"}))
    spool = read(*(f"{name}" for name in sorted(path.name for path in logs.iterdir())))
    assert messages(spool) == MESSAGES
    more = "the output has a nextToken: it was cut off, and there were more events"
    assert spool.gaps == (
        f"a.json: {more}",
        "b.json: the query's status is 'Running': only a Complete query has all of its results",
        f"c.txt: {more}",
        f"d.json: {more}",
        f"f.yaml: {more}",
    )


def test_a_tail_that_ended_with_an_error_is_a_gap(logs: Path) -> None:
    """A part of the log is missing, whoever redirected the error into the file."""
    error = "\nAn error occurred (ExpiredTokenException) when calling the FilterLogEvents operation: expired\n"
    spool = read(put(logs / "a.txt", exports.FORMATS["aws logs tail"].write(EVENTS) + error))
    assert spool.gaps == (f"{logs}/a.txt: the AWS CLI ended with an error: there were more events",)


def test_progress_tells_how_much_was_read(logs: Path) -> None:
    """It is in megabytes, up to the last byte; the other half of the work is the scan."""
    shown: list[Progress] = []
    names = [
        str(put(logs / name, exports.FORMATS[form].write(EVENTS)))
        for name, form in (("a", "array"), ("b", "S3 export"))
    ]
    (logs.parent / "spool").mkdir()
    read_files(names, logs.parent / "spool", shown.append)
    assert [one.done for one in shown] == sorted(one.done for one in shown)
    assert (2 * shown[-1].done, shown[-1].unit) == (shown[-1].total, "of 0.0 MB")
    assert shown[-1].total == sum(Path(name).stat().st_size for name in names)


def test_a_later_poll_of_files_is_the_earlier_one(tmp_path: Path) -> None:
    """Files don't grow, so they are not read again."""
    (tmp_path / "log").write_text(exports.json_lines(EVENTS), encoding="utf-8")
    shown: list[Progress] = []

    def poll(earlier: Spool | None) -> Spool:
        window = Window(from_epoch_ms(SINCE_MS), from_epoch_ms(SINCE_MS + 1))
        request = LogRequest(window, lambda: (), window.until, earlier)
        return FileSource((str(tmp_path / "log"),)).read(request, tmp_path, shown.append)

    earlier = poll(None)
    assert earlier.files
    assert shown
    shown.clear()
    assert poll(earlier) is earlier
    assert shown == []
