"""Telling of a run, where its verdict is another than that of the run before."""

from collections.abc import Sequence

from checks.judge.verdict import Verdict
from checks.outputs.given import Given
from checks.outputs.notify.delivery import deliver
from checks.outputs.notify.message import Message
from checks.outputs.notify.target import Target
from checks.outputs.sentence import sentence
from checks.report.result import Result


def tell(result: Result, previous: Verdict | None, targets: Sequence[Target], page: str) -> Given:
    """Tell all targets of a run, or say why it is no news.

    Args:
        result: What the run found.
        previous: The verdict of the last run of this environment that is remembered; None where none is.
        targets: Whom to tell; at least one.
        page: Where the pipeline shows the run; empty where that is not known.
    """
    if silence := _no_news(result, previous):
        return Given((f"Nobody was notified: {silence}",))
    subject = f"WebSocket health: {result.environment} is {result.verdict.upper()}"
    problems = tuple(deliver(Message(subject, sentence(result), page), targets))
    told = f"Notified {len(targets) - len(problems):,} of {len(targets):,}"
    return Given((f"{told}: {_change(result, previous)}",), problems)


def _no_news(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        return "" if result.exit_code else f"no earlier run of {result.environment} is remembered, and this one is well"
    return f"the verdict is {result.verdict.upper()}, as in the run before" if result.verdict is previous else ""


def _change(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        return f"the verdict is {result.verdict.upper()}, and no earlier run is remembered"
    return f"the verdict was {previous.upper()}, is {result.verdict.upper()}"
