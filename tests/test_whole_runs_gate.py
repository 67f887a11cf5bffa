"""Whole runs after a deploy: where the window starts, what it is compared with, and when the gate has seen enough."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.endpoint.reach import reached
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import health_run, log, thresholds
from tests.resources.functions import configuration, lambda_service

GROUP = "/aws/lambda/dev-chat-handler"
DEPLOYED = datetime(2026, 6, 2, 14, tzinfo=UTC)
AFTER = ("--deployed-at", "2026-06-02T14:00Z", "--until", "2026-06-02T15:00Z")
LIMITS = "gone.errors: {max_increase: 50%, at_least: 5}, errors.new_signatures: 0"
NEW = "KeyError: 'room'"


def events(  # noqa: PLR0913 -- when, how many, and what goes wrong
    begin: datetime,
    connections: int,
    gone: int = 0,
    errors: Sequence[str] = (),
    *,
    version: str = "41",
    every_ms: int = 10_000,
) -> list[dict[str, Any]]:
    """Return connections, one every few seconds, that are greeted and leave; and errors."""
    logged: list[dict[str, Any]] = []
    begin_ms = round(begin.timestamp() * 1000)

    def say(text: str, at_ms: int, request: int, level: str = "INFO") -> None:
        number = len(logged)
        logged.append(
            {
                "timestamp": at_ms,
                "ingestionTime": at_ms + 500,
                "eventId": f"{begin_ms}-{version}-{number:06}",
                "logStreamName": f"{begin:%Y/%m/%d}/[{version}]aa",
                "message": f"[{level}]\t{begin.isoformat()}\t{request:08}-0000-4000-8000-{begin_ms:012}\t{text}\n",
            }
        )

    for number in range(connections):
        at_ms, name = begin_ms + every_ms * number, f"Ab{number:09}C{begin.hour:02}{'qr'[every_ms < 10_000]}="
        say(f"Client {name} connected", at_ms, 4 * number)
        say(f"Welcome message sent to connection {name}", at_ms + 50, 4 * number)
        if number < gone:
            say(f"Could not post to connection {name}: GoneException: 410", at_ms + 4000, 4 * number + 1, "ERROR")
        say(f"Client {name} disconnected", at_ms + 9000, 4 * number + 2)
    for number, error in enumerate(errors):
        say(error, begin_ms + 1000 * number, 4_000_000 + number, "ERROR")
    return logged


def exported(pytester: pytest.Pytester, *parts: list[dict[str, Any]]) -> Path:
    return log(pytester, "\n".join(json.dumps(event) for part in parts for event in part))


BEFORE = DEPLOYED - timedelta(hours=1)


def test_the_same_as_before_passes(pytester: pytest.Pytester) -> None:
    """Kinds of errors that occurred before are not new, and as many errors as before are no increase."""
    file = exported(pytester, events(BEFORE, 100, 3, ["Slow room 7"]), events(DEPLOYED, 100, 4, ["Slow room 9"]))
    limits = thresholds(pytester, LIMITS)
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", "previous")
    assert run.code == 0, run.text
    assert (
        run.sentences["gone.errors"] == "gone.errors rose from 3 to 4 (allowed: +50 %, ignoring increases below 5); "
        "up to +577 % could have been missed"
    )
    assert "Compared with:  the same time before, 2026-06-02 13:00:00 UTC to 2026-06-02 14:00:00 UTC" in run.text
    assert run.result["baseline"]["metrics"]["gone.errors"] == {"value": 3, "n": None, "squares": 3}


def test_what_came_right_after_the_deploy_is_left_out(pytester: pytest.Pytester) -> None:
    """`--warm-up` says how much is left out; the baseline ends at the deploy."""
    file = exported(
        pytester, events(BEFORE, 300, 4), events(DEPLOYED, 12, 12), events(DEPLOYED + timedelta(minutes=2), 90)
    )
    limits = thresholds(pytester, "gone.errors: {max: 96/day, max_increase: 50%}")
    options = (*AFTER, "--thresholds", limits, "--baseline", "previous")
    run = health_run(pytester, "--logs", file, *options, "--warm-up", "2m")
    assert (run.code, run.value("gone.errors")) == (0, 0), run.text
    assert run.result["window"]["since"] == "2026-06-02T14:02:00Z"
    window = {"since": "2026-06-02T13:02:00Z", "until": "2026-06-02T14:00:00Z"}
    assert (run.result["baseline"]["window"], run.result["deployed"]) == (window, "2026-06-02T14:00:00Z")
    assert "--deployed-at 2026-06-02T14:00:00+00:00 --warm-up 120s" in run.result["command"]
    assert run.result["checks"][0]["per"] == "day"


def test_one_connection_with_most_of_the_errors_is_named(pytester: pytest.Pytester) -> None:
    """The sentence also gives the number without it."""
    worst = [f"Could not post to connection Ab000000000C14q=: GoneException: {number}" for number in range(30)]
    file = exported(pytester, events(DEPLOYED, 100, 10, worst))
    run = health_run(pytester, "--logs", file, "--thresholds", thresholds(pytester, "gone.errors: 20"))
    assert run.code == 1
    assert run.sentences["gone.errors"].endswith("one connection has 31 of the 40 errors, without it 9")


def test_a_result_is_a_baseline_too(pytester: pytest.Pytester) -> None:
    """An earlier result.json has its window and, because a limit needed them, its kinds of errors.

    It may be the last run's, which this run replaces.
    """
    before, after = events(BEFORE, 100, 1, ["Slow room 7"]), events(DEPLOYED, 100, 9, ["Slow room 9", *[NEW] * 9])
    file = exported(pytester, before, after)
    window = ("--logs", file, "--since", "2026-06-02T13:00Z", "--until", "2026-06-02T14:00Z")
    first = health_run(
        pytester, *window, "--thresholds", thresholds(pytester, "errors.new_signatures: 0, gone.errors: 5")
    )
    limited = ("--thresholds", thresholds(pytester, LIMITS))
    run = health_run(pytester, "--logs", file, *AFTER, *limited, "--baseline", first.folder / "result.json")
    assert run.verdicts == {"gone.errors": "fail", "errors.new_signatures": "fail"}
    shapes = [one["shape"] for one in run.result["new_signatures"]]
    assert [shape for shape in shapes if "GoneException" not in shape] == [NEW]


def test_versions_are_compared_by_their_traffic(pytester: pytest.Pytester) -> None:
    """Of two versions in one window, one has a tenth of the connections but as many errors: an increase."""
    old, new = events(DEPLOYED, 300, 12), events(DEPLOYED + timedelta(minutes=20), 30, 12, [NEW] * 9, version="42")
    options = ("--thresholds", thresholds(pytester, LIMITS), "--baseline", "version", "--function-version", "42")
    run = health_run(pytester, "--logs", exported(pytester, old, new), *AFTER, *options)
    assert run.verdicts == {"gone.errors": "fail", "errors.new_signatures": "fail"}
    assert " from 1 to " in run.sentences["gone.errors"]
    assert run.value("gone.errors") == 12
    assert [one["shape"] for one in run.result["new_signatures"]] == [NEW]


def test_an_empty_baseline_proves_nothing(pytester: pytest.Pytester) -> None:
    """There is nothing to compare with, so the run is inconclusive, and no error is new."""
    file, limits = exported(pytester, events(DEPLOYED, 100, errors=[NEW])), thresholds(pytester, LIMITS)
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", "previous")
    assert run.code == 11
    assert run.sentences == {name: f"{name} not compared: the baseline contains no event" for name in run.verdicts}
    assert set(run.verdicts) == {"gone.errors", "errors.new_signatures"}


def test_without_a_baseline_nothing_is_compared(pytester: pytest.Pytester) -> None:
    """Limits on increases alone are left out, and the report says so."""
    limits = thresholds(pytester, f"{LIMITS}, welcome.failed: {{max: 3, max_increase: 50%}}")
    run = health_run(pytester, "--logs", exported(pytester, events(DEPLOYED, 100)), *AFTER, "--thresholds", limits)
    assert (run.code, list(run.verdicts)) == (0, ["welcome.failed"])
    why = "not judged, because there is no --baseline to compare with"
    alone, part = f"{why}: gone.errors, errors.new_signatures", f"`max_increase` is {why}: welcome.failed"
    assert sorted(run.result["receipt"]["notes"]) == [part, alone]


# ------------------------------------------------------------------------------------------------ CloudWatch

HOUR = timedelta(hours=1)
FUNCTION = "function: chat"


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def test_since_the_deploy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window starts when the function was last changed, and the function's configuration names its log group."""
    deployed = just_now() - HOUR
    group = Group(GROUP).fill([*events(deployed - HOUR, 100, 60), *events(deployed, 100)])
    answers = {"chat": [configuration(f"{deployed:%Y-%m-%dT%H:%M:%S}.000+0000")]}
    limits = thresholds(pytester, "gone.errors: 5", FUNCTION)
    limits.write_text("\n".join(line for line in limits.read_text().splitlines() if "log_group" not in line))
    with reached(monkeypatch, group), lambda_service(monkeypatch, answers):
        run = health_run(pytester, "--since-deploy", "--thresholds", limits)
    assert (run.code, run.value("gone.errors")) == (0, 0), run.text
    assert run.result["window"]["since"] == f"{deployed:%Y-%m-%dT%H:%M:%SZ}"
    assert "chat was last changed at" in run.result["receipt"]["notes"][0]
    assert run.result["receipt"]["asked"] == [GROUP]


def test_no_function_configuration_is_an_error(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits on the logs and on API Gateway are errors: nothing could be seen, healthy or not."""
    limits = thresholds(
        pytester,
        "gone.errors: 5, api.connects: {min: 1}",
        "api: {id: abc123, stage: dev}\n                function: chat",
    )
    with reached(monkeypatch, Group(GROUP)), lambda_service(monkeypatch, {}):
        run = health_run(pytester, "--since-deploy", "--thresholds", limits)
    assert (run.code, run.verdicts) == (12, {"gone.errors": "error", "api.connects": "error"})
    assert all("not measured: function chat in us-east-1" in sentence for sentence in run.sentences.values())


def test_a_log_group_of_ones_own_stands_in_place_of_the_functions(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--since-deploy` sets the time; `--log-group` the log groups: all that match, and no others."""
    deployed = just_now() - HOUR
    groups = [
        Group("/copy").fill(events(deployed, 100)),
        Group("/copies"),
        Group(GROUP).fill(events(deployed, 100, 60)),
    ]
    answers = {"chat": [configuration(f"{deployed:%Y-%m-%dT%H:%M:%S}.000+0000")]}
    limits = thresholds(pytester, "gone.errors: 5", FUNCTION)
    with reached(monkeypatch, *groups), lambda_service(monkeypatch, answers):
        run = health_run(pytester, "--since-deploy", "--log-group", "/cop*", "--thresholds", limits)
    assert (run.code, run.result["receipt"]["asked"]) == (0, ["/copies", "/copy"])


def fill_from_the_second_look_on(endpoint: Endpoint, group: Group, *late: list[dict[str, Any]]) -> None:
    """Add a part at each poll, which first lists the log groups."""
    for number, part in enumerate(late, 2):
        while sum(operation == "DescribeLogGroups" for operation, _ in endpoint.requests) < number:
            time.sleep(0.01)
        group.fill(part)


def test_it_waits_until_enough_was_seen(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample arrives during the polls; each poll reads only new events, and all polls are in the report."""
    begin = just_now() - HOUR
    group = Group(GROUP).fill(events(begin, 20))
    late = events(just_now() - timedelta(seconds=100), 80, every_ms=500)
    limits = thresholds(pytester, "welcome.failure_rate: 5%, gone.errors: 5")
    with reached(monkeypatch, group) as endpoint:
        # The second good look has to see something new, whether a part comes before or after the read of its look.
        parts = (late[:160], *(late[first : first + 20] for first in range(160, 240, 20)))
        Thread(target=fill_from_the_second_look_on, args=(endpoint, group, *parts), daemon=True).start()
        began = time.monotonic()
        run = health_run(
            pytester, "--deployed-at", begin.isoformat(), "--wait", "40s", "--hold", "2", "--thresholds", limits
        )
        seconds = time.monotonic() - began
    looks = run.result["looks"]
    assert run.code == 0, run.text
    assert [look["standing"] for look in looks[-2:]] == ["good", "good"]
    assert looks[0]["standing"] == "open"
    assert "too little data: 59 needed for max 5 %" in looks[0]["sentence"]
    assert seconds < 36
    starts = [parameters["startTime"] for operation, parameters in endpoint.requests if operation == "FilterLogEvents"]
    assert min(starts[-3:]) > begin.timestamp() * 1000, "the last look read what was read before"
    assert "=== Gate ===" in run.text
    assert "Poll at" in run.html


def test_a_failure_for_sure_ends_it_early(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count over its limit only grows, so the pipeline can roll back at once."""
    begin = just_now() - HOUR
    limits = thresholds(pytester, "gone.errors: 5, welcome.failure_rate: 5%")
    with reached(monkeypatch, Group(GROUP).fill(events(begin, 20, 9))):
        run = health_run(pytester, "--deployed-at", begin.isoformat(), "--wait", "10m", "--thresholds", limits)
    assert run.code == 1
    assert [look["standing"] for look in run.result["looks"]] == ["lost"]


@pytest.mark.parametrize("source", ["filter", "insights"])
def test_what_comes_late_is_read_with_the_next_look(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Late events are read with the next poll, by either API, and none is counted twice."""
    begin = just_now() - timedelta(seconds=130)
    group = Group(GROUP).fill(events(begin, 40, every_ms=500))
    late = events(just_now() - timedelta(seconds=100), 40, every_ms=600)
    limits = thresholds(pytester, "welcome.failure_rate: 5%", f"source: {source}")
    deployed = ("--deployed-at", (begin - timedelta(minutes=1)).isoformat())
    with reached(monkeypatch, group) as endpoint:
        Thread(target=fill_from_the_second_look_on, args=(endpoint, group, late), daemon=True).start()
        run = health_run(pytester, *deployed, "--wait", "20s", "--thresholds", limits)
    assert run.code == 0, run.text
    assert run.value("welcome.sent") == 80
    assert run.value("data.events") == 240


def test_what_comes_later_than_polls_read_again_is_read_in_the_end(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If events are known to be late, a gate opens only after all were read once more."""
    begin = just_now() - timedelta(minutes=20)
    slow = [{**event, "ingestionTime": event["timestamp"] + 300_000} for event in events(begin, 100, every_ms=500)]
    late = events(begin + timedelta(minutes=5), 40, 40, every_ms=600)
    limits = thresholds(pytester, "gone.connection_rate: 20%")
    with reached(monkeypatch, group := Group(GROUP).fill(slow)) as endpoint:
        Thread(target=fill_from_the_second_look_on, args=(endpoint, group, late), daemon=True).start()
        run = health_run(pytester, "--deployed-at", begin.isoformat(), "--wait", "6s", "--thresholds", limits)
    assert run.value("gone.errors") == 40, run.text
    assert run.code == 1, run.text


def test_the_time_is_over(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """If there is still too little data when the time is up, the run is inconclusive."""
    begin = just_now() - HOUR
    limits = thresholds(pytester, "welcome.failure_rate: 5%")
    options = ("--deployed-at", begin.isoformat(), "--thresholds", limits)
    with reached(monkeypatch, Group(GROUP).fill(events(begin, 20))):
        for wait in ("2s", "30s"):  # of which a busy machine needs the longer one for a second look
            run = health_run(pytester, *options, "--wait", wait)
            if len(run.result["looks"]) > 1:
                break
    assert (run.code, {look["standing"] for look in run.result["looks"]}) == (11, {"open"})
    assert len(run.result["looks"]) > 1


def test_right_after_the_deploy_there_is_nothing_to_look_at_yet(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a window, or events, the gate stays pending, and ends as an error."""
    limits = thresholds(pytester, "gone.errors: 5")
    with reached(monkeypatch, Group(GROUP).fill(events(just_now() - HOUR, 20))):
        run = health_run(pytester, "--deployed-at", "0s", "--wait", "1s", "--thresholds", limits)
    assert run.code == 12, run.text
    assert {look["standing"] for look in run.result["looks"]} == {"open"}


def test_both_apis_compare_the_same(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors are found by their lines, whichever API reads them; the baseline is read separately.

    An increase and a new kind of error break their limits; the new kind comes first in the report and in result.json.
    """
    last = events(
        DEPLOYED - timedelta(seconds=20), 2, 2
    )  # the baseline is read to its end, for its last have long arrived
    group = Group(GROUP).fill([*events(BEFORE, 100), *last, *events(DEPLOYED, 100, 9, [*[NEW] * 9, "Slow room 9"])])
    results = []
    for source in ("filter", "insights"):
        limits = thresholds(pytester, LIMITS, f"source: {source}")
        with reached(monkeypatch, group):
            run = health_run(pytester, *AFTER, "--thresholds", limits, "--baseline", "previous")
        results.append((run.result["metrics"], run.result["new_signatures"], run.result["baseline"]))
        assert (run.code, run.verdicts) == (1, {"gone.errors": "fail", "errors.new_signatures": "fail"})
        assert run.result["new_signatures"][0].items() >= {"events": 9, "cases": 9, "shape": NEW}.items()
        assert f"New error: 9 times since 2026-06-02 14:00:00 UTC: {NEW}" in run.lines
        assert "New errors" in run.html
        assert run.result["baseline"]["metrics"]["gone.errors"]["value"] == 2
    assert results[0] == results[1]
