"""thresholds.yaml is read strictly: what is not understood is said, all of it at once, with its line."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path
from textwrap import dedent

import duckdb
import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checks.config.environment import Alarms, Api, Environment, Function, LogGroup
from checks.config.sections import schema
from checks.config.thresholds import Thresholds, load
from checks.errors import ConfigError
from checks.metrics import METRICS

ROOT = Path(__file__).parents[2]

SHIPPED = ROOT / "thresholds.yaml"

Load = Callable[[str], Thresholds]

Complain = Callable[[str], list[str]]

A_GROUP = "a log group such as /aws/lambda/chat or {name: /aws/lambda/chat, region: eu-west-1}"


def re2(pattern: str) -> str | None:
    """What the real engine says."""
    try:
        row = duckdb.execute("SELECT regexp_matches('', ?)", [pattern]).fetchone()
    except duckdb.Error as error:
        return str(error)
    return "it matches the empty text" if row == (True,) else None


@pytest.fixture(name="load_text")
def _load_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)

    def load_text(text: str) -> Thresholds:
        file = tmp_path / "thresholds.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return load(file, re2)

    return load_text


@pytest.fixture(name="complaints")
def _complaints(load_text: Load) -> Complain:
    def complaints(text: str) -> list[str]:
        with pytest.raises(ConfigError) as error:
            load_text(text)
        return str(error.value).splitlines()

    return complaints


FAMILY = """\
    defaults:
      log_group: /aws/lambda/{environment}-chat-handler
      short_lived_seconds: 3s
      limits:
        gone.errors: {warn: 0, max: 5}
        welcome.failure_rate: 5%
        lifecycle.complete: {min: 1}
    environments:
      demo:
        logs: recordings/demo.jsonl
        short_lived_seconds: 500ms
        limits:
          lifecycle.complete: off
      dev: {}
      prod:
        log_group: chat
        on_inconclusive: pass
        limits:
          gone.errors: 2
          welcome.failure_rate: {warn: 1%, min_samples: 40}
          data.age_seconds: 2h
    signals:
      welcome_sent:
        greeted: 'Greeted client (?P<connection_id>\\S+)'
        said_hello: \\(hello\\) [(](?:you|all)
    """


def bounds(environment: Environment) -> dict[str, str]:
    return {name: ", ".join(map(limit.show, limit.bounds)) for name, limit in environment.limits.items()}


def test_an_environment_inherits_what_it_does_not_say(load_text: Load) -> None:
    dev = load_text(FAMILY).environment("dev")
    assert (dev.name, dev.log_groups, dev.logs) == ("dev", (LogGroup("/aws/lambda/dev-chat-handler", None),), None)
    assert (dev.short_lived_seconds, dev.on_inconclusive) == (3, "fail")
    assert bounds(dev) == {
        "gone.errors": "max 5, warn 0",
        "lifecycle.complete": "min 1",
        "welcome.failure_rate": "max 5 %",
    }


def test_a_limit_changes_key_by_key(load_text: Load) -> None:
    prod = load_text(FAMILY).environment("prod")
    assert bounds(prod) == {
        "data.age_seconds": "max 2 h",
        "gone.errors": "max 2, warn 0",
        "lifecycle.complete": "min 1",
        "welcome.failure_rate": "max 5 %, warn 1 %",
    }
    assert prod.limits["welcome.failure_rate"].samples == 40
    assert (prod.log_groups, prod.on_inconclusive) == ((LogGroup("chat", None),), "pass")


def test_off_drops_an_inherited_limit(load_text: Load) -> None:
    assert set(load_text(FAMILY).environment("demo").limits) == {"gone.errors", "welcome.failure_rate"}


def test_a_recording_takes_the_place_of_an_inherited_log_group(load_text: Load, tmp_path: Path) -> None:
    demo = load_text(FAMILY).environment("demo")
    assert (demo.log_groups, demo.logs) == ((), tmp_path / "recordings/demo.jsonl")
    assert demo.short_lived_seconds == 0.5


@pytest.mark.parametrize(
    ("written", "groups"),
    [
        ("chat", [("chat", None)]),
        ("[chat, '{environment}-{environment}']", [("chat", None), ("dev-dev", None)]),
        ("'*-chat'", [("*-chat", None)]),
        ("{name: '/aws/{environment}/*', region: us-gov-west-1}", [("/aws/dev/*", "us-gov-west-1")]),
        (
            "[{name: a-Z.0_9/#b}, {name: chat, region: eusc-de-east-1}]",
            [("a-Z.0_9/#b", None), ("chat", "eusc-de-east-1")],
        ),
        ("[chat, {name: chat, region: eu-west-1}]", [("chat", None), ("chat", "eu-west-1")]),
    ],
)
@pytest.mark.parametrize(
    "place",
    ["environments: {{dev: {{log_group: {0}}}}}", "{{environments: {{dev: {{}}}}, defaults: {{log_group: {0}}}}}"],
)
def test_log_groups_are_one_or_several_in_short_or_with_their_region(
    load_text: Load, place: str, written: str, groups: list[tuple[str, str | None]]
) -> None:
    """The environment's name is filled in, wherever they stand."""
    environment = load_text(place.format(written)).environment("dev")
    assert environment.log_groups == tuple(LogGroup(name, region) for name, region in groups)


SOURCES = """\
    defaults:
      log_group: [a, {name: b, region: eu-west-1}]
      source: insights
      insights_price: 0.0076
    environments:
      dev: {}
      prod: {log_group: c, source: filter}
      test: {insights_price: 0}
      demo: {logs: demo.jsonl, source: auto}
    """


def test_log_groups_are_inherited_wholly_and_how_to_read_them_key_by_key(load_text: Load) -> None:
    """A recording leaves no use for the latter, and no harm in it."""
    told = {
        name: ([group.name for group in environment.log_groups], environment.source, environment.insights_price)
        for name, environment in load_text(SOURCES).environments.items()
    }
    assert told == {
        "dev": (["a", "b"], "insights", 0.0076),
        "prod": (["c"], "filter", 0.0076),
        "test": (["a", "b"], "insights", 0),
        "demo": ([], "auto", 0.0076),
    }


def test_how_to_read_log_groups_need_not_be_said(load_text: Load) -> None:
    dev = load_text("environments: {dev: {log_group: x}}").environment("dev")
    assert (dev.source, dev.insights_price) == ("auto", 0.005)


def shipped_example(key: str) -> str:
    """What stands commented out in the shipped file, from a key to the next empty line."""
    lines = SHIPPED_TEXT.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(f"#   {key}:"))
    return "\n".join(line[1:] for line in lines[begin : lines.index("#", begin)])


def test_the_examples_in_the_shipped_file_are_valid(load_text: Load) -> None:
    examples = "\n".join(map(shipped_example, ("alarms", "function", "api")))
    dev = load_text(f"environments:\n dev:\n   log_group: x\n{examples}").environment("dev")
    assert dev.alarms == Alarms(("arn:aws:sns:eu-west-1:123456789012:on-call",), "WebSocketHealth")
    assert dev.functions == (Function("dev-chat-handler", "", None),)
    assert dev.api == Api("a1b2c3d4e5", "dev", "eu-west-1")


GROUP_PROBLEMS = """\
    defaults:
      log_group:
        - chat
        - name: chat
        - '{environment}-chat'
        - dev-chat
      source: cloudwatch
      insights_price: -0.005
    environments:
      dev: {}
      empty: {log_group: [], source: insight, insights_price: $0.005}
      nothing: {log_group: ''}
      nameless:
        log_group:
          - ''
          - {}
          - region: eu-west-1
          - name: ''
            region:
          - [a]
          -
          - name: [a]
          - {environment}
      misnamed:
        log_group:
          - chat handler
          - name: /aws/lambda/{env}
          - {name: a, region: Europe}
          - name: b
            region: eu-west-1a
            regoin: eu-west-1
          - arn:aws:logs:eu-west-1:123456789012:log-group:chat:*
          - naïve
      misplaced:
        log_group:
          name: a
          region: '{environment}'
      twice:
        log_group:
          - {name: chat, region: eu-west-1}
          - {name: chat, region: us-east-1}
          - {region: eu-west-1, name: chat}
          - {name: chat, region: [a]}
    """


def test_all_problems_of_log_groups_are_reported_at_once_each_with_its_line(complaints: Complain) -> None:
    price = "write US dollars per GB, such as 0.005 or 0"
    named = "a log group has a name, and perhaps a region"
    allowed = "a log group's name has letters from a to z, digits, any of . - _ / # and, for any characters, *"
    example = "{name: /aws/lambda/chat, region: eu-west-1}"
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:chat:*"
    assert complaints(GROUP_PROBLEMS) == [
        f"thresholds.yaml:{problem}"
        for problem in (
            "4: log_group: 'chat' is named already, on line 3",
            "6: log_group: 'dev-chat' is named already, on line 5",
            "7: source: unknown value 'cloudwatch'; allowed: auto, filter, insights",
            f"8: insights_price: '-0.005' is no price; {price}",
            f"11: insights_price: '$0.005' is no price; {price}",
            "11: log_group: found an empty list, expected at least one log group",
            "11: source: unknown value 'insight'; allowed: auto, filter, insights; did you mean 'insights'?",
            f"12: log_group: found '', expected {A_GROUP}",
            f"15: log_group: found '', expected {A_GROUP}",
            f"16: log_group: 'name' is missing; {named}",
            f"17: log_group: 'name' is missing; {named}",
            "18: name: found '', expected a single value",
            "19: region: found nothing, expected a single value",
            f"20: log_group: found a list, expected {A_GROUP}",
            f"21: log_group: found nothing, expected {A_GROUP}",
            "22: name: found a list, expected a single value",
            f"23: log_group: 'name' is missing; {named}",
            "23: unknown key 'environment'; allowed: name, region",
            f"26: log_group: 'chat handler' holds ' '; {allowed}",
            "27: name: '/aws/lambda/{env}' holds '{env}'; the only placeholder is '{environment}'",
            "28: region: 'Europe' is no AWS region; write one such as eu-west-1",
            "30: region: 'eu-west-1a' is no AWS region; write one such as eu-west-1",
            "31: unknown key 'regoin'; allowed: name, region; did you mean 'region'?",
            f"32: log_group: {arn!r} is an ARN; give the name and the region instead, as {example}",
            f"33: log_group: 'naïve' holds 'ï'; {allowed}",
            "37: region: '{environment}' is no AWS region; write one such as eu-west-1",
            "42: log_group: 'chat' is named already, on line 40",
            "43: region: found a list, expected a single value",
        )
    ]


def quoted(text: str) -> str:
    """A text as YAML writes it, whatever it holds."""
    return "'" + text.replace("'", "''") + "'"


GROUP_NAMES = st.text(st.sampled_from("azAZ09.-_/#*"), min_size=1)


@given(st.lists(st.tuples(GROUP_NAMES, st.sampled_from([None, "eu-west-1", "us-east-1"])), min_size=1, unique=True))
def test_log_groups_come_as_they_are_written(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[str, str | None]]
) -> None:
    """In their order, with their regions."""
    groups = [f"{{name: {quoted(name)}, region: {region}}}" if region else quoted(name) for name, region in written]
    file = tmp_path_factory.mktemp("groups") / "thresholds.yaml"
    file.write_text(f"environments: {{dev: {{log_group: [{', '.join(groups)}]}}}}", encoding="utf-8")
    read = load(file, re2).environment("dev").log_groups
    assert read == tuple(LogGroup(name, region) for name, region in written)


@given(GROUP_NAMES, st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), GROUP_NAMES)
def test_a_log_group_is_refused_for_any_other_character(
    tmp_path_factory: pytest.TempPathFactory, before: str, wrong: str, after: str
) -> None:
    assume(not re.match("[a-zA-Z0-9.*/_#-]", wrong))
    file = tmp_path_factory.mktemp("groups") / "thresholds.yaml"
    file.write_text(f"environments: {{dev: {{log_group: {quoted(before + wrong + after)}}}}}", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load(file, re2)
    assert f"thresholds.yaml:1: log_group: {before + wrong + after!r} holds {wrong!r}; " in str(error.value)


def test_a_limit_knows_where_it_was_written(load_text: Load) -> None:
    thresholds = load_text(FAMILY)
    places = {
        (name, metric): (limit.file.name, limit.line, limit.inherited)
        for name in ("dev", "prod")
        for metric, limit in thresholds.environment(name).limits.items()
    }
    assert places["dev", "gone.errors"] == ("thresholds.yaml", 5, True)
    assert places["prod", "lifecycle.complete"] == ("thresholds.yaml", 7, True)
    assert places["prod", "gone.errors"] == ("thresholds.yaml", 19, False)
    assert places["prod", "welcome.failure_rate"] == ("thresholds.yaml", 20, False)


def test_taught_patterns_come_with_every_environment(load_text: Load) -> None:
    greeted = {"greeted": r"Greeted client (?P<connection_id>\S+)", "said_hello": r"\(hello\) [(](?:you|all)"}
    for name in ("demo", "prod"):
        assert load_text(FAMILY).environment(name).signals == {"welcome_sent": greeted}


ADVICE = """\
    defaults:
      log_group: x
      limits:
        gone.errors: {max: 5, shadow: true, owner: team a, runbook: 'https://wiki/gone', on_inconclusive: pass}
        welcome.failure_rate: 5%
    environments:
      dev: {on_inconclusive: pass}
      prod:
        limits:
          gone.errors: {shadow: false, on_inconclusive: fail, owner: team b}
    """


def test_what_a_limit_says_besides_its_numbers_is_inherited_key_by_key(load_text: Load) -> None:
    thresholds = load_text(ADVICE)
    told = {
        name: (limit.shadow, limit.owner, limit.runbook)
        for name in ("dev", "prod")
        for limit in [thresholds.environment(name).limits["gone.errors"]]
    }
    assert told == {"dev": (True, "team a", "https://wiki/gone"), "prod": (False, "team b", "https://wiki/gone")}
    silent = thresholds.environment("dev").limits["welcome.failure_rate"]
    assert (silent.shadow, silent.owner, silent.runbook) == (False, "", "")


def test_a_limit_overrides_what_its_environment_makes_of_inconclusive(load_text: Load) -> None:
    thresholds = load_text(ADVICE)
    policies = {
        (name, metric): limit.on_inconclusive
        for name in ("dev", "prod")
        for metric, limit in thresholds.environment(name).limits.items()
    }
    assert policies == {
        ("dev", "gone.errors"): "pass",
        ("dev", "welcome.failure_rate"): "pass",
        ("prod", "gone.errors"): "fail",
        ("prod", "welcome.failure_rate"): "fail",
    }


WAIVERS = """\
    environments:
      dev: {log_group: x, limits: {gone.errors: 5}}
      prod: {log_group: x, limits: {gone.errors: 5, lifecycle.complete: {min: 10}}}
    waivers:
      - metric: gone.errors
        environment: prod
        reason: >
          the old app
          keeps sending
        owner: team-mobile
        until: 2026-06-30
        max: 800
      - {metric: lifecycle.complete, environment: prod, reason: quiet, owner: me, until: '2026-06-30T12:00Z', min: 1}
      - {metric: gone.errors, environment: dev, reason: tests, owner: me, until: 2026-01-31}
    """


def test_waivers_come_with_their_environment(load_text: Load) -> None:
    thresholds = load_text(WAIVERS)
    mobile = thresholds.environment("prod").waivers["gone.errors"]
    assert (mobile.environment, mobile.reason, mobile.owner) == ("prod", "the old app keeps sending", "team-mobile")
    assert (mobile.until, mobile.max, mobile.min, mobile.line) == ("2026-06-30", 800, None, 5)
    quiet = thresholds.environment("prod").waivers["lifecycle.complete"]
    assert (quiet.until, quiet.max, quiet.min, quiet.line) == ("2026-06-30T12:00Z", None, 1, 13)
    assert list(thresholds.environment("dev").waivers) == ["gone.errors"]


WAIVER_PROBLEMS = """\
    environments:
      prod:
        log_group: x
        limits:
          gone.errors: {max: 5, shadow: yes, owner: '  ', runbook: [a], on_inconclusive: maybe}
          lifecycle.complete: {min: 10}
    waivers:
      - metric: gone.errors
        environment: prod
        owner: me
      - metric: gone.erors
        environment: prd
        reason:
        owner: [a, b]
        until: 30.6.2026
        untill: 2026-06-30
        max: 5
      - {metric: lifecycle.complete, environment: prod, reason: r, owner: o, until: 2026-02-30, max: 5}
      - {metric: gone.errors, environment: prod, reason: r, owner: o, until: 2026-06-30, max: 5%}
      - {metric: data.events, environment: prod, reason: r, owner: o, until: 2026-06-30, max: 5, min: 4}
      - r
      - {}
    """


def test_all_problems_of_waivers_and_advice_are_reported_at_once(complaints: Complain) -> None:
    metrics = ", ".join(METRICS)
    needed = "a waiver says metric, environment, reason, owner and until"
    keys = "metric, environment, reason, owner, until, max, min"
    day = "write a day such as 2026-06-30, or a time such as 2026-06-30T12:00Z"
    assert complaints(WAIVER_PROBLEMS) == [
        f"thresholds.yaml:{problem}"
        for problem in (
            "5: gone.errors.on_inconclusive: unknown value 'maybe'; allowed: fail, pass",
            "5: gone.errors.owner: found '  ', expected a few words",
            "5: gone.errors.runbook: found a list, expected a single value",
            "5: gone.errors.shadow: unknown value 'yes'; allowed: true, false",
            f"8: waivers: 'reason' is missing; {needed}",
            f"8: waivers: 'until' is missing; {needed}",
            f"11: metric: unknown metric 'gone.erors'; allowed: {metrics}; did you mean 'gone.errors'?",
            "12: unknown environment 'prd'; allowed: prod; did you mean 'prod'?",
            "13: reason: found nothing, expected a single value",
            "14: owner: found a list, expected a single value",
            f"15: until: '30.6.2026' is no date; {day}",
            f"16: unknown key 'untill'; allowed: {keys}; did you mean 'until'?",
            "18: a 'max' can't take the place of a 'min'; the limit has one direction",
            f"18: until: '2026-02-30' is not in the calendar; {day}",
            "19: gone.errors is waived in 'prod' already, on line 8",
            "19: max: '5%' is not a count; write a whole number such as 0 or 12",
            "20: waivers: 'max' and 'min' exclude each other; a limit has one direction",
            "21: waivers: found 'r', expected a mapping",
            f"22: waivers: 'environment' is missing; {needed}",
            f"22: waivers: 'metric' is missing; {needed}",
            f"22: waivers: 'owner' is missing; {needed}",
            f"22: waivers: 'reason' is missing; {needed}",
            f"22: waivers: 'until' is missing; {needed}",
        )
    ]


def test_a_tag_in_a_list_is_reported_where_it_stands(complaints: Complain) -> None:
    text = "environments: {dev: {log_group: x}}\nwaivers:\n  - !!map {}\n"
    assert any(line.startswith("thresholds.yaml:3: ") for line in complaints(text))


def test_nothing_can_be_changed_afterwards(load_text: Load) -> None:
    dev = load_text(FAMILY).environment("dev")
    with pytest.raises(FrozenInstanceError):
        dev.name = "prod"  # type: ignore[misc]
    with pytest.raises(TypeError):
        dev.limits["gone.errors"] = dev.limits["gone.errors"]  # type: ignore[index]


PROBLEMS = """\
    defaults:
      limit:
        gone.errors: 1
      limits:
        gone.erors: 5
        gone.errors: 5%
        gone.errors: 3
        welcome.failure_rate: 5
        data.events: 010
        data.age_seconds: 1:30
        lifecycle.complete: {max: 5, min: 1}
        welcome.sent: off
        welcome.failed: {}
        welcome.undelivered_rate: {warn: 5.5%, max: 5%}
        welcome.average_retries: {max: 1, min_samples: 0}
        gone.connections: {max: 3, min_samples: 4}
    environments:
      Prod:
        log_group: a
        logs: b
      dev:
      staging:
        log_group: '{env}-x'
        on_inconclusive: no
        limits:
          welcome.retries: [1]
          gone.welcome_errors:
            warn:
              5s
      qa:
        log_gruop: chat
        limits:
          lifecycle.short_lived_rate:
      yes:
        log_group:
        short_lived_seconds: !!int 5
    signals:
      welcome_send:
        a: b
      gone:
        unnamed: (a)
        misnamed: (?P<id>a)
        twice: (?P<connection_id>)(?P<connection_id>b)
        broken: a(
        python: (?=a)b
        everything: a*
        list:
          - a
        '': x
        empty: ''
    """


@pytest.mark.parametrize("metric", ["gone.max_per_connection", "errors.new_signatures", "data.gaps", "api.connects"])
def test_what_can_not_be_compared_takes_no_increase(complaints: Complain, metric: str) -> None:
    """A maximum does not grow with time, and what AWS tells has no baseline."""
    found = complaints(f"environments:\n  dev:\n    log_group: x\n    limits: {{{metric}: {{max_increase: 50%}}}}\n")
    assert any(f"{metric}: it can't be compared with a baseline, so it takes no 'max_increase'" in one for one in found)


def test_all_problems_are_reported_at_once_in_order_each_with_its_line(complaints: Complain) -> None:
    metrics = ", ".join(METRICS)
    keys = (
        "log_group, source, insights_price, function, api, alarms, logs, short_lived_seconds, on_inconclusive, limits"
    )
    kinds = "connect, disconnect, message, gone, welcome_sent, welcome_failed, welcome_retry"
    of_a_limit = "warn, max, min, max_increase, at_least, on_inconclusive, shadow, owner, runbook"
    octal = "a leading zero means octal to some YAML readers"
    times = "a time such as 500ms, 30s, 20m or 2h"
    base_60 = "colons mean base 60 to some YAML readers"
    assert complaints(PROBLEMS) == [
        f"thresholds.yaml:{problem}"
        for problem in (
            f"2: unknown key 'limit'; allowed: {keys}; did you mean 'limits'?",
            f"5: unknown metric 'gone.erors'; allowed: {metrics}; did you mean 'gone.errors'?",
            "6: gone.errors.max: '5%' is not a count; write a whole number such as 0 or 12",
            "7: 'gone.errors' is here twice; it was already set on line 6",
            "8: welcome.failure_rate.max: '5' is too much: a rate is between 0 and 1; did you mean 5%?",
            f"9: data.events.max: '010' is not a count; {octal}, so write a whole number such as 0 or 12",
            f"10: data.age_seconds.max: '1:30' is not a duration; {base_60}, so write {times}",
            "11: lifecycle.complete: 'max' and 'min' exclude each other; a limit has one direction",
            "12: welcome.sent: 'off' drops a limit that an environment inherits, and none is inherited here",
            "13: welcome.failed: there is no limit; it needs a 'max', a 'min', a 'warn' or a 'max_increase'",
            "14: welcome.undelivered_rate: warn 5.5 % is beyond max 5 %: a warning comes before the failure",
            "15: welcome.average_retries.min_samples: '0' is too few: nothing follows from an empty sample",
            f"16: unknown key 'min_samples'; allowed: {of_a_limit}",
            "18: 'Prod' is no name for an environment; use lower-case letters, digits and hyphens",
            "20: 'logs' and 'log_group' exclude each other; keep one of them",
            "21: dev: found nothing, expected a mapping; an empty one is written {}",
            "23: log_group: '{env}-x' holds '{env}'; the only placeholder is '{environment}'",
            "24: on_inconclusive: unknown value 'no'; allowed: fail, pass",
            "26: welcome.retries: found a list, expected a limit such as 5 or {warn: 1, max: 5}",
            "29: gone.welcome_errors.warn: '5s' is not a count; write a whole number such as 0 or 12",
            "30: 'qa' has no logs: it needs a 'log_group', a 'logs' file, or a 'function' that knows where it logs",
            f"31: unknown key 'log_gruop'; allowed: {keys}; did you mean 'log_group'?",
            "33: lifecycle.short_lived_rate: found nothing, expected a limit such as 5 or {warn: 1, max: 5}",
            f"35: log_group: found nothing, expected {A_GROUP}",
            "36: the tag 'tag:yaml.org,2002:int' is not read; write the value alone",
            f"38: unknown signal kind 'welcome_send'; allowed: {kinds}; did you mean 'welcome_sent'?",
            "41: unnamed: '(a)' has a group without a name; write (?:…), or (?P<connection_id>…) for the id",
            "42: misnamed: '(?P<id>a)' names the group 'id'; only 'connection_id' means something",
            "43: twice: '(?P<connection_id>)(?P<connection_id>b)' has 2 groups 'connection_id'; which is the id?",
            "44: broken: 'a(' can't be used: Invalid Input Error: missing ): a(",
            "45: python: '(?=a)b' can't be used: Invalid Input Error: invalid perl operator: (?=",
            "46: everything: 'a*' can't be used: it matches the empty text",
            "47: list: found a list, expected a single value",
            "50: empty: found '', expected a single value",
        )
    ]


@pytest.mark.parametrize(
    ("own", "complaint"),
    [
        ("{max: 5}", "warn 10 is beyond max 5: a warning comes before the failure"),
        ("{min: 5}", "'max' and 'min' exclude each other; a limit has one direction"),
        ("{warn: 30}", "warn 30 is beyond max 20: a warning comes before the failure"),
    ],
)
def test_a_change_that_does_not_fit_what_is_inherited_is_reported_where_it_is_made(
    complaints: Complain, own: str, complaint: str
) -> None:
    text = f"""\
    defaults:
      log_group: x
      limits: {{gone.errors: {{warn: 10, max: 20}}}}
    environments:
      dev: {{}}
      prod:
        limits:
          gone.errors: {own}
    """
    assert complaints(text) == [f"thresholds.yaml:8: gone.errors: {complaint}"]


def test_a_minimum_warns_above_itself(complaints: Complain, load_text: Load) -> None:
    text = "environments: {dev: {log_group: x, limits: {lifecycle.complete: {warn: 1, min: 5}}}}"
    beyond = "lifecycle.complete: warn 1 is beyond min 5: a warning comes before the failure"
    assert complaints(text) == [f"thresholds.yaml:1: {beyond}"]
    assert bounds(load_text(text.replace("1", "9")).environment("dev")) == {"lifecycle.complete": "min 5, warn 9"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", ":1: the file is empty; it needs `environments:` at least"),
        ("# only a comment\n", ":1: the file is empty; it needs `environments:` at least"),
        ("no", ":1: the file: found 'no', expected a mapping"),
        ("- a\n- b\n", ":1: the file: found a list, expected a mapping"),
        ("defaults: 5\nenvironments: 6", ":1: defaults: found '5', expected a mapping"),
        ("defaults: off", ":1: defaults: found 'off', expected a mapping"),
        ("environments:\n  - dev", ":1: environments: found a list, expected a mapping"),
        ("defaults:\n  limits: off", ":2: limits: found 'off', expected a mapping"),
        ("environments:\n  dev: {log_group: x, limits: [1]}", ":2: limits: found a list, expected a mapping"),
        ("signals: {gone: abc}", ":1: gone: found 'abc', expected a mapping"),
        ("1.5: x", ":1: unknown key '1.5'; allowed: defaults, environments, waivers, signals, redact"),
        ("waivers: {metric: gone.errors}", ":1: waivers: found a mapping, expected a list; an empty one is written []"),
        ("waivers:", ":1: waivers: found nothing, expected a list"),
        ("waivers: [gone.errors]", ":1: waivers: found 'gone.errors', expected a mapping"),
        ("waivers: [[]]", ":1: waivers: found a list, expected a mapping"),
        ("? [a, b]\n: x", ":1: a key must be a single word"),
        ("defaults:\n\tlimits: 5", ":2: not valid YAML: found character '\\t' that cannot start any token"),
        ("defaults: {\n", ":2: not valid YAML: expected the node content, but found '<stream end>'"),
        ("a: 1\n---\nb: 2\n", ":2: not valid YAML: but found another document expected a single document"),
        ("a: b\nc: \x07", ":2: '\\x07' is not allowed in YAML"),
        ("defaults: &a {}\nenvironments: *a", ":2: the alias *a is not followed; write it out"),
        ("defaults:\n  <<: {log_group: x}", ":2: unknown key '<<'; allowed: log_group"),
        ("defaults: " + "[" * 100_000, ":1: nested deeper than 20 levels"),
    ],
)
def test_a_file_of_the_wrong_form_is_refused(complaints: Complain, text: str, complaint: str) -> None:
    assert complaints(text)[0].startswith(f"thresholds.yaml{complaint}")


def test_a_pattern_that_yaml_takes_for_an_alias_is_told_from_one(complaints: Complain) -> None:
    hint = "write it out, or share it in `defaults:`; a text that begins with * is put in quotes"
    assert complaints("defaults:\n  log_group: *chat") == [
        f"thresholds.yaml:2: the alias *chat is not followed; {hint}"
    ]


def test_aliases_do_not_explode(complaints: Complain) -> None:
    """A few lines of aliases of aliases stand for a billion values: none of them is followed."""
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
    assert "the alias *a0 is not followed" in complaints(bomb)[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: no such file; `websocket-health-checks init` writes one"):
        load(tmp_path / "nowhere.yaml", re2)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path, re2)


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.yaml"
    file.write_bytes("environments: {}\n# café".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"thresholds\.yaml:2: 0xe9 is not UTF-8; save it as UTF-8"):
        load(file, re2)


def test_a_byte_order_mark_is_harmless(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.yaml"
    file.write_bytes(b"\xef\xbb\xbfenvironments: {dev: {log_group: x}}")
    assert load(file, re2).environment("dev").log_groups == (LogGroup("x", None),)


def test_an_unknown_environment_is_answered_with_the_known_ones(load_text: Load) -> None:
    thresholds = load_text(FAMILY)
    with pytest.raises(ConfigError) as error:
        thresholds.environment("prd")
    assert str(error.value) == "unknown environment 'prd'; allowed: demo, dev, prod; did you mean 'prod'?"


def test_a_file_without_environments_knows_none(load_text: Load) -> None:
    with pytest.raises(ConfigError, match="unknown environment 'dev'; allowed: none"):
        load_text("defaults: {}").environment("dev")


def test_words_that_yaml_takes_for_values_stay_words(load_text: Load) -> None:
    """Environments may be called `on` or `null`, which YAML 1.1 reads as True and nothing."""
    thresholds = load_text("environments: {on: {log_group: 'yes'}, null: {log_group: 010}}")
    groups = {name: environment.log_groups for name, environment in thresholds.environments.items()}
    assert groups == {"on": (LogGroup("yes", None),), "null": (LogGroup("010", None),)}


def test_the_shipped_file_is_valid_and_prod_is_strictest() -> None:
    thresholds = load(SHIPPED, re2)
    assert list(thresholds.environments) == ["demo", "dev", "staging", "prod"]
    prod = thresholds.environment("prod").limits
    for environment in thresholds.environments.values():
        assert environment.limits.keys() == prod.keys()
        for metric, limit in environment.limits.items():
            strict, loose = prod[metric], limit
            assert strict.max is None or loose.max is None or strict.max <= loose.max
            assert strict.warn is None or loose.warn is None or strict.warn <= loose.warn


def test_the_shipped_file_reads_a_recording_only_for_the_demo() -> None:
    environments = load(SHIPPED, re2).environments
    assert environments["demo"].logs == ROOT / "checks/demo/recording.jsonl"
    prod = environments["prod"]
    assert prod.log_groups == (LogGroup("/aws/lambda/prod-chat-handler", None),)
    assert (prod.source, prod.insights_price) == ("auto", 0.005)


def test_the_example_of_log_groups_in_the_shipped_file_is_valid(load_text: Load) -> None:
    lines = SHIPPED_TEXT.splitlines()
    begin = lines.index("#   log_group:")
    example = "\n".join(line[1:] for line in lines[begin : lines.index("#", begin)])
    dev = load_text(f"environments:\n dev:\n{example}").environment("dev")
    chat = LogGroup("/aws/lambda/dev-chat-*", None), LogGroup("/aws/apigateway/dev-chat", None)
    assert dev.log_groups == (*chat, LogGroup("dev-chat", "eu-west-1"))
    assert (dev.source, dev.insights_price) == ("auto", 0.005)


Place = tuple[int, int, str]
"""Where a word begins and ends in the text, and the word."""


def words_of(document: yaml.Node | None, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Each key, and values that are one of a few words; but for the names of environments, which are free."""
    if isinstance(document, yaml.SequenceNode):
        for item in document.value:
            yield from words_of(item, path)
    if isinstance(document, yaml.MappingNode):
        for key, value in document.value:
            if path != ("environments",):
                yield key.start_mark.index, key.end_mark.index, key.value
            if (*path, key.value) in {("waivers", "metric"), ("waivers", "environment"), ("defaults", "source")}:
                yield value.start_mark.index, value.end_mark.index, value.value
            yield from words_of(value, (*path, key.value))


SHIPPED_TEXT = SHIPPED.read_text(encoding="utf-8")

FULL_SOURCE = """\
log_group:
    - {name: chat, region: eu-west-1}
    - api
  source: filter
  insights_price: 0.006"""

FULL_TEXT = f"""{
    SHIPPED_TEXT.replace(
        "{warn: 100, max: 500}",
        "{warn: 100, max: 500, on_inconclusive: pass, shadow: true, owner: me, runbook: read it}",
    )
    .replace("{warn: 20%, max: 30%}", "{warn: 20%, max: 30%, min_samples: 100}")
    .replace("log_group: /aws/lambda/{environment}-chat-handler", FULL_SOURCE)
}
waivers:
  - {{metric: gone.errors, environment: prod, reason: old clients, owner: me, until: 2026-06-30, max: 800}}
  - {{metric: lifecycle.complete, environment: dev, reason: holidays, owner: me, until: 2026-06-30, min: 0}}
signals:
  welcome_sent: {{greeted: hello}}
redact: {{customer: 'cust_[0-9]+'}}
"""
"""The shipped file with all keys that there are."""

FULL_WORDS = [
    place
    for place in words_of(yaml.compose(FULL_TEXT, Loader=yaml.BaseLoader))
    if place[2] not in {"greeted", "customer"}
]


def misspelt(word: str) -> set[str]:
    """A letter lost, doubled, swapped or added, or another case."""
    wrong = {f"{word}s", f"{word}_", word.upper(), word.title(), f"x{word}"}
    for at in range(len(word)):
        wrong |= {word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]}
        wrong |= {word[:at] + word[at : at + 2][::-1] + word[at + 2 :]}
    return wrong - {word}


def test_what_is_redacted_has_a_name_and_a_pattern(load_text: Load) -> None:
    """The same patterns hold in all environments; there are none where none are written."""
    text = "environments: {dev: {log_group: x}, prod: {log_group: y}}"
    assert load_text(text).environment("dev").redact == {}
    loaded = load_text(f"{text}\nredact: {{customer: 'cust_([0-9]+)', order-id: 'o-.'}}")
    assert loaded.environment("prod").redact == {"customer": "cust_([0-9]+)", "order-id": "o-."}


@pytest.mark.parametrize(
    ("redact", "complaint"),
    [
        ("[a]", "redact: found a list, expected a mapping"),
        ("{customer: }", "customer: found nothing, expected a single value"),
        ("{customer: [a]}", "customer: found a list, expected a single value"),
        ("{customer: a(}", "customer: 'a(' can't be used: Invalid Input Error: missing ): a("),
        ("{customer: a*}", "customer: 'a*' can't be used: it matches the empty text"),
        (
            "{<b>: a}",
            "'<b>' is no name for what is redacted; use lower-case letters, digits and hyphens",
        ),
    ],
)
def test_what_can_not_be_redacted(complaints: Complain, redact: str, complaint: str) -> None:
    text = f"environments: {{dev: {{log_group: x}}}}\nredact: {redact}"
    assert complaints(text) == [f"thresholds.yaml:2: {complaint}"]


def test_the_full_file_has_every_key(load_text: Load) -> None:
    load_text(FULL_TEXT)
    words = {word for _, _, word in FULL_WORDS}
    keys = "warn max min min_samples on_inconclusive shadow owner runbook metric environment reason until"
    sources = "logs log_group name region source insights_price"
    assert words >= {
        *keys.split(),
        *sources.split(),
        "defaults",
        "environments",
        "waivers",
        "signals",
        "redact",
        "limits",
    }


@settings(max_examples=150)  # it reads files
@given(st.sampled_from(FULL_WORDS), st.data())
def test_every_misspelt_word_of_the_file_is_caught(
    tmp_path_factory: pytest.TempPathFactory, place: Place, data: st.DataObject
) -> None:
    """The line and the wrong word are named."""
    start, end, word = place
    wrong = data.draw(st.sampled_from(sorted(misspelt(word))))
    file = tmp_path_factory.mktemp("misspelt") / "thresholds.yaml"
    file.write_text(FULL_TEXT[:start] + wrong + FULL_TEXT[end:], encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load(file, re2)
    line = FULL_TEXT.count("\n", 0, start) + 1
    named = [complaint for complaint in str(error.value).splitlines() if f"thresholds.yaml:{line}: " in complaint]
    assert any("unknown " in complaint and f" {wrong!r}; allowed: " in complaint for complaint in named)


@given(st.text(st.sampled_from("abc: {}[]-\n'\"%0159&*!|>#,\t\x00é")))
def test_no_text_gets_past_the_reader_with_another_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever stands in the file, the answer is the content or a ConfigError whose lines name the file."""
    file = tmp_path_factory.mktemp("any") / "thresholds.yaml"
    file.write_text(f"environments: {{dev: {{log_group: x}}}}\ndefaults: {text}", encoding="utf-8")
    complaint = ""
    try:
        load(file, re2)
    except ConfigError as error:
        complaint = str(error)
    assert all("thresholds.yaml:" in line for line in complaint.splitlines())


def test_the_schema_names_what_the_code_accepts() -> None:
    published = schema()
    assert published["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert list(published["definitions"]["Limits"]["properties"]) == list(METRICS)
    assert "$defs" not in json.dumps(published)


def test_the_schema_allows_every_form_of_a_log_group() -> None:
    published = schema()["definitions"]
    one, several = published["Environment"]["properties"]["log_group"]["anyOf"]
    assert several == {"type": "array", "items": one, "minItems": 1}
    name, mapping = published["LogGroup"]["anyOf"]
    assert (mapping["required"], list(mapping["properties"])) == (["name"], ["name", "region"])
    allowed = ["chat", "/aws/lambda/{environment}-chat-*"]
    refused = ["", "{env}", "chat handler", "arn:aws:logs:eu-west-1:1:log-group:chat"]
    assert [text for text in allowed + refused if re.search(name["pattern"], text)] == allowed


def test_the_shipped_file_points_editors_to_the_schema() -> None:
    first = SHIPPED_TEXT.splitlines()[0]
    assert (
        ROOT / first.removeprefix("# yaml-language-server: $schema=") == ROOT / "checks/config/thresholds.schema.json"
    )
