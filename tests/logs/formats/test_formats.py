"""Every format of exported logs gives the same events and metrics, in every compression."""

from collections.abc import Iterator, Mapping
from itertools import groupby, product
from pathlib import Path
from typing import Any

import pytest

from checks.analysis.analyse import Analysis, analyse
from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect
from checks.logs import formats
from checks.logs.files import read_files
from checks.logs.formats.text_lines import TextFormat
from checks.logs.spool import Spool, SpoolFile
from tests.logs.exports import COMPRESSIONS, FORMATS, SAMPLE, Format, json_lines


def read(folder: Path, content: bytes) -> Spool:
    """Read a file whose name says nothing about its format."""
    (folder / "spool").mkdir(parents=True)
    (folder / "log").write_bytes(content)
    return read_files([str(folder / "log")], folder / "spool")


def events(files: tuple[SpoolFile, ...], folder: Path) -> Mapping[str, list[Any]]:
    """Return time, message and stream of each line, as the analysis reads them, by file."""
    engine = Engine(folder)
    engine.open(files)
    engine.run("events")
    rows = engine.rows("SELECT file, timestamp, coalesce(unread, message) AS message, known_stream FROM events")
    return {
        files[number - 1].origin: [(one["timestamp"], one["message"].rstrip(), one["known_stream"]) for one in lines]
        for number, lines in groupby(rows, lambda row: row["file"])
    }


def expected(form: Format) -> list[tuple[int | None, str, str | None]]:
    exact = form.precision_ms
    return [(e["timestamp"] // exact * exact, e["message"].rstrip(), form.stream) for e in SAMPLE]


def differences(spools: Mapping[tuple[str, str], Spool], folder: Path) -> Iterator[str]:
    """Yield what differs from the expected events."""
    by_file = events(tuple(file for spool in spools.values() for file in spool.files), folder)
    for (name, compression), spool in spools.items():
        [file] = spool.files
        told = [*spool.gaps, *spool.notes]
        if told or by_file[file.origin] != expected(FORMATS[name]):
            yield f"{name}, {compression}: {told} {by_file[file.origin]}"


def test_every_format_gives_the_same_events(tmp_path: Path) -> None:
    """Time, message and stream equal those in CloudWatch, as far as the format has them."""
    spools = {
        (name, compression): read(
            tmp_path / f"{number}", COMPRESSIONS[compression](FORMATS[name].write(SAMPLE).encode())
        )
        for number, (name, compression) in enumerate(product(FORMATS, COMPRESSIONS))
    }
    assert "\n".join(differences(spools, tmp_path)) == ""


def test_every_format_gives_the_same_metrics(tmp_path: Path) -> None:
    """The metrics don't depend on how exactly an export has time and stream."""

    def analysed(name: str, text: str) -> Analysis:
        spool = read(tmp_path / name, text.encode())
        return analyse(spool, None, Dialect(5, {}, {}), tmp_path)[0]

    right = analysed("right", json_lines(SAMPLE)).metrics
    assert right["gone.errors"].value == right["lifecycle.complete"].value == 1
    kinds = {(form.stream, form.precision_ms): name for name, form in FORMATS.items()}
    metrics = {
        name: analysed(f"{number}", FORMATS[name].write(SAMPLE)).metrics for number, name in enumerate(kinds.values())
    }
    wrong = {(name, one) for name, found in metrics.items() for one in right if found[one] != right[one]}
    assert wrong == set()


def test_a_format_is_one_row_of_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An added format is detected by the content of a file, and read."""
    own = TextFormat(name="ledger", begins=r"@(?P<time>\d{13}) \((?P<stream>\w+)\): ")
    text = "@1780358400000 (one): Client connected\n  and more\n@1780358400001 (two): hello\n"
    monkeypatch.setattr(formats, "LINE_FORMATS", (*formats.LINE_FORMATS, own))
    spool = read(tmp_path / "read", text.encode())
    assert [*events(spool.files, tmp_path).values()] == [
        [(1780358400000, "Client connected\n  and more", "one"), (1780358400001, "hello", "two")]
    ]


@pytest.mark.parametrize(
    "said",
    [
        '{"level":"INFO","time":1780358400000,"msg":"Client connected"}',
        "I, [2026-06-02T00:00:00.000000 #8]  INFO -- : Client connected",
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_messages_alone_are_read_with_lambdas_own_lines(tmp_path: Path, said: str, *, above: bool) -> None:
    """`jq -r '.events[].message'` prints them, whatever the application's logger writes."""
    platform = ["START RequestId: 5e1f Version: 7", "END RequestId: 5e1f", "REPORT RequestId: 5e1f\tDuration: 3.00 ms"]
    lines = [platform[0], said, *platform[1:]] if above else [said, *platform]
    spool = read(tmp_path / "read", "\n".join(lines).encode())
    assert [[event[1] for event in found] for found in events(spool.files, tmp_path).values()] == [lines]
    assert spool.gaps == ()


def test_what_is_like_no_log_is_soon_known_to_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All formats are tried at its beginning; later only what every log has: a time, a level."""
    file = tmp_path / "dump"
    file.write_text("x" * (8 << 20), encoding="utf-8")
    tried: list[int] = []
    monkeypatch.setattr(formats, "converter", lambda part: tried.append(len(part)))
    assert formats.sniff(file)[0] is None
    assert sum(tried) <= 2 << 20
    file.write_text("x" * (8 << 20) + "\n2026-06-02 12:34:56 ERROR", encoding="utf-8")
    assert formats.sniff(file)[1].is_log
