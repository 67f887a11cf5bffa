"""Parts of thresholds.yaml that are valid by themselves may contradict each other."""

from pathlib import Path

import pytest

from checks.units import Period
from tests.config.loading import Complain, Load, bounds


@pytest.mark.parametrize("metric", ["gone.max_per_connection", "errors.new_signatures", "data.gaps", "api.connects"])
def test_what_can_not_be_compared_takes_no_increase(complaints: Complain, metric: str) -> None:
    """A maximum does not grow with time, and metrics from AWS have no baseline."""
    lines = complaints(f"environments:\n  dev:\n    log_group: x\n    limits: {{{metric}: {{max_increase: 50%}}}}\n")
    assert any(
        f"{metric}: it can't be compared with a baseline, so it takes no 'max_increase'" in line for line in lines
    )


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
    """The line is that of the change, not of the inherited part."""
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


def test_sentences_that_are_counted_are_taught(complaints: Complain, load_text: Load) -> None:
    """Otherwise nothing could be counted, and nobody would see why."""
    text = "environments:\n  dev:\n    log_group: x\n    sentences: signals\n"
    assert complaints(text) == ["thresholds.yaml:4: sentences: there are no 'signals'; teach some, or leave this out"]
    taught = load_text(f"{text}signals:\n  gone: {{mine: 'Gone: {{connection_id}}'}}\n").environment("dev")
    assert taught.sentences == "signals"


RESOURCE_PROBLEMS = """\
    defaults:
      limits: {tracing.fault_rate: 1%}
    environments:
      both: {log_group: x, logs: y}
      none: {limits: {gone.errors: 5}}
      function: {function: chat, limits: {tracing.error_rate: 1%, api.connects: {min: 1}, alarms.missing: off}}
      recorded: {logs: y}
    waivers:
      - {metric: gone.errors, environment: none, reason: r, owner: o, until: 2026-06-30, min: 1}
      - {metric: gone.errors, environment: none, reason: r, owner: o, until: 2026-06-30}
      - {metric: gone.errors, environment: nine, reason: r, owner: o, until: 2026-06-30}
    """


def test_contradictions_are_reported_at_once_each_with_its_line(complaints: Complain) -> None:
    """They are about sources, resources that limits need, and waivers."""
    known = "did you mean 'none'? (allowed: both, none, function, recorded)"
    assert complaints(RESOURCE_PROBLEMS) == [
        f"thresholds.yaml:{problem}"
        for problem in (
            "4: 'logs' and 'log_group' exclude each other; keep one of them",
            "5: 'none' has no logs: it needs a 'log_group', a 'logs' file, or a 'function' that knows where it logs",
            "6: api.connects: 'function' has no 'api', so there is nothing to measure",
            "9: a 'min' can't take the place of a 'max'; the limit has one direction",
            "10: gone.errors is waived in 'none' already, on line 9",
            f"11: unknown environment 'nine'; {known}",
        )
    ]


def test_a_shared_limit_holds_where_its_resource_is_named(load_text: Load) -> None:
    """An environment that does not name the resource is not a mistake."""
    text = """\
    defaults: {log_group: x, limits: {api.connects: {min: 1}, gone.errors: 5}}
    environments:
      dev: {}
      prod: {api: {id: a1, stage: prod}}
    """
    thresholds = load_text(text)
    assert list(thresholds.environment("dev").limits) == ["gone.errors"]
    assert list(thresholds.environment("prod").limits) == ["gone.errors", "api.connects"]


PERIODS = """\
    environments:
      dev:
        log_group: x
        limits:
          gone.errors: {warn: 100/day, max: 200/day}
          errors.events: 10/hour
          gone.connections: {warn: 5/hour, max: 100/day}
          gone.max_per_connection: 5/day
          welcome.failed: 5/week
    waivers:
      - {metric: gone.errors, environment: dev, reason: r, owner: o, until: 2026-06-30, max: 800}
      - {metric: errors.events, environment: dev, reason: r, owner: o, until: 2026-06-30, max: 30/hour}
    """


def test_counts_per_day_or_hour(complaints: Complain) -> None:
    """A limit and its waiver have the same period, and the metric must grow with the window."""
    assert [line.partition(": ")[2] for line in complaints(PERIODS)] == [
        "gone.connections: 'warn' and 'max' are in different periods; write all of them per day, or none",
        "gone.max_per_connection.max: '5/day' is not a count; write a whole number such as 0 or 12",
        "welcome.failed.max: '5/week' is not a count in a period; write one such as 200/day or 10/hour",
        "max '800': write a count in each day, as the limit is",
    ]


def test_the_period_of_a_limit(load_text: Load) -> None:
    """It is shown behind the number."""
    text = "environments:\n  dev:\n    log_group: x\n    limits: {gone.errors: {warn: 100/day, max: 200/day}}\n"
    (demanded,) = load_text(text).environment("dev").limits.values()
    assert (demanded.per, demanded.demands) == (Period.DAY, "max 200/day, warn 100/day")


def test_metrics_of_a_teams_own_have_limits_by_the_unit_in_their_names(load_text: Load, tmp_path: Path) -> None:
    """Each has a query or a test; a waiver may name them."""
    (tmp_path / "storms.sql").write_text("SELECT 1 AS value")
    environment = load_text("""\
        own: {storms: {sql: storms.sql, unit: count}}
        environments:
          dev:
            log_group: x
            limits: {own.storms: 5, own.storm_rate: 5%, own.reply_seconds: {max: 2s}, gone.errors: 3}
        waivers: [{metric: own.storms, environment: dev, reason: x, owner: y, until: 2099-01-01, max: 9}]
    """).environment("dev")
    assert bounds(environment) == {
        "gone.errors": "max 3",
        "own.storms": "max 5",
        "own.storm_rate": "max 5 %",
        "own.reply_seconds": "max 2 s",
    }
    assert dict(environment.queries) == {"own.storms": tmp_path / "storms.sql"}
    assert environment.waivers["own.storms"].max == 9


def test_what_is_wrong_with_a_metric_of_a_teams_own(complaints: Complain) -> None:
    """A wrong file, unit, name or limit is reported with its line."""
    assert complaints("""\
        own:
          storms: {sql: storms.sql, unit: rate}
          Bad: {sql: x.sql, unit: count}
          bare: {unit: number}
        environments:
          dev:
            log_group: x
            limits: {own.storms: 5%, own.Bad: 1, own.storm_rate: {max: 5%, max_increase: 10%}}
    """) == [
        (
            "thresholds.yaml:2: own.storms: its name is that of a count; use names such as storms, storm_rate, "
            "messages_per_connection, reply_p95_seconds"
        ),
        "thresholds.yaml:2: own.storms: there is no file 'storms.sql' in .",
        "thresholds.yaml:3: 'Bad' is not a name for a metric; write one such as reply_rate",
        "thresholds.yaml:3: own.Bad: there is no file 'x.sql' in .",
        "thresholds.yaml:4: bare: 'sql' is missing; a metric of your own has an sql file and a unit",
        "thresholds.yaml:4: unit: unknown value 'number'; allowed: count, rate, average, seconds",
        "thresholds.yaml:8: own.storm_rate: it can't be compared with a baseline, so it takes no 'max_increase'",
        "thresholds.yaml:8: own.storms.max: '5%' is not a count; write a whole number such as 0 or 12",
        "thresholds.yaml:8: unknown metric 'own.Bad'; `websocket-health-checks metrics` lists all",
    ]


def test_a_name_too_long_for_a_file(complaints: Complain) -> None:
    """No file has it."""
    text = "own: {a_rate: {sql: NAME, unit: rate}}\nenvironments: {dev: {log_group: x, limits: {own.a_rate: 5%}}}\n"
    name = "a" * 300
    assert complaints(text.replace("NAME", name)) == [f"thresholds.yaml:1: own.a_rate: there is no file '{name}' in ."]


def test_an_error_budget(load_text: Load, complaints: Complain) -> None:
    """It is the share that must be good over a number of days, only for shares with an upper limit."""
    text = "environments:\n  dev:\n    log_group: x\n    limits: {{{}}}\n"
    demanded = load_text(text.format("gone.connection_rate: {max: 5%, budget: 99.5% over 30d}")).environment("dev")
    assert demanded.limits["gone.connection_rate"].budget == (0.995, 30)
    wrong = {
        "gone.connection_rate: {max: 5%, budget: 99.5%}": "not an error budget",
        "gone.connection_rate: {max: 5%, budget: 100% over 30d}": "not an error budget",
        "gone.connection_rate: {min: 5%, budget: 99% over 30d}": "not a 'min'",
        "gone.errors: {max: 5, budget: 99% over 30d}": "unknown key 'budget'",
    }
    assert {
        limit: lines for limit, part in wrong.items() if part not in (lines := str(complaints(text.format(limit))))
    } == {}
