"""`python -m checks doctor`: can the checks see, and do they understand what they see?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from checks.analysis.recognise import recognise
from checks.judge.thresholds import Environment
from checks.logs.cloudwatch.doctor import Doctor, Finding
from checks.logs.cloudwatch.policy import least_policy
from checks.logs.spool import Spool
from checks.logs.window import Window
from checks.resources.deploy import log_groups_of
from checks.resources.observe import observe
from checks.resources.permissions import actions_everywhere, looked_up, statements

_MOMENT: Final = timedelta(minutes=10)


def examine(environment: Environment, hours: float, now: datetime, folder: Path) -> Iterator[Finding]:
    """Yield what was tried for an environment, in the order of a run.

    Args:
        environment: With log groups.
        hours: Length of the window that a run would judge.
        now: Its end.
        folder: An empty folder.
    """
    doctor = Doctor(environment.log_groups, environment.source, Window(now - timedelta(hours=hours), now), folder)
    findings = doctor.findings()
    credentials = next(findings)
    yield credentials
    if not credentials.is_fine:
        return
    yield from findings
    yield from _looked_up(environment, now)
    if files := doctor.latest():
        spool = Spool("CloudWatch", tuple(group.name for group in environment.log_groups), files)
        found = [event.kinds for event in recognise(spool, environment.signals, folder)]
        yield _understood(Counter(kind for kinds in found for kind in kinds), len(found))


def located(environment: Environment) -> Environment:
    """The same environment with the log groups of its functions, where it names none itself.

    Raises:
        SourceError: A function could not be looked up.
    """
    return replace(environment, log_groups=environment.log_groups or log_groups_of(environment.functions))


def policy(environment: Environment) -> str:
    """The least IAM policy for an environment, as JSON."""
    return least_policy(
        environment.log_groups, environment.source, actions_everywhere(environment), statements(environment)
    )


def _looked_up(environment: Environment, now: datetime) -> Iterator[Finding]:
    """Look up what the limits ask of AWS beside the logs, as a run would, of a few minutes."""
    subjects = looked_up(environment)
    observed = observe(subjects, environment, Window(now - _MOMENT, now), now)
    for subject in subjects:
        error = observed.errors.get(subject)
        yield Finding(is_fine=error is None, text=error or f"what the limits on {subject}.* take can be looked up")


def _understood(kinds: Counter[str], events: int) -> Finding:
    if kinds:
        told = ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common())
        return Finding(is_fine=True, text=f"of the latest {events:,} events are understood: {told}")
    text = f"none of the latest {events:,} events is understood; teach what it says under `signals` in thresholds.yaml"
    return Finding(is_fine=False, text=text)
