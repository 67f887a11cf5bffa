"""Runs made by hand: settings, reads of logs and their analyses, without an engine or AWS."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from checks.analysis.analyse import Analysis, Signature
from checks.config.environment import Environment, LogGroup
from checks.config.limit import Limit, Waiver
from checks.logs.spool import Spool
from checks.metrics import IN_LOGS, METRICS, Metric, SignalFamily, Subject
from checks.run.log_reader import LogRead
from checks.run.settings import Gate, Settings
from checks.window import Window
from tests.report.results import SINCE, UNTIL, interpretation, overview, reading
from tests.verdicts.making import NOW

WINDOW = Window(SINCE, UNTIL)
GROUP = LogGroup("/aws/lambda/chat", None)
OF_THE_RUN = frozenset({"data.gaps", "data.unseen_signals", "errors.new_signatures"})
"""Metrics that no analysis knows, for they are about the read and the baseline."""


def environment(*limits: Limit, waivers: Sequence[Waiver] = (), **fields: Any) -> Environment:
    return Environment(
        name="dev",
        limits={one.metric: one for one in limits},
        waivers={one.metric: one for one in waivers},
        signals={},
        redact={},
        **{"log_groups": (GROUP,)} | fields,
    ).at(NOW)


def settings(*limits: Limit, subjects: Sequence[Subject] = tuple(Subject), **fields: Any) -> Settings:
    """Return the settings of a run on a log group, with all analyses and without a gate."""
    defaults: dict[str, Any] = {
        "program": ("python", "-m", "pytest"),
        "environment": environment(*limits),
        "logs": (),
        "files": fields.get("logs", ()),
        "log_groups": (),
        "window": WINDOW,
        "file_window": None,
        "thresholds": None,
        "keep_logs": None,
        "report_folder": Path("reports/dev"),
        "now": NOW,
        "strict_warnings": False,
        "gate": Gate(),
    }
    return Settings(subjects=subjects, **defaults | fields)


def signature(shape: str, cases: int = 1) -> Signature:
    """Return a kind of error that so many connections met, once each."""
    return Signature(shape, cases, SINCE, shape, cases)


def analysis(
    values: Mapping[str, Metric | float | None] | None = None, signatures: Sequence[Signature] = (), **fields: Any
) -> Analysis:
    """Return an analysis in which other metrics are 0; a number stands for a metric without a sample."""
    names = [name for name, metric in METRICS.items() if metric.subject in IN_LOGS and name not in OF_THE_RUN]
    numbers = dict.fromkeys(names, 0.0) | dict(values or {})
    metrics = {name: one if isinstance(one, Metric) else Metric(name, one) for name, one in numbers.items()}
    defaults: dict[str, Any] = {
        "window": WINDOW,
        "reading": reading(look_back_events=1),
        "interpretation": interpretation(),
        "seen": frozenset(SignalFamily),
        "overview": overview(),
    }
    return Analysis(metrics=metrics, signatures=tuple(signatures), **defaults | fields)


def spool(**fields: Any) -> Spool:
    return Spool(source="files", requested=("log.jsonl",), files=(), **fields)


def log_read(what: Analysis | None = None, window: Window = WINDOW, **fields: Any) -> LogRead:
    """Return a successful read."""
    return LogRead(window, spool(**fields), what or analysis())
