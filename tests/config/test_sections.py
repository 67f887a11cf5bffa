"""The table of thresholds.yaml: what each key allows, and what editors know about it."""

import json
import re

from checks.config.sections import schema
from checks.metrics import METRICS
from tests.config.loading import Complain, Load, bounds

A_GROUP = "a log group such as /aws/lambda/chat or {name: /aws/lambda/chat, region: eu-west-1}"
LOOK_AROUND = "RE2 has no look-around, and a named group is (?P<name>…)"

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
        welcome.sent: of
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


def test_all_problems_are_reported_at_once_in_order_each_with_its_line(complaints: Complain) -> None:
    """Somebody who corrects the file sees all of them at once."""
    keys = (
        "log_group, source, sentences, insights_price, function, api, alarms, probe, logs, short_lived_seconds, "
        "on_inconclusive, gone, lifecycle, welcome, limits"
    )
    kinds = "connect, disconnect, message, gone, welcome_sent, welcome_failed, welcome_retry"
    of_a_limit = "warn, max, min, max_increase, at_least, prove, on_inconclusive, shadow, owner, runbook"
    octal = "a leading zero means octal to some YAML readers"
    times = "a time such as 500ms, 30s, 20m or 2h"
    base_60 = "colons mean base 60 to some YAML readers"
    assert complaints(PROBLEMS) == [
        f"thresholds.yaml:{problem}"
        for problem in (
            f"2: unknown key 'limit'; did you mean 'limits'? (allowed: {keys})",
            "5: unknown metric 'gone.erors'; did you mean 'gone.errors'?",
            "6: gone.errors.max: '5%' is not a count; write a whole number such as 0 or 12",
            "7: 'gone.errors' is here twice; it was already set on line 6",
            "8: welcome.failure_rate.max: '5' is too much: a rate is between 0 and 1; did you mean 5%?",
            f"9: data.events.max: '010' is not a count; {octal}, so write a whole number such as 0 or 12",
            f"10: data.age_seconds.max: '1:30' is not a duration; {base_60}, so write {times}",
            "11: lifecycle.complete: 'max' and 'min' exclude each other; a limit has one direction",
            "12: welcome.sent.max: 'of' is not a count; write a whole number such as 0 or 12",
            "13: welcome.failed: there is no limit; it needs a 'max', a 'min', a 'warn' or a 'max_increase'",
            "14: welcome.undelivered_rate: warn 5.5 % is beyond max 5 %: a warning comes before the failure",
            "15: welcome.average_retries.min_samples: '0' is too few: nothing follows from an empty sample",
            f"16: unknown key 'min_samples'; allowed: {of_a_limit}",
            "18: 'Prod' is not a name for an environment; use lower-case letters, digits and hyphens",
            "20: 'logs' and 'log_group' exclude each other; keep one of them",
            "21: dev: found nothing, expected a mapping; an empty one is written {}",
            "23: log_group: '{env}-x' holds '{env}'; the only placeholder is '{environment}'",
            "24: on_inconclusive: unknown value 'no'; allowed: fail, pass",
            "26: welcome.retries: found a list, expected a limit such as 5 or {warn: 1, max: 5}",
            "29: gone.welcome_errors.warn: '5s' is not a count; write a whole number such as 0 or 12",
            "30: 'qa' has no logs: it needs a 'log_group', a 'logs' file, or a 'function' that knows where it logs",
            f"31: unknown key 'log_gruop'; did you mean 'log_group'? (allowed: {keys})",
            "33: lifecycle.short_lived_rate: found nothing, expected a limit such as 5 or {warn: 1, max: 5}",
            f"35: log_group: found nothing, expected {A_GROUP}",
            "36: the tag 'tag:yaml.org,2002:int' is not read; write the value alone",
            f"38: unknown signal kind 'welcome_send'; did you mean 'welcome_sent'? (allowed: {kinds})",
            "41: unnamed: '(a)' has a group without a name; write (?:…), or (?P<connection_id>…) for the id",
            "42: misnamed: '(?P<id>a)' names the group 'id'; only 'connection_id' has a meaning",
            "43: twice: '(?P<connection_id>)(?P<connection_id>b)' has 2 groups 'connection_id'; which is the id?",
            "44: broken: 'a(' can't be used: missing ): a(",
            f"45: python: '(?=a)b' can't be used: invalid perl operator: (?=; {LOOK_AROUND}",
            "46: everything: 'a*' can't be used: matches the empty text, and so every line",
            "47: list: found a list, expected a single value",
            "50: empty: must not be empty",
        )
    ]


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
    """A waiver has its limit, reason and end; the limit decides how its bound is written."""
    needed = "a waiver needs metric, environment, reason, owner and until"
    keys = "metric, environment, reason, owner, until, max, min"
    day = "write a day such as 2026-06-30, or a time such as 2026-06-30T12:00Z"
    assert complaints(WAIVER_PROBLEMS) == [
        f"thresholds.yaml:{problem}"
        for problem in (
            "5: gone.errors.on_inconclusive: unknown value 'maybe'; allowed: fail, pass",
            "5: gone.errors.owner: must not be empty",
            "5: gone.errors.runbook: found a list, expected a single value",
            "5: gone.errors.shadow: unknown value 'yes'; allowed: true, false",
            f"8: waivers: 'reason' is missing; {needed}",
            f"8: waivers: 'until' is missing; {needed}",
            "11: metric: unknown metric 'gone.erors'; did you mean 'gone.errors'?",
            "12: unknown environment 'prd'; did you mean 'prod'? (allowed: prod)",
            "13: reason: found nothing, expected a single value",
            "14: owner: found a list, expected a single value",
            f"15: until: invalid date '30.6.2026'; {day}",
            f"16: unknown key 'untill'; did you mean 'until'? (allowed: {keys})",
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


RESOURCE_PROBLEMS = """\
    environments:
      dev:
        function:
          - {alias: live}
          - chat handler
          - {name: chat, alias: '{environment}'}
          - []
        api: {stage: a.b, region: Europe}
        alarms:
          actions: on-call
          namespace: '  '
          action: []
      prod:
        function: []
        api: a1b2
        alarms: {actions: [on-call], namespace: AWS/Lambda}
        short_lived_seconds: 5 minutes
    """


def test_an_alarm_notifies_five_at_most(complaints: Complain) -> None:
    """CloudWatch refuses more, but only when the alarm is made."""
    topics = ", ".join(f"arn:aws:sns:eu-west-1:123456789012:topic-{number}" for number in range(6))
    file = f"environments: {{dev: {{log_group: /a, alarms: {{actions: [{topics}]}}, limits: {{gone.errors: 5}}}}}}"
    assert complaints(file) == ["thresholds.yaml:1: actions: found 6, expected 5 at most"]


def test_all_problems_of_resources_are_reported_at_once(complaints: Complain) -> None:
    """They are about functions, the API, and whom alarms notify."""
    characters = "letters from a to z, digits, hyphens and underscores"
    function = "{name: chat-handler, region: eu-west-1}"
    arns = f"for an ARN, give the name and the region beside it, as {function}"
    needed = "an API has an id and a stage, and perhaps a region"
    arn = "write one such as arn:aws:sns:eu-west-1:123456789012:on-call"
    assert complaints(RESOURCE_PROBLEMS) == [
        f"thresholds.yaml:{problem}"
        for problem in (
            "4: function: 'name' is missing; a function has a name, and perhaps an alias and a region",
            f"5: function: 'chat handler' is not the name of a function; it has {characters}; {arns}",
            f"6: alias: '{{environment}}' is not an alias of a function; it has {characters}",
            f"7: function: found a list, expected a function such as chat-handler or {function}",
            f"8: api: 'id' is missing; {needed}",
            "8: region: 'Europe' is not an AWS region; write one such as eu-west-1",
            f"8: stage: 'a.b' is not the name of a stage; it has {characters}",
            "10: actions: found 'on-call', expected a list; an empty one is written []",
            "11: namespace: must not be empty",
            "12: unknown key 'action'; did you mean 'actions'? (allowed: actions, namespace)",
            "15: api: found 'a1b2', expected a mapping",
            f"16: actions: 'on-call' is not an ARN; {arn}",
            "16: namespace: 'AWS/Lambda' is not a namespace for metrics; it can't begin with AWS/ or hold : * $",
            "17: short_lived_seconds: '5 minutes' is not a duration; write a time such as 500ms, 30s, 20m or 2h",
        )
    ]


def test_a_key_elsewhere_and_a_key_misspelt(complaints: Complain) -> None:
    """The error for the first says where it belongs, and for the second which key was meant, by its name."""
    region, gone = complaints("defaults: {region: eu-west-1, gon: none}")
    place = "it goes beside the name of a resource: {name: /aws/lambda/chat, region: eu-west-1}"
    assert region.endswith(f"'region' is not a key here; {place}")
    assert "unknown key 'gon'; did you mean 'gone'? (allowed: log_group" in gone


def test_a_minimum_warns_above_itself(complaints: Complain, load_text: Load) -> None:
    """A warning comes before the failure, on either side."""
    text = "environments: {dev: {log_group: x, limits: {lifecycle.complete: {warn: 1, min: 5}}}}"
    beyond = "lifecycle.complete: warn 1 is beyond min 5: a warning comes before the failure"
    assert complaints(text) == [f"thresholds.yaml:1: {beyond}"]
    assert bounds(load_text(text.replace("1", "9")).environment("dev")) == {"lifecycle.complete": "min 5, warn 9"}


def test_the_schema_names_what_the_code_accepts() -> None:
    """It has all metrics, in the draft that editors know."""
    published = schema()
    assert published["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert list(published["definitions"]["Limits"]["properties"]) == list(METRICS)
    assert "$defs" not in json.dumps(published)


def test_the_schema_allows_every_form_of_a_log_group() -> None:
    """It allows one or several, as a name or as a mapping."""
    published = schema()["definitions"]
    one, several = published["Environment"]["properties"]["log_group"]["anyOf"]
    assert several == {"type": "array", "items": one, "minItems": 1}
    name, mapping = published["LogGroup"]["anyOf"]
    assert (mapping["required"], list(mapping["properties"])) == (["name"], ["name", "region", "account"])
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:chat"
    allowed = ["chat", "/aws/lambda/{environment}-chat-*", arn, f"{arn}:*"]
    refused = ["", "{env}", "chat handler", "arn:aws:logs:eu-west-1:1:log-group:chat"]
    assert [text for text in allowed + refused if re.search(name["pattern"], text)] == allowed
