"""Exports of logs: the same events as every tool writes them, plain and compressed."""

import base64
import csv
import gzip
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import count
from typing import Any, Final, TypeAlias

import yaml

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Event: TypeAlias = Mapping[str, Any]
Compress: TypeAlias = Callable[[bytes], bytes]

STREAM: Final = "2026/06/02/[$LATEST]5e1f0a9c2b7d4e6f8091a2b3c4d5e6f7"
GROUP: Final = "/aws/lambda/dev-chat"
REQUEST: Final = "7c1d2a90-4b1e-4c57-9d0e-0f5a1b2c3d41"
SINCE_MS: Final = 1_780_358_400_000
"""2026-06-02T00:00:00Z."""

_GREEN, _CYAN, _PLAIN = "\x1b[32m", "\x1b[36m", "\x1b[0m"


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


def instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at_ms)


def iso(at_ms: int, timespec: str = "milliseconds") -> str:
    """Return a time as ISO 8601 in UTC."""
    return instant(at_ms).isoformat(timespec=timespec)


def event(message: str, at_ms: int = SINCE_MS) -> Event:
    """Return an event as FilterLogEvents gives it."""
    return {"timestamp": at_ms, "message": message, "logStreamName": STREAM, "ingestionTime": at_ms + 1500}


def lambda_event(text: str, at_ms: int, level: str = "INFO") -> Event:
    """Return an event of Lambda's Python runtime."""
    time = iso(at_ms).replace("+00:00", "Z")
    return event(f"[{level}]\t{time}\t{REQUEST}\t{text}\n", at_ms)


TRACEBACK: Final = (
    "Could not post to connection Rt9bZfHfIAMCL-w=\nTraceback (most recent call last):\n"
    '  File "/var/task/app.py", line 12, in handler\n    client.post_to_connection(ConnectionId=id)\n'
    "botocore.errorfactory.GoneException: An error occurred (GoneException) when calling the PostToConnection "
    "operation:"
)

SAMPLE: Final[Sequence[Event]] = [
    event(f"START RequestId: {REQUEST} Version: $LATEST\n", SINCE_MS + 5),
    lambda_event("Client connected, connectionId=Qm7xKdTwoAMCJ4g=", SINCE_MS + 5),
    lambda_event('a "quoted, text"; with \\ and ümläut 👋', SINCE_MS + 1005),
    lambda_event(TRACEBACK, SINCE_MS + 2005, "ERROR"),
    lambda_event("Client disconnected, connectionId=Qm7xKdTwoAMCJ4g=", SINCE_MS + 60_005),
    event(f"END RequestId: {REQUEST}\n", SINCE_MS + 60_005),
    event(
        f"REPORT RequestId: {REQUEST}\tDuration: 4.11 ms\tBilled Duration: 5 ms\t\n"
        "XRAY TraceId: 1-6a1e2f00-1234567890abcdef12345678\tSegmentId: 0123456789abcdef\tSampled: true\t\n",
        SINCE_MS + 60_005,
    ),
]
"""An invocation of a traced function, as CloudWatch has it: platform lines, and messages of several lines."""


def json_lines(events: Iterable[Event]) -> str:
    """JSON Lines, an event a line."""
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)


def filter_log_events(events: Iterable[Event], indent: int | None = None) -> str:
    """What `aws logs filter-log-events` prints."""
    return json.dumps({"events": list(events), "searchedLogStreams": []}, indent=indent) + "\n"


def pages(events: Sequence[Event]) -> str:
    """What a loop over `aws logs filter-log-events` leaves in a file."""
    return filter_log_events(events[:2]) + filter_log_events(events[2:], indent=4)


def jq_events(events: Iterable[Event]) -> str:
    """What `jq '.events[]'` makes of it."""
    return "".join(json.dumps(event, indent=2, ensure_ascii=False) + "\n" for event in events)


def insights_fields(event: Event) -> Mapping[str, str]:
    """Return an event as Logs Insights names its fields."""
    time = iso(event["timestamp"]).replace("T", " ").removesuffix("+00:00")
    return {
        "@timestamp": time,
        "@message": event["message"],
        "@logStream": event["logStreamName"],
        "@log": f"123456789012:{GROUP}",
        "@ptr": f"Cm8{event['timestamp']}{hash(event['message'])}",
    }


def result(event: Event) -> list[Mapping[str, str]]:
    """Return an event as a row of Logs Insights."""
    return [{"field": name, "value": value} for name, value in insights_fields(event).items()]


def get_query_results(events: Iterable[Event], **changed: Any) -> str:
    """What `aws logs get-query-results` prints; `changed` are other values at the top."""
    rows = [result(event) for event in events]
    document = {"queryLanguage": "CWLI", "results": rows, "statistics": {"recordsMatched": len(rows)}}
    return json.dumps(document | {"status": "Complete"} | changed, indent=4) + "\n"


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], delimiter: str = ",") -> str:
    """CSV with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def console_csv(events: Iterable[Event]) -> str:
    """What the console exports of a log stream."""
    return table(events, ["timestamp", "message"])


def insights_csv(events: Sequence[Event]) -> str:
    """What the console exports of a query: the newest come first, and the columns in the query's order."""
    rows = map(insights_fields, reversed(events))
    return table(rows, ["@logStream", "@message", "@ptr", "@timestamp", "@log"])


def firehose(events: Sequence[Event], end: str = "") -> str:
    """What Firehose writes of a subscription, with a control message among it."""

    def message(kind: str, events: Iterable[Event]) -> str:
        of_log = {"owner": "123456789012", "logGroup": GROUP, "logStream": STREAM, "subscriptionFilters": ["all"]}
        own = [
            {"id": f"38{number}{one['timestamp']}", "timestamp": one["timestamp"], "message": one["message"]}
            for number, one in enumerate(events)
        ]
        return json.dumps({"messageType": kind, **of_log, "logEvents": own}) + end

    check = event("CWL CONTROL MESSAGE: Checking health of destination Firehose.")
    control = message("CONTROL_MESSAGE", [check])
    return control + message("DATA_MESSAGE", events[:3]) + control + message("DATA_MESSAGE", events[3:])


def s3_export(events: Iterable[Event]) -> str:
    """What CreateExportTask writes."""
    return "".join(f"{iso(e['timestamp']).replace('+00:00', 'Z')} {e['message'].rstrip()}\n" for e in events)


def logs_tail(events: Iterable[Event], green: str = "", cyan: str = "", plain: str = "") -> str:
    """What `aws logs tail` prints."""
    return "".join(
        f"{green}{iso(e['timestamp'], 'microseconds')}{plain} {cyan}{e['logStreamName']}{plain} {e['message']}".rstrip()
        + "\n"
        for e in events
    )


def tail_short(events: Iterable[Event]) -> str:
    """What `aws logs tail --format short` prints."""
    return "".join(f"{instant(e['timestamp']):%Y-%m-%dT%H:%M:%S} {e['message'].rstrip()}\n" for e in events)


def awslogs(events: Iterable[Event], *, group: str = "", stream: bool = True, time: bool = False) -> str:
    """What `awslogs get` prints, with the streams padded."""

    def line(event: Event) -> str:
        padded = event["logStreamName"] + "   " if stream else ""
        words = [group, padded, iso(event["timestamp"]).replace("+00:00", "Z") if time else ""]
        return " ".join([*filter(None, words), event["message"].rstrip()]) + "\n"

    return "".join(map(line, events))


def awslogs_coloured(events: Iterable[Event]) -> str:
    """The same on a terminal."""
    return re.sub(r"(?m)^(\S+) (\S+)", rf"{_GREEN}\1{_PLAIN} {_CYAN}\2{_PLAIN}", awslogs(events, group=GROUP))


def saw(events: Iterable[Event]) -> str:
    """What `saw watch` prints in Tokyo."""
    tokyo = timezone(timedelta(hours=9))
    return "".join(
        f"[{instant(e['timestamp']).astimezone(tokyo).isoformat(timespec='seconds')}] ({e['logStreamName']}) "
        f"{e['message'].rstrip()}\n"
        for e in events
    )


def cw(events: Iterable[Event]) -> str:
    """What `cw tail -t -n -s` prints; messages keep their line break."""
    return "".join(
        f"{instant(e['timestamp']):%Y-%m-%dT%H:%M:%S} - {GROUP} - {e['logStreamName']} - {e['message']}\n"
        for e in events
    )


def sam_logs(events: Iterable[Event]) -> str:
    """What `sam logs` prints."""
    return "".join(
        f"{_CYAN}{e['logStreamName']}{_PLAIN} {instant(e['timestamp']).replace(tzinfo=None).isoformat()} "
        f"{e['message'].rstrip()}\n"
        for e in events
    )


def sls_logs(events: Iterable[Event]) -> str:
    """What `sls logs` of version 3 prints in Tokyo."""

    def line(event: Event) -> str:
        parts = re.fullmatch(r"(\[\w+\]\t)\S+\t(\S+)\t(.*)\n", event["message"], re.DOTALL)
        if not parts:
            return str(event["message"]) + ("\n" if event["message"].startswith("REPORT") else "")
        time = instant(event["timestamp"]) + timedelta(hours=9)
        return f"{time:%Y-%m-%d %H:%M:%S}.{time.microsecond // 1000:03} (+09:00)\t{parts[2]}\t{parts[1]}{parts[3]}\n"

    return "".join(map(line, events))


def sls_logs_4(events: Iterable[Event]) -> str:
    """What `sls logs` of version 4 prints in UTC."""

    def line(event: Event) -> str:
        parts = re.fullmatch(r"(\[\w+\]\t)\S+\t(\S+)\t(.*)\n", event["message"], re.DOTALL)
        if not parts:
            text = str(event["message"]).rstrip().replace("RequestId:", "-").replace("Version:", "- Version:")
            return text.replace("\tDuration:", "\nDuration:") + "\n"
        time = instant(event["timestamp"])
        shown = f"{time:%Y-%m-%d %H:%M:%S}.{time.microsecond // 1000:03}"
        return f"\x1b[90m{shown} - {parts[2]} - {parts[1]}\x1b[39m\n{parts[3]}\n"

    return "".join(map(line, events))


def chalice_logs(events: Iterable[Event]) -> str:
    """What `chalice logs --include-lambda-messages` prints."""
    return "".join(
        f"{instant(e['timestamp']).replace(tzinfo=None)} {e['logStreamName'][-32:][:6]} {e['message'].strip()}\n"
        for e in events
    )


def lambda_text(events: Iterable[Event]) -> str:
    """What `saw get` prints, and what a copy from the console leaves."""
    return "".join(e["message"].rstrip() + "\n" for e in events)


def docker_logs(events: Iterable[Event], prefix: str = "") -> str:
    """What `docker logs -t` prints of lines; `docker compose logs` puts the service before them."""
    return "".join(f"{prefix}{iso(e['timestamp'], 'microseconds')[:26]}789Z {e['message'].rstrip()}\n" for e in events)


def records(events: Iterable[Event], time: str, message: str, **more: Any) -> str:
    """JSON Lines with time and message under other names."""
    return json_lines({time: iso(e["timestamp"]), message: e["message"], **more} for e in events)


def telemetry(events: Iterable[Event]) -> str:
    """What Lambda's Telemetry API posts, a batch a line."""
    own = [{"time": iso(e["timestamp"]), "type": "function", "record": e["message"]} for e in events]
    return json.dumps(own[:2]) + "\n" + json.dumps(own[2:]) + "\n"


def otlp(events: Iterable[Event]) -> str:
    """What the file exporter of OpenTelemetry's collector writes of its receiver for CloudWatch."""
    names = {"cloudwatch.log.group.name": GROUP, "cloudwatch.log.stream": STREAM}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in names.items()]
    own = [
        {"timeUnixNano": f"{e['timestamp']}000000", "body": {"stringValue": e["message"]}, "traceId": ""}
        for e in events
    ]
    scope = {"scope": {}, "logRecords": own}
    return json.dumps({"resourceLogs": [{"resource": {"attributes": attributes}, "scopeLogs": [scope]}]}) + "\n"


def otel_console(events: Iterable[Event]) -> str:
    """What the console exporter of OpenTelemetry's SDK prints."""
    return "".join(
        json.dumps(
            {
                "body": e["message"],
                "severity_number": 9,
                "severity_text": "INFO",
                "attributes": {"otelSpanID": "0"},
                "timestamp": f"{instant(e['timestamp']):%Y-%m-%dT%H:%M:%S.%fZ}",
                "resource": {"attributes": {"service.name": "chat"}},
            },
            indent=4,
        )
        + "\n"
        for e in events
    )


def powershell(events: Iterable[Event]) -> str:
    """What the AWS Tools for PowerShell and ConvertTo-Json write."""
    own = [
        {
            "EventId": f"39{number:054}",
            "IngestionTime": e["ingestionTime"],
            "LogStreamName": e["logStreamName"],
            "Message": e["message"],
            "Timestamp": e["timestamp"],
        }
        for number, e in enumerate(events)
    ]
    return json.dumps(own, indent=2).replace("\n", "\r\n") + "\r\n"


def windows_powershell(events: Iterable[Event]) -> str:
    """What they write in Windows PowerShell for the whole answer, with its own notation of times."""
    own = [{**one, "Timestamp": f"/Date({one['Timestamp']})/"} for one in json.loads(powershell(events))]
    answer = {"Events": own, "NextToken": None, "SearchedLogStreams": [], "HttpStatusCode": 200}
    return json.dumps(answer, indent=4).replace("/Date(", r"\/Date(").replace(")/", r")\/")


def output_text(events: Iterable[Event]) -> str:
    """What `aws logs filter-log-events --output text` prints; an emulator's ids may be shorter."""
    ids = (f"39{number:054}"[: 56 - number] for number in count())
    return "".join(
        f"EVENTS\t{name}\t{e['ingestionTime']}\t{e['logStreamName']}\t{e['message'].rstrip()}\t{e['timestamp']}\n"
        for name, e in zip(ids, events, strict=False)
    )


def epoch_lines(events: Iterable[Event]) -> str:
    """What `--query 'events[].[timestamp,message]' --output text` prints."""
    return "".join(f"{e['timestamp']}\t{e['message'].rstrip()}\n" for e in events)


def containers(events: Iterable[Event], prefix: str) -> str:
    """What `docker compose logs`, `kubectl logs --prefix` and syslog put before lines with their own times."""
    return "".join(f"{prefix}{e['message'].rstrip()}\n" for e in events)


def syslog(events: Iterable[Event]) -> str:
    """Lines of RFC 5424."""
    return "".join(f"<14>1 {iso(e['timestamp'])} host chat 12 - - {e['message'].rstrip()}\n" for e in events)


def loki_answer(events: Iterable[Event]) -> str:
    """What Loki's API answers to `query_range`."""
    values = [[f"{e['timestamp']}000000", e["message"]] for e in events]
    streams = {"resultType": "streams", "result": [{"stream": {"app": "chat"}, "values": values}]}
    return json.dumps({"status": "success", "data": streams})


def documents(events: Iterable[Event]) -> list[Mapping[str, Any]]:
    """What the subscription of CloudWatch Logs writes to OpenSearch."""
    return [
        {
            "_index": "cwl-2026.06.02",
            "_source": {
                "@id": f"39{number:054}",
                "@timestamp": iso(e["timestamp"]),
                "@message": e["message"],
                "@log_group": GROUP,
                "@log_stream": e["logStreamName"],
            },
        }
        for number, e in enumerate(events)
    ]


def search_answer(events: Iterable[Event]) -> str:
    """What `_search` of OpenSearch answers."""
    hits = documents(events)
    return json.dumps({"took": 5, "hits": {"total": {"value": len(hits)}, "hits": hits}}, indent=2)


def as_yaml(document: object) -> str:
    """What `--output yaml` of the AWS CLI prints."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # takes a second less for a megabyte
    return str(yaml.dump(json.loads(json.dumps(document)), Dumper=dumper, allow_unicode=True))


def rows_of_insights(events: Iterable[Event]) -> Mapping[str, Any]:
    """What GetQueryResults returns."""
    return {"results": [result(event) for event in events], "status": "Complete", "statistics": {"recordsMatched": 7.0}}


def get_log_events_text(events: Iterable[Event]) -> str:
    """What `aws logs get-log-events --output text` prints, two tokens at the top."""
    lines = (f"EVENTS\t{e['ingestionTime']}\t{e['message'].rstrip()}\t{e['timestamp']}\n" for e in events)
    return f"b/{'3' * 56}/s\tf/{'3' * 56}/s\n" + "".join(lines)


def insights_text(events: Iterable[Event]) -> str:
    """What `aws logs get-query-results --output text` prints, a field a line."""
    fields = ((name, value) for event in events for name, value in insights_fields(event).items())
    lines = "".join(f"RESULTS\t{name}\t{value}\n" for name, value in fields)
    return "CWLI\tComplete\n" + lines + "STATISTICS\t1.0\t7.0\t7.0\n"


def insights_markdown(events: Iterable[Event]) -> str:
    """What Logs Insights copies to the clipboard as Markdown."""
    rows = (
        f"| {iso(e['timestamp']).replace('T', ' ').removesuffix('+00:00')} | {e['message'].strip()} | {STREAM} |\n"
        for e in events
    )
    query = "query-string:\n```\nfields @timestamp, @message\n| limit 100\n```\n"
    head = f"---\n**CloudWatch Logs Insights**  \nregion: eu-west-1  \n{query}---\n"
    return head + "| @timestamp | @message | @logStream |\n| --- | --- | --- |\n" + "".join(rows) + "---\n"


def console_ascii(events: Iterable[Event]) -> str:
    """What the console downloads as ASCII."""
    rows = "".join(f"| {e['timestamp']} | {e['message'].strip():<70} |\n" for e in events)
    return f"{'-' * 90}\n|   timestamp   | {'message':^70} |\n|{'-' * 15}|{'-' * 72}|\n{rows}{'-' * 90}\n"


def copied(events: Iterable[Event], between: str = "\t", before: str = "") -> str:
    """What the clipboard holds of the console's rows, in Tokyo."""
    tokyo = timezone(timedelta(hours=9))
    return "".join(
        f"{before}{instant(e['timestamp']).astimezone(tokyo).isoformat(timespec='milliseconds')}{between}"
        f"{e['message'].rstrip()}\n"
        for e in events
    )


def numbered(events: Iterable[Event]) -> str:
    """What the clipboard holds of the rows of Logs Insights."""
    rows = enumerate(map(insights_fields, events), 1)
    lines = (f"{number}\t{row['@timestamp']}\t{row['@message'].rstrip()}\n" for number, row in rows)
    return "#\t@timestamp\t@message\n" + "".join(lines)


def messages_text(events: Iterable[Event]) -> str:
    """What `--query 'events[].message' --output text` prints."""
    return "\t".join(e["message"].rstrip() + "\n" for e in events)


def pairs(events: Iterable[Event], indent: int | None = None) -> str:
    """What `--query 'events[].[timestamp,message]'` prints."""
    return json.dumps([[e["timestamp"], e["message"]] for e in events], indent=indent)


def lists(events: Iterable[Event], keys: Sequence[str]) -> str:
    """What `--query` prints for these keys."""
    return json.dumps([[e[key] for key in keys] for e in events], indent=4)


def jq_csv(events: Iterable[Event], keys: Sequence[str] = ("timestamp", "message")) -> str:
    """What `@csv` of jq writes: texts in quotes, no header."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerows([e[key] for key in keys] for e in events)
    return text.getvalue()


def packed(events: Iterable[Event]) -> str:
    """A message of a subscription filter, as Lambda and Kinesis get it."""
    own = [{"id": f"{number}", **e} for number, e in enumerate(events)]
    message = {"messageType": "DATA_MESSAGE", "logGroup": GROUP, "logStream": STREAM, "logEvents": own}
    return base64.b64encode(gzip.compress(json.dumps(message).encode())).decode()


def live_tail(events: Sequence[Event]) -> str:
    """What a script writes of the stream of StartLiveTail."""
    updates = (
        {"sessionUpdate": {"sessionMetadata": {}, "sessionResults": part}} for part in (events[:3], [], events[3:])
    )
    return json_lines([{"sessionStart": {"sessionId": "1"}}, *updates])


def datadog_answer(events: Iterable[Event]) -> str:
    """What Datadog's API answers to a search."""
    attributes = ({"timestamp": iso(e["timestamp"]), "message": e["message"]} for e in events)
    data = [{"id": f"{number}", "type": "log", "attributes": one} for number, one in enumerate(attributes)]
    return json.dumps({"meta": {"page": {"after": "eyJ"}, "status": "done"}, "data": data}, indent=4)


def papertrail(events: Iterable[Event]) -> str:
    """What Papertrail archives: an id, two times, the sender's id, name and address, and more, before the message."""
    return "".join(
        f"50342052\t{instant(e['timestamp']):%F %T} +0000\t{instant(e['ingestionTime']):%F %T} +0000\t42424\t"
        f"chat\t192.0.2.34\tUser\tInfo\tweb\t{e['message'].rstrip()}\n"
        for e in events
    )


def fluentd(events: Iterable[Event]) -> str:
    """What the output plugin `file` of Fluentd writes."""
    return "".join(f"{iso(e['timestamp'])}\tchat.web\t{json.dumps({'log': e['message']})}\n" for e in events)


def fluent_bit_file(events: Iterable[Event]) -> str:
    """What the output plugin `file` of Fluent Bit writes."""
    return "".join(f"chat: [{e['timestamp'] / 1000:.9f}, {json.dumps({'log': e['message']})}]\n" for e in events)


def documents_of_fields(events: Iterable[Event]) -> str:
    """What `_search` of OpenSearch answers to a request for `fields`."""
    hits = (
        {"_id": "1", "fields": {f"{name}": [value] for name, value in one["_source"].items()}}
        for one in documents(events)
    )
    return json.dumps({"hits": {"hits": [*hits]}})


@dataclass(frozen=True, slots=True)
class Format:
    """The format of a tool.

    Attributes:
        write: Writes them.
        stream: The stream that they have when they are read again; None if the tool leaves it out.
        precision_ms: The precision of its times.
    """

    write: Callable[[Sequence[Event]], str]
    stream: str | None = STREAM
    precision_ms: int = 1


FORMATS: Final[Mapping[str, Format]] = {
    "JSON Lines": Format(json_lines),
    "filter-log-events": Format(filter_log_events),
    "filter-log-events, pretty": Format(partial(filter_log_events, indent=4)),
    "filter-log-events, pages": Format(pages),
    "filter-log-events, copied from a terminal": Format(
        lambda e: (
            "[ec2-user@ip-10-0-0-1 ~]$ aws logs filter-log-events \\\n    --log-group-name chat\n"
            f"{filter_log_events(e[:3], indent=4)}$ aws logs filter-log-events --log-group-name chat\n"
            f"{filter_log_events(e[3:], indent=4)}$ "
        )
    ),
    "filter-log-events, recorded by `script`": Format(
        lambda e: (
            f'Script started on 2026-06-02 02:00:00+02:00 [COMMAND_EXIT_CODE="0"]\n$ aws logs filter-log-events\n'
            f"{filter_log_events(e)}$ exit\nexit\n\nScript done on 2026-06-02 02:01:00+02:00\n"
        )
    ),
    "array, an item a line": Format(lambda e: "[\n" + json_lines(e).rstrip().replace("\n{", ",\n{") + "\n]\n"),
    "document, an event a line": Format(
        lambda e: '{"events": [\n' + json_lines(e).rstrip().replace("\n{", ",\n{") + "\n]}\n"
    ),
    "PowerShell": Format(powershell),
    "Windows PowerShell": Format(windows_powershell),
    "aws --output text": Format(output_text),
    "aws --query --output text": Format(epoch_lines, None),
    "array": Format(lambda events: json.dumps(list(events))),
    "jq '.events[]'": Format(jq_events),
    "get-query-results": Format(get_query_results),
    "jq -c '.results[]'": Format(lambda events: json_lines(map(result, events))),  # type: ignore[arg-type]
    "rows of Insights": Format(lambda events: json.dumps([*map(insights_fields, reversed(events))], indent=2)),
    "console CSV": Format(console_csv, None),
    "console CSV, saved by a spreadsheet": Format(lambda e: table(e, ["message", "timestamp"], ";"), None),
    "console CSV, with a spreadsheet's dates": Format(
        lambda e: table(
            ({**o, "timestamp": f"{instant(o['timestamp']):%d.%m.%Y %H:%M:%S}"} for o in e),
            ["timestamp", "message"],
            ";",
        ),
        None,
        1000,
    ),
    "console CSV, with the delimiter above": Format(
        lambda e: "sep=;\n" + table(e, ["message", "timestamp"], ";"), None
    ),
    "Export-Csv of Windows PowerShell": Format(
        lambda e: "#TYPE Amazon.CloudWatchLogs.Model.FilteredLogEvent\r\n" + table(e, ["message", "timestamp"]), None
    ),
    "Insights CSV": Format(insights_csv),
    "Firehose, concatenated": Format(firehose),
    "Firehose, a message a line": Format(partial(firehose, end="\n")),
    "S3 export": Format(s3_export, None),
    "aws logs tail": Format(logs_tail),
    "aws logs tail, coloured": Format(partial(logs_tail, green=_GREEN, cyan=_CYAN, plain=_PLAIN)),
    "aws logs tail --format short": Format(tail_short, None, 1000),
    "awslogs get": Format(partial(awslogs, group=GROUP)),
    "awslogs get, coloured": Format(awslogs_coloured),
    "awslogs get --timestamp": Format(partial(awslogs, group=GROUP, time=True)),
    "awslogs get --no-group --timestamp": Format(partial(awslogs, time=True)),
    "awslogs get --no-group": Format(awslogs),
    "awslogs get --no-stream --timestamp": Format(partial(awslogs, group=GROUP, stream=False, time=True), None),
    "awslogs get --no-stream": Format(partial(awslogs, group=GROUP, stream=False), None),
    "awslogs get, of a group without slashes": Format(partial(awslogs, group="chat-prod")),
    "saw watch": Format(saw, precision_ms=1000),
    "cw tail": Format(cw, precision_ms=1000),
    "cw tail -s": Format(lambda e: "".join(f"{o['logStreamName']} - {o['message']}\n" for o in e)),
    "sam logs": Format(sam_logs),
    "sls logs": Format(sls_logs, None),
    "sls logs, version 4": Format(sls_logs_4, None),
    "chalice logs": Format(chalice_logs, "5e1f0a"),
    "zappa tail": Format(lambda e: "".join(f"[{o['timestamp']}] {o['message'].rstrip()}\n" for o in e), None),
    "Lambda's own lines": Format(lambda_text, None),
    "docker logs -t": Format(docker_logs, None),
    "aws-logs tail": Format(
        lambda e: "".join(
            f"{iso(o['timestamp'])[:19].replace('T', ' ')} UTC {STREAM} {o['message'].rstrip()}\n" for o in e
        ),
        precision_ms=1000,
    ),
    "logcli query": Format(
        lambda e: "".join(f'{iso(o["timestamp"])} {{app="web", stream="a"}} {o["message"].rstrip()}\n' for o in e), None
    ),
    "docker compose logs -t": Format(partial(docker_logs, prefix="web-1  | "), None),
    "JSON Lines with time": Format(lambda e: records(e, "time", "message"), None),
    "JSON Lines with @timestamp": Format(lambda e: records(e, "@timestamp", "message", logStream=STREAM)),
    "JSON Lines with _time": Format(lambda e: records(e, "_time", "message"), None),
    "JSON Lines with ts": Format(lambda e: records(e, "ts", "message", level="info"), None),
    "Telemetry API": Format(telemetry, None),
    "OpenTelemetry's collector": Format(otlp),
    "OpenTelemetry's SDK": Format(otel_console, None),
    "Vector": Format(lambda e: records(e, "timestamp", "message", source_type="file", log_stream=STREAM)),
    "Fluent Bit": Format(lambda e: records(e, "date", "log", container_name="web"), None),
    "Docker's json-file": Format(lambda e: records(e, "time", "log", stream="stdout"), None),
    "Splunk": Format(lambda e: records(e, "_time", "_raw", host="web"), None),
    "Splunk's HTTP Event Collector": Format(
        lambda e: json_lines({"time": o["timestamp"] / 1000, "sourcetype": "aws", "event": o["message"]} for o in e),
        None,
    ),
    "Axiom": Format(
        lambda e: json_lines({"_time": iso(o["timestamp"]), "data": {"message": o["message"]}} for o in e), None
    ),
    "Grafana": Format(lambda e: records(e, "date", "line", fields={"app": "web"}), None),
    "Loki's API": Format(loki_answer, None),
    "documents of OpenSearch": Format(lambda e: json_lines(documents(e))),
    "search of OpenSearch": Format(search_answer),
    "Datadog": Format(
        lambda e: json_lines({"attributes": {"timestamp": iso(o["timestamp"]), "message": o["message"]}} for o in e),
        None,
    ),
    "Datadog's API": Format(datadog_answer, None),
    "Falcon LogScale": Format(
        lambda e: json_lines({"@timestamp": o["timestamp"], "@rawstring": o["message"], "@id": "1"} for o in e), None
    ),
    "Falcon LogScale, CSV": Format(
        lambda e: table(
            ({**o, "@timestamp": o["timestamp"], "@rawstring": o["message"]} for o in e), ["@timestamp", "@rawstring"]
        ),
        None,
    ),
    "Sumo Logic to S3": Format(
        lambda e: table(
            ({"messageTime": o["timestamp"], "receiptTime": o["ingestionTime"], **o} for o in e),
            ["messageId", "messageTime", "receiptTime", "message"],
        ),
        None,
    ),
    "Loggly": Format(
        lambda e: json.dumps({"events": [{"timestamp": o["timestamp"], "raw": o["message"], "logmsg": ""} for o in e]}),
        None,
    ),
    "Mezmo": Format(lambda e: json_lines({"_ts": o["timestamp"], "_line": o["message"]} for o in e), None),
    "Better Stack": Format(lambda e: records(e, "dt", "message", level="info"), None),
    "Better Stack, raw": Format(lambda e: records(e, "dt", "raw"), None),
    "Coralogix": Format(lambda e: records(e, "timestamp", "text", subsystemName="chat", severity="Info"), None),
    "Dynatrace": Format(
        lambda e: records(e, "timestamp", "content", **{"aws.log_group": GROUP, "aws.log_stream": STREAM})
    ),
    "Dynatrace's API": Format(
        lambda e: json.dumps(
            {
                "result": {
                    "records": [{"timestamp": o["timestamp"], "content": o["message"], "event.type": "LOG"} for o in e]
                }
            }
        ),
        None,
    ),
    "Honeycomb": Format(
        lambda e: json_lines(
            {"time": iso(o["timestamp"]), "samplerate": 1, "data": {"message": o["message"]}} for o in e
        ),
        None,
    ),
    "journalctl": Format(
        lambda e: json_lines({"__REALTIME_TIMESTAMP": f"{o['timestamp']}000", "MESSAGE": o["message"]} for o in e), None
    ),
    "Papertrail": Format(papertrail, None, 1000),
    "syslog": Format(syslog, None),
    "stern": Format(partial(docker_logs, prefix="chat-6b7 web "), None),
    "kubectl logs --prefix --timestamps": Format(partial(docker_logs, prefix="[pod/chat-6b7/web] "), None),
    "journalctl, short": Format(partial(containers, prefix="Jun 02 00:00:00 host web[8]: "), None),
    "syslog by RFC 3164": Format(partial(containers, prefix="<14>Jun  2 00:00:00 host web[8]: "), None),
    "kubectl logs --prefix": Format(partial(containers, prefix="[pod/chat-6b7/web] "), None),
    "docker compose logs": Format(partial(containers, prefix="web-1  | "), None),
    "aws --output yaml": Format(lambda e: as_yaml({"events": e, "searchedLogStreams": []})),
    "aws logs get-query-results --output yaml": Format(lambda e: as_yaml(rows_of_insights(e))),
    "aws logs get-log-events --output text": Format(get_log_events_text, None),
    "aws logs get-query-results --output text": Format(insights_text, None),
    "aws --query [].[timestamp,message]": Format(partial(pairs, indent=4), None),
    "jq -c '[.timestamp, .message]'": Format(
        lambda events: "".join(json.dumps([e["timestamp"], e["message"]]) + "\n" for e in events), None
    ),
    "aws --query [].[message,timestamp]": Format(partial(lists, keys=("message", "timestamp")), None),
    "aws --query [].[timestamp,logStreamName,message]": Format(
        partial(lists, keys=("timestamp", "logStreamName", "message"))
    ),
    "jq -c '[.logStreamName, .timestamp, .message]'": Format(
        lambda events: "".join(json.dumps([e["logStreamName"], e["timestamp"], e["message"]]) + "\n" for e in events)
    ),
    "jq -r '[.timestamp, .message] | @csv'": Format(jq_csv, None),
    "jq -r '[.timestamp, .logStreamName, .message] | @csv'": Format(
        partial(jq_csv, keys=("timestamp", "logStreamName", "message"))
    ),
    "jq -r '.results[] | map(.value) | @csv'": Format(
        lambda events: jq_csv(
            [{"timestamp": insights_fields(e)["@timestamp"], "message": e["message"]} for e in reversed(events)]
        ),
        None,
    ),
    "aws --query [].[timestamp,message] --output yaml": Format(
        lambda e: as_yaml([[one["timestamp"], one["message"]] for one in e]), None
    ),
    "aws --query [].{time:timestamp,msg:message}": Format(
        lambda e: json.dumps([{"time": one["timestamp"], "msg": one["message"]} for one in e], indent=4), None
    ),
    "aws --query [].message": Format(lambda e: json.dumps([one["message"] for one in e], indent=4), None),
    "aws --query [].message --output text": Format(messages_text, None),
    "jq -s 'map(.events)'": Format(lambda e: json.dumps([[], e[:2], e[2:], []], indent=2)),
    "jq -s 'map(.results)'": Format(lambda e: json.dumps([[*map(result, e[:2])], [*map(result, e[2:])]])),
    "pages in a list": Format(lambda e: json.dumps([{"events": e[:2], "nextToken": "a"}, {"events": e[2:]}])),
    "event of a subscribed function": Format(lambda e: json.dumps({"awslogs": {"data": packed(e)}})),
    "records of Kinesis": Format(lambda e: json.dumps({"Records": [{"kinesis": {"data": packed(e)}}]})),
    "records of GetRecords": Format(lambda e: json.dumps({"Records": [{"Data": packed(e)}]})),
    "records of Firehose": Format(lambda e: json.dumps({"records": [{"data": packed(e)}]})),
    "Live Tail": Format(live_tail),
    "copied from the console": Format(copied, None),
    "copied from the console, the newest first": Format(lambda e: copied(e[::-1]), None),
    "copied from the console, two lines a row": Format(partial(copied, between="\n"), None),
    "copied from Logs Insights": Format(numbered, None),
    "Markdown of Logs Insights": Format(insights_markdown, None),
    "ASCII of the console": Format(console_ascii, None),
    "Fluentd": Format(fluentd, None),
    "Fluent Bit, file": Format(fluent_bit_file, None),
    "fields of OpenSearch": Format(documents_of_fields),
    "gh run view --log": Format(partial(docker_logs, prefix="deploy\tRun the tests\t"), None),
    "Loki": Format(lambda e: records(e, "timestamp", "line", labels={"app": "web"}), None),
}
