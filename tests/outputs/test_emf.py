"""The metrics of a run in CloudWatch's embedded metric format."""

import json
from math import inf, nan
from typing import Any

import pytest
from msgspec.structs import replace

from checks.metrics import METRICS
from checks.outputs.emf import MOST_METRICS, emf_lines
from checks.report.result import MetricResult, Result
from checks.verdicts.verdict import Verdict
from tests.outputs.reading import assert_valid_emf
from tests.report.results import SINCE, check, failing, result, unread


def documents(run: Result) -> list[dict[str, Any]]:
    lines = list(emf_lines(run, SINCE))
    assert not [line for line in lines if len(line.splitlines()) > 1]
    parsed = [json.loads(line) for line in lines]
    for document in parsed:
        assert_valid_emf(document)
    return parsed


def units(document: dict[str, Any]) -> dict[str, str]:
    return {metric["Name"]: metric["Unit"] for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]}


def test_every_metric_of_an_environment() -> None:
    """Each has its own name, and the time of the run."""
    (document,) = documents(result(failing(), metrics={"gone.errors": (67.0, None)}, exit_code=1, environment="prod é"))
    assert document["_aws"]["Timestamp"] == SINCE.timestamp() * 1000
    assert document["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "WebSocketHealth"
    assert document["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Environment"]]
    assert document["Environment"] == "prod é"
    assert set(units(document)) == {*METRICS, "Verdict", "ExitCode"}
    assert (document["gone.errors"], document["Verdict"], document["ExitCode"]) == (67.0, 5, 1)


def test_units() -> None:
    """Rates are ratios, as in result.json."""
    names = ("gone.errors", "data.age_seconds", "gone.connection_rate", "welcome.average_retries")
    (document,) = documents(result())
    assert [units(document)[name] for name in names] == ["Count", "Seconds", "None", "None"]


@pytest.mark.parametrize("value", [None, nan, inf])
def test_what_has_no_value_is_no_metric(value: float | None) -> None:
    """A missing point is not 0."""
    (document,) = documents(result(metrics={"gone.connection_rate": (value, 0)}))
    assert "gone.connection_rate" not in units(document)
    assert "gone.connection_rate" not in document


def test_nothing_could_be_read() -> None:
    """The verdict still is a data point."""
    blind = unread("access denied", check(verdict=Verdict.ERROR, value=None))
    (document,) = documents(replace(blind, metrics={}))
    assert units(document) == {"Verdict": "None", "ExitCode": "None"}
    assert document["Verdict"] == 4


def test_a_line_has_a_hundred_metrics_at_most() -> None:
    """CloudWatch accepts no more; the rest is on another line."""
    many = {f"metric.{number}": MetricResult(1.0, None) for number in range(2 * MOST_METRICS - 1)}
    lines = documents(replace(result(), metrics=many))
    assert [len(units(document)) for document in lines] == [100, 100, 1]
