"""A history on S3, tested on moto's server: one object for each run, which no two writers share."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

import boto3
import pytest
from moto.server import ThreadedMotoServer

from checks.errors import HistoryError
from checks.history.record import encode, record_of
from checks.history.store import S3Files, Store
from tests.history.records import BEGIN, record
from tests.report.results import result

BUCKET: Final = "runs"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "DEFAULT_REGION": "us-east-1"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)


@pytest.fixture(name="s3")
def _s3(url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of the service, with one empty bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    for one in client.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        client.delete_object(Bucket=BUCKET, Key=one["Key"])
    return client


def keys(s3: Any) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]


def days(store: Store, most: int = 90, environment: str | None = None) -> list[int]:
    return [run.started.day for run in store.newest(most, environment).records]


@pytest.mark.parametrize("prefix", ["", "health/chat"])
def test_a_run_is_an_object(prefix: str, s3: Any) -> None:
    """It is named by environment and id, and read back as it was."""
    run = record(environment="a/b é")
    Store(S3Files(BUCKET, prefix)).add(run)
    assert keys(s3) == [f"{prefix}/a%2Fb%20%C3%A9/{run.id}.json".removeprefix("/")]
    assert Store(S3Files(BUCKET, prefix)).newest(90).records == (run,)


def test_the_newest_of_each_environment(s3: Any) -> None:
    """They are chosen by the time in their names; other objects there are ignored."""
    store = Store(S3Files(BUCKET, "health"))
    store.add(record(environment="prod"))
    for day in (4, 2, 3, 0, 1):
        store.add(record(day=day))
    for other in ("health/README.md", "health/index.json", "health/dev/old/1.json", "other/dev/1.json"):
        s3.put_object(Bucket=BUCKET, Key=other, Body=b"mine")
    assert days(store, 2) == [1, 4, 5]
    assert days(store, 2, "dev") == [4, 5]
    assert days(store, 2, "de") == []
    assert store.newest(2).problems == ()


def test_writers_at_once(s3: Any) -> None:
    """Runs that began in the same microsecond are all kept."""

    def add(_: int) -> set[str]:
        store, runs = Store(S3Files(BUCKET, "health")), [record_of(result(), BEGIN, BEGIN) for _ in range(5)]
        for run in runs:
            store.add(run)
        return {run.id for run in runs}

    with ThreadPoolExecutor(4) as pool:
        written = set().union(*pool.map(add, range(4)))
    assert len(keys(s3)) == len(written) == 20
    assert {run.id for run in Store(S3Files(BUCKET, "health")).newest(90).records} == written


def test_damaged_objects(s3: Any) -> None:
    """Each affects only its own run, and is named."""
    store = Store(S3Files(BUCKET, "health"))
    store.add(record())
    damaged = f"dev/{record(day=1).id}.json"
    s3.put_object(Bucket=BUCKET, Key=f"health/{damaged}", Body=encode(record())[:50])
    past = store.newest(90)
    assert past.records == (record(),)
    assert past.problems == (f"1 object of s3://runs/health/ could not be read: object {damaged}",)


@pytest.mark.usefixtures("s3")
def test_no_such_bucket() -> None:
    """Both reading and writing name the missing bucket."""
    store = Store(S3Files("missing", "health"))
    for use in (lambda: store.add(record()), lambda: store.newest(90)):
        with pytest.raises(HistoryError, match=r"^s3://missing/health/.*[ (]NoSuchBucket"):
            use()


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The unreachable endpoint is named."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(HistoryError, match=r"^s3://runs/: http://127.0.0.1:\d+/runs cannot be reached"):
        Store(S3Files(BUCKET, "")).newest(90)


class Refusal(BaseHTTPRequestHandler):
    """S3's answer to clients without permission."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Print nothing."""


def test_access_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the missing permission."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(HistoryError, match=r"^s3://runs/dev/.*: access denied: s3:PutObject is missing"):
            Store(S3Files(BUCKET, "")).add(record())
        server.shutdown()


def test_no_credentials(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says how to get some."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(HistoryError, match=r"^s3://runs/dev/.*: boto3 finds no credentials for AWS; name a profile"):
        Store(S3Files(BUCKET, "")).add(record())
    assert s3


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("bucket", ["no bucket", "", "UPPER_case!"])
def test_a_name_that_is_no_bucket(bucket: str) -> None:
    """A name that boto3 refuses is an error like any other."""
    with pytest.raises(HistoryError, match="Invalid bucket name"):
        Store(S3Files(bucket, "")).newest(90)


def test_an_endpoint_that_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 raises a bare ValueError."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    with pytest.raises(HistoryError, match=r"^s3://runs/: Invalid endpoint: nowhere"):
        Store(S3Files(BUCKET, "")).newest(90)
