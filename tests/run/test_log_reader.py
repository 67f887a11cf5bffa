"""The log reader reads from the source that the settings name, including sources that somebody added."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from checks.analysis.analyse import ALL_EVENTS
from checks.config.environment import LogGroup
from checks.config.thresholds import find_environment
from checks.logs.cloudwatch import CloudWatchSource
from checks.logs.files import FileSource
from checks.logs.spool import LogRequest, SourceSettings, Spool, SpoolFile
from checks.run import log_reader
from checks.run.log_reader import LogReader
from tests.health_run import ROOT, health_run, healthy, shared_run, unhealthy
from tests.run import making

GROUP = LogGroup("/aws/lambda/chat", None)

OWN_SOURCE = '''
"""Logs from a folder of numbered drawers, such as `drawer:7`."""

from pathlib import Path

from checks.logs.spool import Spool, SpoolFile


class DrawerSource:
    def __init__(self, number):
        self.number = number

    @classmethod
    def from_settings(cls, settings):
        scheme, _, number = (*settings.places, "")[0].partition(":")
        return cls(number) if scheme == "drawer" else None

    def read(self, request, folder, show):
        path = Path(f"drawer-{self.number}")
        return Spool(source="drawers", requested=(self.number,), files=(SpoolFile(path, f"drawer {self.number}"),))
'''


def settings(*places: str) -> SourceSettings:
    return SourceSettings(places, (GROUP,), find_environment(ROOT / "thresholds.yaml", "dev"))


def test_files_stand_in_place_of_log_groups() -> None:
    """If a file is named, it is read; otherwise CloudWatch is."""
    assert log_reader.source_of(settings("events.json")) == FileSource(("events.json",))
    cloudwatch = log_reader.source_of(settings())
    assert isinstance(cloudwatch, CloudWatchSource)
    assert cloudwatch.groups == (GROUP,)


def test_a_source_is_one_class_and_one_line(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class in its own file, named in SOURCES, reads the logs of a whole run."""
    Path("drawers.py").write_text(OWN_SOURCE)
    Path("drawer-7").write_bytes(healthy())
    pytester.syspathinsert()
    own = importlib.import_module("drawers").DrawerSource
    monkeypatch.setattr(log_reader, "SOURCES", [own, *log_reader.SOURCES])
    done = health_run(pytester, "--logs", "drawer:7")
    assert done.code == 0, done.text
    assert done.result["receipt"]["source"] == "drawers"
    assert done.result["metrics"] == shared_run(pytester, healthy()).result["metrics"]


@dataclass
class PieceByPiece:
    """Reads its files one by one, and has them scanned meanwhile; scanned files are gone at the end.

    Attributes:
        files: The files that it reads.
        scans: Whether it has them scanned.
    """

    files: tuple[SpoolFile, ...]
    scans: bool

    def from_settings(self, _: SourceSettings) -> Self:
        return self

    def read(self, request: LogRequest, *_: object) -> Spool:
        for number in range(1, len(self.files)):
            if self.scans:
                assert request.scan
                request.scan(self.files[:number])
                self.files[number - 1].path.write_bytes(b"")
        return Spool("pieces", ("pieces",), self.files, window=request.window)


def test_what_was_scanned_while_the_source_read_on_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All measurements equal those of a read that is scanned at its end."""
    lines, analyses = unhealthy().splitlines(keepends=True), []
    for scans in (False, True):
        folder = tmp_path / str(scans)
        folder.mkdir()
        files = tuple(SpoolFile(folder / f"{number}.jsonl", "chat", "chat") for number in range(3))
        for number, file in enumerate(files):
            file.path.write_bytes(b"".join(lines[number * len(lines) // 3 : (number + 1) * len(lines) // 3]))
        monkeypatch.setattr(log_reader, "SOURCES", [PieceByPiece(files, scans)])
        reader = LogReader(making.settings(), (GROUP,), folder, lambda _: None)
        read = reader.read_and_analyse(making.WINDOW, ALL_EVENTS, making.WINDOW.until)
        assert read.error is None
        analyses.append(read.analysis)
    first, second = analyses
    assert first
    assert first.reading.events > 0
    assert second == first
