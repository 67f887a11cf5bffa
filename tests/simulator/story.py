"""The story: what happens to the connections of a WebSocket application, without any log text."""

import random
import string
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

LIFETIME_MS: Final = 2 * 60 * 60 * 1000
"""API Gateway ends a connection after two hours."""

LATE_MS: Final = 30_000
"""So long after that its $disconnect may come."""

BEHIND_MS: Final = 10_000
"""So far behind may the clock be by which a $disconnect is logged."""

HANDSHAKE_MS: Final = 5
"""From API Gateway accepting a connection (`connectedAt`) to the first line that its $connect request logs."""

UNPUBLISHED: Final = "$LATEST"
OLD_VERSION: Final = "41"
NEW_VERSION: Final = "42"
"""Versions of the function: before and after a deploy."""

ID_ALPHABET: Final = string.ascii_letters + string.digits + "-_"


class DialectName(StrEnum):
    """The dialects in which an application may log."""

    PYTHON_TEXT = "python_text"
    PYTHON_REPR = "python_repr"
    NODE_TEXT = "node_text"
    LAMBDA_JSON = "lambda_json"
    POWERTOOLS = "powertools"
    CONNECTION_EVENT = "connection_event"
    ACCESS_LOG = "access_log"


class Ending(StrEnum):
    """The outcome of sending the welcome message, as the application logs it."""

    NONE = "none"
    SENT = "sent"
    FAILED = "failed"
    FAILED_GONE = "failed_gone"
    """Failed, and the line that says so names the GoneException."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The greeting, sent while the $connect request runs.

    Attributes:
        ending: What the application finally logs; it may be wrong.
        retries: The number of retries that it logs.
        gone_errors: 410s that it logs before the ending; `Ending.SENT` after one is a failure that nobody noticed.
    """

    ending: Ending = Ending.SENT
    retries: int = 0
    gone_errors: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A message from the client, and the 410s met while it was handled.

    Attributes:
        at_ms: The time when its request logs it.
        text: What the user typed, which may look like a log line.
        gone_answers: Failed answers to the sender.
        gone_listeners: Ids of other connections to which the message could not be passed on.
        is_timed_out: True: Lambda stops the request before it has ended.
    """

    at_ms: int
    text: str = "hello"
    gone_answers: int = 0
    gone_listeners: tuple[str, ...] = ()
    is_timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """The whole life of one connection.

    Attributes:
        connection_id: As API Gateway names it.
        connected_ms: The time when its $connect request logs it.
        disconnected_ms: The time when its $disconnect request logs it; None: that request never comes.
        is_connect_logged: False: the log of the $connect request was lost, and the welcome's with it.
        welcome: Its welcome message.
        messages: The client's messages.
        dialect: The dialect of the functions that serve it.
    """

    connection_id: str
    connected_ms: int
    disconnected_ms: int | None
    is_connect_logged: bool = True
    welcome: Welcome = Welcome()
    messages: tuple[Message, ...] = ()
    dialect: DialectName = DialectName.PYTHON_TEXT

    def __post_init__(self) -> None:
        if self.disconnected_ms is None:
            return
        if not -BEHIND_MS <= self.disconnected_ms - self.connected_ms <= LIFETIME_MS + LATE_MS:
            raise ValueError(
                f"{self.connection_id} lasts from {self.connected_ms} to {self.disconnected_ms}, not 0 to 2 h"
            )

    @property
    def opened_ms(self) -> int:
        """The time when API Gateway accepted it: `connectedAt` in every event of this connection."""
        return self.connected_ms - HANDSHAKE_MS


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story, the window through which it is seen, and the delivery of its log.

    Attributes:
        connections: All of them, also those before and after the window.
        since_ms: Start of the window, inclusive.
        until_ms: End of the window, exclusive; the log may go on.
        lookback_ms: How far the log reaches back before the window.
        lookahead_ms: How far it goes on after the window.
        noise_per_step: Lines without a meaning, on average, for each line with one.
        sweep_every_ms: Period of a clean-up function; its first run is the oldest event of the log.
        seed: Decides everything that the story leaves open: request ids, wordings, noise, delays.
        duplicates: The number of events that the log has twice.
        is_shuffled: Whether the log has its events in any order.
        deployed_ms: When the next version of the function takes over, in execution environments of its own, whose cold
            starts are logged; None: the function is not published, and says nothing of its versions.
    """

    connections: tuple[Connection, ...]
    since_ms: int
    until_ms: int
    lookback_ms: int = LIFETIME_MS
    lookahead_ms: int = 0
    noise_per_step: float = 0.5
    sweep_every_ms: int = LIFETIME_MS
    seed: int = 0
    duplicates: int = 0
    is_shuffled: bool = False
    deployed_ms: int | None = None

    @property
    def log_since_ms(self) -> int:
        """The beginning of the log."""
        return self.since_ms - self.lookback_ms

    @property
    def log_until_ms(self) -> int:
        """The end of the log."""
        return self.until_ms + self.lookahead_ms

    def version_at(self, at_ms: int) -> str:
        """Return the version of the function that serves at that time, with Lambda's name."""
        if self.deployed_ms is None:
            return UNPUBLISHED
        return OLD_VERSION if at_ms < self.deployed_ms else NEW_VERSION

    def seen_through(self, since_ms: int, until_ms: int) -> "Scenario":
        """Return the same log, seen through another window."""
        return replace(
            self,
            since_ms=since_ms,
            until_ms=until_ms,
            lookback_ms=since_ms - self.log_since_ms,
            lookahead_ms=self.log_until_ms - until_ms,
        )


def gateway_id(draw: random.Random, twelfth: str) -> str:
    """Return an id like API Gateway's; its twelfth letter is C in connection ids and F in request ids."""
    letters = [draw.choice(ID_ALPHABET) for _ in range(15)]
    letters[11] = twelfth
    return "".join(letters) + "="


def connection_id(number: int) -> str:
    """Return the id of the connection with this number, the same in every story."""
    return gateway_id(random.Random(number), "C")
