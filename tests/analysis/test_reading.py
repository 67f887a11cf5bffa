"""Lines that are not events are shown with their place and the reason."""

import json
from pathlib import Path

import pytest

from checks.analysis.engine import Engine
from checks.analysis.reading import places
from checks.logs.spool import SpoolFile
from tests.analysis.playing import SINCE_MS, event

LINES = {
    "Client connected": "is not JSON",
    '{"timestamp": 17': "is not JSON",
    "[1, 2]": "is not a JSON object",
    "{}": "has no timestamp",
    '{"timestamp": "20260602T083000Z"}': "has no time in its timestamp, '[value]'",
    '{"timestamp": "yesterday"}': "has no time in its timestamp, 'yesterday'",
    '{"timestamp": true}': "has no time in its timestamp, True",
    '{"timestamp": NaN}': "has no time in its timestamp, nan",
    '{"timestamp": 1e30}': "has no time in its timestamp, 1e+30",
    '{"timestamp": -1}': "has no time in its timestamp, -1",
    '{"timestamp": 46175.25}': "has no time in its timestamp, 46175.25",
    '{"timestamp": "30000-01-01"}': "has no time in its timestamp, '[value]'",
    f'{{"timestamp": {SINCE_MS}, "message": "\\ud83d"}}': "holds half a surrogate pair",
}


def shown(folder: Path, *files: list[str]) -> list[str]:
    """Return the places in files of these lines."""
    spool = []
    for number, lines in enumerate(files):
        path = folder / f"{number}.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        spool.append(SpoolFile(path, f"log {number}"))
    engine = Engine(folder)
    engine.open(spool)
    engine.run("events")
    return list(places(engine, tuple(spool)))


def test_each_line_says_why(tmp_path: Path) -> None:
    """Lines that don't look like an object come first; good lines and empty ones between them are left out."""
    good = json.dumps(event("Cache miss for room 17"))
    lines = [one for line in LINES for one in (good, line, "")]
    expected = {f"log 0:{lines.index(line) + 1}: {reason}" for line, reason in LINES.items()}
    places = shown(tmp_path, lines)
    assert set(places) == expected
    assert len(places) == len(LINES)
    assert [place.rpartition(" is ")[2] for place in places[:3]] == ["not JSON", "not JSON", "not a JSON object"]


def test_good_lines_beside_a_broken_one_cost_no_query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds whatever their times and characters: there may be millions."""
    times = (SINCE_MS, SINCE_MS * 1000, SINCE_MS * 1_000_000, str(SINCE_MS), "2026-06-02T00:00:00.123+02:00")
    lines = [json.dumps({"timestamp": at, "message": "\U0001f600"}) for at in (*times, "02/Jun/2026:00:00:00 +0000")]
    asked: list[str] = []
    row = Engine.row

    def counting(engine: Engine, query: str, **parameters: object) -> dict[str, object]:
        asked.append(query)
        return row(engine, query, **parameters)

    monkeypatch.setattr(Engine, "row", counting)
    assert len(shown(tmp_path, [*lines, '{"timestamp": true}'])) == 1
    assert len([query for query in asked if "to_epoch_ms" in query or "json_valid" in query]) == 1


def test_only_broken_files_are_searched(tmp_path: Path) -> None:
    """A file is named as the user knows it."""
    good = json.dumps(event("Cache miss for room 17"))
    assert shown(tmp_path, [good], [good, "junk"], [good]) == ["log 1:2: is not JSON"]


def test_what_a_format_could_not_convert(tmp_path: Path) -> None:
    """It has its own place and reason, and comes first."""
    unread = json.dumps({"timestamp": None, "unread": "7: why"})
    assert shown(tmp_path, ["junk", unread]) == ["log 0:7: why", "log 0:1: is not JSON"]


def test_what_stands_in_the_place_of_a_time_may_be_a_secret(tmp_path: Path) -> None:
    """It is redacted, and cut short."""
    (place,) = shown(tmp_path, [json.dumps({"timestamp": f"password=s3cr3t {'7 ' * 100}"})])
    assert "s3cr3t" not in place
    assert "[redacted]" in place
    assert place.endswith("…")
    assert len(place) < 130
