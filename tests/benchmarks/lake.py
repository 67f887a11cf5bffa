"""Measures a whole run over a night of hourly Parquet files; exit code 1 on a wrong number or too much memory.

python -m tests.benchmarks.lake
python -m tests.benchmarks.lake FOLDER --events 5000000
"""

import argparse
import random
import sys
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import duckdb

from tests.benchmarks.__main__ import checks_cost, kept_folder, meets, say
from tests.benchmarks.inputs import CONNECTIONS_PER_ERROR, EVENTS_PER_CONNECTION, SINCE_MS, connection_lines
from tests.benchmarks.measure import MIB

EVENTS: Final = 20_000_000
MOST_MEMORY_MIB: Final = 600.0
HOURS: Final = 24
DAY_MS: Final = HOURS * 3_600_000
PAUSE_MS: Final = 3_000

ID: Final = "@@@@@@@@@@@@@@@="
REQUEST: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-([0-9a-f]{12})"

HOUR: Final = f"""
    SELECT timestamp, message, 'prod-chat-' || timestamp || '-' || place AS id, '/aws/lambda/prod-chat' AS log_group,
           '2026/06/02/[$LATEST]' || md5((number % 50)::VARCHAR) AS log_stream
    FROM (SELECT number, place, $begin + (number - $first) * $step + place * {PAUSE_MS} AS timestamp,
                 -- each connection has an id of its own, and so has each of its requests
                 regexp_replace(replace(text, '{ID}', substr(md5(number::VARCHAR), 1, 15) || '='), '{REQUEST}',
                                format('{{:08x}}-4b1e-4c57-9d0e-\\1', number), 'g') AS message
          FROM range($first, $first + $connections) AS connections(number)
          JOIN sentences ON is_gone = (number % {CONNECTIONS_PER_ERROR} = 0))
    ORDER BY timestamp
"""


def main() -> int:
    """Write a night and judge it; the exit code says whether the memory target is met."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.lake", description="Measure a run over Parquet.")
    parser.add_argument("folder", nargs="?", type=Path, help="keep the lake here and reuse it (temporary)")
    parser.add_argument("--events", type=int, default=EVENTS, help=f"events of the night ({EVENTS:,})")
    arguments = parser.parse_args()
    with kept_folder(arguments.folder) as folder:
        lake, connections = folder / f"lake-{arguments.events}", arguments.events // EVENTS_PER_CONNECTION // HOURS
        if not lake.exists():  # in a process of its own: a run would inherit the peak memory of this one
            writer = get_context("spawn").Process(target=write, args=(lake, connections))
            writer.start()
            writer.join()
        size = sum(file.stat().st_size for file in lake.rglob("*.parquet"))
        total = connections * HOURS
        say(f"{total * EVENTS_PER_CONNECTION:,} events in {size / 1e6:,.0f} MB of Parquet")
        errors = -(-total // CONNECTIONS_PER_ERROR)
        truth = {"lifecycle.complete": total, "gone.errors": errors, "gone.connections": errors}
        cost = checks_cost(lake, truth, folder)
    say(f"  whole run {cost.seconds:7.1f} s, {cost.cpu_seconds:7.1f} s of processor time")
    return 0 if meets("peak memory in MiB", cost.peak_bytes / MIB, MOST_MEMORY_MIB) else 1


def write(lake: Path, connections: int) -> None:
    """Write a lake with so many connections an hour, in folders like Firehose's."""
    partial = lake.with_suffix(".partial")  # an interrupted lake is not reused
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(lake.with_suffix(".tmp"))}) as database:
        database.execute("CREATE TABLE sentences (is_gone BOOLEAN, place BIGINT, text VARCHAR)")
        for is_gone in (False, True):
            lines = connection_lines(ID, is_gone=is_gone, draw=random.Random(5))
            rows = [(is_gone, place, line) for place, line in enumerate(lines)]
            database.executemany("INSERT INTO sentences VALUES (?, ?, ?)", rows)
        for hour in range(HOURS):
            folder = partial / f"2026/06/02/{hour:02}"
            folder.mkdir(parents=True)
            database.execute(
                f"COPY ({HOUR}) TO '{folder}/prod-chat-1.parquet' (FORMAT parquet, COMPRESSION zstd)",
                {
                    "begin": SINCE_MS + hour * DAY_MS // HOURS,
                    "first": hour * connections,
                    "connections": connections,
                    "step": DAY_MS // HOURS // connections,
                },
            )
    partial.rename(lake)


if __name__ == "__main__":
    sys.exit(main())
