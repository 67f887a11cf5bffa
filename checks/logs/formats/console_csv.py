"""CSV of the CloudWatch console (`log-events-viewer-result.csv`), and of others with such columns."""

from typing import Final

from checks.logs.formats.csv_rows import CsvFormat

CONSOLE_CSV: Final = CsvFormat(
    name="CSV with the columns timestamp and message, as the CloudWatch console exports",
    columns={
        "timestamp": ("timestamp", "time", "@timestamp", "_time", "ts"),
        "message": ("message", "_raw"),
        "logStreamName": ("logstreamname", "logstream", "log stream name"),
        "logGroup": ("loggroup", "loggroupname", "log group name"),
        "eventId": ("eventid",),
        "ingestionTime": ("ingestiontime", "ingestion time"),
    },
)
