"""thresholds.yaml becomes environments, each with everything that it inherits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.config.environment import Alarms, Api, Function, LogGroup
from checks.config.thresholds import DEMOS, load
from checks.errors import ConfigError
from tests.config.loading import Complain, Load, bounds

ROOT = Path(__file__).parents[2]


SHIPPED = ROOT / "thresholds.yaml"


FAMILY = """\
    defaults:
      log_group: /aws/lambda/{environment}-chat-handler
      short_lived_seconds: 3s
      limits:
        gone.errors: {warn: 0, max: 5}
        welcome.failure_rate: 5%
        lifecycle.complete: {min: 1}
        welcome.retries: off
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


def test_an_environment_inherits_what_it_does_not_say(load_text: Load) -> None:
    """It inherits the log group, with its own name filled in, and the limits of `defaults`."""
    dev = load_text(FAMILY).environment("dev")
    assert (dev.name, dev.log_groups, dev.logs) == ("dev", (LogGroup("/aws/lambda/dev-chat-handler", None),), None)
    assert (dev.short_lived_seconds, dev.on_inconclusive) == (3, "fail")
    assert bounds(dev) == {
        "gone.errors": "max 5, warn 0",
        "lifecycle.complete": "min 1",
        "welcome.failure_rate": "max 5 %",
    }


def test_a_limit_changes_key_by_key(load_text: Load) -> None:
    """An environment's keys of a limit are added to those of `defaults`."""
    prod = load_text(FAMILY).environment("prod")
    assert bounds(prod) == {
        "data.age_seconds": "max 2 h",
        "gone.errors": "max 2, warn 0",
        "lifecycle.complete": "min 1",
        "welcome.failure_rate": "max 5 %, warn 1 %",
    }
    assert prod.limits["welcome.failure_rate"].samples == 40
    assert (prod.log_groups, prod.on_inconclusive) == ((LogGroup("chat", None),), "pass")


def test_off_is_no_limit(load_text: Load) -> None:
    """In `defaults` or in an environment, the metric is not judged."""
    assert set(load_text(FAMILY).environment("demo").limits) == {"gone.errors", "welcome.failure_rate"}


def test_an_application_may_lack_an_analysis(load_text: Load) -> None:
    """`welcome: none` covers the analysis and what builds on it; an environment may override it."""
    thresholds = load_text(
        """\
        defaults: {welcome: none, log_group: x}
        environments:
          dev: {}
          prod: {welcome: logged, lifecycle: none}
        """
    )
    metrics = ("welcome.sent", "gone.welcome_errors", "gone.errors", "lifecycle.events", "data.age_seconds")
    absent = {
        name: [thresholds.environment(name).absent_analysis(metric) for metric in metrics] for name in ("dev", "prod")
    }
    assert absent == {
        "dev": ["welcome", "welcome", None, None, None],
        "prod": [None, "lifecycle", "lifecycle", "lifecycle", None],
    }


def test_a_recording_takes_the_place_of_an_inherited_log_group(load_text: Load, tmp_path: Path) -> None:
    """An environment has one source of logs."""
    demo = load_text(FAMILY).environment("demo")
    assert (demo.log_groups, demo.logs) == ((), tmp_path / "recordings/demo.jsonl")
    assert demo.short_lived_seconds == 0.5
    shared = load_text("defaults: {logs: 'logs/{environment}', limits: {gone.errors: 5}}\nenvironments: {prod: {}}")
    assert shared.environment("prod").logs == tmp_path / "logs/prod"


def test_a_lake_takes_the_place_of_log_groups(load_text: Load, complaints: Complain) -> None:
    """It is not a file, may contain the environment's name, and needs a bucket."""
    text = "environments: {prod: {logs: 's3://lake/{environment}', limits: {gone.errors: 5}}}"
    prod = load_text(text).environment("prod")
    assert (prod.lake, prod.logs, prod.log_groups) == ("s3://lake/prod", None, ())
    both = load_text(text.replace("logs:", "log_group: /x, logs:")).environment("prod")
    assert (both.lake, both.log_groups) == ("s3://lake/prod", (LogGroup("/x", None),))
    [complaint] = complaints(text.replace("lake/", "/"))
    assert complaint.endswith("logs: 's3:///{environment}' names no bucket; write s3://BUCKET/PREFIX")


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
    """The environment's name is filled in, in every form."""
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
    """With a recording, these keys are unused and harmless."""
    read = {
        name: ([group.name for group in environment.log_groups], environment.source, environment.insights_price)
        for name, environment in load_text(SOURCES).environments.items()
    }
    assert read == {
        "dev": (["a", "b"], "insights", 0.0076),
        "prod": (["c"], "filter", 0.0076),
        "test": (["a", "b"], "insights", 0),
        "demo": ([], "auto", 0.0076),
    }


def shipped_example(key: str) -> str:
    """Return a commented example of the shipped file, from a key to the next empty line."""
    lines = SHIPPED_TEXT.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(f"#   {key}:"))
    return "\n".join(line[1:] for line in lines[begin : lines.index("#", begin)])


def test_the_examples_in_the_shipped_file_are_valid(load_text: Load) -> None:
    """Its commented examples can be used as they are."""
    examples = "\n".join(map(shipped_example, ("alarms", "function", "api")))
    dev = load_text(f"environments:\n dev:\n   log_group: x\n{examples}").environment("dev")
    assert dev.alarms == Alarms(("arn:aws:sns:eu-west-1:123456789012:on-call",), "WebSocketHealth")
    assert dev.functions == (Function("dev-chat-handler", "", None),)
    assert dev.api == Api("a1b2c3d4e5", "dev", "eu-west-1")


def test_a_limit_knows_where_it_was_written(load_text: Load) -> None:
    """It has the line of its key, and whether that is under `defaults`."""
    thresholds = load_text(FAMILY)
    places = {
        (name, metric): (limit.file.name, limit.line, limit.inherited)
        for name in ("dev", "prod")
        for metric, limit in thresholds.environment(name).limits.items()
    }
    assert places["dev", "gone.errors"] == ("thresholds.yaml", 5, True)
    assert places["prod", "lifecycle.complete"] == ("thresholds.yaml", 7, True)
    assert places["prod", "gone.errors"] == ("thresholds.yaml", 20, False)
    assert places["prod", "welcome.failure_rate"] == ("thresholds.yaml", 21, False)


def test_taught_patterns_come_with_every_environment(load_text: Load) -> None:
    """They are about the application, not about where it runs."""
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
    """This holds for shadow, owner and runbook."""
    thresholds = load_text(ADVICE)
    read = {
        name: (limit.shadow, limit.owner, limit.runbook)
        for name in ("dev", "prod")
        for limit in [thresholds.environment(name).limits["gone.errors"]]
    }
    assert read == {"dev": (True, "team a", "https://wiki/gone"), "prod": (False, "team b", "https://wiki/gone")}
    silent = thresholds.environment("dev").limits["welcome.failure_rate"]
    assert (silent.shadow, silent.owner, silent.runbook) == (False, "", "")


def test_a_limit_overrides_what_its_environment_makes_of_inconclusive(load_text: Load) -> None:
    """Without a policy of its own, it has the environment's."""
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
    """Each has its line, its end as it was written, and its reason on one line."""
    thresholds = load_text(WAIVERS)
    mobile = thresholds.environment("prod").waivers["gone.errors"]
    assert (mobile.environment, mobile.reason, mobile.owner) == ("prod", "the old app keeps sending", "team-mobile")
    assert (mobile.until, mobile.max, mobile.min, mobile.line) == ("2026-06-30", 800, None, 5)
    quiet = thresholds.environment("prod").waivers["lifecycle.complete"]
    assert (quiet.until, quiet.max, quiet.min, quiet.line) == ("2026-06-30T12:00Z", None, 1, 13)
    assert list(thresholds.environment("dev").waivers) == ["gone.errors"]


def test_an_unknown_environment_is_answered_with_the_known_ones(load_text: Load) -> None:
    """The error also has the one that was probably meant."""
    thresholds = load_text(FAMILY)
    with pytest.raises(ConfigError) as error:
        thresholds.environment("prd")
    assert str(error.value) == "unknown environment 'prd'; did you mean 'prod'? (allowed: demo, dev, prod)"


def test_a_file_without_environments_knows_none(load_text: Load) -> None:
    """The file is valid, but a remark says that nothing can be checked with it."""
    thresholds = load_text("defaults: {}")
    with pytest.raises(ConfigError, match=r"^unknown environment 'dev'; thresholds.yaml has none: add it under"):
        thresholds.environment("dev")
    assert thresholds.remarks[0].endswith(
        "it has no environments, so a run has nothing to judge; `environments:` names them"
    )


def test_a_recording_in_the_home_folder(load_text: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is expanded as in `--logs ~/log.jsonl`, whatever the folder of the file."""
    monkeypatch.setenv("HOME", "/home/ann")
    environment = load_text("environments: {dev: {logs: ~/log.jsonl}}").environment("dev")
    assert environment.logs == Path("/home/ann/log.jsonl")


def test_the_shipped_file_is_valid_and_prod_is_strictest() -> None:
    """No limit is looser where it matters most."""
    thresholds = load(SHIPPED)
    assert list(thresholds.environments) == [*DEMOS, "dev", "staging", "prod"]
    prod = thresholds.environment("prod").limits
    for environment in thresholds.environments.values():
        assert environment.limits.keys() == prod.keys()
        for metric, limit in environment.limits.items():
            strict, loose = prod[metric], limit
            assert strict.max is None or loose.max is None or strict.max <= loose.max
            assert strict.warn is None or loose.warn is None or strict.warn <= loose.warn


def test_the_shipped_file_reads_recordings_only_for_the_demos() -> None:
    """The other environments read CloudWatch."""
    environments = load(SHIPPED).environments
    assert {name: one.logs for name, one in environments.items() if one.logs} == DEMOS
    prod = environments["prod"]
    assert prod.log_groups == (LogGroup("/aws/lambda/prod-chat-handler", None),)
    assert (prod.source, prod.insights_price) == ("auto", 0.005)


def test_the_example_of_log_groups_in_the_shipped_file_is_valid(load_text: Load) -> None:
    """It shows all forms of a log group."""
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
    """Yield each key, and values that are one of a few words; not the names of environments, which are free."""
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
        "{warn: 0.5, max: 1}",
        "{warn: 0.5, max: 1, on_inconclusive: pass, shadow: true, owner: me, runbook: read it}",
    ).replace("log_group: /aws/lambda/{environment}-chat-handler", FULL_SOURCE)
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
    """Return misspellings: a letter lost, doubled, swapped or added, or another case."""
    wrong = {f"{word}s", f"{word}_", word.upper(), word.title(), f"x{word}"}
    for at in range(len(word)):
        wrong |= {word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]}
        wrong |= {word[:at] + word[at : at + 2][::-1] + word[at + 2 :]}
    return wrong - {word}


def test_what_is_redacted_has_a_name_and_a_pattern(load_text: Load) -> None:
    """All environments have the same patterns, and none if none are written."""
    text = "environments: {dev: {log_group: x}, prod: {log_group: y}}"
    assert load_text(text).environment("dev").redact == {}
    loaded = load_text(f"{text}\nredact: {{customer: 'cust_([0-9]+)', order-id: 'o-.'}}")
    assert loaded.environment("prod").redact == {"customer": "cust_([0-9]+)", "order-id": "o-."}


def test_the_full_file_has_every_key(load_text: Load) -> None:
    """So the test of misspelt words leaves none out."""
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


@settings(max_examples=75)  # each reads a large file
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
        load(file)
    line = FULL_TEXT.count("\n", 0, start) + 1
    named = [complaint for complaint in str(error.value).splitlines() if f"thresholds.yaml:{line}: " in complaint]
    assert any("unknown " in complaint and f" {wrong!r}; " in complaint for complaint in named)


def test_the_shipped_file_points_editors_to_the_schema() -> None:
    """The path is relative, within the checkout."""
    first = SHIPPED_TEXT.splitlines()[0]
    assert (
        ROOT / first.removeprefix("# yaml-language-server: $schema=") == ROOT / "checks/config/thresholds.schema.json"
    )
