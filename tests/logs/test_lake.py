"""A lake on S3, tested on moto's server: the hours of a window are fetched, and measured like a file of them."""

import gzip
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import boto3
import pytest
from msgspec.structs import replace

from checks.analysis.analyse import Analysis, analyse
from checks.analysis.recognise import Dialect
from checks.config.environment import Environment, LogGroup
from checks.errors import SourceError
from checks.logs.cloudwatch import LakeSource, log_groups
from checks.logs.files import read_files
from checks.logs.lake import folder_time
from checks.logs.spool import LogRequest, SourceSettings, Spool
from checks.run.log_reader import source_of
from checks.window import Window
from tests.health_run import unhealthy
from tests.logs.parquet import LAYOUTS, write_parquet
from tests.moto_server import moto

BUCKET: Final = "lake"
FLAT, NESTED = list(LAYOUTS)[:2]
WINDOW: Final = Window(datetime(2026, 6, 2, 2, 10, tzinfo=UTC), datetime(2026, 6, 2, 7, 50, tzinfo=UTC))
END_MS: Final = WINDOW.until_ms + 100 * 60_000
SHIFT: Final = timedelta(minutes=10)
"""So that each hour's last object holds events of the next, as Firehose's do."""
HIVE: Final = "year=%Y/month=%m/day=%d/hour=%H/"


@pytest.fixture(name="s3")
def _s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the service, with one empty bucket."""
    with moto(monkeypatch):
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        yield client


@pytest.fixture(name="lines", scope="module")
def _lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A night, as JSON Lines."""
    file = tmp_path_factory.mktemp("lines") / "log.jsonl"
    day = unhealthy().splitlines(keepends=True)
    file.write_bytes(b"".join(line for line in day if json.loads(line)["timestamp"] < END_MS))
    return file


def buffers(lines: Path) -> Iterator[tuple[datetime, list[bytes]]]:
    """Yield the lines of each half-hour, as Firehose gathers them, with the arrival of the first."""

    def begin(line: bytes) -> datetime:
        at = datetime.fromtimestamp(json.loads(line)["timestamp"] / 1000, UTC) + SHIFT
        return at - timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond) - SHIFT

    ordered = sorted(lines.read_bytes().splitlines(keepends=True), key=lambda line: json.loads(line)["timestamp"])
    yield from ((at, list(those)) for at, those in groupby(ordered, key=begin))


def as_parquet(folder: Path, lines: list[bytes], layout: str) -> bytes:
    (folder / "lines").write_bytes(b"".join(lines))
    return write_parquet(folder / "lines", layout, folder / "parquet").read_bytes()


def as_subscription(_: Path, lines: list[bytes]) -> bytes:
    """Return lines as a subscription filter sends them, several messages in a row."""
    messages = []
    for stream, events in groupby(map(json.loads, lines), key=lambda event: event["logStreamName"]):
        own = [{"id": one["eventId"], "timestamp": one["timestamp"], "message": one["message"]} for one in events]
        message = {"messageType": "DATA_MESSAGE", "logGroup": "/aws/lambda/sweep", "logStream": stream}
        messages.append(json.dumps({**message, "owner": "123456789012", "logEvents": own}))
    return gzip.compress("".join(messages).encode())


WRITERS: Final[Mapping[str, tuple[Callable[[Path, list[bytes]], bytes], str]]] = {
    "Parquet in Firehose's folders": (partial(as_parquet, layout=NESTED), "%Y/%m/%d/%H/"),
    "Parquet of a function before Firehose": (partial(as_parquet, layout=FLAT), HIVE),
    "JSON of subscription filters": (as_subscription, "date=%Y-%m-%d/hour=%H/"),
}


def fill(s3: Any, lines: Path, folder: Path, name: str, prefix: str = "logs") -> None:
    write, path = WRITERS[name]
    for number, (at, those) in enumerate(buffers(lines)):
        s3.put_object(Bucket=BUCKET, Key=f"{prefix}/{at:{path}}chat-1-{number}", Body=write(folder, those))


def put(s3: Any, lines: Path, key: str = "logs/all.gz") -> None:
    """Put a whole night as one object."""
    content = as_subscription(lines.parent, lines.read_bytes().splitlines(keepends=True))
    s3.put_object(Bucket=BUCKET, Key=key, Body=content)


def read(folder: Path, place: str = f"s3://{BUCKET}/logs", window: Window = WINDOW, **more: Any) -> Spool:
    folder.mkdir(exist_ok=True)
    source = LakeSource.from_settings(SourceSettings((place,), (), Environment("dev", {}, {}, {}, {})))
    assert source
    request = LogRequest(window, tuple, **{"now": datetime.now(UTC), **more})
    return source.read(request, folder, lambda _: None)


def measured(folder: Path, spool: Spool) -> Analysis:
    return analyse(spool, spool.window or WINDOW, Dialect(5, {}, {}), folder)[0]


def test_a_lake_gives_the_numbers_of_a_file(tmp_path: Path, s3: Any, lines: Path) -> None:
    """They are equal, whatever its objects are; only objects of the needed hours are fetched."""
    (tmp_path / "spool").mkdir()
    right = measured(tmp_path, read_files([str(lines)], tmp_path / "spool"))
    assert right.metrics["gone.errors"].value
    for number, name in enumerate(WRITERS):
        fill(s3, lines, tmp_path, name, f"{number}/logs")
        spool = read(tmp_path / str(number), f"s3://{BUCKET}/{number}/logs/")
        assert (spool.source, spool.gaps, spool.window) == ("S3", (), WINDOW), name
        there = measured(tmp_path / str(number), spool)
        assert (there.metrics, there.overview) == (right.metrics, right.overview), name
        counts = [(one.events, one.look_back_events) for one in (there.reading, right.reading)]
        assert counts[0] == counts[1], name
        assert there.reading.outside_events < right.reading.outside_events, name


@pytest.mark.parametrize(
    ("path", "prefix", "hours"),
    [
        ("2026/06/02/05/", "", ("2026-06-02T05", 1)),
        ("logs/2026/06/02/05/", "logs", ("2026-06-02T05", 1)),
        ("logs/2026/06/02/", "logs", ("2026-06-02T00", 24)),
        ("logs/2026/12/", "logs", ("2026-12-01T00", 31 * 24)),
        ("logs/2026/", "logs", ("2026-01-01T00", 365 * 24)),
        ("year=2026/month=6/day=2/hour=5/", "", ("2026-06-02T05", 1)),
        ("group=chat/date=2026-06-02/hour=23/", "", ("2026-06-02T23", 1)),
        ("dt=2026-06-02-05/", "", ("2026-06-02T05", 1)),
        ("dt=2026-06-02T05/part=1/", "", ("2026-06-02T05", 1)),
        ("backup/2024/logs/2026/06/02/05/", "backup/2024/logs", ("2026-06-02T05", 1)),
        ("2026/06/02/05/", "2026/06", ("2026-06-02T05", 1)),
        ("backup/2024/logs/", "backup/2024", None),
        ("2026/13/02/05/", "", None),
        ("2026/06/31/", "", None),
        ("logs/20260602/", "", None),
        ("logs/", "", None),
    ],
)
def test_the_time_of_a_folder(path: str, prefix: str, hours: tuple[str, int] | None) -> None:
    """Its name is Firehose's, or `key=value`; a time in the prefix itself is not an hour of the lake."""
    time = folder_time(path, prefix)
    assert (time and (f"{time.since:%Y-%m-%dT%H}", (time.until - time.since) / timedelta(hours=1))) == hours


def test_what_a_prefix_does_not_mean(tmp_path: Path, s3: Any, lines: Path) -> None:
    """It excludes longer names and what is hidden or empty; a single object may be named."""
    for key in ("logs/all.gz", "logs-old/2026/06/02/03/old.gz", "logs/_tmp/2026/06/02/03/x", "logs/.hidden"):
        put(s3, lines, key)
    s3.put_object(Bucket=BUCKET, Key="logs/empty/", Body=b"")
    for number, place in enumerate(("logs", "logs/", "logs/all.gz")):
        spool = read(tmp_path / str(number), f"s3://{BUCKET}/{place}")
        assert [file.origin for file in spool.files] == [f"s3://{BUCKET}/logs/all.gz"]


def test_damage_and_what_could_not_be_converted_are_gaps(tmp_path: Path, s3: Any, lines: Path) -> None:
    """The rest is measured. Hours without an object are named."""
    fill(s3, lines, tmp_path, "Parquet in Firehose's folders")
    folder = "logs/2026/06/02/"
    [first, *_] = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}03/")["Contents"]
    s3.put_object(Bucket=BUCKET, Key=first["Key"], Body=b"PAR1 and no more")
    s3.put_object(Bucket=BUCKET, Key="logs/format-conversion-failed/2026/06/02/04/x", Body=b"{}")
    for one in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{folder}05/")["Contents"]:
        s3.delete_object(Bucket=BUCKET, Key=one["Key"])
    spool = read(tmp_path / "spool")
    failed, damaged = spool.gaps
    assert failed == (
        "Firehose could not convert what 1 object held, such as "
        f"s3://{BUCKET}/logs/format-conversion-failed/2026/06/02/04/x"
    )
    assert damaged.startswith(f"s3://{BUCKET}/{first['Key']}: cannot be read: ")
    assert "no object for the hours 2026-06-02 05:00 (UTC)" in spool.notes
    assert measured(tmp_path, spool).reading.events


def test_a_window_ends_where_all_was_delivered(tmp_path: Path, s3: Any, lines: Path) -> None:
    """This is 15 minutes before the newest object, as events may be held back so long."""
    put(s3, lines)
    now = datetime.now(UTC)
    spool = read(tmp_path / "spool", window=Window(now - timedelta(hours=3), now))
    assert spool.window
    assert now - timedelta(minutes=16) < spool.window.until <= now - timedelta(minutes=14)
    assert any(note.startswith("the window ends at ") for note in spool.notes)
    with pytest.raises(SourceError, match="no part of the window is complete; judge a longer window"):
        read(tmp_path / "short", window=Window(now - timedelta(minutes=10), now))


def test_a_delivery_that_stopped_is_a_gap(tmp_path: Path, s3: Any, lines: Path) -> None:
    """It stopped more than an hour before the window's end."""
    put(s3, lines)
    later = datetime.now(UTC) + timedelta(hours=3)
    window = Window(later - timedelta(hours=4), later)
    spool = read(tmp_path / "spool", window=window, now=later)
    [gap] = spool.gaps
    assert gap.startswith("nothing was delivered after ")
    assert spool.window == window


def test_folders_in_another_time_zone_are_a_gap(tmp_path: Path, s3: Any, lines: Path) -> None:
    """An object cannot be older than its hour."""
    now = datetime.now(UTC)
    put(s3, lines, f"logs/{now + timedelta(hours=2):%Y/%m/%d/%H}/x")
    spool = read(tmp_path / "spool", window=Window(now - timedelta(hours=1), now + timedelta(hours=3)))
    assert any(gap.endswith("before the hour of its folder: let Firehose name folders in UTC") for gap in spool.gaps)


def test_a_lake_without_objects_says_where_it_looked(tmp_path: Path, s3: Any, lines: Path) -> None:
    """It has none in these hours, or none at all."""
    put(s3, lines, "logs/2026/06/02/05/x")
    later = Window(WINDOW.since + timedelta(days=2), WINDOW.until + timedelta(days=2))
    for place, window in ((f"s3://{BUCKET}/other", WINDOW), (f"s3://{BUCKET}/logs", later)):
        when = f"{window.since:%Y-%m-%d %H:%M} to {window.until:%Y-%m-%d %H:%M} UTC"
        with pytest.raises(SourceError, match=rf"^{place}: no object was delivered for {when}, .*check that the"):
            read(tmp_path / "spool", place, window)


@pytest.mark.usefixtures("s3")
def test_what_s3_refuses_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bucket or credentials are missing, or the endpoint does not answer."""
    with pytest.raises(SourceError, match=r"^s3://missing/logs: .*not found .NoSuchBucket.*check the name"):
        read(tmp_path / "spool", "s3://missing/logs")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(SourceError, match=r"^s3://lake/logs: boto3 finds no credentials for AWS; name a profile"):
        read(tmp_path / "spool")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(SourceError, match=r"^s3://lake/logs: http://127.0.0.1:\d+/lake cannot be reached"):
        read(tmp_path / "spool")


def test_log_groups_are_read_where_that_is_soon_done(
    tmp_path: Path, s3: Any, lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This is about an environment with both; the report says which was read, and why."""
    put(s3, lines)
    boto3.client("logs").create_log_group(logGroupName="/chat")
    group = LogGroup("/chat", None)
    environment = Environment("dev", {}, {}, {}, {}, log_groups=(group,), lake=f"s3://{BUCKET}/logs")
    settings = SourceSettings((environment.lake,), (group,), environment)

    def sources(number: int) -> tuple[str, str]:
        request = LogRequest(WINDOW, tuple, datetime.now(UTC))
        (tmp_path / str(number)).mkdir()
        spool = source_of(settings).read(request, tmp_path / str(number), lambda _: None)
        return spool.source, spool.notes[0]

    assert sources(1) == ("CloudWatch FilterLogEvents", f"the log groups were read, not s3://{BUCKET}/logs")
    monkeypatch.setattr(log_groups, "MOST_CALLS", -1)
    why = "/chat: FilterLogEvents would take about 0 calls, 0 min"
    assert sources(2) == ("S3", f"the lake was read, for {why}")
    assert isinstance(source_of(replace(settings, places=(f"s3://{BUCKET}/x",))), LakeSource)


class Misbehaviour(BaseHTTPRequestHandler):
    """An S3 that lists one object, and then refuses it, breaks off its body, or stalls."""

    mood = ""
    gets = 0

    def do_GET(self) -> None:
        """Answer according to the mood."""
        listing = (
            b"<ListBucketResult><Contents><Key>logs/one</Key><Size>1000</Size>"
            b"<LastModified>2026-06-03T00:00:00Z</LastModified></Contents></ListBucketResult>"
        )
        denied = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        is_list = "list-type" in self.path
        type(self).gets += not is_list
        self.send_response(200 if is_list or self.mood != "denied" else 403)
        body = listing if is_list else denied if self.mood == "denied" else b"x" * 10
        self.send_header("Content-Length", str(1000 if not is_list and self.mood != "denied" else len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if not is_list and self.mood == "stalls":
            self.server.released.wait(20)  # type: ignore[attr-defined]

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Print nothing."""


@pytest.mark.parametrize(
    ("mood", "gets", "complaint"),
    [
        ("denied", 1, r"^s3://lake/logs/one: access denied: s3:GetObject is missing"),
        ("breaks off", 3, r"^s3://lake/logs/one: .* broke off its answer"),
        (
            "stalls",
            1,
            r"^s3://lake/logs: S3 took too long: 0.0 of 0.0 MB came in time; judge a shorter",
        ),
    ],
)
def test_an_object_that_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mood: str, gets: int, complaint: str
) -> None:
    """It is an error, never a part of the logs; an answer that breaks off is requested again."""
    handler = type("Handler", (Misbehaviour,), {"mood": mood})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.released = Event()  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        for name, value in {
            "ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "ACCESS_KEY_ID": "testing",
            "SECRET_ACCESS_KEY": "testing",
            "DEFAULT_REGION": "eu-west-1",
        }.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        timeout = timedelta(seconds=1 if mood == "stalls" else 60)
        with pytest.raises(SourceError, match=complaint):
            read(tmp_path / "spool", timeout=timeout)
        server.released.set()  # type: ignore[attr-defined]
        server.shutdown()
    assert vars(handler).get("gets") == gets
