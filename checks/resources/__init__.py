"""Observations of AWS resources: metrics and findings on subjects outside the logs, and their match with the logs.

A resource that cannot be looked up raises SourceError, whose text says what went wrong and what to do.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.metrics import Metric, Subject
from checks.window import Window

_MISMATCH: Final = "api.connect_mismatch_rate"


class Observation(Struct, frozen=True):
    """An observation of one subject.

    Attributes:
        metrics: The metrics of the subject.
        findings: By metric, sentences on what is behind its value, the worst first. They may quote AWS, and are
            sanitised when they are shown.
        notes: What a reader of the report should know, one sentence each: for example, that traces are a sample.
        window: The part of the window that the metrics are about; None if that is all of it, or none.
    """

    metrics: tuple[Metric, ...]
    findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    window: Window | None = None


class Observations(Struct, frozen=True):
    """The observations of all subjects outside the logs that could be looked up, and why the others could not."""

    by_subject: Mapping[Subject, Observation]
    errors: Mapping[Subject, str]


def with_mismatch(observations: Observations, count_logged: Callable[[Window], int]) -> Observations:
    """Add `api.connect_mismatch_rate` to the observations: how far API Gateway and the logs disagree.

    CloudWatch counts full periods, so connects in the logs are counted again over the same time: in a short window, the
    edges are a large part.
    """
    api = observations.by_subject.get(Subject.API)
    if api is None:
        return observations
    mismatch, findings = Metric(_MISMATCH, None, 0), dict(api.findings)
    if window := api.window:
        counted = next(metric for metric in api.metrics if metric.name == "api.connects")
        logged = count_logged(window)
        mismatch = connect_mismatch(counted, logged)
        sentence = (
            f"API Gateway counted {round(counted.value or 0):,} connects and the logs contain {logged:,}, "
            f"from {window.since:%Y-%m-%d %H:%M} to {window.until:%Y-%m-%d %H:%M} UTC"
        )
        findings[_MISMATCH] = (sentence,)
    api = replace(api, metrics=(*api.metrics, mismatch), findings=findings)
    return replace(observations, by_subject={**observations.by_subject, Subject.API: api})


def connect_mismatch(counted: Metric, logged: int) -> Metric:
    """The share of connects that only API Gateway or only the logs know: lines are missing, or are from another API.

    `api.connects` without a sample means that API Gateway counted none.
    """
    by_api = round(counted.value or 0)
    n, apart = max(by_api, logged), abs(by_api - logged)
    return Metric(_MISMATCH, apart / n if n else None, n, apart)
