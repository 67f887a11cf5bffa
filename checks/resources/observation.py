"""Observations of AWS resources: metrics and findings on subjects outside the logs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.metrics import Metric, Subject
from checks.window import Window


@dataclass(frozen=True, slots=True)
class Observation:
    """An observation of one subject.

    Attributes:
        metrics: Those of the subject.
        findings: What is behind a metric's value, by the metric's name: sentences, the worst first. They may quote what
            AWS answered, and are made harmless where they are shown.
        notes: What a reader of the report should know, a sentence each: that traces are a sample.
        window: The part of the window that the metrics are about; None where they are about none, or all of it.
    """

    metrics: tuple[Metric, ...]
    findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Observations:
    """The observations of all subjects outside the logs.

    Attributes:
        by_subject: The observations of those that could be looked up.
        errors: Why the others could not.
    """

    by_subject: Mapping[Subject, Observation]
    errors: Mapping[Subject, str]
