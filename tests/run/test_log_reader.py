"""The log reader reads from the source that the settings name, also from one that somebody added."""

import importlib
from pathlib import Path

import pytest

from checks.config.environment import LogGroup
from checks.config.thresholds import find_environment
from checks.logs.cloudwatch import CloudWatchSource
from checks.logs.files import FileSource
from checks.logs.spool import SourceSettings
from checks.run import log_reader
from tests.health_run import ROOT, health_run, healthy, shared_run

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
        return Spool(source="drawers", asked=(self.number,), files=(SpoolFile(path, f"drawer {self.number}"),))
'''


def settings(*places: str) -> SourceSettings:
    return SourceSettings(places, (GROUP,), find_environment(ROOT / "thresholds.yaml", "dev", lambda _: None))


def test_files_stand_in_place_of_log_groups() -> None:
    """Where a file is named, it is read; else CloudWatch is."""
    assert log_reader.source_of(settings("events.json")) == FileSource(("events.json",))
    cloudwatch = log_reader.source_of(settings())
    assert isinstance(cloudwatch, CloudWatchSource)
    assert cloudwatch.groups == (GROUP,)


def test_a_source_is_one_class_and_one_line(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class in a file of its own, named in SOURCES, reads the logs of a whole run."""
    Path("drawers.py").write_text(OWN_SOURCE)
    Path("drawer-7").write_bytes(healthy())
    pytester.syspathinsert()
    own = importlib.import_module("drawers").DrawerSource
    monkeypatch.setattr(log_reader, "SOURCES", [own, *log_reader.SOURCES])
    done = health_run(pytester, "--logs", "drawer:7")
    assert done.code == 0, done.text
    assert done.result["receipt"]["source"] == "drawers"
    assert done.result["metrics"] == shared_run(pytester, healthy()).result["metrics"]
