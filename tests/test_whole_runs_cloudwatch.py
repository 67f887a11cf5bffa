"""Whole runs on CloudWatch: the endpoint is our own, boto3 and the way to it are real."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from checks.aws import client
from checks.logs.cloudwatch import insights
from tests.endpoint.behaviour import CALL_FAULTS, PAGE_FAULTS, Behaviour
from tests.endpoint.reach import reached
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import ROOT, HealthRun, health_run, thresholds
from tests.simulator import emit, scenarios

GROUP = "/aws/lambda/dev-chat-handler"
WINDOW = ("--since", "2026-06-02T00:00:00Z", "--until", "2026-06-02T20:00:00Z")
SOURCES = ["filter", "insights"]


@cache
def events() -> list[emit.LogEvent]:
    return emit.events(scenarios.unhealthy(60, seed=7))


@cache
def group() -> Group:
    return Group(GROUP).fill(events())


@pytest.fixture
def exported(pytester: pytest.Pytester) -> Path:
    """The same events as a file."""
    path = pytester.path / "export.jsonl"
    path.write_bytes(b"".join(emit.json_lines([{**event, "logGroup": GROUP} for event in events()])))
    return path


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch, *groups: Group, behaviour: Behaviour | None = None) -> Iterator[Endpoint]:
    with reached(monkeypatch, *(groups or (group(),)), behaviour=behaviour) as endpoint:
        yield endpoint


def run(pytester: pytest.Pytester, *options: str | Path, source: str = "auto") -> HealthRun:
    limits = thresholds(pytester, "gone.errors: 500, welcome.failure_rate: 50%, data.gaps: 0", f"source: {source}")
    return health_run(pytester, "--thresholds", limits, *options)


def metrics(done: HealthRun) -> Mapping[str, Any]:
    found: Mapping[str, Any] = done.result["metrics"]
    return found


def but_for_the_command(done: HealthRun) -> dict[str, Any]:
    """What was found; what to type to find it again differs from source to source."""
    return {key: value for key, value in done.result.items() if key != "command"}


@pytest.mark.parametrize("source", SOURCES)
def test_files_and_both_ways_of_cloudwatch_measure_the_same(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, exported: Path, source: str
) -> None:
    """Every metric, to the digit; the receipt says how it was read."""
    expected = run(pytester, *WINDOW, "--logs", exported)
    with serving(monkeypatch) as endpoint:
        done = run(pytester, *WINDOW, source=source)
    assert done.code == expected.code == 0
    assert metrics(done) == metrics(expected)
    fetch = done.result["receipt"]["fetch"]
    api = {"filter": "FilterLogEvents", "insights": "Logs Insights"}[source]
    reason = f"source: {source} in thresholds.yaml"
    assert fetch["groups"] == [{"name": GROUP, "region": "us-east-1", "api": api, "reason": reason}]
    assert fetch["calls"] == len(endpoint.requests)
    assert fetch["retries"] == fetch["throttles"] == 0
    assert done.result["receipt"]["reading"]["lag_p99_ms"] > 0
    assert f"{GROUP} in us-east-1 by {api}" in done.text


@pytest.mark.parametrize("source", SOURCES)
def test_faults_change_no_number(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, exported: Path, source: str
) -> None:
    """Each call fails, stalls, loses its connection or is cut off, once."""
    expected = run(pytester, *WINDOW, "--logs", exported)
    faults = Behaviour(fault_rate=1, faults=CALL_FAULTS, most_faults=1, seed=2, stall_seconds=0.05)
    with serving(monkeypatch, behaviour=faults) as endpoint:
        done = run(pytester, *WINDOW, source=source)
    assert endpoint.moods.faults.keys() == {*CALL_FAULTS}
    assert done.code == expected.code == 0
    assert metrics(done) == metrics(expected)
    assert done.result["receipt"]["fetch"]["retries"] > 0


@pytest.mark.parametrize("source", SOURCES)
def test_answers_that_are_cut_off_are_asked_for_again(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, exported: Path, source: str
) -> None:
    """Half an answer is no answer."""
    expected = run(pytester, *WINDOW, "--logs", exported)
    with serving(monkeypatch, behaviour=Behaviour(fault_rate=0.9, faults=("cut",), seed=1)) as endpoint:
        done = run(pytester, *WINDOW, source=source)
    assert endpoint.moods.faults.keys() == {"cut"}
    assert done.code == expected.code == 0
    assert metrics(done) == metrics(expected)
    assert done.result["receipt"]["fetch"]["retries"] == endpoint.moods.faults["cut"]


def test_an_answer_that_is_always_cut_off_is_an_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is an end to asking again."""
    with serving(monkeypatch, behaviour=Behaviour(fault_rate=1, faults=("cut",), most_faults=1000)) as endpoint:
        done = run(pytester, *WINDOW)
    assert endpoint.moods.faults.keys() == {"cut"}
    assert done.code == 12
    assert "the answer to logs:DescribeLogGroups was cut off; try again" in done.text


@pytest.mark.parametrize(
    ("operation", "body"),
    [
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
    ],
)
def test_what_answers_is_not_cloudwatch(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, operation: str, body: bytes
) -> None:
    """A proxy's page, or JSON of another shape, is one line, whatever was asked."""
    source = "filter" if operation == "FilterLogEvents" else "insights"
    with serving(monkeypatch, behaviour=Behaviour(answers={operation: body})):
        done = run(pytester, *WINDOW, source=source)
    assert done.code == 12
    assert "what answered is not CloudWatch Logs" in done.text
    assert "Traceback" not in done.text
    assert set(done.verdicts.values()) == {"error"}


def test_pages_that_are_empty_or_repeated_are_counted(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, exported: Path
) -> None:
    """Half of all pages, and no event is lost or counted twice."""
    expected = run(pytester, *WINDOW, "--logs", exported)
    with serving(monkeypatch, behaviour=Behaviour(fault_rate=0.9, faults=PAGE_FAULTS, seed=2)) as endpoint:
        done = run(pytester, *WINDOW, source="filter")
    assert endpoint.moods.faults.keys() == {*PAGE_FAULTS}
    assert done.code == expected.code == 0
    assert metrics(done) == metrics(expected)
    assert done.result["receipt"]["fetch"]["empty_pages"] > 0


def test_a_class_that_cannot_be_filtered_is_queried(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Infrequent Access knows Logs Insights only."""
    rare = Group(GROUP, log_class="INFREQUENT_ACCESS").fill(events())
    with serving(monkeypatch, rare):
        done = run(pytester, *WINDOW)
    assert done.code == 0
    assert "FilterLogEvents cannot read log groups of the Infrequent Access class" in done.text


@pytest.mark.parametrize("source", ["auto", "filter", "insights"])
def test_a_class_that_nothing_reads_is_an_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """A log group of class DELIVERY passes its events on."""
    with serving(monkeypatch, Group(GROUP, log_class="DELIVERY").fill(events())):
        done = run(pytester, *WINDOW, source=source)
    assert done.code == 12
    assert f"log group {GROUP} in us-east-1 is of class DELIVERY, which only passes events on" in done.text


def test_a_query_that_comes_to_the_limit_is_cut_in_halves(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, exported: Path
) -> None:
    """The script that this replaces stopped at 100 rows, and did not say so."""
    expected = run(pytester, *WINDOW, "--logs", exported)
    monkeypatch.setattr(insights, "_MOST_ROWS", 20)
    with serving(monkeypatch, behaviour=Behaviour(polls=0)) as endpoint:
        done = run(pytester, *WINDOW, source="insights")
    assert done.code == expected.code == 0
    assert metrics(done) == metrics(expected)
    asked = [request["queryString"] for operation, request in endpoint.requests if operation == "StartQuery"]
    assert sum("limit 20" in query for query in asked) > 5


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_a_query_that_does_not_complete_is_an_error(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    """Its rows are a part of the answer, and so none; queries still running are stopped."""
    with serving(monkeypatch, behaviour=Behaviour(query_status=status)):
        done = run(pytester, *WINDOW, source="insights")
    assert done.code == 12
    assert f"a Logs Insights query ended as {status}" in done.text


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (
            Behaviour(denied=("FilterLogEvents",)),
            "access denied: logs:FilterLogEvents is missing on arn:aws:logs:us-east-1:123456789012:log-group:",
        ),
        (Behaviour(denied=("DescribeLogGroups",)), "access denied: logs:DescribeLogGroups is missing on"),
        (
            Behaviour(refusal=("ExpiredTokenException", "The security token included in the request is expired")),
            "have expired;",
        ),
        (
            Behaviour(refusal=("ExpiredTokenException", "The security token is expired"), refuse_after=4),
            "have expired;",
        ),
        (
            Behaviour(refusal=("InvalidSignatureException", "Signature expired: 20260601T000000Z is now earlier")),
            "the clock of this machine is wrong",
        ),
        (
            Behaviour(refusal=("AccessDeniedException", "The ciphertext refers to a KMS key that does not exist")),
            "KMS",
        ),
        (Behaviour(refusal=("UnrecognizedClientException", "invalid")), "AWS does not know the credentials"),
    ],
)
def test_what_keeps_us_from_looking_is_an_error_with_its_remedy(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour, sentence: str
) -> None:
    """Exit code 12, one line, no traceback, and nothing passes."""
    with serving(monkeypatch, behaviour=behaviour):
        done = run(pytester, *WINDOW, source="filter")
    assert done.code == 12
    assert sentence in done.text
    assert "Traceback" not in done.text
    assert set(done.verdicts.values()) == {"error"}
    assert not done.result["receipt"]["complete"]


def test_being_throttled_out_is_an_error(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The retries end."""
    with serving(monkeypatch, behaviour=Behaviour(refusal=("ThrottlingException", "Rate exceeded"))):
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
        done = run(pytester, *WINDOW)
    assert done.code == 12
    assert "throttl" in done.text
    fetch = done.result["receipt"]["fetch"]
    assert (fetch["calls"], fetch["retries"], fetch["throttles"], fetch["groups"]) == (1, 1, 2, [])
    assert "1 calls, 1 retries, 2 throttled" in done.text


@pytest.mark.parametrize(("source", "answered"), [("filter", 10), ("insights", 14)])
def test_a_read_that_failed_has_a_receipt(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str, answered: int
) -> None:
    """Every report tells once what was asked for, and what came of it until the error."""
    expired = ("ExpiredTokenException", "The security token included in the request is expired")
    with serving(monkeypatch, behaviour=Behaviour(refusal=expired, refuse_after=answered)) as endpoint:
        done = run(pytester, *WINDOW, source=source)
    assert done.code == 12
    receipt = done.result["receipt"]
    fetch = receipt["fetch"]
    assert not receipt["complete"]
    assert receipt["reading"] is None
    assert [one["name"] for one in fetch["groups"]] == [GROUP]
    assert receipt["source"] == f"CloudWatch {fetch['groups'][0]['api']}"
    assert fetch["calls"] == len(endpoint.requests) > answered
    assert fetch["events"] > 0
    assert fetch["bytes"] > 0
    assert (fetch["pages"] > 0) == (source == "filter")
    assert f"Read from {GROUP}: {fetch['events']:,} events until the error" in done.lines
    for report in (done.text, done.html):
        assert report.count(f"{fetch['events']:,} events until the error") == 1
        assert report.count(f"{fetch['calls']:,} calls, {fetch['retries']:,} retries, 0 throttled; ") == 1
    assert "read before that" not in done.result["error"]


def test_the_receipt_names_the_groups_that_were_found(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one of two is missing, the other is told."""
    with serving(monkeypatch):
        done = run(pytester, *WINDOW, "--log-group", GROUP, "--log-group", "/aws/lambda/missing")
    assert done.code == 12
    assert [one["name"] for one in done.result["receipt"]["fetch"]["groups"]] == [GROUP]
    assert done.result["receipt"]["asked"] == [GROUP, "/aws/lambda/missing"]


def test_a_log_group_that_is_not_there_names_the_nearest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing error is seen at once."""
    with serving(monkeypatch):
        done = run(pytester, *WINDOW, "--log-group", "/aws/lambda/dev-chat-handlr")
    assert done.code == 12
    assert f"there is no log group /aws/lambda/dev-chat-handlr in us-east-1; the nearest names: {GROUP}" in done.text


def test_a_pattern_reads_all_groups_that_match(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no others."""
    others = [Group(f"/aws/lambda/{name}").fill(events()[:40]) for name in ("dev-audit", "staging-chat")]
    with serving(monkeypatch, group(), *others):
        done = run(pytester, *WINDOW, "--log-group", "/aws/lambda/dev-*")
    assert [one["name"] for one in done.result["receipt"]["fetch"]["groups"]] == ["/aws/lambda/dev-audit", GROUP]


@pytest.mark.parametrize("source", SOURCES)
def test_an_empty_log_group_proves_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """We looked, and there is too little to say; so it is where the read was kept."""
    folder = pytester.path / "kept"
    with serving(monkeypatch, Group(GROUP)):
        done = run(pytester, *WINDOW, "--keep-logs", folder, source=source)
    found = done.result
    assert done.code == 11
    assert set(done.verdicts.values()) == {"inconclusive"}
    assert (found["error"], found["receipt"]["complete"]) == (None, True)
    assert {one["value"] for one in found["metrics"].values() if one["n"] is not None} == {None}
    note = "no event in the window or the 2 h before it; is it where the function logs?"
    assert found["receipt"]["notes"] == [note]
    assert f"  {note}" in done.lines
    assert note in done.html
    assert but_for_the_command(run(pytester, "--logs", folder)) == but_for_the_command(done)


def test_an_empty_log_group_by_the_shipped_limits(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """They demand that somebody was connected, and nobody was: that alone fails."""
    with serving(monkeypatch, Group("/aws/lambda/prod-chat-handler")):
        assert health_run(pytester, *WINDOW, "-A", "gone", environment="prod").code == 11
        done = health_run(pytester, *WINDOW, environment="prod")
    assert done.code == 1
    assert [name for name, verdict in done.verdicts.items() if verdict != "inconclusive"] == ["lifecycle.complete"]
    assert done.sentences["lifecycle.complete"] == "lifecycle.complete 0 < min 1"


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("AWS_ACCESS_KEY_ID", "boto3 finds no credentials for AWS; name a profile in AWS_PROFILE"),
        ("AWS_DEFAULT_REGION", "no AWS region is named; set AWS_DEFAULT_REGION"),
    ],
)
def test_missing_settings_are_named(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, missing: str, sentence: str
) -> None:
    """With what to do about them."""
    with serving(monkeypatch):
        monkeypatch.delenv(missing)
        done = run(pytester, *WINDOW)
    assert done.code == 12
    assert sentence in done.text


def test_an_endpoint_that_is_no_url_is_named(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 raises an error of no class of its own."""
    with serving(monkeypatch):
        monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
        done = health_run(pytester, "-q")
    assert done.code == 12
    assert "Invalid endpoint: localhost:4566; AWS_ENDPOINT_URL takes a URL" in done.text


def test_a_dead_endpoint_ends_the_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """In bounded time, with a report that says so."""
    with serving(monkeypatch):
        pass  # it was there once
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    began = time.monotonic()
    done = run(pytester, *WINDOW)
    assert time.monotonic() - began < 30
    assert done.code == 12
    assert "AWS_ENDPOINT_URL" in done.text
    assert done.reports == ["junit.xml", "report.html", "result.json"]


@pytest.mark.parametrize(("fault_rate", "found"), [(1, []), (0.6, [GROUP])], ids=["at once", "on the way"])
def test_an_endpoint_that_stalls_ends_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, fault_rate: float, found: list[str]
) -> None:
    """What does not answer in time, and not when asked again, is an error in bounded time, and is said in one line."""
    monkeypatch.setattr(client, "TIMEOUTS", client.Timeouts(connect=5, answer=0.2))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    began = time.monotonic()
    with serving(monkeypatch, behaviour=Behaviour(fault_rate=fault_rate, faults=("stall",), stall_seconds=60)):
        done = run(pytester, *WINDOW, source="filter")
        assert time.monotonic() - began < 10
    assert done.code == 12
    assert sum("does not answer in time" in line for line in done.lines) == 1
    assert "Traceback" not in done.text
    fetch = done.result["receipt"]["fetch"]
    assert [one["name"] for one in fetch["groups"]] == found
    assert fetch["retries"] > 0


def test_a_read_that_was_kept_gives_the_same_verdicts(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the byte, without AWS."""
    for source in SOURCES:
        folder = pytester.path / f"kept-{source}"
        with serving(monkeypatch):
            first = run(pytester, *WINDOW, "--keep-logs", folder, source=source)
        expected = but_for_the_command(first)
        assert but_for_the_command(run(pytester, "--logs", folder)) == expected


def test_a_kept_read_that_was_interrupted_is_not_complete(pytester: pytest.Pytester) -> None:
    """Its receipt says so from the start."""
    folder = pytester.path / "kept"
    limits = thresholds(pytester, "gone.errors: 500")
    code = "import sys, pathlib; from checks.logs import archive; archive.prepare_archive(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, cwd=ROOT)
    done = health_run(pytester, "--thresholds", limits, "--logs", folder)
    assert done.code == 12


def test_a_folder_that_holds_something_is_not_written_to(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two reads in one folder would be taken for one."""
    (pytester.path / "kept").mkdir()
    (pytester.path / "kept" / "notes.txt").touch()
    with serving(monkeypatch):
        done = run(pytester, *WINDOW, "--keep-logs", pytester.path / "kept")
    assert done.code == 4
    assert "holds something already; name a new folder" in done.text


def test_logs_exclude_cloudwatch(pytester: pytest.Pytester, exported: Path) -> None:
    """One source a run."""
    done = run(pytester, "--logs", exported, "--log-group", GROUP)
    assert done.code == 4
    assert "--logs is read in place of CloudWatch; it excludes --log-group and --keep-logs" in done.text


def test_a_window_up_to_now_ends_where_events_have_arrived(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lag of the last events decides, and half a minute is the least."""
    now_ms = round(time.time() * 1000)
    late = [
        {
            **event,
            "timestamp": now_ms - 600_000 + 100 * number,
            "ingestionTime": now_ms - 600_000 + 100 * number + 90_000,
        }
        for number, event in enumerate(events())
    ]
    with serving(monkeypatch, Group(GROUP).fill(late)):
        done = run(pytester, "-T", "1")
    assert "the window ends 90 s before the run began: 99 % of events arrive within 90 s" in done.text


@pytest.mark.parametrize("after_seconds", [0.8, 1.6, 2.4, 3.0])
def test_kill_leaves_no_report_that_looks_whole(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, after_seconds: float
) -> None:
    """Whenever it comes; and the next run works."""
    limits = thresholds(pytester, "gone.errors: 500")
    folder = pytester.path / "reports"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--thresholds", str(limits)]
    command += ["--report-dir", str(folder), "-E", "dev", *WINDOW]
    with serving(monkeypatch, behaviour=Behaviour(latency_seconds=1)):
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            time.sleep(after_seconds)
            running.send_signal(signal.SIGKILL)
        assert not list(folder.glob("*/report.html"))
        assert not list(folder.glob("*/result.json"))
    with serving(monkeypatch):
        assert run(pytester, *WINDOW).code == 0


def test_groups_of_several_regions_are_read(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, exported: Path
) -> None:
    """Each where thresholds.yaml says that it is."""
    half = len(events()) // 2
    abroad = Group("/aws/lambda/abroad", region="eu-west-1").fill(events()[half:])
    expected = run(pytester, *WINDOW, "--logs", exported)
    groups = "[{name: /aws/lambda/home, region: us-east-1}, {name: /aws/lambda/abroad, region: eu-west-1}]"
    limits = thresholds(pytester, "gone.errors: 500")
    limits.write_text(limits.read_text().replace(GROUP, groups))
    with serving(monkeypatch, Group("/aws/lambda/home").fill(events()[:half]), abroad):
        done = health_run(pytester, "--thresholds", limits, *WINDOW)
    assert done.code == 0
    assert metrics(done)["data.events"] == metrics(expected)["data.events"]
    assert metrics(done)["gone.errors"] == metrics(expected)["gone.errors"]
    assert [one["region"] for one in done.result["receipt"]["fetch"]["groups"]] == ["us-east-1", "eu-west-1"]


def test_ctrl_c_stops_the_queries(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would scan on, and be paid for."""
    limits = thresholds(pytester, "gone.errors: 500", "source: insights")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--thresholds", str(limits)]
    command += ["--report-dir", str(pytester.path / "reports"), "-E", "dev", *WINDOW]
    with serving(monkeypatch, behaviour=Behaviour(polls=1_000_000)) as endpoint:
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            while not endpoint.queries:
                time.sleep(0.05)
            time.sleep(0.5)
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=30) == 2
        assert endpoint.queries
        assert all(query.status == "Cancelled" for query in endpoint.queries.values())
    assert not list(pytester.path.glob("reports/*/report.html"))
