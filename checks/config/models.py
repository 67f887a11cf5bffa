"""The models of thresholds.yaml, and the JSON Schema that is made from them."""

import json
import operator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    create_model,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from checks.config.document import OFF
from checks.config.fields import (
    FUNCTION_EXAMPLE,
    FUNCTION_NAME_SCHEMA,
    GROUP_EXAMPLE,
    GROUP_NAME_SCHEMA,
    Alias,
    ApiId,
    Arn,
    EnvironmentName,
    Flag,
    Floor,
    FunctionName,
    GroupName,
    Growth,
    Line,
    MetricName,
    NewLimit,
    OnInconclusive,
    OwnPolicy,
    Patterns,
    Price,
    Redactions,
    Region,
    SampleSize,
    Seconds,
    Source,
    StageName,
    Text,
    Until,
    but_found,
    function_name,
    group_name,
    mapping,
    quantity,
    quantity_schema,
    sequence,
)
from checks.metrics import METRICS, Definition, Unit
from checks.units import show_limit


class Model(BaseModel):
    """A mapping that holds the keys it knows, and no others."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _is_mapping(cls, value: object) -> object:
        return mapping(value)


def _check_direction(maximum: float | None, minimum: float | None) -> None:
    if maximum is not None and minimum is not None:
        raise ValueError("'max' and 'min' exclude each other; a limit has one direction")


class LimitModel(Model):
    """A limit on a metric. Its subclasses know how the numbers of one unit are written."""

    unit: ClassVar[Unit]
    warn: float | None = None
    max: float | None = None
    min: float | None = None
    max_increase: Growth = Field(default=None, description="By how much more than in the baseline, such as 50%")
    at_least: Floor = Field(default=1, description="Fewer cases more than this are no increase")
    on_inconclusive: OwnPolicy = Field(default=None, description="Overrides that of the environment")
    shadow: Flag = Field(default=False, description="Judged and shown, but without a say in what becomes of the run")
    owner: Line = Field(default="", description="Whom to ask")
    runbook: Line = Field(default="", description="What to do, or where that is written")

    @model_validator(mode="before")
    @classmethod
    def _is_limit(cls, value: object) -> object:
        if isinstance(value, dict):
            return value
        if value == OFF:
            raise ValueError(f"{OFF!r} drops a limit that an environment inherits, and none is inherited here")
        raise ValueError(f"found {but_found(value)}, expected a limit such as 5 or {{warn: 1, max: 5}}")

    @model_validator(mode="after")
    def _has_one_direction(self) -> Self:
        _check_direction(self.max, self.min)
        if self.max is None and self.min is None and self.warn is None and self.max_increase is None:
            raise ValueError("there is no limit; it needs a 'max', a 'min', a 'warn' or a 'max_increase'")
        if self.max_increase is not None and self.unit is Unit.SECONDS:
            raise ValueError(
                "'max_increase' is for counts, rates and averages: whether a time grew beyond chance can't be told"
            )
        return self

    @model_validator(mode="after")
    def _warns_before_it_fails(self) -> Self:
        if self.warn is None:
            return self
        for side, limit, is_beyond in (("max", self.max, operator.gt), ("min", self.min, operator.lt)):
            if limit is not None and is_beyond(self.warn, limit):
                warn, hard = show_limit(self.warn, self.unit), show_limit(limit, self.unit)
                raise ValueError(f"warn {warn} is beyond {side} {hard}: a warning comes before the failure")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Besides the mapping, the file may hold a quantity (short for `max`) or the word that drops a limit."""
        return {"anyOf": [handler(core_schema), quantity_schema(cls.unit), {"const": OFF}]}


@cache
def _limit_model(unit: Unit, *, sampled: bool) -> type[LimitModel]:
    """One model for all metrics of a kind; only those that have a sample may ask for its size."""
    fields: dict[str, Any] = dict.fromkeys(("warn", "max", "min"), (quantity(unit), None))
    if sampled:
        fields["min_samples"] = (SampleSize, None)
    name = f"{'Sampled' if sampled else ''}{unit.title()}Limit"
    return create_model(name, __base__=LimitModel, unit=(ClassVar[Unit], unit), **fields)


def _limit_field(metric: Definition) -> Any:
    """An optional limit; its description is what an editor shows over the metric's name."""
    sample = f"; n counts {metric.sample}" if metric.sample else ""
    model = _limit_model(metric.unit, sampled=metric.sample is not None)
    return model, Field(default=None, description=f"{metric.meaning}{sample}")


_limit_fields: Final[Any] = {name: _limit_field(metric) for name, metric in METRICS.items()}

Limits: Final = create_model("Limits", __base__=Model, **_limit_fields)
"""Every metric of the catalogue may have a limit, under its own name."""


class LogGroupModel(Model):
    """A CloudWatch log group, or several of them by a pattern."""

    name: GroupName = Field(description="May hold {environment}, and * for any characters: all groups of that name")
    region: Region = Field(default=None, description="AWS region; left out, boto3 finds it as it always does")

    @model_validator(mode="before")
    @classmethod
    def _is_group(cls, value: object) -> object:
        if isinstance(value, dict):
            return value
        if isinstance(value, str) and value:
            return {"name": group_name(value)}
        raise ValueError(f"found {but_found(value)}, expected a log group such as /aws/lambda/chat or {GROUP_EXAMPLE}")

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Besides the mapping, the file may hold the name alone."""
        return {"anyOf": [GROUP_NAME_SCHEMA, handler(core_schema)]}


class FunctionModel(Model):
    """A Lambda function."""

    name: FunctionName = Field(description="May hold {environment}")
    alias: Alias = Field(default="", description="Through which it is called; left out, no alias is looked at")
    region: Region = Field(default=None, description="AWS region; left out, boto3 finds it as it always does")

    @model_validator(mode="before")
    @classmethod
    def _is_function(cls, value: object) -> object:
        if isinstance(value, dict):
            return value
        if isinstance(value, str) and value:
            return {"name": function_name(value)}
        raise ValueError(f"found {but_found(value)}, expected a function such as chat-handler or {FUNCTION_EXAMPLE}")

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Besides the mapping, the file may hold the name alone."""
        return {"anyOf": [FUNCTION_NAME_SCHEMA, handler(core_schema)]}


class ApiModel(Model):
    """A stage of a WebSocket API of API Gateway."""

    id: ApiId = Field(description="What the API's URL begins with")
    stage: StageName = Field(description="May hold {environment}")
    region: Region = Field(default=None, description="AWS region; left out, boto3 finds it as it always does")


class AlarmsModel(Model):
    """The CloudWatch alarms that watch between runs."""

    actions: Annotated[list[Arn], BeforeValidator(sequence)] = Field(
        default=[], description="ARNs of what is told, such as an SNS topic"
    )
    namespace: Line = Field(default="WebSocketHealth", description="Of the metrics that are made from the logs")


def _not_empty(groups: list[LogGroupModel]) -> list[LogGroupModel]:
    if groups:
        return groups
    raise ValueError("found an empty list, expected at least one log group")


def _without_brackets(published: JsonDict) -> None:
    """Besides the list, the file may hold its one element alone; `inherit` makes that a list."""
    several = {"type": published.pop("type"), "items": published.pop("items"), "minItems": 1}
    published["anyOf"] = [several["items"], several]


class Settings(Model):
    """What `defaults` and each environment hold."""

    log_group: Annotated[list[LogGroupModel], AfterValidator(_not_empty)] = Field(
        default=[],
        description="CloudWatch log group, or a list of them: each a name, or a mapping with `name` and `region`",
        json_schema_extra=_without_brackets,
    )
    source: Source = Field(
        default="auto",
        description="How log groups are read: filter (FilterLogEvents), insights (CloudWatch Logs Insights), or auto",
    )
    insights_price: Price = Field(
        default=0.005, description="US dollars per GB that Logs Insights scans; 0.005 is what us-east-1 costs"
    )
    function: Annotated[list[FunctionModel], BeforeValidator(sequence)] = Field(
        default=[],
        description="Lambda function, or a list of them: each a name, or a mapping with `name`, `alias` and `region`",
        json_schema_extra=_without_brackets,
    )
    api: ApiModel | None = Field(default=None, description="The stage of the WebSocket API")
    alarms: AlarmsModel | None = Field(default=None, description="The alarms that watch between runs")
    logs: Text = Field(default="", description="A recording instead, relative to this file")
    short_lived_seconds: Seconds = Field(default=5, description="A connection shorter than this is short-lived")
    on_inconclusive: OnInconclusive = Field(default="fail", description="Whether too little evidence fails a run")
    limits: Limits = Field(default=Limits(), description="Limits by metric")


class Signals(Model):
    """What the application says in words of its own: patterns by name, for each kind of signal."""

    connect: Patterns = {}
    disconnect: Patterns = {}
    message: Patterns = {}
    gone: Patterns = {}
    welcome_sent: Patterns = {}
    welcome_failed: Patterns = {}
    welcome_retry: Patterns = {}


class WaiverModel(Model):
    """Somebody answers for it that a limit is broken, for a while."""

    metric: MetricName = Field(description="Whose limit")
    environment: Text = Field(description="Where; one of those under `environments`")
    reason: Line = Field(description="Why")
    owner: Line = Field(description="Who answers for it")
    until: Until = Field(description="A date holds to its end in UTC; a time is ISO 8601, without a zone in UTC")
    max: NewLimit = Field(default=None, description="A new limit; without one, any value is waived")
    min: NewLimit = Field(default=None, description="A new limit; without one, any value is waived")

    @model_validator(mode="after")
    def _has_one_direction(self) -> Self:
        _check_direction(self.max, self.min)
        return self


class File(Model):
    """thresholds.yaml as a whole."""

    defaults: Settings = Field(default=Settings(), description="What every environment inherits")
    environments: Annotated[dict[EnvironmentName, Settings], BeforeValidator(mapping)] = Field(
        default={}, description="Environments by name, as in `pytest -E name`"
    )
    waivers: Annotated[list[WaiverModel], BeforeValidator(sequence)] = Field(
        default=[], description="Limits that may be broken for a while"
    )
    signals: Signals = Field(default=Signals(), description="Patterns for log lines that are not recognised")
    redact: Redactions = Field(
        default={}, description="RE2 patterns of what no report may show, by the name that it is replaced by"
    )


SCHEMA_FILE: Final = Path(__file__).with_name("thresholds.schema.json")


def schema() -> dict[str, Any]:
    """The schema as editors read it: in draft 7, the last that the YAML language server knows well."""
    published = File.model_json_schema(ref_template="#/definitions/{model}")
    published["definitions"] = published.pop("$defs")
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_draft_7(published)}


def schema_text() -> str:
    """The content that the published file must have."""
    return json.dumps(schema(), indent=2) + "\n"


def _draft_7(part: Any) -> Any:
    """The same without what draft 7 reads otherwise (it skips all that stands beside a $ref), and without noise."""
    if isinstance(part, list):
        return [_draft_7(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _draft_7(value) for key, value in part.items() if key not in {"title", "default"}}
    if "$ref" in kept and len(kept) > 1:
        kept["allOf"] = [{"$ref": kept.pop("$ref")}]
    return kept
