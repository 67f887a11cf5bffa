"""Every log source keeps one protocol: where it is named, and what it reads."""

import inspect
from pathlib import Path

import pytest

from checks.logs.files import FileSource
from checks.logs.spool import LogRequest, LogSource, Progress, Spool
from checks.run.log_reader import SOURCES
from checks.window import Window, from_epoch_ms
from tests.logs.exports import SAMPLE, SINCE_MS, json_lines


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.__name__)
@pytest.mark.parametrize("method", ["from_settings", "read"])
def test_a_source_has_the_methods_of_the_protocol(source: type[LogSource], method: str) -> None:
    """Two methods with the protocol's parameters, so that one source can stand in place of another."""
    own, protocol = (inspect.signature(getattr(one, method)).parameters for one in (source, LogSource))
    assert list(own) == list(protocol)


def test_a_later_poll_of_files_is_the_earlier_one(tmp_path: Path) -> None:
    """Files don't grow, so what was read of them is not read again."""
    (tmp_path / "log").write_text(json_lines(SAMPLE), encoding="utf-8")
    shown: list[Progress] = []

    def read(earlier: Spool | None) -> Spool:
        window = Window(from_epoch_ms(SINCE_MS), from_epoch_ms(SINCE_MS + 1))
        request = LogRequest(None, window, lambda: (), window.until, earlier)
        return FileSource((str(tmp_path / "log"),)).read(request, tmp_path, shown.append)

    earlier = read(None)
    assert earlier.files
    assert shown
    shown.clear()
    assert read(earlier) is earlier
    assert shown == []
