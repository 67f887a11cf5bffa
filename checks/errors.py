"""Errors whose text is meant for the person who runs the checks: what can go wrong before a verdict is possible.

HealthCheckError
├── ConfigError    thresholds.yaml or the command line is wrong  (exit 4)
├── SourceError    the logs or AWS resources could not be read   (exit 12)
│   └── UnfinishedReadError, in checks/logs/spool.py: it says how far the read came
├── HistoryError   earlier runs could not be read or written     (a warning; never fails a run)
└── OutputError    an output could not be written or sent        (likewise)
"""


class HealthCheckError(Exception):
    """Base class of all errors whose text is meant for the person who runs the checks.

    Args:
        problem: What is wrong, and where.
        hint: The next step; empty if the problem says it.
    """

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(f"{problem}; {hint}" if hint else problem)
        self.problem = problem
        self.hint = hint


class ConfigError(HealthCheckError):
    """The configuration or the command line is wrong; no check ran."""


class SourceError(HealthCheckError):
    """The logs or AWS resources could not be read, so nothing that depends on them can be judged."""


class HistoryError(HealthCheckError):
    """The history of runs could not be read or written."""


class OutputError(HealthCheckError):
    """An output of a run could not be written or delivered."""
