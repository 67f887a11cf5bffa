"""Tables of log events, CSV and Parquet: rows with a time and a message, recognised by column names."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from checks.logs.formats.conversion import (
    LONGEST_LINE,
    MOST_ROWS,
    Conversion,
    Reader,
    ShowBytes,
    UnreadableError,
    count_bytes,
)
from checks.logs.spool import SpoolFile

if TYPE_CHECKING:
    import duckdb

_DELIMITERS: Final = (",", ";", "\t")
_ABOVE_HEADER: Final = re.compile(r"\ufeff?(?:#TYPE |sep=.\r?$)")
"""A first line above the header: Windows PowerShell writes `#TYPE`, and spreadsheets read `sep=`."""
_ESCAPED: Final = re.compile(r"""(?m)(?:^|[,;\t])"(?:[^"\\\n]|\\[^"\n])*+\\"[^",;\t\r\n]""")
"""A quotation mark after a backslash within a field, as databases write it, rather than twice."""
_IS_TIME: Final = re.compile(r'"?(?:1\d{9}|\d{4}-\d\d-\d\d)')
_JQ_TIME: Final = r'"?(?:1\d{12}|\d{4}-\d\d-\d\d[T ][\d:.]+Z?)"?,"'
_ROWS_TO_ORDER: Final = 1000
"""How many rows are read to see whether the oldest or the newest come first."""


class CsvFormat(Struct, frozen=True):
    """A CSV format.

    Attributes:
        name: Its display name, shown if a file's format is not known.
        columns: For each key of a spool file, the names that its column may have, in lower case.
        most_rows: The most rows that the tool exports; None if it exports all.
        first_row: A regular expression for the beginning of the first row if there is no header; the columns are then
            the keys of `columns` in their order.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    most_rows: int | None = None
    first_row: str = ""


CSV_FORMATS: Final = (
    CsvFormat(
        name="CSV of Logs Insights with @timestamp and @message",
        columns={
            "timestamp": ("@timestamp",),
            "message": ("@message",),
            "logStreamName": ("@logstream",),
            "logGroup": ("@log",),
            "eventId": ("@ptr",),
            "ingestionTime": ("@ingestiontime",),
            "requestId": ("@requestid",),
        },
        most_rows=MOST_ROWS,
    ),
    CsvFormat(
        name="CSV with the columns timestamp and message, as the CloudWatch console exports",
        columns={
            "timestamp": (
                *("timestamp", "time", "@timestamp", "_time", "ts", "datetime", "date", "event_time", "eventtime"),
                *("eventtimestamp", "_messagetimems", "_messagetime", "messagetime", "timegenerated"),
            ),
            "message": (
                *("message", "@message", "_raw", "@rawstring", "log", "line"),
                *("msg", "content", "event_message", "log_message"),
            ),
            "logStreamName": ("logstreamname", "logstream", "log stream name", "log_stream", "log_stream_name"),
            "logGroup": ("loggroup", "loggroupname", "log group name", "log_group", "log_group_name"),
            "eventId": ("eventid",),
            "ingestionTime": ("ingestiontime", "ingestion time"),
        },
    ),
    CsvFormat(
        name="`jq -r '[.timestamp,.logStreamName,.message]|@csv'`",
        columns={"timestamp": (), "logStreamName": (), "message": ()},
        first_row=rf'{_JQ_TIME}\d{{4}}/\d\d/\d\d/[^"\n]*\[[$\w]+\]\w+","',
    ),
    CsvFormat(
        name="`jq -r '[.timestamp,.message]|@csv'`", columns={"timestamp": (), "message": ()}, first_row=_JQ_TIME
    ),
)
"""In the order in which they are tried."""

_OWN_FIELD: Final = re.compile(r"(?i)(?:.+\.)?(?:\w*conn\w*_?id|(?:error|exception)[._]?(?:type|name|class))")
"""The name of a column for a connection or an error: a query has taken records apart."""


def csv_converter(head: str) -> "CsvConverter | None":
    """Return the converter for a file that begins like this; None if its first line is not a known header."""
    lines = head.split("\n")
    escape = "\\" if _ESCAPED.search(head) else '"'
    skipped = next((number for number, line in enumerate(lines) if line.strip() and not _ABOVE_HEADER.match(line)), 0)
    header = lines[skipped].rstrip("\r")
    for form in CSV_FORMATS:
        if form.first_row and re.match(form.first_row, header):
            numbers = {key: number for number, key in enumerate(form.columns)}
            return CsvConverter(form, ",", numbers, len(numbers), skipped, escape, [])
    for delimiter in _DELIMITERS:
        written = _names(header, delimiter)
        names = [name.lower() for name in written]
        is_whole = "@message" in names or "_raw" in names or len({*written}) < len(names)
        is_record = not is_whole and any(map(_OWN_FIELD.fullmatch, names))
        for form in CSV_FORMATS:
            numbers = {
                key: names.index(name)
                for key, candidates in form.columns.items()
                for name in candidates[::-1]
                if name in names
            }
            if is_record and "timestamp" in numbers and ("message" in numbers or "@timestamp" in names):
                return CsvConverter(form, delimiter, numbers, len(names), skipped, escape, written, is_record=True)
            if {"timestamp", "message"} <= numbers.keys() and not _is_copied(head, delimiter, numbers, len(names)):
                return CsvConverter(form, delimiter, numbers, len(names), skipped, escape, written)
    return None


def _is_copied(head: str, delimiter: str, numbers: Mapping[str, int], width: int) -> bool:
    """Whether a table was copied from a web page: nothing is quoted, so the last column is the rest of the line."""
    if delimiter != "\t" or numbers["message"] != width - 1 or numbers["timestamp"] > 1:
        return False
    fields = (line.split("\t", width) for line in head.split("\n"))
    rows = [row for row in fields if len(row) >= width and _IS_TIME.match(row[numbers["timestamp"]])]
    unquoted = [row for row in rows if not row[width - 1].startswith('"')]
    return len(unquoted) == len(rows) or any(len(row) > width for row in unquoted)


def _names(header: str, delimiter: str) -> list[str]:
    """Return the column names; none if the line is too long for a header, or malformed."""
    with suppress(csv.Error):
        row = next(csv.reader([header], delimiter=delimiter, skipinitialspace=True), [])
        return [name.strip() for name in row]
    return []


class CsvConverter(Struct, frozen=True):
    """Converts files with `width` columns; `numbers` has the column of each key of a spool file."""

    form: CsvFormat
    delimiter: str
    numbers: Mapping[str, int]
    width: int
    skipped: int
    """The number of lines above the header, or above the first row."""
    escape: str
    header: Sequence[str]
    is_record: bool = False
    """Whether each row is a record as a whole, whose connection or error has its own column."""

    def convert(self, plain: Path, spool: Path, show: ShowBytes, /) -> Conversion:
        """Write the rows as a spool file, the oldest first."""
        time = f"c{self.numbers['timestamp']}"
        # one thread, because the end of a row depends on everything before it
        with closing(Reader(plain, spool, threads=1)) as reader:
            reader.set(header=list(self.header))
            first_rows = f"SELECT {time} FROM ({self._rows}) LIMIT {_ROWS_TO_ORDER}"  # noqa: S608 -- no text from the file
            order = " ORDER BY row DESC" if reader.is_newest_first(first_rows) else ""
            cut = reader.copy(self._events + order, show)
        return Conversion(spool, tuple(self._gaps(plain, spool)), cut=cut)

    @property
    def _rows(self) -> str:
        """SQL that reads the rows; an extra column takes surplus fields."""
        columns = ", ".join(f"c{number}: 'VARCHAR'" for number in range(self.width + 1))
        return f"""
            SELECT row_number() OVER () AS row, *
            FROM read_csv(getvariable('file'), auto_detect := false, columns := {{{columns}}},
                          header := {not self.form.first_row}, skip := {self.skipped},
                          delim := '{self.delimiter}', quote := '"', escape := '{self.escape}', strict_mode := false,
                          parallel := false, null_padding := true, nullstr := '\\N',
                          max_line_size := {LONGEST_LINE}, buffer_size := {LONGEST_LINE},
                          compression := 'none', hive_partitioning := false)"""  # noqa: S608 -- nothing from the file

    @property
    def _events(self) -> str:
        time = f"c{self.numbers['timestamp']}"
        values = {key: f"c{number}" for key, number in self.numbers.items() if key != "timestamp"}
        columns = ", ".join(f"c{number}" for number in range(self.width))
        if self.is_record:
            values["message"] = f"to_json(map(getvariable('header')::VARCHAR[], [{columns}]))::VARCHAR"
        others = ", ".join(f'{value} AS "{key}"' for key, value in values.items())
        return f"""
            SELECT CASE WHEN c{self.width} IS NOT NULL THEN 'row ' || row || ': has more fields than the header'
                        WHEN c{self.width - 1} IS NULL THEN 'row ' || row || ': has fewer fields than the header'
                        WHEN {time} = '' THEN 'row ' || row || ': has no time'
                        WHEN contains({time}, 'E+') THEN 'row ' || row || ': has a time that a spreadsheet has rounded'
                        END AS unread,
                   CASE WHEN unread IS NULL THEN {time} END AS timestamp, {others}
            FROM ({self._rows})
            WHERE [{columns}] IS DISTINCT FROM getvariable('header')::VARCHAR[]"""  # noqa: S608 -- nothing from the file

    def _gaps(self, plain: Path, spool: Path) -> Iterator[str]:
        if count_bytes(plain, b'"') % 2:
            yield "the CSV ends within a field: it was cut off"
        if self.form.most_rows and count_bytes(spool, b"\n") == self.form.most_rows:
            yield f"it holds {self.form.most_rows:,} rows, the most that {self.form.name} gives: export shorter times"


_PARQUET_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "timestamp": ("timestamp", "time", "ts", "eventtime"),
    "message": ("message", "msg", "raw", "line", "logmessage", "eventmessage"),
    "logStreamName": ("logstreamname", "logstream"),
    "logGroup": ("loggroup", "loggroupname"),
    "eventId": ("eventid", "id", "ptr"),
    "ingestionTime": ("ingestiontime",),
    "requestId": ("requestid",),
}
"""For each key of a spool file, the names that its column may have; see _by_plain_name."""

_DECORATION: Final = re.compile(r"^cwl__|[@_ ]")
_EVENTS: Final = "logevents"
_KIND: Final = "messagetype"
"""Columns of a subscription filter's messages if Firehose converts them unchanged: each row has a list of events."""
_EVENT: Final = '"an event"'
"""The alias of an element of such a list; no column has this name."""
_MOST_NAMED: Final = 10


class ParquetLayout(Struct, frozen=True):
    """The place of the events in the rows of a Parquet file, as SQL.

    Attributes:
        values: For each key of a spool file, an expression for its value.
        events: The column whose elements are events; empty if each row is an event.
        kind: The column that marks control messages; empty if there is none.
    """

    values: tuple[tuple[str, str], ...]
    events: str
    kind: str

    @property
    def has_ids(self) -> bool:
        """Whether the events have an id."""
        return any(key == "eventId" for key, _ in self.values)

    def query(self, files: str, number: int) -> str:
        """SQL for the events of files that all have this layout; `files` is SQL for the list of their paths.

        Its columns are the values as text, `filename`, `row`, and `file`, which is counted from `number`.
        """
        values = dict(self.values)
        selected = ", ".join(f'{values.get(key, "NULL")}::VARCHAR AS "{key}"' for key in _PARQUET_NAMES)
        event = f", unnest({self.events}) AS {_EVENT}" if self.events else ""
        known = f"WHERE {self.kind} IS DISTINCT FROM 'CONTROL_MESSAGE'" if self.kind else ""
        return f"""
            SELECT {selected}, NULL::VARCHAR AS unread, filename, (file_index + {number})::BIGINT AS file,
                   file_row_number + 1 AS row
            FROM (SELECT *, filename, file_index, file_row_number{event} FROM {_parquet(files)} {known})"""  # noqa: S608 -- names are quoted


def parquet_layout(database: "duckdb.DuckDBPyConnection", file: Path) -> ParquetLayout:
    """Return the layout of a Parquet file, by the names and types of its columns.

    Raises:
        UnreadableError: No columns are known as a time and a message.
        duckdb.Error: It is damaged.
    """
    rows = database.sql(f"FROM {_parquet('$files')}", params={"files": [str(file)]})
    columns = dict(zip(rows.columns, rows.types, strict=True))
    names = _by_plain_name(columns)
    values, events = _values(columns), ""
    if _EVENTS in names and (fields := _fields(columns[names[_EVENTS]])):
        values, events = values | _values(fields, f"{_EVENT}."), _quoted(names[_EVENTS])
    if {"timestamp", "message"} <= values.keys():
        return ParquetLayout(tuple(values.items()), events, _quoted(names[_KIND]) if events and _KIND in names else "")
    shown = ", ".join([*columns][:_MOST_NAMED]) + (", …" if len(columns) > _MOST_NAMED else "")
    raise UnreadableError(f"is Parquet without columns for the time and the message of events; it has {shown}")


_JSON_LINES: Final = f"""
    SELECT *, (file_index + 1)::BIGINT AS file, NULL::BIGINT AS row
    FROM read_json(getvariable('files'), format := 'newline_delimited', ignore_errors := true, filename := true,
                   maximum_object_size := {LONGEST_LINE},
                   columns := {{timestamp: 'VARCHAR', message: 'VARCHAR', logGroup: 'VARCHAR', logStreamName: 'VARCHAR',
                                eventId: 'VARCHAR', ingestionTime: 'VARCHAR', requestId: 'VARCHAR', unread: 'VARCHAR'}})
"""  # noqa: S608 -- a number of our own


def define_spooled(database: "duckdb.DuckDBPyConnection", files: Sequence[SpoolFile]) -> list[SpoolFile]:
    """Define the view `spooled` over the lines and rows of a spool's files: their values as text, and their places.

    Returns:
        The files in the order of their numbers, which begin with 1.

    Raises:
        UnreadableError: A Parquet file has no columns for times and messages.
        duckdb.Error: It is damaged.
    """
    ordered = [file for file in files if not file.is_parquet]
    queries, variables = [_JSON_LINES] if ordered else [], {"files": ordered}
    by_layout: dict[ParquetLayout, list[SpoolFile]] = {}
    for file in files:
        if file.is_parquet:
            by_layout.setdefault(parquet_layout(database, file.path), []).append(file)
    for number, (layout, alike) in enumerate(by_layout.items()):
        variables[f"files_{number}"] = alike
        queries.append(layout.query(f"getvariable('files_{number}')", len(ordered) + 1))
        ordered = ordered + alike
    for name, those in variables.items():
        database.execute(f"SET VARIABLE {name} = $paths", {"paths": [str(file.path) for file in those]})
    database.execute(f"CREATE OR REPLACE TEMP VIEW spooled AS {' UNION ALL BY NAME '.join(queries)}")
    return ordered


def _values(columns: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Expressions for the values of those keys of a spool file that these columns or fields hold."""
    names = _by_plain_name(columns)
    first = {key: next((one for one in candidates if one in names), "") for key, candidates in _PARQUET_NAMES.items()}
    return {key: _text_of(prefix + _quoted(names[one]), columns[names[one]].id) for key, one in first.items() if one}


def _fields(kind: Any) -> Mapping[str, Any]:
    """The types of the fields of a list's elements; empty if the elements have no fields."""
    element = kind.children[0][1] if kind.id == "list" else kind
    return dict(element.children) if kind.id == "list" and element.id == "struct" else {}


def _by_plain_name(columns: Mapping[str, Any]) -> dict[str, str]:
    """Column names by their plain form: `@logGroup`, `log_group` and `cwl__log_group` are all `loggroup`."""
    return {_DECORATION.sub("", name.lower()): name for name in reversed(list(columns))}


def _text_of(value: str, kind: str) -> str:
    """SQL for a value of a type as text; times become epoch milliseconds, which numbers already are."""
    if kind.startswith("timestamp"):
        return f"(epoch_us({value}) // 1000)"  # epoch_ms() refuses the nanoseconds that pandas writes
    return f"to_json({value})" if kind in {"struct", "map", "list"} else value


def _quoted(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _parquet(files: str) -> str:
    """SQL that reads Parquet files; text need not be annotated as text."""
    return f"read_parquet({files}, binary_as_string := true, hive_partitioning := false)"
