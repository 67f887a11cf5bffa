"""Metric filters: which log lines CloudWatch can count, and which metrics follow from them.

A filter matches one regular expression, without groups, against single lines, so it recognises less than the analysis
does (tests/alarms/test_metric_filters.py says how much less). The filters for `gone` and the welcome lines guard
against too many events: they would rather miss a line than take a user's words for the application's. The filter for
`disconnect` guards against too few, and misses none.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from checks.config.environment import Api, Environment
from checks.metrics import METRICS, Subject

_WHERE_SENTENCES_BEGIN: Final = (r"^", r"[^:]\s", r"[A-Z\d\s]:\s", r"[|:]", r"[^\x5c]\x22")
"""Where a sentence may begin: at the beginning of the line, after a logger's prefix (`INFO: `, `main.go:31: `,
`INFO:root:`), and as a JSON field; not after `Message content: ` or in a body that is quoted in JSON, because those are
users' words."""


def _sentences(*beginnings: str) -> tuple[str, ...]:
    return tuple(f"{before}{words}" for words in beginnings for before in _WHERE_SENTENCES_BEGIN)


def _any_of(*expressions: str) -> str:
    return f"%{'|'.join(expressions)}%"


PATTERNS: Final[Mapping[str, str]] = {
    "gone": _any_of(
        # as AWS's SDKs print it: boto3, JavaScript, Java, Go, and loggers that write errors as JSON
        r"\x28GoneException\x29\swhen\scalling",
        r"GoneException:?\sUnknown",
        r"GoneException:\s410",
        r"GoneException:\snull",
        r"GoneException:\s*\x22",
        r"\x22:\s?\x22GoneException",
        r"code:\s\x27GoneException",
        r"UnknownError:\s410",
        r"tatus\s?[Cc]ode:\s410",
        r"Response\sCode:\s410",
        r"410\sGone\x60\sresponse",
        r"returned\sstatus\s410",
        r"Gone\s410",
        # API Gateway's access log
        r"CONNECTION_API\x22.*:\s?\x22?410",
        *_sentences(r"[CP][a-z]+\s\S+\sis\sgone", r"Connection\s\S+\sno\slonger\sexists"),
    ),
    "welcome_sent": _any_of(
        r"welcome_sent",
        *_sentences(
            r"Welcome[\w\s]*\s[Ss]ent",
            r"Welcome[\w\s]*\s[Dd]elivered",
            r"Greeting[\w\s]*\s[Ss]ent",
            r"[Ss]ent\s[\w\s]*welcome",
            r"Successfully\s[\w\s]*welcome",
        ),
    ),
    "welcome_failed": _any_of(
        r"welcome_failed",
        r"[Ww]elcome\s.*[Ff]ailed",
        r"[Ff]ailed\sto\s[a-z]+\s[\w\s]*welcome",
        r"[Ee]rror\s[a-z]+\s[\w\s]*welcome",
        r"[Nn]ot\s[a-z]+\s[\w\s]*welcome",
        r"[Uu]nable\sto\s[\w\s]*welcome",
    ),
    "disconnect": _any_of(r"isconnect|DISCONNECT", r"onnection\s\S+\sclosed", r"ocket\s*closed"),
}
"""The pattern of a metric filter by the kind of signal it counts; a log group takes five with regular expressions."""

INCOMING: Final = "IncomingLogEvents"
"""The counter of events that CloudWatch Logs keeps for each log group."""

WATCHED: Final[Mapping[str, str]] = {
    "data.events": INCOMING,
    "data.age_seconds": INCOMING,
    "gone.errors": "gone",
    "lifecycle.complete": "disconnect",
    "welcome.sent": "welcome_sent",
    "welcome.failed": "welcome_failed",
    "welcome.failure_rate": "welcome_failed / welcome_sent welcome_failed",
    "api.connects": "ConnectCount",
    "api.messages": "MessageCount",
    "api.integration_errors": "IntegrationError",
    "api.integration_error_rate": "IntegrationError / ConnectCount MessageCount",
    "api.execution_errors": "ExecutionError",
    "api.execution_error_rate": "ExecutionError / ConnectCount MessageCount",
    "api.client_errors": "ClientError",
    "api.latency_p95_seconds": "IntegrationLatency",
}
"""The counter of each metric that CloudWatch can watch; for a share, also the counters whose sum is its sample.

A counter is a signal of metric filters, or a metric of AWS itself; API Gateway counts no GoneExceptions.
"""

_MANY_LINES: Final = "it is about whole connections, and a metric filter sees one line at a time"
_TOO_MUCH: Final = "a filter cannot tell these lines from others without matching too much"
_ONLY_RUNS: Final = "only a run knows it"

_REASONS: Final[Mapping[str, str]] = {
    "gone.welcome_errors": "other lines of the request show whether it was a welcome, and a filter sees one line",
    "welcome.events": _TOO_MUCH,
    "welcome.retries": _TOO_MUCH,
    "welcome.average_retries": _TOO_MUCH,
    Subject.API: _ONLY_RUNS,
    Subject.DATA: _ONLY_RUNS,
    Subject.GONE: _MANY_LINES,
    Subject.LIFECYCLE: _MANY_LINES,
    Subject.WELCOME: _MANY_LINES,
    Subject.ERRORS: "errors are logged in many ways, and only a run can see whether one is new",
    Subject.LAMBDA: "CloudWatch counts it itself: an alarm on AWS/Lambda needs no logs",
    Subject.PROBE: "only a run opens connections itself",
    Subject.OWN: "only a run knows what a team measures itself",
    Subject.TRACING: "AWS X-Ray gives CloudWatch no metric of it",
}
"""The reasons why CloudWatch can't watch a metric: by metric, and for all others by subject."""


def why_not(metric: str) -> str:
    """The reason why CloudWatch can't watch a metric; empty if it can."""
    if metric in WATCHED:
        return ""
    return _REASONS.get(metric) or _REASONS[METRICS[metric].subject]


Address: TypeAlias = dict[str, Any]
"""A metric of CloudWatch as its API names it: namespace, name and dimensions."""


def counters(metric: str, environment: Environment, region: str | None) -> list[dict[str, Address]]:
    """CloudWatch's metrics for one of ours in a region: those that add up to its value or numerator, and to its sample.

    Each is under its id in expressions; the sample is empty unless the metric is a share.
    """
    counted, _, sample = WATCHED[metric].partition("/")
    return [dict(_addresses(names, environment, region)) for names in (counted, sample)]


def _addresses(names: str, environment: Environment, region: str | None) -> Iterator[tuple[str, Address]]:
    for counter in names.split():
        if counter == INCOMING:
            groups = [group.name for group in environment.log_groups if group.region == region]
            for number, group in enumerate(groups, 1):
                yield f"group{number}", _address("AWS/Logs", counter, LogGroupName=group)
        elif counter in PATTERNS:
            yield counter, line_counter(environment, counter)
        else:
            yield counter[0].lower() + counter[1:], api_address(environment.api, counter)


def line_counter(environment: Environment, signal: str) -> Address:
    """The metric of a signal's filters, shared by all log groups of a region: text patterns allow no dimensions."""
    return _address(environment.alarms.namespace if environment.alarms else "", f"{environment.name}-{signal}")


def api_address(api: Api | None, counter: str) -> Address:
    """A metric of a stage that API Gateway itself keeps."""
    return _address("AWS/ApiGateway", counter, **({"ApiId": api.id, "Stage": api.stage} if api else {}))


def _address(namespace: str, name: str, **dimensions: str) -> Address:
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": pairs}
