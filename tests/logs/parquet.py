"""Parquet files of a lake, as Firehose, a Lambda function before it, or Athena write them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import duckdb

LAYOUTS: Final[Mapping[str, str]] = {
    "flat, as a function before Firehose writes it": """
        SELECT eventId AS id, timestamp, message, logGroup AS log_group, logStreamName AS log_stream, ingestionTime
        FROM events""",
    "as Firehose converts the messages of subscription filters": """
        SELECT 'DATA_MESSAGE' AS messagetype, '123456789012' AS owner, logGroup AS loggroup, logStreamName AS logstream,
               ['every line'] AS subscriptionfilters,
               list({id: eventId, timestamp: timestamp, message: message} ORDER BY number) AS logevents
        FROM (SELECT *, number - row_number() OVER (PARTITION BY logStreamName ORDER BY number) AS run FROM events)
        GROUP BY logGroup, logStreamName, run
        ORDER BY min(number)""",
    "with times as timestamps, and names of a table of CloudWatch's": """
        SELECT eventId AS "@ptr", make_timestamp_ms(timestamp) AS "@timestamp", message AS "@message",
               logGroup AS "@logGroup", logStreamName AS "@logStream",
               make_timestamp_ms(ingestionTime) AS "@ingestionTime", 7 AS other
        FROM events""",
    "as pandas writes it, with times in nanoseconds": """
        SELECT eventId, make_timestamp_ms(timestamp)::TIMESTAMP_NS AS event_time, message AS log_message,
               logGroup AS log_group_name, logStreamName AS log_stream_name,
               make_timestamp_ms(ingestionTime)::TIMESTAMP_NS AS ingestion_time
        FROM events""",
    "as text of nanoseconds with a zone, and messages as bytes": """
        SELECT eventId AS event_id, (timestamp || '000000') AS Time, encode(message) AS Message, logGroup AS LogGroup,
               logStreamName AS LogStream
        FROM events""",
}
"""By what each is: SQL over `events`, which has the keys of JSON Lines and the line's `number`."""


def write_parquet(lines: Path, layout: str, target: Path, where: str = "true") -> Path:
    """Write the events of a file of JSON Lines as Parquet.

    Args:
        lines: The JSON Lines.
        layout: One of LAYOUTS.
        target: The file to write; its folders are made.
        where: SQL that chooses among the events.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    database = _database()
    database.execute(
        f"""CREATE OR REPLACE TABLE events AS
        SELECT * FROM (SELECT *, row_number() OVER () AS number FROM read_json($lines, columns := {{
            timestamp: 'BIGINT', message: 'VARCHAR', logGroup: 'VARCHAR', logStreamName: 'VARCHAR',
            ingestionTime: 'BIGINT', eventId: 'VARCHAR'}})) WHERE {where}""",
        {"lines": str(lines)},
    )
    database.execute(f"COPY ({LAYOUTS[layout]}) TO '{target}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
    return target


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Return one database for all files of a process: opening one takes longer than writing a file."""
    database = duckdb.connect()
    database.execute("SET threads = 1")
    return database
