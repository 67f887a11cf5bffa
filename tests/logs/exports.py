"""The files in which people have their logs: events written in every format, plain and compressed."""

import gzip
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Event: TypeAlias = Mapping[str, Any]
Compress: TypeAlias = Callable[[bytes], bytes]

STREAM: Final = "2026/06/02/[$LATEST]5e1f0a"
SINCE_MS: Final = 1_780_358_400_000
"""2026-06-02T00:00:00Z."""


def blocks_of_zstd(content: bytes) -> bytes:
    """Return a frame of many small blocks, as a log shipper writes it, with a checksum."""
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.checksum_flag: 1})
    parts = (content[at : at + 1000] for at in range(0, len(content), 1000))
    return b"".join(compressor.compress(part, compressor.FLUSH_BLOCK) for part in parts) + compressor.flush()


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content)


def _zstandard(content: bytes) -> bytes:
    return zstd.compress(content)


COMPRESSIONS: Final[Mapping[str, Compress]] = {"plain": bytes, "gzip": _gzipped, "zstd": _zstandard}


def event(message: str, at_ms: int = SINCE_MS) -> Event:
    """Return an event as FilterLogEvents gives it."""
    return {"timestamp": at_ms, "message": message, "logStreamName": STREAM}


def written(at_ms: int, timespec: str = "milliseconds") -> str:
    """Return a time as ISO 8601 in UTC."""
    instant = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at_ms)
    return instant.isoformat(timespec=timespec)


def json_lines(events: Iterable[Event]) -> str:
    """JSON Lines, an event a line."""
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)


def filter_log_events(events: Iterable[Event], indent: int | None = None) -> str:
    """What `aws logs filter-log-events` prints."""
    return json.dumps({"events": list(events), "searchedLogStreams": []}, indent=indent) + "\n"


def pages(events: Sequence[Event]) -> str:
    """What a loop over `aws logs filter-log-events` leaves in a file."""
    return filter_log_events(events[:2]) + filter_log_events(events[2:], indent=4)


def result(event: Event) -> list[Mapping[str, str]]:
    """Return an event as a row of Logs Insights."""
    time = written(event["timestamp"]).replace("T", " ").removesuffix("+00:00")
    fields = {"@timestamp": time, "@message": event["message"], "@logStream": event["logStreamName"], "@ptr": "Cm8KJg"}
    return [{"field": name, "value": value} for name, value in fields.items()]


def get_query_results(events: Iterable[Event], **changed: Any) -> str:
    """What `aws logs get-query-results` prints; `changed` are other values at the top."""
    rows = [result(event) for event in events]
    document = {"queryLanguage": "CWLI", "results": rows, "statistics": {"recordsMatched": len(rows)}}
    return json.dumps(document | {"status": "Complete"} | changed, indent=4) + "\n"


def s3_export(events: Iterable[Event]) -> str:
    """What CreateExportTask writes."""
    return "".join(f"{written(e['timestamp']).replace('+00:00', 'Z')} {e['message']}\n" for e in events)


def logs_tail(events: Iterable[Event]) -> str:
    """What `aws logs tail` prints."""
    lines = (f"{written(e['timestamp'], 'microseconds')} {e['logStreamName']} {e['message']}\n" for e in events)
    return "".join(lines)


FORMATS: Final[Mapping[str, Callable[[Sequence[Event]], str]]] = {
    "JSON Lines": json_lines,
    "filter-log-events": filter_log_events,
    "filter-log-events, pretty": lambda events: filter_log_events(events, indent=4),
    "filter-log-events, pages": pages,
    "array": lambda events: json.dumps(list(events)),
    "get-query-results": get_query_results,
    "S3 export": s3_export,
    "aws logs tail": logs_tail,
}
