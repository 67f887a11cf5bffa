"""The table of thresholds.yaml: every key with its kind and its description, and the JSON Schema made from it."""

import operator
import re
from functools import cache, partial
from typing import Any, Final, get_args

from checks.config import scalars
from checks.config.document import OFF, Node
from checks.config.environment import Alarms, Api, Function, LogGroup, Probe, SentenceChoice, Source
from checks.config.fields import (
    Field,
    Kind,
    Problems,
    Schema,
    list_of,
    map_of,
    mapped,
    scalar,
    section,
    section_of,
    text_or,
    with_definition,
)
from checks.config.limit import OnInconclusive
from checks.errors import ConfigError
from checks.metrics import METRICS, OWN_NAME, SIGNAL_KINDS, UNIT_EXAMPLES, Definition, Subject, Unit
from checks.units import show_limit

POLICY: Final = scalars.word(get_args(OnInconclusive))


def _one_direction(**values: Any) -> dict[str, Any]:
    if "max" in values and "min" in values:
        raise ValueError("'max' and 'min' exclude each other; a limit has one direction")
    return values


def _checked_limit(unit: Unit, **values: Any) -> dict[str, Any]:
    _one_direction(**values)
    if "budget" in values and "min" in values:
        raise ValueError("'budget' counts failures, so it goes with a 'max' or a 'warn', not a 'min'")
    if not values.keys() & {"max", "min", "warn", "max_increase"}:
        raise ValueError("there is no limit; it needs a 'max', a 'min', a 'warn' or a 'max_increase'")
    if "max_increase" in values and unit is Unit.SECONDS:
        raise ValueError(
            "'max_increase' is for counts, rates and averages: no test shows whether a time grew beyond chance"
        )
    values = scalars.with_period(**values)
    for side, is_beyond in (("max", operator.gt), ("min", operator.lt)):
        if "warn" in values and side in values and is_beyond(values["warn"], values[side]):
            warn, hard = show_limit(values["warn"], unit), show_limit(values[side], unit)
            raise ValueError(f"warn {warn} is beyond {side} {hard}: a warning comes before the failure")
    return values


@cache
def _limit(unit: Unit, *, has_sample: bool, is_per_time: bool) -> Kind:
    number = scalars.COUNT_PER_PERIOD if is_per_time else scalars.quantity(unit)
    fields = {
        "warn": Field(number, "Beyond it, a warning"),
        "max": Field(number, "Above it, a failure"),
        "min": Field(number, "Below it, a failure"),
        "max_increase": Field(scalars.GROWTH, "How far it may exceed the baseline, such as 50%"),
        "at_least": Field(
            scalars.positive("more cases are not an increase; write 1 or more"),
            "Ignore increases of fewer cases than this",
        ),
        "prove": Field(scalars.FLAG, "Whether too little data to rule out an increase is inconclusive, not a pass"),
        "on_inconclusive": Field(POLICY, "Overrides the environment's"),
        "shadow": Field(scalars.FLAG, "Evaluated and shown; never affects the exit code"),
        "owner": Field(scalars.LINE, "Whom to ask"),
        "runbook": Field(scalars.LINE, "What to do, or where that is written"),
    }
    if unit is Unit.RATE:
        fields["budget"] = Field(scalars.BUDGET, "The error budget, such as 99.5% over 30d; otherwise 30 days at `max`")
    if has_sample:
        mistake = "is too few: nothing follows from an empty sample"
        fields["min_samples"] = Field(scalars.positive(mistake), "Fewer cases are inconclusive")
    mapping = section(fields, partial(_checked_limit, unit), is_prefix=True)
    text = scalar(lambda _: None, {"anyOf": [number.schema, {"const": OFF}]})  # `inherit` turns others into mappings
    name = f"{'Sampled' if has_sample else ''}{'Periodic' if is_per_time else ''}{unit.title()}Limit"
    return with_definition(name, text_or(mapping, text, "a limit such as 5 or {warn: 1, max: 5}"))


def _limit_on(metric: Definition) -> Field:
    sample = f"; n counts {metric.sample}" if metric.sample else ""
    kind = _limit(metric.unit, has_sample=metric.sample is not None, is_per_time=metric.is_per_time)
    return Field(kind, f"{metric.meaning}{sample}")


_OWN_LIMITS: Final = [
    *(_limit(unit, has_sample=True, is_per_time=False) for unit in (Unit.RATE, Unit.AVERAGE, Unit.SECONDS)),
    *(_limit(unit, has_sample=False, is_per_time=False) for unit in (Unit.COUNT, Unit.SECONDS)),
]

_OWN_LIMIT: Final = Kind(
    # the name says the unit, and whether there is a sample
    lambda node, name, problems: _limit_on(METRICS[name]).kind.parse(node, name, problems),
    {"anyOf": [limit.schema for limit in _OWN_LIMITS]},
    {name: schema for limit in _OWN_LIMITS for name, schema in limit.definitions.items()},
)

LIMITS: Final = with_definition(
    "Limits",
    section(
        {name: _limit_on(one) for name, one in METRICS.items()},
        noun="metric",
        patterns={scalars.OWN_METRIC: _OWN_LIMIT},
    ),
)

LOG_GROUP: Final = with_definition(
    "LogGroup",
    text_or(
        section_of(LogGroup, "a log group has a name, and perhaps a region and an account"),
        scalar(LogGroup.parse, scalars.GROUP),
        f"a log group such as /aws/lambda/chat or {scalars.GROUP_EXAMPLE}",
    ),
)

FUNCTION: Final = with_definition(
    "Function",
    text_or(
        section_of(Function, "a function has a name, and perhaps an alias and a region"),
        mapped(scalars.FUNCTION_NAME, Function),
        f"a function such as chat-handler or {scalars.FUNCTION_EXAMPLE}",
    ),
)

API: Final = section_of(Api, "an API has an id and a stage, and perhaps a region")
ALARMS: Final = section_of(Alarms)
MOST_PROBES: Final = 500


def _check_probe(**values: Any) -> None:
    if values.get("connections", 1) > MOST_PROBES:
        raise ValueError(f"'connections' is {values['connections']:,}, and at most {MOST_PROBES} are allowed")
    if "answer" in values and "send" not in values:
        raise ValueError("'answer' needs a 'send': the message that is answered")


PROBE: Final = section_of(Probe, "a probe has a url", _check_probe)

_ANALYSES: Final = {
    Subject.GONE: "posts to connections that may be gone",
    Subject.LIFECYCLE: "connections in its logs",
    Subject.WELCOME: "welcome message",
}

ENVIRONMENT: Final = with_definition(
    "Environment",
    section(
        {
            "log_group": Field(
                list_of(LOG_GROUP, required="at least one log group", is_one_enough=True),
                "CloudWatch log group, or a list of them: each a name, or a mapping with `name` and `region`",
            ),
            "source": Field(
                scalars.word(get_args(Source)),
                "How log groups are read: filter (FilterLogEvents), insights (CloudWatch Logs Insights), or auto; "
                "with insights-stats, Logs Insights counts events, and none are read",
            ),
            "sentences": Field(
                scalars.word(get_args(SentenceChoice)),
                "connection_events or signals, if only those lines are about connections: auto may have them counted",
            ),
            "insights_price": Field(
                scalars.PRICE, "US dollars per GB that Logs Insights scans; 0.005 is the price in us-east-1"
            ),
            "function": Field(
                list_of(FUNCTION, is_one_enough=True),
                "Lambda function, or a list of them: each a name, or a mapping with `name`, `alias` and `region`",
            ),
            "api": Field(API, "The stage of the WebSocket API"),
            "alarms": Field(ALARMS, "The alarms that watch between runs"),
            "probe": Field(PROBE, "Connections that a run opens itself, if `--probe configured` asks for it"),
            "logs": Field(
                scalars.LOGS,
                "A recording instead, relative to this file, or a lake: s3://BUCKET/PREFIX; may hold {environment}",
            ),
            "short_lived_seconds": Field(
                scalars.quantity(Unit.SECONDS), "A connection shorter than this is short-lived"
            ),
            "on_inconclusive": Field(POLICY, "Whether too little evidence fails a run"),
            **{
                subject: Field(scalars.word(("none", "logged")), f"`none` if the application has no {noun}")
                for subject, noun in _ANALYSES.items()
            },
            "limits": Field(LIMITS, "Limits by metric"),
        },
        elsewhere={"region": f"it goes beside the name of a resource: {scalars.GROUP_EXAMPLE}"},
    ),
)
"""The keys of `defaults` and of each environment."""


@cache
def _waiver(metric: Definition | None) -> Kind:
    known = (
        None if metric is None else scalars.COUNT_PER_PERIOD if metric.is_per_time else scalars.quantity(metric.unit)
    )
    number = Field(known or scalars.ANY_NUMBER, "A new limit; without one, any value is waived")
    return section(
        {
            "metric": Field(scalars.METRIC, "The metric whose limit is waived", is_required=True),
            "environment": Field(scalars.TEXT, "The environment; one of those under `environments`", is_required=True),
            "reason": Field(scalars.LINE, "Why it is waived", is_required=True),
            "owner": Field(scalars.LINE, "Who is responsible", is_required=True),
            "until": Field(
                scalars.DATE,
                "A date, which holds to its end in UTC, or a time in ISO 8601, in UTC unless it has a zone",
                is_required=True,
            ),
            "max": number,
            "min": number,
        },
        lambda **values: scalars.with_period(**_one_direction(**values)),
        required="a waiver needs metric, environment, reason, owner and until",
    )


def _parse_waiver(node: Node, name: str, problems: Problems) -> Any:
    """Parse a waiver; the metric's unit decides how a new limit is written."""
    metric = node.get("metric").value
    definition = METRICS.get(metric) if isinstance(metric, str) else None
    return _waiver(definition).parse(node, name, problems)


WAIVER: Final = Kind(_parse_waiver, _waiver(None).schema)

OWN: Final = section(
    {
        "sql": Field(scalars.TEXT, "A file with one SELECT, relative to this file", is_required=True),
        "unit": Field(
            scalars.word(Unit), f"The unit of its value, as the name says: {UNIT_EXAMPLES}", is_required=True
        ),
    },
    required="a metric of your own has an sql file and a unit",
)


def check_environment_name(name: str) -> None:
    """Refuse a name that thresholds.yaml does not allow for an environment.

    Raises:
        ConfigError: The name is not allowed; the hint suggests one that is.
    """
    if not re.fullmatch(_NAME, name):
        meant = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") or "prod"
        raise ConfigError(f"{name!r} is {_NO_NAME.format('an environment')}", f"did you mean `-E {meant}`?")


_NAME: Final = "^[a-z0-9-]+$"
_NO_NAME: Final = "not a name for {}; use lower-case letters, digits and hyphens"

THRESHOLDS_FILE: Final = section(
    {
        "defaults": Field(ENVIRONMENT, "What every environment inherits"),
        "environments": Field(
            map_of(ENVIRONMENT, _NAME, _NO_NAME.format("an environment")),
            "Environments by name, as in `pytest -E name`",
        ),
        "waivers": Field(list_of(WAIVER), "Limits that may be broken for a while"),
        "own": Field(
            map_of(OWN, f"^{OWN_NAME}$", "not a name for a metric; write one such as reply_rate"),
            "Metrics of your own, by name, each measured by a query; a limit on `storms` is one on `own.storms`",
        ),
        "signals": Field(
            section(dict.fromkeys(SIGNAL_KINDS, Field(map_of(scalars.SENTENCE))), noun="signal kind"),
            "Patterns or templates of log lines that are not recognised, or wrongly, by name, for each kind of signal",
        ),
        "ignore": Field(list_of(scalars.SENTENCE), "Patterns or templates of log lines that need not be recognised"),
        "redact": Field(
            map_of(scalars.PATTERN, _NAME, _NO_NAME.format("what is redacted")),
            "RE2 patterns of what no report may show, each by the name that replaces it",
        ),
    }
)
"""thresholds.yaml as a whole."""


def schema() -> Schema:
    """The JSON Schema that editors read: in draft 7, the last that the YAML language server knows well."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "description": "thresholds.yaml as a whole",
        **THRESHOLDS_FILE.schema,
        "definitions": THRESHOLDS_FILE.definitions,
    }
