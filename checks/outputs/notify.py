"""Notifications of a changed verdict: to webhooks and SNS topics, in bounded time."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from threading import Thread
from time import monotonic, sleep
from typing import Final, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from checks import __version__
from checks.errors import ConfigError, OutputError, SourceError
from checks.outputs.sentence import sentence
from checks.report.result import Result
from checks.verdicts.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Message:
    """A message, in plain text.

    Attributes:
        subject: Of an e-mail.
        sentence: The run in one line, inert: it may hold what was logged.
        page: Where the pipeline shows the run; empty where that is not known.
    """

    subject: str
    sentence: str
    page: str


_ATTEMPTS: Final = 3

_MAY_PASS: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})

_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": f"websocket-health-checks/{__version__}"}


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why an attempt failed, and whether another one may not."""

    reason: str
    may_pass: bool


class _NoRedirect(HTTPRedirectHandler):
    """Takes a redirect for the refusal that it is: a message that follows one arrives without its text."""

    def redirect_request(self, *_: object) -> None:
        return


@dataclass(frozen=True, slots=True)
class Webhook:
    """A place that takes `{"text": …}`.

    Attributes:
        url: With http or https; whoever knows it can write into the channel, so it is shown to nobody.
        timeout_seconds: How long an attempt may wait for each answer.
        pause_seconds: Before the second attempt; before the third it is twice that.
    """

    url: str
    timeout_seconds: float = 4.0
    pause_seconds: float = 0.3

    @property
    def name(self) -> str:
        """Scheme and host."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}"

    def send(self, message: Message) -> None:
        """Send a message.

        Raises:
            OutputError: It did not arrive, in any of three attempts.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            refusal = self._attempt(message)
            if refusal is None:
                return
            if attempt == _ATTEMPTS or not refusal.may_pass:
                raise OutputError(f"{refusal.reason} ({attempt} attempt{'' if attempt == 1 else 's'})")
            sleep(self.pause_seconds * attempt)

    def _attempt(self, message: Message) -> _Refusal | None:
        """Try once. An exception's own text is told where it cannot hold the URL only."""
        try:
            # the scheme was looked at when the command line was read
            request = Request(self.url, _body(message), _HEADERS)  # noqa: S310
            with build_opener(_NoRedirect).open(request, timeout=self.timeout_seconds):
                return None
        except HTTPError as error:
            error.close()
            in_trouble = error.code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code in _MAY_PASS
            return _Refusal(f"it answers with status {error.code}", in_trouble)
        except TimeoutError:
            return _Refusal(f"it does not answer within {self.timeout_seconds:g} s", may_pass=True)
        except OSError as error:
            reason = getattr(error, "reason", error)
            return _Refusal(f"it cannot be reached: {_reason_text(reason)}", may_pass=True)
        except (HTTPException, ValueError) as error:
            return _Refusal(f"it cannot be spoken to: {type(error).__name__}", isinstance(error, HTTPException))


def _reason_text(reason: object) -> str:
    """Why there is no connection; no text of an operating system holds a path of a URL."""
    return (reason.strerror if isinstance(reason, OSError) else None) or type(reason).__name__


def _body(message: Message) -> bytes:
    """The text as Slack wants it, in which `&`, `<` and `>` alone are special."""
    text = "\n".join(filter(None, (message.sentence, message.page)))
    return json.dumps({"text": html.escape(text, quote=False)}).encode()


_MOST_SUBJECT_CHARACTERS: Final = 100


@dataclass(frozen=True, slots=True)
class Topic:
    """A standard topic; credentials, profile and endpoint are boto3's own business.

    Attributes:
        arn: Its name, of which the region is a part.
    """

    arn: str

    @property
    def name(self) -> str:
        """The ARN; it is no secret."""
        return self.arn

    def send(self, message: Message) -> None:
        """Publish a message.

        Raises:
            OutputError: SNS did not take it.
        """
        from checks.aws.client import AwsClient, Timeouts  # noqa: PLC0415 -- boto3 takes half a second, which a webhook does without

        text = "\n".join(filter(None, (message.sentence, message.page)))
        subject = message.subject.encode("ascii", "replace").decode()[:_MOST_SUBJECT_CHARACTERS]
        try:
            client = AwsClient("sns", self.arn.split(":")[3], attempts=3, timeouts=Timeouts(connect=3, answer=4))
            client.call("Publish", self.arn, TopicArn=self.arn, Subject=subject, Message=text)
        except SourceError as error:
            raise OutputError(str(error)) from error


_TOPIC: Final = re.compile(r"arn:[\w-]+:sns:[\w-]+:[0-9]+:[\w-]+")

_VISIBLE: Final = re.compile(r"[!-~]+")


class Target(Protocol):
    """Who can be told."""

    @property
    def name(self) -> str:
        """As it may be shown; no secret is in it."""

    def send(self, message: Message) -> None:
        """Tell it.

        Raises:
            OutputError: It was not told.
        """


def target(text: str) -> Target:
    """The target of that name; nobody is asked yet whether it is there.

    Args:
        text: The ARN of an SNS topic, or the URL of a webhook.

    Raises:
        ConfigError: It is neither. What it is instead may be a secret with a slip in it, so it is not told.
    """
    if _TOPIC.fullmatch(text):
        return Topic(text)
    if _is_url(text):
        return Webhook(text)
    what = f"{len(text):,} characters that are neither" if text else "nothing; is a variable empty?"
    raise ConfigError(
        f"--notify: names {what}; name a topic as arn:aws:sns:REGION:ACCOUNT:NAME, or a webhook as https://…"
    )


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return bool(_VISIBLE.fullmatch(text)) and parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port


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


@dataclass(frozen=True, slots=True)
class OutputLog:
    """Lines for the terminal.

    Attributes:
        lines: Machines read some of them.
        problems: A sentence on all that could not be put out.
    """

    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def notify_on_change(result: Result, previous: Verdict | None, targets: Sequence[Target], page: str) -> OutputLog:
    """Tell all targets of a run, or say why it is no news.

    Args:
        result: What the run found.
        previous: The verdict of the last run of this environment that is remembered; None where none is.
        targets: Whom to tell; at least one.
        page: Where the pipeline shows the run; empty where that is not known.
    """
    if silence := _no_news(result, previous):
        return OutputLog((f"Nobody was notified: {silence}",))
    subject = f"WebSocket health: {result.environment} is {result.verdict.upper()}"
    problems = tuple(deliver(Message(subject, sentence(result), page), targets))
    told = f"Notified {len(targets) - len(problems):,} of {len(targets):,}"
    return OutputLog((f"{told}: {_change(result, previous)}",), problems)


def _no_news(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        return "" if result.exit_code else f"no earlier run of {result.environment} is remembered, and this one is well"
    return f"the verdict is {result.verdict.upper()}, as in the run before" if result.verdict is previous else ""


def _change(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        return f"the verdict is {result.verdict.upper()}, and no earlier run is remembered"
    return f"the verdict was {previous.upper()}, is {result.verdict.upper()}"
