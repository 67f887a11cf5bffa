"""Telling several targets at once, in bounded time."""

from collections.abc import Iterable, Iterator
from threading import Thread
from time import monotonic
from typing import Final

from checks.errors import OutputError
from checks.outputs.notify.message import Message
from checks.outputs.notify.target import Target

MOST_SECONDS: Final = 15.0
"""In all; a pipeline waits."""


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


def deliver(message: Message, targets: Iterable[Target], most_seconds: float = MOST_SECONDS) -> Iterator[str]:
    """Send a message to all targets; yield a sentence on each that did not get it."""
    end = monotonic() + most_seconds
    deliveries = [_Delivery(target, message) for target in targets]
    for delivery in deliveries:
        delivery.start()
    for delivery in deliveries:
        delivery.join(max(0.0, end - monotonic()))
        if delivery.problem:
            yield f"{delivery.target.name} was not notified: {delivery.problem}"
