"""Whole runs after a deploy: since when, compared with what, and until enough was seen."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest

from tests.endpoint.reach import reached
from tests.endpoint.server import Endpoint
from tests.endpoint.store import Group
from tests.health_run import health_run, log, thresholds
from tests.report.results import result
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
    """Connections, one every few seconds, each of which is greeted and leaves; and what goes wrong."""
    found: list[dict[str, Any]] = []
    begin_ms = round(begin.timestamp() * 1000)

    def say(text: str, at_ms: int, request: int, level: str = "INFO") -> None:
        number = len(found)
        found.append(
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
    return found


def exported(pytester: pytest.Pytester, *parts: list[dict[str, Any]]) -> Path:
    return log(pytester, "\n".join(json.dumps(event) for part in parts for event in part))


BEFORE = DEPLOYED - timedelta(hours=1)


def test_the_same_as_before_passes(pytester: pytest.Pytester) -> None:
    """Errors that were there before are no news, and as many as before are no increase."""
    file = exported(pytester, events(BEFORE, 100, 3, ["Slow room 7"]), events(DEPLOYED, 100, 4, ["Slow room 9"]))
    limits = thresholds(pytester, LIMITS)
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", "previous")
    assert run.code == 0, run.text
    assert (
        run.sentences["gone.errors"] == "gone.errors 4 <= 7, for it was 3 before (max_increase 50 %, at least 5 more); "
        "up to +577% could have been missed"
    )
    assert "Compared with:  the same time before, 2026-06-02 13:00:00 UTC to 2026-06-02 14:00:00 UTC" in run.text
    assert run.result["baseline"]["metrics"]["gone.errors"] == {"value": 3, "n": None, "squares": 3}


def test_an_increase_and_a_new_error_fail(pytester: pytest.Pytester) -> None:
    """The new kind of error stands first in the report, and in result.json; both limits are broken."""
    file = exported(pytester, events(BEFORE, 100), events(DEPLOYED, 100, 5, [*[NEW] * 9, "Slow room 9"]))
    limits = thresholds(pytester, LIMITS)
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", "previous")
    assert (run.code, run.verdicts) == (1, {"gone.errors": "fail", "errors.new_signatures": "fail"})
    assert run.result["new_signatures"][0].items() >= {"events": 9, "cases": 9, "shape": NEW}.items()
    assert f"New error: 9 times since 2026-06-02 14:00:00 UTC: {NEW}" in run.lines
    assert run.html.index("New errors") < run.html.index("What fails")


def test_what_came_right_after_the_deploy_is_left_out(pytester: pytest.Pytester) -> None:
    """For as long as `--warm-up` says; and what is compared with ends with the deploy."""
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
    run = health_run(pytester, "--logs", file, *options)
    assert (run.code, run.result["checks"][0]["per"]) == (1, "day")
    assert run.sentences["gone.errors"] == "gone.errors 288/day > max 96/day (12 in 1 h)"


def test_one_error_more_is_no_increase(pytester: pytest.Pytester) -> None:
    """From none to one: below the floor, whatever the ratio."""
    file = exported(pytester, events(BEFORE, 100), events(DEPLOYED, 100, 1))
    limits = thresholds(pytester, "gone.errors: {max_increase: 50%, at_least: 5}")
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", "previous")
    assert run.code == 0


def test_a_result_is_a_baseline_too(pytester: pytest.Pytester) -> None:
    """That of an earlier run, with its window and its kinds of errors."""
    file = exported(pytester, events(BEFORE, 100, 1), events(DEPLOYED, 100, 9, [NEW] * 9))
    limits = thresholds(pytester, LIMITS)
    window = ("--since", "2026-06-02T13:00Z", "--until", "2026-06-02T14:00Z")
    first = health_run(pytester, "--logs", file, *window, "--thresholds", limits, "--baseline", "24h")
    kept = pytester.path / "before.json"
    kept.write_bytes((first.folder / "result.json").read_bytes())
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", kept)
    assert run.verdicts == {"gone.errors": "fail", "errors.new_signatures": "fail"}
    assert [one["shape"] for one in run.result["new_signatures"]] == [NEW]


def test_versions_are_told_apart(pytester: pytest.Pytester) -> None:
    """One of two that serve at once, compared with the other in the same window."""
    old, new = events(DEPLOYED, 100), events(DEPLOYED + timedelta(minutes=20), 50, 8, [NEW] * 9, version="42")
    file, limits = exported(pytester, old, new), thresholds(pytester, LIMITS)
    options = ("--logs", file, *AFTER, "--thresholds", limits, "--baseline", "version")
    new_run = health_run(pytester, *options, "--function-version", "42")
    assert new_run.verdicts == {"gone.errors": "fail", "errors.new_signatures": "fail"}
    old_run = health_run(pytester, *options, "--function-version", "41")
    assert (old_run.code, old_run.value("gone.errors")) == (0, 0)


def test_an_empty_baseline_proves_nothing(pytester: pytest.Pytester) -> None:
    """There is nothing to compare with, so the run is inconclusive."""
    limits = thresholds(pytester, "gone.errors: {max_increase: 50%}")
    file = exported(pytester, events(DEPLOYED, 100))
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", "previous")
    assert run.code == 11
    assert run.sentences["gone.errors"] == "gone.errors not compared: the baseline holds no event"


def test_no_error_is_new_where_nothing_was_before(pytester: pytest.Pytester) -> None:
    """An empty baseline knows no error, so it does not tell which of them are new."""
    file = exported(pytester, events(DEPLOYED, 100, errors=[NEW]))
    options = ("--logs", file, *AFTER, "--thresholds", thresholds(pytester, "errors.new_signatures: 0"))
    run = health_run(pytester, *options, "--baseline", "previous")
    told = "errors.new_signatures not compared: the baseline holds no event"
    assert (run.code, run.sentences) == (11, {"errors.new_signatures": told})


def test_any_run_with_the_limit_becomes_a_baseline(pytester: pytest.Pytester) -> None:
    """It tells its kinds of errors even where it has nothing to compare them with; one that did not look says so."""
    file = exported(
        pytester, events(BEFORE, 100, errors=["Slow room 7"]), events(DEPLOYED, 100, errors=["Slow room 9"])
    )
    window = ("--logs", file, "--since", "2026-06-02T13:00Z", "--until", "2026-06-02T14:00Z")
    kept = pytester.path / "before.json"
    for others, code in ((", errors.new_signatures: 0", 0), ("", 11)):
        first = health_run(pytester, *window, "--thresholds", thresholds(pytester, f"gone.errors: 5{others}"))
        kept.write_bytes((first.folder / "result.json").read_bytes())
        limits = thresholds(pytester, "errors.new_signatures: 0")
        run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", kept)
        assert run.code == code, run.text


def test_a_baseline_before_the_calendar(pytester: pytest.Pytester) -> None:
    """An error in one sentence, as any other that could not be read."""
    window = ("--since", "0001-01-01", "--until", "0001-06-01", "--baseline", "previous")
    file, limits = exported(pytester, events(BEFORE, 3)), thresholds(pytester, LIMITS)
    run = health_run(pytester, "--logs", file, *window, "--thresholds", limits)
    assert run.code == 12
    assert "not measured: the baseline reaches back before the year 1" in run.text


def test_a_result_without_time_is_no_baseline(pytester: pytest.Pytester) -> None:
    """No run has judged an empty window."""
    instant = "2026-06-02T13:00:00Z"
    content = json.loads(msgspec.json.encode(result())) | {"window": {"since": instant, "until": instant}}
    kept = pytester.path / "before.json"
    kept.write_text(json.dumps(content))
    file, limits = exported(pytester, events(BEFORE, 3)), thresholds(pytester, LIMITS)
    run = health_run(pytester, "--logs", file, "--thresholds", limits, "--baseline", kept)
    assert run.code == 4
    assert "is not the result.json of a run: the window is empty: " in run.text


def test_an_age_shorter_than_the_window_compares_with_what_was_before_it(pytester: pytest.Pytester) -> None:
    """Else what came with the deploy would be in its own baseline."""
    file = exported(pytester, events(BEFORE, 300), events(DEPLOYED, 100, 60, [NEW] * 9))
    limits = thresholds(pytester, LIMITS)
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", "20m")
    assert run.verdicts == {"gone.errors": "fail", "errors.new_signatures": "fail"}
    window = {"since": "2026-06-02T13:40:00Z", "until": "2026-06-02T14:00:00Z"}
    assert run.result["baseline"]["window"] == window


def test_files_that_begin_within_the_baseline(pytester: pytest.Pytester) -> None:
    """What they don't hold is no time without errors."""
    begin = DEPLOYED - timedelta(minutes=15)
    file = exported(pytester, events(begin, 80, 20), events(DEPLOYED, 350, 80))
    limits = thresholds(pytester, "gone.errors: {max_increase: 50%}")
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--baseline", "previous")
    assert run.code == 0, run.text
    assert "gone.errors 80 <= 131.25, for it was 88 before" in run.sentences["gone.errors"]


def test_versions_are_compared_by_their_traffic(pytester: pytest.Pytester) -> None:
    """A tenth of the connections with as many errors is no tie."""
    old, new = events(DEPLOYED, 300, 12), events(DEPLOYED + timedelta(minutes=20), 30, 12, version="42")
    limits = thresholds(pytester, "gone.errors: {max_increase: 50%, at_least: 5}")
    options = ("--thresholds", limits, "--baseline", "version", "--function-version", "42")
    run = health_run(pytester, "--logs", exported(pytester, old, new), *AFTER, *options)
    assert run.verdicts == {"gone.errors": "fail"}
    assert "for it was 1 before" in run.sentences["gone.errors"]


def test_without_a_baseline_nothing_is_compared(pytester: pytest.Pytester) -> None:
    """Limits on the increase alone are left out, and that is told."""
    limits = thresholds(pytester, f"{LIMITS}, welcome.failed: {{max: 3, max_increase: 50%}}")
    run = health_run(pytester, "--logs", exported(pytester, events(DEPLOYED, 100)), *AFTER, "--thresholds", limits)
    assert (run.code, list(run.verdicts)) == (0, ["welcome.failed"])
    why = "not judged, for there is no --baseline to compare with: gone.errors, errors.new_signatures"
    assert run.result["receipt"]["notes"] == [why]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--since-deploy"], "--since-deploy asks AWS Lambda, and files are read here"),
        (["--wait", "5m"], "--wait: files don't grow"),
        (["--hold", "2"], "--hold takes a number from 1 on, and needs --wait"),
        (["--deployed-at", "2h", "--since", "3h"], "--deployed-at and --since all give the window's beginning"),
        (["--function-version", "v42"], "--function-version: 'v42' is no version"),
        (["--baseline", "version", "--since", "2h"], "--baseline version compares a version with the others"),
        (["--baseline", "yesterday", "--since", "2h"], "'yesterday' is neither previous, version, an age such as 24h"),
        (["--baseline", "0h", "--since", "2h"], "'0h' before is the window itself"),
        (["--baseline", f"{10**15}d", "--since", "2h"], "an age such as 24h"),
        (["--baseline", f"{10**14}d", "--since", "2h"], "no length of time up to a year"),
        (["--wait", f"{10**15}d"], "--wait"),
        (["--since-deploy", "--until", "1h"], "--since-deploy"),
        (["--baseline", "previous"], "nothing is left before; give --since"),
        (["--warm-up", "2m"], "--warm-up leaves out what came right after a deploy"),
        (["--deployed-at", "noon"], "'noon' is no time"),
    ],
)
def test_options_that_make_no_sense(pytester: pytest.Pytester, options: list[str], complaint: str) -> None:
    """One line, and nothing is read."""
    file = exported(pytester, events(DEPLOYED, 3))
    run = health_run(pytester, "--logs", file, "--thresholds", thresholds(pytester, "gone.errors: 5"), *options)
    assert run.code == 4
    assert complaint in run.text


# ------------------------------------------------------------------------------------------------ CloudWatch

HOUR = timedelta(hours=1)
FUNCTION = "function: chat"


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def test_since_the_deploy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The window begins where the function's configuration was last changed; what was before it has no say."""
    deployed = just_now() - HOUR
    group = Group(GROUP).fill([*events(deployed - HOUR, 100, 60), *events(deployed, 100)])
    answers = {"chat": [configuration(f"{deployed:%Y-%m-%dT%H:%M:%S}.000+0000")]}
    limits = thresholds(pytester, "gone.errors: 5", FUNCTION)
    with reached(monkeypatch, group), lambda_service(monkeypatch, answers):
        run = health_run(pytester, "--since-deploy", "--thresholds", limits)
    assert (run.code, run.value("gone.errors")) == (0, 0), run.text
    assert run.result["window"]["since"] == f"{deployed:%Y-%m-%dT%H:%M:%SZ}"
    assert "chat was last changed at" in run.result["receipt"]["notes"][0]


def test_a_function_tells_where_it_logs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file names no log group, by LoggingConfig."""
    limits = thresholds(pytester, "gone.errors: 5", FUNCTION)
    limits.write_text("\n".join(line for line in limits.read_text().splitlines() if "log_group" not in line))
    group = Group(GROUP).fill(events(just_now() - HOUR, 100))
    with reached(monkeypatch, group), lambda_service(monkeypatch, {"chat": [configuration()]}):
        run = health_run(pytester, "-T", "3", "--thresholds", limits)
    assert (run.code, run.result["receipt"]["asked"]) == (0, [GROUP]), run.text


def test_no_function_configuration_is_an_error(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """We could not see, which is not unhealthy."""
    with reached(monkeypatch, Group(GROUP)), lambda_service(monkeypatch, {}):
        run = health_run(pytester, "--since-deploy", "--thresholds", thresholds(pytester, "gone.errors: 5", FUNCTION))
    assert run.code == 12
    assert "function chat in us-east-1" in run.text


def test_no_function_configuration_is_an_error_of_api_gateways_limits_too(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was looked up, and that is no broken check."""
    limits = thresholds(
        pytester, "api.connects: {min: 1}", "api: {id: abc123, stage: dev}\n                function: chat"
    )
    with reached(monkeypatch, Group(GROUP)), lambda_service(monkeypatch, {}):
        run = health_run(pytester, "--since-deploy", "--thresholds", limits)
    assert (run.code, run.verdicts) == (12, {"api.connects": "error"})
    assert "api.connects not measured: function chat in us-east-1" in run.text


def test_a_log_group_of_ones_own_stands_in_place_of_the_functions(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--since-deploy` tells the time, and `--log-group` what is read."""
    deployed = just_now() - HOUR
    groups = [Group("/copy").fill(events(deployed, 100)), Group(GROUP).fill(events(deployed, 100, 60))]
    answers = {"chat": [configuration(f"{deployed:%Y-%m-%dT%H:%M:%S}.000+0000")]}
    limits = thresholds(pytester, "gone.errors: 5", FUNCTION)
    with reached(monkeypatch, *groups), lambda_service(monkeypatch, answers):
        run = health_run(pytester, "--since-deploy", "--log-group", "/copy", "--thresholds", limits)
    assert (run.code, run.result["receipt"]["asked"]) == (0, ["/copy"])


def test_the_baseline_is_read_to_its_end(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last events have long arrived: a minute before the deploy is compared with a minute after it."""
    group = Group(GROUP).fill(events(DEPLOYED - timedelta(seconds=20), 2, 2) + events(DEPLOYED, 2, 2))
    limits = thresholds(pytester, "gone.errors: {max_increase: 50%}")
    window = ("--deployed-at", "2026-06-02T14:00Z", "--until", "2026-06-02T14:00:25Z")
    with reached(monkeypatch, group):
        run = health_run(pytester, *window, "--thresholds", limits, "--baseline", "previous")
    assert (run.code, run.result["baseline"]["metrics"]["gone.errors"]["value"]) == (0, 2), run.text


def fill_from_the_second_look_on(endpoint: Endpoint, group: Group, *late: list[dict[str, Any]]) -> None:
    """A part at each look, which asks first which log groups there are."""
    for number, part in enumerate(late, 2):
        while sum(operation == "DescribeLogGroups" for operation, _ in endpoint.requests) < number:
            time.sleep(0.01)
        group.fill(part)


def test_it_waits_until_enough_was_seen(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample comes while it looks; each look reads only what is new, and all looks are in the report."""
    begin = just_now() - HOUR
    group = Group(GROUP).fill(events(begin, 20))
    late = events(just_now() - timedelta(seconds=100), 80, every_ms=500)
    limits = thresholds(pytester, "welcome.failure_rate: 5%, gone.errors: 5")
    with reached(monkeypatch, group) as endpoint:
        parts = (late[:160], late[160:240])  # the second good look has to see something new
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
    assert "needs 39 more" in looks[0]["sentence"]
    assert seconds < 36
    starts = [asked["startTime"] for operation, asked in endpoint.requests if operation == "FilterLogEvents"]
    assert min(starts[-3:]) > begin.timestamp() * 1000, "the last look read what was read before"
    assert "=== After the deploy ===" in run.text
    assert "How often was looked" in run.html


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
    """Events of a time that was read already, whoever reads them; none is counted twice."""
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


def test_a_deploy_that_is_just_over_is_waited_for(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its window is empty at first, which is no mistake of whoever asks."""
    limits = thresholds(pytester, "gone.errors: 5")
    with reached(monkeypatch, Group(GROUP)):
        run = health_run(pytester, "--deployed-at", "0s", "--wait", "1s", "--thresholds", limits)
    assert run.code == 12, run.text
    assert {look["standing"] for look in run.result["looks"]} == {"open"}


def test_a_version_that_logged_nothing(pytester: pytest.Pytester) -> None:
    """Others did, so the application is alive: that is no failure of what was demanded."""
    file, limits = exported(pytester, events(DEPLOYED, 100)), thresholds(pytester, "lifecycle.complete: {min: 1}")
    run = health_run(pytester, "--logs", file, *AFTER, "--thresholds", limits, "--function-version", "42")
    assert run.code == 11
    assert "this version of the function logged nothing, only others did" in run.sentences["lifecycle.complete"]


def test_the_time_is_over(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Still too few: inconclusive, after the time that was asked for."""
    begin = just_now() - HOUR
    limits = thresholds(pytester, "welcome.failure_rate: 5%")
    with reached(monkeypatch, Group(GROUP).fill(events(begin, 20))):
        run = health_run(pytester, "--deployed-at", begin.isoformat(), "--wait", "2s", "--thresholds", limits)
    assert (run.code, {look["standing"] for look in run.result["looks"]}) == (11, {"open"})
    assert len(run.result["looks"]) > 1


def test_right_after_the_deploy_there_is_nothing_to_look_at_yet(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events need half a minute to arrive; that keeps the gate open, and is no pass when the time is over."""
    limits = thresholds(pytester, "gone.errors: 5")
    with reached(monkeypatch, Group(GROUP).fill(events(just_now() - HOUR, 20))):
        run = health_run(pytester, "--deployed-at", "1s", "--wait", "1s", "--thresholds", limits)
    assert run.code == 12
    assert {look["standing"] for look in run.result["looks"]} == {"open"}


def test_both_apis_compare_the_same(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors are found by their lines, whoever reads them; and the baseline is read for itself."""
    group = Group(GROUP).fill([*events(BEFORE, 100), *events(DEPLOYED, 100, 9, [NEW] * 9)])
    results = []
    for source in ("filter", "insights"):
        limits = thresholds(pytester, LIMITS, f"source: {source}")
        with reached(monkeypatch, group):
            run = health_run(pytester, *AFTER, "--thresholds", limits, "--baseline", "previous")
        results.append((run.code, run.result["metrics"], run.result["new_signatures"], run.result["baseline"]))
    assert results[0] == results[1]
    assert results[0][0] == 1
