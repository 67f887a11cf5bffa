"""CSV formats: rows with a time and a message, told by the names of their columns."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from checks.logs.formats.conversion import LONGEST_LINE, Conversion, Reader, ShowBytes
from checks.logs.formats.json_values import MOST_ROWS

_DELIMITERS: Final = (",", ";", "\t")

_BLOCK_BYTES: Final = 1 << 18

_ROWS_TO_ORDER: Final = 1000
"""As many tell whether the oldest or the newest come first."""


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """A CSV format.

    Attributes:
        name: What people call it; shown where a file's format is not known.
        columns: For each key of a spool file the names that its column may have, in lower case.
        most_rows: The most rows that the tool exports; None where it exports all.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    most_rows: int | None = None


def csv_converter(head: str, formats: Sequence[CsvFormat]) -> "CsvConverter | None":
    """Return what converts a file that begins like this; None where its first line is no header that is known."""
    header = next((line for line in head.split("\n") if line.strip()), "").rstrip("\r")
    for delimiter in _DELIMITERS:
        names = _names(header, delimiter)
        for form in formats:
            numbers = {
                key: names.index(name)
                for key, candidates in form.columns.items()
                for name in candidates[::-1]
                if name in names
            }
            if {"timestamp", "message"} <= numbers.keys():
                return CsvConverter(form, delimiter, numbers, len(names))
    return None


def _names(header: str, delimiter: str) -> list[str]:
    """Return the names of columns in lower case; none where the line is too long for a header, or is broken."""
    try:
        return [
            name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter, skipinitialspace=True), [])
        ]
    except csv.Error:
        return []


@dataclass(frozen=True, slots=True)
class CsvConverter:
    """Converts the files that have a certain header.

    Attributes:
        form: Their format.
        delimiter: What stands between two fields.
        numbers: For each key of a spool file the number of its column.
        width: The number of columns.
    """

    form: CsvFormat
    delimiter: str
    numbers: Mapping[str, int]
    width: int

    def convert(self, plain: Path, spool: Path, show: ShowBytes, /) -> Conversion:
        """Write the rows as a spool file, the oldest first."""
        time = f"c{self.numbers['timestamp']}"
        # one thread, because where a row ends depends on all that stands before it
        with closing(Reader(plain, spool, threads=1)) as reader:
            first_rows = f"SELECT {time} FROM ({self._rows}) LIMIT {_ROWS_TO_ORDER}"  # noqa: S608 -- no text of the file's
            times = [time for time in reader.values(first_rows) if time]
            is_newest_first = bool(times) and times[0] > times[-1]
            reader.copy(self._events + (" ORDER BY row DESC" if is_newest_first else ""), show)
        return Conversion(spool, tuple(self._gaps(plain, spool)))

    @property
    def _rows(self) -> str:
        """SQL that reads the rows; a last column takes what is too much."""
        columns = ", ".join(f"c{number}: 'VARCHAR'" for number in range(self.width + 1))
        return f"""
            SELECT row_number() OVER () AS row, *
            FROM read_csv(getvariable('file'), auto_detect := false, header := true, columns := {{{columns}}},
                          delim := '{self.delimiter}', quote := '"', escape := '"', strict_mode := false,
                          parallel := false, null_padding := true, nullstr := '\\N', max_line_size := {LONGEST_LINE},
                          compression := 'none', hive_partitioning := false)"""  # noqa: S608 -- nothing of the file's

    @property
    def _events(self) -> str:
        selected = ", ".join(f'c{number} AS "{key}"' for key, number in self.numbers.items())
        return f"""
            SELECT {selected},
                   CASE WHEN c{self.width} IS NOT NULL THEN 'row ' || row || ': has more fields than the header'
                        WHEN c{self.width - 1} IS NULL THEN 'row ' || row || ': has fewer fields than the header'
                        WHEN c{self.numbers["timestamp"]} = '' THEN 'row ' || row || ': has no time' END AS unread
            FROM ({self._rows})"""  # noqa: S608 -- nothing of the file's

    def _gaps(self, plain: Path, spool: Path) -> Iterator[str]:
        if _count(plain, b'"') % 2:
            yield "the CSV ends within a field: it was cut off"
        if self.form.most_rows and _count(spool, b"\n") == self.form.most_rows:
            yield f"it holds {self.form.most_rows:,} rows, the most that {self.form.name} gives: export shorter times"


def _count(file: Path, text: bytes) -> int:
    """Count a single byte in a file."""
    count = 0
    with file.open("rb") as source:
        while block := source.read(_BLOCK_BYTES):
            count += block.count(text)
    return count


INSIGHTS_CSV: Final = CsvFormat(
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
)

CONSOLE_CSV: Final = CsvFormat(
    name="CSV with the columns timestamp and message, as the CloudWatch console exports",
    columns={
        "timestamp": ("timestamp", "time", "@timestamp", "_time", "ts", "datetime", "date"),
        "message": ("message", "@message", "_raw", "log", "line", "msg"),
        "logStreamName": ("logstreamname", "logstream", "log stream name"),
        "logGroup": ("loggroup", "loggroupname", "log group name"),
        "eventId": ("eventid",),
        "ingestionTime": ("ingestiontime", "ingestion time"),
    },
)
