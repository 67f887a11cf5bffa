"""The worst that a run found, in a sentence: what, since when, for whom."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from checks.analysis.evidence import Evidence
from checks.analysis.metrics import METRICS, NEW_SIGNATURES, Unit
from checks.judge.quantity import show_value
from checks.judge.verdict import Verdict
from checks.report.result import CheckResult, Result
from checks.report.severity import excess
from checks.report.text import printable, utc

_MOST_OF_A_FINDING: Final = 100
"""All of it stands under the check."""
_SOON_AFTER: Final = timedelta(hours=1)
"""What begins so soon after a deploy is likely its doing."""


def worst_check(result: Result) -> CheckResult | None:
    """The check that decided the run's verdict: the one farthest beyond its limit; None where nothing counts."""
    deciding = [check for check in result.checks if check.verdict is result.verdict and not check.shadow]
    return max(deciding, key=excess, default=None)


def evidence_for(result: Result, metric: str) -> Evidence | None:
    """What a metric counts, case by case; None where it was not looked for, or nothing shows it."""
    return next((found for found in result.evidence if found.kind is METRICS[metric].cases), None)


def headline(result: Result) -> str:
    """The check that decided, since when, and for whom: `gone.errors 67 > max 5, began …, 67 connections`."""
    worst = worst_check(result)
    if worst is None:
        return "no check counts"
    if result.error and worst.value is None:
        return result.error.partition("\n")[0]
    closest = "closest to its limit: " if result.verdict is Verdict.PASS else ""
    return ", ".join([closest + worst.sentence, *_details(result, worst)])


def _details(result: Result, check: CheckResult) -> Iterator[str]:
    """Yield what is known of the cases that a check counts."""
    evidence = evidence_for(result, check.metric)
    if evidence:
        yield from since_and_whom(result, evidence)
    yield from (printable(finding, _MOST_OF_A_FINDING) for finding in check.findings[:1])
    if check.metric == NEW_SIGNATURES and result.new_signatures:
        first = min(result.new_signatures, key=lambda one: one.first)
        yield f"first at {utc(first.first)}: {first.shape}"


def since_and_whom(result: Result, evidence: Evidence) -> Iterator[str]:
    """Yield when cases began, whether a deploy came before, and how many connections met them."""
    if evidence.began:
        yield f"began {utc(evidence.began)}"
        yield from _deploy_before(result, evidence.began)
    elif evidence.first == evidence.last:
        yield f"at {utc(evidence.first)}"
    elif result.deployed and evidence.first >= result.deployed:
        yield f"since the deploy, first {utc(evidence.first)}"
    else:
        yield f"at all times, first {utc(evidence.first)}"
    if evidence.connections:
        noun = "connection" if evidence.connections == 1 else "connections"
        share = show_value(evidence.connections / evidence.connections_seen, Unit.RATE)
        yield f"{evidence.connections:,} {noun} ({share} of {evidence.connections_seen:,} seen)"


def _deploy_before(result: Result, began: datetime) -> Iterator[str]:
    """Yield the last deploy that may have brought it about, if there is one."""
    if result.deployed and timedelta() <= began - result.deployed <= _SOON_AFTER:
        yield f"{(began - result.deployed) / timedelta(minutes=1):,.0f} min after the deploy"
        return
    for deploy in reversed(result.overview.deploys if result.overview else ()):
        if timedelta() <= began - deploy.first <= _SOON_AFTER:
            minutes = (began - deploy.first) / timedelta(minutes=1)
            yield f"{minutes:,.0f} min after version {deploy.version} began to serve"
            return
