"""Notifications of a changed verdict, in bounded time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Thread
from time import monotonic
from typing import ClassVar, Final, Self

from checks.errors import OutputError
from checks.outputs.outputs import FinishedRun, Options, Output, OutputLog, OutputSettings
from checks.outputs.summary import sentence
from checks.outputs.targets import Message, Target, parse_target
from checks.report.pipeline import pipeline_page
from checks.report.result import Result
from checks.verdicts.verdict import Verdict

MOST_SECONDS: Final = 15.0
"""In all; a pipeline waits."""


@dataclass(frozen=True, slots=True)
class Notifications(Output):
    """Messages to webhooks and SNS topics where the verdict is another than that of the run before.

    Attributes:
        targets: Who gets them; at least one.
        page: Where the pipeline shows the run; empty where that is not known.
    """

    name = "notifications"
    options: ClassVar[Options] = {
        "--notify": {
            "action": "append",
            "default": [],
            "metavar": "TARGET",
            "help": "tell of a change of verdict: an SNS topic's ARN, or the URL of a Slack-compatible webhook; "
            "repeatable",
        }
    }

    targets: tuple[Target, ...]
    page: str

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Each option names a target."""
        targets = tuple(map(parse_target, settings.option("notify")))
        return cls(targets, pipeline_page(settings.variables)) if targets else None

    def write(self, run: FinishedRun) -> OutputLog:
        """Send a message to all targets, or say why the run is no news."""
        result, previous = run.result, run.previous
        if silence := _no_news(result, previous):
            return OutputLog((f"Nobody was notified: {silence}",))
        subject = f"WebSocket health: {result.environment} is {result.verdict.upper()}"
        problems = tuple(deliver(Message(subject, sentence(result), self.page), self.targets))
        notified = f"Notified {len(self.targets) - len(problems):,} of {len(self.targets):,}"
        return OutputLog((f"{notified}: {_change(result, previous)}",), problems)


def _no_news(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        return "" if result.exit_code else f"no earlier run of {result.environment} is remembered, and this one is well"
    return f"the verdict is {result.verdict.upper()}, as in the run before" if result.verdict is previous else ""


def _change(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        return f"the verdict is {result.verdict.upper()}, and no earlier run is remembered"
    return f"verdict changed: {previous.upper()} → {result.verdict.upper()}"


def deliver(message: Message, targets: Iterable[Target], most_seconds: float = MOST_SECONDS) -> Iterator[str]:
    """Send a message to all targets at once; yield a sentence on each that did not get it in time."""
    end = monotonic() + most_seconds
    deliveries = [_Delivery(target, message) for target in targets]
    for delivery in deliveries:
        delivery.start()
    for delivery in deliveries:
        delivery.join(max(0.0, end - monotonic()))
        if delivery.problem:
            yield f"{delivery.target.name} was not notified: {delivery.problem}"


class _Delivery(Thread):
    """A message on its way; a process that ends does not wait for it.

    Attributes:
        target: Whom it is for.
        problem: Why it did not arrive, or has not yet; empty where it has.
    """

    def __init__(self, target: Target, message: Message) -> None:
        super().__init__(daemon=True)
        self.target = target
        self.problem = "no answer in time"
        self._message = message

    def run(self) -> None:
        """Deliver it."""
        try:
            self.target.send(self._message)
        except OutputError as error:
            self.problem = str(error)
        else:
            self.problem = ""
