"""Single values of thresholds.yaml: names of log groups, and patterns to redact."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checks.config.environment import LogGroup
from checks.config.thresholds import load
from checks.errors import ConfigError
from tests.config.loading import Complain

A_GROUP = "a log group such as /aws/lambda/chat or {name: /aws/lambda/chat, region: eu-west-1}"
SOURCES = "auto, filter, insights, insights-stats"


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
          - arn:aws:logs:eu-west-1:12345:log-group:chat:*
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
    """Names, regions, placeholders, missing and repeated values."""
    price = "write US dollars per GB, such as 0.005 or 0"
    named = "a log group has a name, and perhaps a region and an account"
    allowed = "a log group's name has letters from a to z, digits, any of . - _ / # and, for any characters, *"
    instead = (
        "give its name and region, as {name: /aws/lambda/chat, region: eu-west-1}, or an ARN such as "
        "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/chat"
    )
    arn = "arn:aws:logs:eu-west-1:12345:log-group:chat:*"
    assert complaints(GROUP_PROBLEMS) == [
        f"thresholds.yaml:{problem}"
        for problem in (
            "4: log_group: 'chat' is named already, on line 3",
            "6: log_group: 'dev-chat' is named already, on line 5",
            f"7: source: unknown value 'cloudwatch'; allowed: {SOURCES}",
            f"8: insights_price: '-0.005' is not a price; {price}",
            f"11: insights_price: '$0.005' is not a price; {price}",
            "11: log_group: found an empty list, expected at least one log group",
            f"11: source: unknown value 'insight'; did you mean 'insights'? (allowed: {SOURCES})",
            f"12: log_group: must not be empty; expected {A_GROUP}",
            f"15: log_group: must not be empty; expected {A_GROUP}",
            f"16: log_group: 'name' is missing; {named}",
            f"17: log_group: 'name' is missing; {named}",
            "18: name: must not be empty",
            "19: region: found nothing, expected a single value",
            f"20: log_group: found a list, expected {A_GROUP}",
            f"21: log_group: found nothing, expected {A_GROUP}",
            "22: name: found a list, expected a single value",
            f"23: log_group: 'name' is missing; {named}",
            "23: unknown key 'environment'; allowed: name, region, account",
            f"26: log_group: 'chat handler' holds ' '; {allowed}",
            "27: name: '/aws/lambda/{env}' holds '{env}'; the only placeholder is '{environment}'",
            "28: region: 'Europe' is not an AWS region; write one such as eu-west-1",
            "30: region: 'eu-west-1a' is not an AWS region; write one such as eu-west-1",
            "31: unknown key 'regoin'; did you mean 'region'? (allowed: name, region, account)",
            f"32: log_group: {arn!r} is not the ARN of a log group; {instead}",
            f"33: log_group: 'naïve' holds 'ï'; {allowed}",
            "37: region: '{environment}' is not an AWS region; write one such as eu-west-1",
            "42: log_group: 'chat' is named already, on line 40",
            "43: region: found a list, expected a single value",
        )
    ]


def quoted(text: str) -> str:
    """Return any text as YAML writes it."""
    return "'" + text.replace("'", "''") + "'"


GROUP_NAMES = st.text(st.sampled_from("azAZ09.-_/#*"), min_size=1)


@given(st.lists(st.tuples(GROUP_NAMES, st.sampled_from([None, "eu-west-1", "us-east-1"])), min_size=1, unique=True))
def test_log_groups_come_as_they_are_written(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[str, str | None]]
) -> None:
    """They keep their order and their regions."""
    groups = [f"{{name: {quoted(name)}, region: {region}}}" if region else quoted(name) for name, region in written]
    file = tmp_path_factory.mktemp("groups") / "thresholds.yaml"
    file.write_text(f"environments: {{dev: {{log_group: [{', '.join(groups)}]}}}}", encoding="utf-8")
    read = load(file).environment("dev").log_groups
    assert read == tuple(LogGroup(name, region) for name, region in written)


@given(GROUP_NAMES, st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), GROUP_NAMES)
def test_a_log_group_is_refused_for_any_other_character(
    tmp_path_factory: pytest.TempPathFactory, before: str, wrong: str, after: str
) -> None:
    """The error shows the character."""
    assume(not re.match("[a-zA-Z0-9.*/_#-]", wrong))
    file = tmp_path_factory.mktemp("groups") / "thresholds.yaml"
    file.write_text(f"environments: {{dev: {{log_group: {quoted(before + wrong + after)}}}}}", encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load(file)
    assert f"thresholds.yaml:1: log_group: {before + wrong + after!r} holds {wrong!r}; " in str(error.value)


@pytest.mark.parametrize(
    ("redact", "complaint"),
    [
        ("[a]", "redact: found a list, expected a mapping"),
        ("{customer: }", "customer: found nothing, expected a single value"),
        ("{customer: [a]}", "customer: found a list, expected a single value"),
        ("{customer: a(}", "customer: 'a(' can't be used: missing ): a("),
        ("{customer: a*}", "customer: 'a*' can't be used: matches the empty text, and so every line"),
        (
            "{<b>: a}",
            "'<b>' is not a name for what is redacted; use lower-case letters, digits and hyphens",
        ),
    ],
)
def test_what_can_not_be_redacted(complaints: Complain, redact: str, complaint: str) -> None:
    """The name must be one that reports can show, and the engine must accept the pattern."""
    text = f"environments: {{dev: {{log_group: x}}}}\nredact: {redact}"
    assert complaints(text) == [f"thresholds.yaml:2: {complaint}"]
