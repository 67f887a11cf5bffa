"""The engine runs SQL, and reports what it can't read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias
from unittest.mock import Mock

import duckdb
import pytest

from checks.analysis import engine as engine_module
from checks.analysis.analyse import ALL_EVENTS, Analysis, analyse, engine_in_scope
from checks.analysis.engine import Engine, count_connects, define_macros, hand_over_memory, unreadable_logs_named
from checks.analysis.evidence import Evidence, find_evidence
from checks.analysis.recognise import Dialect
from checks.errors import SourceError
from checks.logs.spool import Counted, Spool, SpoolFile
from checks.metrics import EvidenceKind
from checks.window import Window, from_epoch_ms
from tests.analysis.playing import ANN, BOB, HOUR_MS, SINCE_MS, engine_over, event, printed
from tests.simulator import emit, scenarios


class Tight:
    """A database in which a statement fits into memory only on one core."""

    def __init__(self, database: duckdb.DuckDBPyConnection, statement: str) -> None:
        self._database = database
        self._statement = statement

    def execute(self, statement: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Run a statement, unless it would take too much memory."""
        if statement == self._statement:
            [[threads]] = self._database.execute("SELECT current_setting('threads')").fetchall()
            if threads > 1:
                raise duckdb.OutOfMemoryException
        return self._database.execute(statement, parameters)


def test_what_does_not_fit_into_memory_runs_again_on_one_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later statements have all cores again."""
    engine = Engine(tmp_path)
    engine.execute("SET threads = 3")
    monkeypatch.setattr(engine, "_used_threads", 3)
    statement = "CREATE TEMP TABLE made AS SELECT current_setting('threads') AS threads"
    monkeypatch.setattr(engine_module, "_sql", lambda _: statement)
    monkeypatch.setattr(engine, "_database", Tight(engine.cursor(), statement))
    engine.run("made")
    assert engine.row("SELECT made.threads AS then, current_setting('threads') AS now FROM made") == {
        "then": 1,
        "now": 3,
    }


def test_a_query_that_does_not_fit_has_all_memory_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs on one core, however little memory DuckDB was given for large logs."""
    engine = Engine(tmp_path)
    engine.execute("SET threads = 3")
    engine.use_memory("280MB")
    query = "SELECT current_setting('threads') AS threads, current_setting('memory_limit') AS memory"
    monkeypatch.setattr(engine, "_database", Tight(engine.cursor(), query))
    assert engine.row(query) == {"threads": 1, "memory": "457.7 MiB"}


def test_too_little_memory_is_a_clear_error(tmp_path: Path) -> None:
    """It names the logs and the remedy, without DuckDB's advice to its programmers."""
    engine = Engine(tmp_path)
    with (
        pytest.raises(SourceError, match=r"^a, b: the analysis takes more memory than .* judge a shorter window$"),
        unreadable_logs_named(["a", "b"]),
    ):
        engine.rows("SELECT list(i || repeat('x', 1_000_000)) FROM range(1_000) AS numbers(i)")


def test_few_lines_are_scanned_on_one_core_and_many_on_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds even if the last files are small, or the first were."""
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    monkeypatch.setattr(engine_module, "_FEW_BYTES", 100)
    files = [SpoolFile(tmp_path / f"{number}.jsonl", "chat", "chat") for number in range(3)]
    for file, size in zip(files, (10, 200, 10), strict=True):
        file.path.write_text(" " * size + "\n")
    engine = engine_in_scope(Dialect(0, {}, {}), tmp_path, ALL_EVENTS)
    threads = []
    for number in range(len(files)):
        engine.scan(files[: number + 1])
        threads.append(engine.row("SELECT current_setting('threads') AS threads")["threads"])
    assert threads == [1, 3, 3]


WHOLE_DAY: Final = Window(from_epoch_ms(scenarios.SINCE_MS), from_epoch_ms(scenarios.UNTIL_MS))
Findings: TypeAlias = tuple[Analysis, Mapping[EvidenceKind, Evidence]]


@pytest.fixture(name="parts", scope="module")
def _parts(tmp_path_factory: pytest.TempPathFactory) -> list[SpoolFile]:
    """The events of a day as polls read them: each asks for the last minutes again."""
    delivered = list(emit.json_lines(emit.delivered(replace(scenarios.outage(120, seed=5), duplicates=0))))
    cuts = [0, len(delivered) // 3, len(delivered) // 2, len(delivered)]
    folder, files = tmp_path_factory.mktemp("parts"), []
    for number, (begin, end) in enumerate(pairwise(cuts)):
        path = folder / f"{number}.jsonl"
        path.write_bytes(b"".join(delivered[max(0, begin - 20) : end]))
        files.append(SpoolFile(path, path.name, "/aws/lambda/chat"))
    return files


def findings(folder: Path, parts: Sequence[SpoolFile], *polls: int) -> Findings:
    """Return what is found after polls, each of which has read so many parts."""
    engine: Engine | None = None
    folder.mkdir(exist_ok=True)
    for count in polls:
        spool = Spool("CloudWatch", ("chat",), tuple(parts[:count]))
        analysis, engine = analyse(spool, WHOLE_DAY, Dialect(5, {}, {}), folder, earlier=engine)
    assert engine is not None
    return analysis, find_evidence(engine, tuple(EvidenceKind))


@pytest.fixture(name="at_once", scope="module")
def _at_once(parts: list[SpoolFile], tmp_path_factory: pytest.TempPathFactory) -> Findings:
    return findings(tmp_path_factory.mktemp("once"), parts, 3)


def test_polls_come_to_what_one_read_does(tmp_path: Path, parts: list[SpoolFile], at_once: Findings) -> None:
    """Each poll adds to the engine: numbers, evidence and duplicates are those of a single read."""
    assert findings(tmp_path, parts, 1, 2, 3) == at_once
    assert at_once[0].reading.duplicates == 40


def test_lines_of_huge_logs_are_in_a_file(
    tmp_path: Path, parts: list[SpoolFile], at_once: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers, evidence and duplicates are as in memory, even if a poll makes the logs so large."""
    monkeypatch.setattr(engine_module, "_HUGE_BYTES", 0)
    assert findings(tmp_path / "huge", parts, 3) == at_once
    monkeypatch.setattr(engine_module, "_HUGE_BYTES", sum(file.path.stat().st_size for file in parts[:2]))
    assert findings(tmp_path / "huge later", parts, 2, 3) == at_once
    assert {file.parent.name for file in tmp_path.glob("*/lines.duckdb")} == {"huge", "huge later"}


def test_a_scan_that_breaks_off_leaves_what_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next poll scans the same files again, and each event counts once."""
    files = []
    for number in range(2):
        path = tmp_path / f"{number}.jsonl"
        path.write_text(json.dumps(printed(f"Client connected: {(ANN, BOB)[number]}")) + "\n", encoding="utf-8")
        files.append(SpoolFile(path, path.name, "/aws/lambda/chat"))
    engine = Engine(tmp_path)
    engine.scan(files[:1])
    with monkeypatch.context() as patch:
        patch.setattr("checks.analysis.engine.execute_with_progress", Mock(side_effect=duckdb.IOException("gone")))
        with pytest.raises(duckdb.IOException):
            engine.scan(files)
    assert engine.row("SELECT count(*) AS events FROM scanned") == {"events": 1}
    engine.scan(files)
    assert engine.row("SELECT count(*) AS events FROM scanned") == {"events": 2}


def test_events_that_were_only_counted_count_once(tmp_path: Path) -> None:
    """An engine may analyse its scan repeatedly, as a baseline's does at each poll."""
    path = tmp_path / "0.jsonl"
    path.write_text(json.dumps(printed(f"Client connected: {ANN}")) + "\n", encoding="utf-8")
    window = Window(from_epoch_ms(scenarios.SINCE_MS), from_epoch_ms(scenarios.UNTIL_MS))
    unread = Counted(7, window.since_ms, window.since_ms)
    spool = Spool("CloudWatch", ("chat",), (SpoolFile(path, path.name, "/aws/lambda/chat"),), counted=(unread,))
    once, engine = analyse(spool, window, Dialect(5, {}, {}), tmp_path)
    assert once.reading.events >= 7
    assert analyse(spool, window, Dialect(5, {}, {}), tmp_path, earlier=engine) == (once, engine)


def test_an_engine_at_rest_leaves_the_memory_to_another(tmp_path: Path) -> None:
    """Its data go to the disk, and are back when it works."""
    folders = [tmp_path / "judged", tmp_path / "baseline"]
    for folder in folders:
        folder.mkdir()
    engines = [Engine(folder) for folder in folders]
    total = "SELECT sum(number) AS total, max(length(text)) AS length FROM held"

    def held_mb(engine: Engine) -> int:
        return int(engine.row("SELECT sum(memory_usage_bytes) // 1_000_000 AS mb FROM duckdb_memory()")["mb"])

    for engine in engines:
        engine.execute(
            "CREATE TEMP TABLE held AS SELECT range AS number, md5(range::VARCHAR) AS text FROM range(2_000_000)"
        )
    before = [held_mb(engine) for engine in engines]
    hand_over_memory(*engines)
    after = [held_mb(engine) for engine in engines]
    assert (before[0] > 90, after[0] <= 60, after[1] == before[1]) == (True, True, True), (before, after)
    hand_over_memory(*reversed(engines))
    assert engines[0].row(total) == engines[1].row(total)
    assert held_mb(engines[0]) > held_mb(engines[1])


def test_values_are_not_sql(tmp_path: Path) -> None:
    """Variables and parameters may contain any text."""
    engine = Engine(tmp_path)
    hostile = "'; DROP TABLE x; --"
    engine.set(said=hostile)
    assert engine.row("SELECT getvariable('said') AS said, $other AS other", other=hostile) == {
        "said": hostile,
        "other": hostile,
    }


def test_rows_by_column(tmp_path: Path) -> None:
    """Rows are accessed by the names of their columns; no rows are an empty list."""
    engine = Engine(tmp_path)
    assert engine.rows("SELECT range AS number FROM range(2)") == [{"number": 0}, {"number": 1}]
    assert engine.rows("SELECT 1 AS number WHERE false") == []


def test_only_row(tmp_path: Path) -> None:
    """A query without exactly one row is a bug."""
    with pytest.raises(ValueError, match="too many values"):
        Engine(tmp_path).row("FROM range(2)")


def test_times_are_utc(tmp_path: Path) -> None:
    """Text without a zone is UTC, whatever the machine's zone."""
    engine = Engine(tmp_path)
    assert engine.row("SELECT epoch_ms('2026-06-02 00:00:00'::TIMESTAMPTZ) AS at_ms") == {"at_ms": 1_780_358_400_000}


def test_unknown_sql_file(tmp_path: Path) -> None:
    """A name without a file is an error, not an empty analysis."""
    with pytest.raises(FileNotFoundError):
        Engine(tmp_path).run("astrology")


def test_engines_share_nothing(tmp_path: Path) -> None:
    """Each run has its own database."""
    Engine(tmp_path).execute("CREATE TABLE leftover (x INT)")
    with pytest.raises(duckdb.CatalogException):
        Engine(tmp_path).rows("FROM leftover")


MINUTE_MS = 60_000

HOUR = Window(from_epoch_ms(SINCE_MS + HOUR_MS), from_epoch_ms(SINCE_MS + 2 * HOUR_MS))


def test_a_connection_counts_once(tmp_path: Path) -> None:
    """Two lines report it; a line that names no connection counts as one."""
    events = [
        event(f"Client connected: {ANN}", SINCE_MS + HOUR_MS),
        event(f"New connection {ANN}", SINCE_MS + HOUR_MS + 5),
        event(f"Client connected: {BOB}", SINCE_MS + HOUR_MS + 6),
        printed("Client connected", SINCE_MS + HOUR_MS + 7),
    ]
    assert count_connects(engine_over(tmp_path, events), HOUR) == 3


def test_only_the_time_that_was_asked_about(tmp_path: Path) -> None:
    """Its end is exclusive, and a later line does not begin the connection anew."""
    events = [
        event(f"Client connected: {ANN}", SINCE_MS + HOUR_MS - 1),
        event(f"New connection {ANN}", SINCE_MS + HOUR_MS + MINUTE_MS),
        event(f"Client connected: {BOB}", SINCE_MS + 2 * HOUR_MS),
    ]
    assert count_connects(engine_over(tmp_path, events), HOUR) == 0


ADD = "CREATE OR REPLACE MACRO one() AS 1;\nCREATE OR REPLACE MACRO add(x) AS x + one();\n"
DOUBLE = "CREATE OR REPLACE MACRO add(x) AS x + x;\n"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which macros are kept."""
    folder = tmp_path / "it's"
    folder.mkdir()
    monkeypatch.setattr(engine_module, "cache_folder", lambda _: folder)
    return folder


def added(statements: str) -> int:
    """Return what 3 becomes by the macros of some statements."""
    with duckdb.connect() as database:
        define_macros(database, statements)
        database.execute("CREATE TEMP TABLE numbers AS SELECT 3 AS number")
        (row,) = database.execute("SELECT add(number) FROM numbers").fetchall()
    result: int = row[0]
    return result


def test_they_are_made_once(folder: Path) -> None:
    """The second database takes the first one's macros from the file, even if that was changed."""
    assert added(ADD) == 4
    (file,) = folder.iterdir()
    with duckdb.connect(file) as stored:
        stored.execute(DOUBLE)
    assert added(ADD) == 6


def test_other_macros_are_made_anew(folder: Path) -> None:
    """Nothing is left of the former ones."""
    assert added(ADD) == 4
    (before,) = folder.iterdir()
    assert added(DOUBLE) == 6
    (after,) = folder.iterdir()
    assert before != after


def test_a_damaged_file(folder: Path) -> None:
    assert added(ADD) == 4
    (file,) = folder.iterdir()
    file.write_bytes(b"damaged")
    assert added(ADD) == 4


def test_a_folder_that_is_gone(folder: Path) -> None:
    folder.rmdir()
    assert added(ADD) == 4


def test_where_nothing_can_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The macros are made anew if there is no folder for them."""
    monkeypatch.setattr(engine_module, "cache_folder", lambda _: None)
    assert added(ADD) == 4
    assert list(folder.iterdir()) == []
