"""A spool grows from poll to poll; a kept spool can be read again, and says if it is incomplete."""

import inspect
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from checks.errors import ConfigError, SourceError
from checks.logs.spool import (
    RECEIPT,
    Counted,
    Fetch,
    GroupRead,
    LogSource,
    Spool,
    SpoolFile,
    is_archive,
    prepare_archive,
    read_archive,
    write_archive,
)
from checks.run.log_reader import SOURCES
from checks.window import Window

FETCH = Fetch((GroupRead("/chat", "eu-west-1", "Logs Insights", "the window is long"),), 1, 2, 3, 4, 5, 6, 7, 8, 9, 0.5)


def kept(folder: Path) -> Spool:
    """Return a spool with something of every kind, whose file is in the folder."""
    file = folder / "events.jsonl"
    file.write_text('{"timestamp": 0, "message": "x"}\n', encoding="utf-8")
    return Spool(
        source="CloudWatch",
        requested=("/chat",),
        files=(SpoolFile(file, "/chat", "/chat", "stream", is_text=True),),
        gaps=("half of it is missing",),
        notes=("café",),
        counted=(Counted(5, 0, 9),),
        window=Window(datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 6, 3, tzinfo=UTC)),
        fetch=FETCH,
    )


def test_a_later_read_adds_to_an_earlier_one(tmp_path: Path) -> None:
    """Files, gaps, counts and statistics add up; notes and window are those of the later read."""
    earlier = kept(tmp_path)
    later = replace(earlier, notes=("of the second poll",), window=None)
    both = earlier + later
    assert (both.files, both.gaps) == (earlier.files * 2, earlier.gaps * 2)
    assert (both.counted, both.notes, both.window) == (earlier.counted * 2, later.notes, None)
    assert both.fetch == Fetch(FETCH.groups, 2, 4, 6, 8, 10, 12, 14, 16, 18, 1.0)
    assert (earlier + replace(later, fetch=None)).fetch is None


def test_what_is_kept_can_be_read_again(tmp_path: Path) -> None:
    """All of it can, even if the folder was moved."""
    folder = tmp_path / "kept"
    prepare_archive(folder)
    spool = kept(folder)
    write_archive(spool, folder)
    assert read_archive(str(folder)) == spool
    elsewhere = folder.rename(tmp_path / "elsewhere")
    assert [file.path for file in read_archive(str(elsewhere)).files] == [elsewhere / "events.jsonl"]


def test_what_others_need_not_read_they_can_not(tmp_path: Path) -> None:
    """Readers of reports need not read logs."""
    prepare_archive(tmp_path / "kept")
    assert stat.S_IMODE((tmp_path / "kept" / RECEIPT).stat().st_mode) == 0o600


def test_a_read_that_was_interrupted_says_so(tmp_path: Path) -> None:
    """Until it is complete, the receipt names a gap."""
    assert not is_archive(str(tmp_path))
    prepare_archive(tmp_path)
    assert is_archive(str(tmp_path))
    assert read_archive(str(tmp_path)).gaps == ("the read was interrupted before it was complete",)


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    """Nothing in it is overwritten."""
    (tmp_path / "mine").touch()
    with pytest.raises(ConfigError, match="is not empty; name a new folder"):
        prepare_archive(tmp_path)
    with pytest.raises(ConfigError, match=r"cannot be written to: .*; name another"):
        prepare_archive(tmp_path / "mine")


def test_a_file_of_the_archive_that_is_missing_is_named(tmp_path: Path) -> None:
    """Otherwise a part of the logs would be taken for the whole."""
    write_archive(kept(tmp_path), tmp_path)
    (tmp_path / "events.jsonl").unlink()
    with pytest.raises(SourceError, match=r"events\.jsonl is missing; the receipt names it"):
        read_archive(str(tmp_path))


def test_a_file_of_an_archive_lies_in_its_folder(tmp_path: Path) -> None:
    """This holds whatever path the receipt has."""
    write_archive(kept(tmp_path), tmp_path)
    receipt = json.loads((tmp_path / RECEIPT).read_text(encoding="utf-8"))
    receipt["files"][0]["path"] = "../../events.jsonl"
    (tmp_path / RECEIPT).write_text(json.dumps(receipt), encoding="utf-8")
    assert read_archive(str(tmp_path)).files[0].path == tmp_path / "events.jsonl"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Input data was truncated"),
        (b"{}", "Object missing required field `source`"),
        (b'{"source": 5}', "Expected `str`, got `int` - at `$.source`"),
        (b"\xff", "JSON is malformed"),
    ],
)
def test_what_is_no_receipt_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    """The error has the first thing that is wrong with it."""
    (tmp_path / RECEIPT).write_bytes(content)
    with pytest.raises(SourceError) as error:
        read_archive(str(tmp_path))
    assert f"{RECEIPT}: is not the receipt of a kept read: {reason}" in str(error.value)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.__name__)
@pytest.mark.parametrize("method", ["from_settings", "read"])
def test_a_source_has_the_methods_of_the_protocol(source: type[LogSource], method: str) -> None:
    """Its two methods have the protocol's parameters, so sources are interchangeable."""
    own, protocol = (inspect.signature(getattr(one, method)).parameters for one in (source, LogSource))
    assert list(own) == list(protocol)
