"""Log groups are read completely or not at all; the endpoint belongs to the tests, boto3 and the network are real."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, Final

import pytest
from msgspec.structs import replace

from checks.analysis.recognise import broad_patterns
from checks.aws import client
from checks.config.environment import Environment, LogGroup
from checks.config.thresholds import load
from checks.errors import SourceError
from checks.logs.cloudwatch import CloudWatchSource, insights
from checks.logs.cloudwatch.logs_client import Counters, LogsClient
from checks.logs.cloudwatch.read_log_groups import EventCounter, read_log_groups
from checks.logs.spool import LogRequest, Progress, Spool, SpoolFile, UnfinishedReadError
from checks.window import LOOK_BACK, Window, epoch_ms
from tests.endpoint.behaviour import CALL_FAULTS, PAGE_FAULTS, Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.simulator import emit, scenarios

NAME: Final = "/aws/lambda/dev-chat-handler"
WINDOW: Final = Window(datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 6, 2, 19, 59, 59, tzinfo=UTC))
"""No event lies on its end, which FilterLogEvents includes and a query does not."""
SOURCES: Final = ("filter", "insights")


@cache
def events() -> list[emit.LogEvent]:
    return emit.events(scenarios.unhealthy(60, seed=7))


@cache
def group() -> Group:
    return Group(NAME).fill(events())


@pytest.fixture(name="environment")
def _environment(tmp_path: Path) -> Environment:
    (tmp_path / "limits.yaml").write_text(f"environments: {{dev: {{log_group: {NAME}, limits: {{gone.errors: 5}}}}}}")
    return load(tmp_path / "limits.yaml").environment("dev")


class Reads:
    """Reads log groups, each into its own folder.

    Attributes:
        progress: The progress of all reads.
    """

    def __init__(self, environment: Environment, folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self.progress: list[Progress] = []

    def __call__(
        self,
        source: str = "auto",
        names: Sequence[str | LogGroup] = (NAME,),
        window: Window = WINDOW,
        earlier: Spool | None = None,
        scan: Callable[[Sequence[SpoolFile]], None] | None = None,
    ) -> Spool:
        groups = [name if isinstance(name, LogGroup) else LogGroup(name, None) for name in names]
        now = datetime.now(UTC)
        request = LogRequest(
            window,
            patterns=partial(broad_patterns, {}),
            now=now,
            earlier=earlier,
            scan=scan,
        )
        folder = self._folder / str(time.monotonic_ns())
        folder.mkdir()
        environment = replace(self._environment, source=source)
        return CloudWatchSource(groups, environment).read(request, folder, self.progress.append)


@pytest.fixture(name="read")
def _read(environment: Environment, tmp_path: Path) -> Reads:
    return Reads(environment, tmp_path)


@pytest.fixture(name="no_pauses")
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry calls at once; adaptive retries would slow down for many seconds after a throttled call."""
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))


Serve = Callable[..., Any]


@pytest.fixture(name="serve")
def _serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """A context in which an endpoint serves groups; by default, one with all events."""

    def serve(*groups: Group, **behaviour: Any) -> Any:
        return reached(monkeypatch, *(groups or (group(),)), behaviour=Behaviour(**{"polls": 0, **behaviour}))

    return serve


def ids(spool: Spool) -> list[str]:
    """Return what identifies the events that were read, each once; the ids of the two APIs differ."""
    lines = (json.loads(line) for file in spool.files for line in file.path.read_bytes().splitlines())
    return sorted({_said(line) for line in lines})


def _said(event: Mapping[str, Any]) -> str:
    return f"{event['logStreamName']} {event['message']}"


def contents(spool: Spool) -> tuple[list[str], int]:
    """Return the events that were read, and the number of counted others."""
    return ids(spool), sum(counted.events for counted in spool.counted)


def expected() -> list[str]:
    """Return the ids of the events of the window and its look-back."""
    since_ms, until_ms = epoch_ms(WINDOW.since - LOOK_BACK), WINDOW.until_ms
    return sorted({_said(event) for event in events() if since_ms <= event["timestamp"] < until_ms})


def error_of(read: Callable[[], Spool]) -> UnfinishedReadError:
    with pytest.raises(UnfinishedReadError) as error:
        read()
    return error.value


def requests(endpoint: Endpoint, operation: str) -> list[dict[str, Any]]:
    return [parameters for name, parameters in endpoint.requests if name == operation]


def test_both_apis_read_the_same_events(read: Reads, serve: Serve) -> None:
    """They read all events, or those that may matter and the number of all others."""
    with serve():
        filtered, queried = read("filter"), read("insights")
    assert contents(filtered) == (expected(), 0)
    some, others = contents(queried)
    assert set(some) < set(expected())
    assert len(some) + others == len(expected())
    for spool, api in ((filtered, "FilterLogEvents"), (queried, "Logs Insights")):
        assert spool.fetch
        assert (spool.source, spool.window, spool.requested) == (f"CloudWatch {api}", WINDOW, (NAME,))
        [how] = spool.fetch.groups
        assert (how.name, how.region, how.api) == (NAME, "us-east-1", api)
        assert {file.origin for file in spool.files} == {f"{NAME} in us-east-1"}
    last = read.progress[-1]
    assert last.done == last.total == (22 * 3600 + 630 - 1) * 1000


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("source", SOURCES)
def test_faults_lose_no_event(read: Reads, serve: Serve, source: str) -> None:
    """Each call fails, stalls, loses its connection or is cut off, once."""
    with serve():
        calm = read(source)
    with serve(fault_rate=1, faults=CALL_FAULTS, most_faults=1, seed=3, stall_seconds=0.02) as endpoint:
        disturbed = read(source)
    assert endpoint.moods.faults.keys() == {*CALL_FAULTS}
    assert contents(disturbed) == contents(calm)
    assert disturbed.fetch
    assert disturbed.fetch.retries > 0
    assert disturbed.fetch.calls + disturbed.fetch.retries >= len(endpoint.requests)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("source", SOURCES)
def test_answers_that_are_cut_off(read: Reads, serve: Serve, source: str) -> None:
    """Half an answer does not count."""
    with serve():
        calm = read(source)
    with serve(fault_rate=0.9, faults=("cut",), seed=1) as endpoint:
        disturbed = read(source)
    assert contents(disturbed) == contents(calm)
    assert disturbed.fetch
    assert disturbed.fetch.retries == endpoint.moods.faults["cut"] > 0


@pytest.mark.usefixtures("no_pauses")
def test_an_answer_that_is_always_cut_off(read: Reads, serve: Serve) -> None:
    """The number of retries is limited."""
    with serve(fault_rate=1, faults=("cut",), most_faults=1000):
        error = error_of(read)
    assert str(error).endswith("the answer to logs:DescribeLogGroups was cut off; try again")


def test_pages_that_are_empty_or_repeated(read: Reads, serve: Serve) -> None:
    """Half of all pages are, and no event is lost."""
    with serve(fault_rate=0.9, faults=PAGE_FAULTS, seed=2) as endpoint:
        spool = read("filter")
    assert endpoint.moods.faults.keys() == {*PAGE_FAULTS}
    assert contents(spool) == (expected(), 0)
    assert spool.fetch
    assert spool.fetch.pages > spool.fetch.empty_pages > 0


ANSWERS_OF_OTHERS: Final = [
    ("DescribeLogGroups", b"<html>log in</html>"),
    ("DescribeLogGroups", b"[]"),
    ("DescribeLogGroups", b"{}"),
    ("DescribeLogGroups", b'{"logGroups":"none"}'),
    ("DescribeLogGroups", b'{"logGroups":[{"arn":"arn:aws:logs"}]}'),
    ("DescribeLogGroups", b'{"logGroups":[{"logGroupName":"a","retentionInDays":99999999999}]}'),
    ("FilterLogEvents", b"<html>log in</html>"),
    ("FilterLogEvents", b"{}"),
    ("FilterLogEvents", b'{"events":{}}'),
    ("FilterLogEvents", b'{"events":["one"]}'),
    ("StartQuery", b"<html>log in</html>"),
    ("StartQuery", b"[]"),
    ("StartQuery", b'{"queryID":"1"}'),
    ("StartQuery", b'{"queryId":1}'),
    ("GetQueryResults", b'{"results":[]}'),
    ("GetQueryResults", b'{"status":"Complete","results":[{}]}'),
    ("GetQueryResults", b'{"status":"\xff"}'),
    ("GetQueryResults", b'{"status":' + b"[" * 10_000),
]


def test_what_answers_is_not_cloudwatch(read: Reads, serve: Serve) -> None:
    """A proxy's page, or JSON of another shape, is an error of one line for any request."""
    wrong = []
    for operation, body in ANSWERS_OF_OTHERS:
        with serve(answers={operation: body}):
            error = error_of(partial(read, "filter" if operation == "FilterLogEvents" else "insights"))
        if "the response is not from CloudWatch Logs" not in str(error) or "\n" in str(error):
            wrong.append((operation, body[:60], str(error)))
    assert not wrong


@pytest.mark.parametrize("log_class", ["INFREQUENT_ACCESS", "ESSENTIALS"])
def test_a_class_that_cannot_be_filtered_is_queried(read: Reads, serve: Serve, log_class: str) -> None:
    """These classes support only Logs Insights; FilterLogEvents is not called on them, not even for the delay."""
    now = datetime.now(UTC)
    with serve(Group(NAME, log_class=log_class).fill(events())):
        spool = read()
        read("insights", window=Window(now - timedelta(hours=1), now))
    assert spool.fetch
    assert spool.fetch.groups[0].reason == f"FilterLogEvents reads no log groups of class {log_class}"
    assert len(ids(spool)) + contents(spool)[1] == len(expected())


@pytest.mark.parametrize("source", ["auto", *SOURCES])
def test_a_class_that_nothing_reads(read: Reads, serve: Serve, source: str) -> None:
    """A log group of class DELIVERY only forwards its events."""
    with serve(Group(NAME, log_class="DELIVERY").fill(events())):
        error = error_of(partial(read, source))
    assert str(error).startswith(f"log group {NAME} in us-east-1 is of class DELIVERY, which only passes events on")


def test_queries_of_the_time_before_a_log_group_was_created(read: Reads, serve: Serve) -> None:
    """AWS refuses them, but a group that is younger than the window is read as FilterLogEvents reads it."""
    created = WINDOW.since + timedelta(hours=13)
    young = [event for event in events() if event["timestamp"] >= epoch_ms(created)]
    with serve(Group(NAME, described={"creationTime": epoch_ms(created)}).fill(young)) as endpoint:
        queried, filtered = read("insights"), read("filter")
    assert min(query["endTime"] for query in requests(endpoint, "StartQuery")) < created.timestamp()
    assert len(ids(queried)) + contents(queried)[1] == len(ids(filtered)) > 0
    assert {*ids(queried)} <= {*ids(filtered)}


def test_a_window_whose_events_have_all_expired(read: Reads, serve: Serve) -> None:
    """It is an error, not a window without events."""
    with serve(Group(NAME, described={"retentionInDays": 1}).fill(events())):
        error = error_of(partial(read, "insights"))
    assert str(error) == (
        f"log group {NAME}: Logs Insights has no logs of this window, because they are kept for 1 day; ask for a later "
        "one (--since, -T)"
    )


def test_a_query_that_comes_to_the_limit_is_cut_in_halves(
    read: Reads, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So nothing is cut off silently."""
    with serve():
        whole = read("insights")
    monkeypatch.setattr(insights, "_MOST_ROWS", 20)
    with serve() as endpoint:
        halved = read("insights")
    assert contents(halved) == contents(whole)
    assert sum("limit 20" in query["queryString"] for query in requests(endpoint, "StartQuery")) > 5


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_a_query_that_does_not_complete(read: Reads, serve: Serve, status: str) -> None:
    """Its rows are only a part of the answer, so they don't count."""
    with serve(query_status=status):
        error = error_of(partial(read, "insights"))
    assert f"a Logs Insights query ended as {status}; try a shorter window" in str(error)


def test_a_read_that_failed_knows_how_far_it_came(read: Reads, serve: Serve) -> None:
    """It has the request and the progress before the error; running queries are stopped."""
    expired = ("ExpiredTokenException", "The security token included in the request is expired")
    for source, answered in (("filter", 10), ("insights", 14)):
        with serve(refusal=expired, refuse_after=answered) as endpoint:
            error = error_of(partial(read, source))
        fetch = error.spool.fetch
        assert "have expired" in str(error)
        assert fetch
        assert error.spool.files == ()
        assert fetch.calls == len(endpoint.requests) > answered
        assert [one.name for one in fetch.groups] == [NAME]
        assert fetch.events > 0
        assert fetch.bytes > 0
        assert (fetch.pages > 0) == (source == "filter")


def test_being_throttled_out(read: Reads, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """The retries end, and are counted."""
    with serve(refusal=("ThrottlingException", "Rate exceeded")):
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
        error = error_of(read)
    fetch = error.spool.fetch
    assert "logs:DescribeLogGroups was throttled in all 2 attempts" in str(error)
    assert fetch
    assert (fetch.calls, fetch.retries, fetch.throttles, fetch.groups) == (1, 1, 2, ())
    assert error.spool.source == "nothing"


@pytest.mark.parametrize(("fault_rate", "names"), [(1, []), (0.6, [NAME])], ids=["at once", "on the way"])
def test_an_endpoint_that_stalls(
    read: Reads, serve: Serve, monkeypatch: pytest.MonkeyPatch, fault_rate: float, names: list[str]
) -> None:
    """If there is no answer in time, even after retries, it is an error in bounded time."""
    monkeypatch.setattr(client, "TIMEOUTS", client.Timeouts(connect=5, answer=0.2))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    began = time.monotonic()
    with serve(fault_rate=fault_rate, faults=("stall",), stall_seconds=60):
        error = error_of(partial(read, "filter"))
        assert time.monotonic() - began < 10
    assert "does not answer in time" in str(error)
    assert error.spool.fetch
    assert [one.name for one in error.spool.fetch.groups] == names
    assert error.spool.fetch.retries > 0


def test_groups_of_several_regions(read: Reads, serve: Serve) -> None:
    """Each is read in its region of thresholds.yaml; a group that several names mean is read once."""
    half = len(events()) // 2
    home = Group("/aws/lambda/home").fill(events()[:half])
    abroad = Group("/aws/lambda/abroad", region="eu-west-1").fill(events()[half:])
    names = [LogGroup("/aws/lambda/h*", "us-east-1"), LogGroup(home.name, None), LogGroup(abroad.name, "eu-west-1")]
    with serve(home, abroad):
        spool = read("filter", names)
    assert contents(spool) == (expected(), 0)
    assert spool.fetch
    assert [(one.name, one.region) for one in spool.fetch.groups] == [
        (home.name, "us-east-1"),
        (abroad.name, "eu-west-1"),
    ]


@pytest.mark.parametrize("source", ["filter", "insights"])
def test_a_group_in_a_linked_account(read: Reads, serve: Serve, source: str) -> None:
    """Each API reads it by ARN, or by name and account, beside one of the same name in this account."""
    linked = Group(NAME, account="210987654321").fill(events())
    with serve(linked, Group(NAME)):
        by_arn = read(source, [LogGroup.parse(linked.arn)])
        by_account = read(source, [LogGroup(NAME, account=linked.account)])
        own = read(source, [NAME])
    assert ids(by_arn) == ids(by_account) != []
    assert ids(own) == []


def test_a_group_that_does_not_exist(read: Reads, serve: Serve) -> None:
    """The error has the nearest name, and what could be read."""
    with serve():
        error = error_of(partial(read, names=[NAME, "/aws/lambda/dev-chat-handlr"]))
    assert str(error) == (f"there is no log group /aws/lambda/dev-chat-handlr in us-east-1; the nearest names: {NAME}")
    assert error.spool.fetch
    assert [one.name for one in error.spool.fetch.groups] == [NAME]
    assert error.spool.requested == (NAME, "/aws/lambda/dev-chat-handlr")


def test_what_is_masked_is_noted(read: Reads, serve: Serve) -> None:
    """A reader should know that connection ids may be masked."""
    with serve(Group(NAME, described={"dataProtectionStatus": "ACTIVATED"})):
        spool = read()
    assert spool.notes == (f"{NAME} has a data protection policy: what it masks, perhaps connection ids, is not seen",)


@pytest.mark.parametrize(("days", "is_noted"), [(1, True), (3653, False)])
def test_what_a_group_no_longer_keeps_is_noted(read: Reads, serve: Serve, days: int, *, is_noted: bool) -> None:
    """A partly deleted window looks as if nothing had happened in that part."""
    with serve(Group(NAME, described={"retentionInDays": days})):
        notes = read().notes
    assert [note for note in notes if note.startswith(f"{NAME} keeps events since ")] == list(notes)
    assert bool(notes) == is_noted


def recent(lag: timedelta) -> Iterator[emit.LogEvent]:
    """Yield events of the last minutes, each with the same ingestion lag."""
    now_ms, lag_ms = round(time.time() * 1000), round(lag.total_seconds() * 1000)
    for number, event in enumerate(events()):
        at_ms = now_ms - 600_000 + 100 * number
        yield {**event, "timestamp": at_ms, "ingestionTime": at_ms + lag_ms}


def test_a_window_up_to_now_ends_where_events_have_arrived(read: Reads, serve: Serve) -> None:
    """The lag of the last events decides, and half a minute is the minimum."""
    with serve(Group(NAME).fill(recent(timedelta(seconds=90)))):
        late = read(window=Window.of_hours(24, datetime.now(UTC)))
    assert late.notes == ("the window ends 90 s before the run began: 99 % of events arrive within 90 s",)
    with serve(Group(NAME).fill(recent(timedelta(seconds=1)))):
        prompt = read(window=Window.of_hours(24, datetime.now(UTC)))
    assert prompt.notes == ("the window ends 30 s before the run began: later events may not be there yet",)
    assert prompt.window
    assert timedelta(days=1) - timedelta(seconds=32) < prompt.window.until - prompt.window.since < timedelta(days=1)


@pytest.mark.parametrize("source", SOURCES)
def test_a_later_read_adds_what_is_new(read: Reads, serve: Serve, source: str) -> None:
    """It starts two minutes before the first one's end, for late events; file numbers continue."""
    middle = WINDOW.since + timedelta(hours=10)
    with serve() as endpoint:
        first = read(source, window=Window(WINDOW.since, middle))
        calls_before = len(endpoint.requests)
        both = read(source, earlier=first)
        whole = read(source)
    assert contents(both) == contents(whole)
    assert both.files[: len(first.files)] == first.files
    assert len({file.path.name for file in both.files}) == len(both.files)
    assert both.window == WINDOW
    assert both.fetch
    assert first.fetch
    assert both.fetch.events > first.fetch.events
    later = [parameters for _, parameters in endpoint.requests[calls_before:] if "startTime" in parameters]
    unit = 1000 if source == "insights" else 1
    assert min(parameters["startTime"] * unit for parameters in later[: len(both.files) - len(first.files)]) == (
        round(middle.timestamp() * 1000) - 120_000
    )


# ------------------------------------------------------------------------------- what is complete is scanned meanwhile


@pytest.fixture(name="small_files")
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each page its own file, and scan each file."""
    monkeypatch.setattr("checks.logs.cloudwatch.filter_log_events.PAGE_EVENTS", 50)
    monkeypatch.setattr("checks.logs.cloudwatch.filter_log_events._PART_BYTES", 1)
    monkeypatch.setattr("checks.logs.cloudwatch.read_log_groups._SCANNED_AT_ONCE", 1)
    monkeypatch.setattr("checks.logs.cloudwatch.logs_client.SHOW_SECONDS", 0.01)


def named_lines(files: Sequence[SpoolFile]) -> list[tuple[str, bytes]]:
    return [(file.path.name, file.path.read_bytes()) for file in files]


@pytest.mark.usefixtures("small_files")
def test_files_are_scanned_in_their_order_while_others_are_read(read: Reads, serve: Serve) -> None:
    """Each scan has the earlier files and more, complete and as they end up in the spool."""
    scans: list[list[tuple[str, bytes]]] = []
    with serve(latency_seconds=0.05):
        spool = read(
            "filter", scan=lambda files: scans.append([(one.path.name, one.path.read_bytes()) for one in files])
        )
    assert contents(spool) == (expected(), 0)
    assert len(scans) > 1
    for fewer, more in pairwise([*scans, named_lines(spool.files)]):
        assert len(fewer) < len(more)
        assert more[: len(fewer)] == fewer


@pytest.mark.usefixtures("small_files", "no_pauses")
def test_the_order_of_files_does_not_depend_on_which_came_first(read: Reads, serve: Serve) -> None:
    """Equal logs give equal reports, however fast each slice was read."""
    with serve():
        quiet = read("filter")
    with serve(fault_rate=0.3, faults=("error", "throttle"), seed=3):
        disturbed = read("filter")
    assert named_lines(disturbed.files) == named_lines(quiet.files)


@pytest.mark.usefixtures("small_files")
def test_progress_grows_to_all_of_the_time(read: Reads, serve: Serve) -> None:
    """It grows page by page, although all slices end at about the same time."""
    with serve(latency_seconds=0.02):
        read("filter")
    shares = [one.done / one.total for one in read.progress]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len({round(share, 1) for share in shares}) > 3


# ------------------------------------------------------------------------------------------------ every read ends


def answering(body: Callable[[Any], None]) -> ThreadingHTTPServer:
    """Serve an endless answer, on its own port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            with suppress(OSError):
                body(self.wfile)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def reach(server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let boto3 call the server, once."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def trickle(file: Any) -> None:
    while True:
        time.sleep(0.1)
        file.write(b"1\r\n \r\n")


def flood(file: Any) -> None:
    while True:
        file.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")


@pytest.mark.parametrize("rest", [b"zz\r\n", b"-5\r\n", b"ff\r\n{"], ids=["no length", "below 0", "cut off"])
def test_an_answer_that_breaks_off(monkeypatch: pytest.MonkeyPatch, rest: bytes) -> None:
    """It is a fault of the network, and not of the checks."""
    with answering(lambda file: file.write(rest)) as server:
        reach(server, monkeypatch)
        with pytest.raises(SourceError, match=f"127.0.0.1:{server.server_port} closed the connection before it had"):
            LogsClient(None, Counters()).call("DescribeLogGroups", "log groups")
        server.shutdown()


@pytest.mark.parametrize("body", [trickle, flood])
def test_an_answer_without_end_ends(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: Callable[[Any], None]
) -> None:
    """It ends at --read-timeout, in little memory and with a receipt; no thread delays it."""
    with answering(body) as server:
        reach(server, monkeypatch)
        monkeypatch.setattr(client, "_LONGEST_ANSWER", 1 << 20)
        request = LogRequest(WINDOW, tuple, WINDOW.until, timeout=timedelta(seconds=0.5))
        began = time.monotonic()
        with pytest.raises(
            UnfinishedReadError, match=r"took too long: 1 call read 0 events, |more than 1 MiB"
        ) as caught:
            read_log_groups([LogGroup(NAME, None)], environment, request, tmp_path, lambda _: None)
        server.shutdown()
    assert time.monotonic() - began < 10
    assert caught.value.spool.fetch is not None


QUERY: Final = "stats count(*) as n by 1 | stats sum(n) as sums by 1"


def counter(*names: str, timeout: timedelta | None = None) -> EventCounter:
    request = LogRequest(WINDOW, tuple, WINDOW.until + timedelta(hours=1), timeout=timeout)
    return EventCounter(
        [LogGroup.parse(name) for name in names], Environment("dev", {}, {}, {}, {}), request, "somebody said so"
    )


def logged(name: str, messages: int, region: str = "us-east-1") -> Group:
    events = [
        {
            "logStreamName": "s",
            "timestamp": WINDOW.since_ms,
            "message": "hi",
            "ingestionTime": 0,
            "eventId": f"{number}",
        }
        for number in range(messages)
    ]
    return Group(name, region, described={"creationTime": WINDOW.since_ms, "storedBytes": 7 * 10**12}).fill(events)


def test_one_query_counts_several_log_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each counts once, though two patterns name it; the receipt has the reason, and the cost."""
    with reached(monkeypatch, logged("/a", 2), logged("/b", 3)) as endpoint:
        spool, result = counter("/a", "/*").run(lambda _: QUERY)
    assert [one.value for row in result.rows for one in row if one.field == "sums"] == ["5"]
    assert [request["logGroupIdentifiers"] for name, request in endpoint.requests if name == "StartQuery"] == [
        ["/a", "/b"]
    ]
    assert spool.fetch
    reads = [(read.name, read.api, read.reason) for read in spool.fetch.groups]
    reason = "somebody said so; a scan of about 14,000.0 GB, US$ 70.00"
    assert reads == [(name, "Logs Insights (counts only)", reason) for name in ("/a", "/b")]
    assert (spool.window, spool.files) == (WINDOW, ())


def test_what_one_query_cannot_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """These are log groups of several regions, whose connections may be in each of them."""
    there = "arn:aws:logs:eu-west-1:123456789012:log-group:/b"
    with (
        reached(monkeypatch, logged("/a", 2), logged("/b", 3, "eu-west-1")),
        pytest.raises(UnfinishedReadError, match="at most 50 log groups in one region; use source: insights") as raised,
    ):
        counter("/a", there).run(lambda _: QUERY)
    assert raised.value.spool.fetch
    assert raised.value.spool.fetch.queries == 0


def test_a_count_has_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The query is stopped: otherwise it would go on scanning, and cost money."""
    with reached(monkeypatch, logged("/a", 2), behaviour=Behaviour(polls=1_000_000)) as endpoint:
        with pytest.raises(UnfinishedReadError, match="took too long; judge a shorter window, or use --read-timeout"):
            counter("/a", timeout=timedelta(seconds=0.5)).run(lambda _: QUERY)
        assert [query.status for query in endpoint.queries.values()] == ["Cancelled"]
