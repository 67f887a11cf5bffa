"""Notifications of a changed verdict, in bounded time: to an SNS topic, or to a webhook."""

import html
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeAlias
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from checks import __version__
from checks.errors import ConfigError, OutputError, SourceError
from checks.outputs import FinishedRun, Options, Output, OutputLog, OutputSettings
from checks.outputs.summary import sentence
from checks.report.incidents import incidents
from checks.report.result import Result
from checks.text import counted, one_line, without_mentions
from checks.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from urllib3 import PoolManager


class Message(Struct, frozen=True):
    """A message in plain text."""

    subject: str
    text: str


_TOPIC: Final = re.compile(r"arn:[\w-]+:sns:[\w-]+:[0-9]+:[\w-]+")
_VISIBLE: Final = re.compile(r"[!-~]+")


def parse_target(text: str) -> "Target":
    """Return the target for an SNS topic's ARN or a webhook's URL, without checking that it exists.

    An error does not quote the text: it may be a secret with a typo.
    """
    if _TOPIC.fullmatch(text):
        return Topic(text)
    if _is_url(text):
        return Webhook(text)
    problem = "not an SNS topic ARN or an https:// URL" if text else "empty: is a variable not set?"
    raise ConfigError(f"--notify: {problem}", "use arn:aws:sns:REGION:ACCOUNT:NAME or https://…")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return bool(_VISIBLE.fullmatch(text)) and parts.scheme in {"http", "https"} and bool(parts.hostname) and has_port


_ATTEMPTS: Final = 3
_MAY_PASS: Final = frozenset({408, 429, *range(500, 600)})
"""The statuses of temporary errors, after which another attempt may succeed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that takes `{"text": …}`, as Slack's do.

    Attributes:
        url: The URL, http or https; it is a secret, because anybody who knows it can post to the channel.
        timeout_seconds: How long an attempt may wait for an answer.
        pause_seconds: Half of the pause before the third attempt; there is none before the second.
    """

    url: str = field(repr=False)
    timeout_seconds: float = 4.0
    pause_seconds: float = 0.5

    @property
    def name(self) -> str:
        """The scheme and host, without the secret path."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}"

    def send(self, message: Message) -> None:
        """Post a message, and retry if that may help. A redirect is not followed: that would lose the text.

        The OutputError is not chained to urllib3's error, whose text contains the URL.
        """
        from urllib3.exceptions import HTTPError, MaxRetryError  # noqa: PLC0415 -- most runs send no notification

        try:
            status, attempts = self._post({"text": html.escape(message.text, quote=False)})  # as Slack requires
        except MaxRetryError as error:
            raise OutputError(f"{self._reason(error.reason or error)} ({_ATTEMPTS} attempts)") from None
        except HTTPError as error:  # before the first attempt
            raise OutputError(self._reason(error)) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise OutputError(f"it answers with status {status} ({counted(attempts, 'attempt')})")

    def _post(self, document: Mapping[str, str]) -> tuple[int, int]:
        """Return the status of the last answer, and the number of attempts."""
        from urllib3 import Retry  # noqa: PLC0415

        logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)  # it logs the URLs that it tries
        retries = Retry(
            _ATTEMPTS - 1,
            allowed_methods=None,  # all methods, including POST
            status_forcelist=_MAY_PASS,
            raise_on_status=False,
            respect_retry_after_header=False,  # a pipeline waits
            backoff_factor=self.pause_seconds,
        )
        with (
            _pool(self.url, retries=retries, timeout=self.timeout_seconds) as pool,
            pool.request("POST", self.url, json=document, redirect=False, preload_content=False) as answer,
        ):
            return answer.status, 1 + len(answer.retries.history if answer.retries else ())

    def _reason(self, error: BaseException) -> str:
        """Return the reason why there was no answer, without the text of urllib3's errors, which holds the URL."""
        cause = _first_cause(error)
        if isinstance(cause, TimeoutError):
            return f"it does not answer within {self.timeout_seconds:g} s"
        if isinstance(cause, OSError):  # the operating system's texts never hold the path of a URL
            way = " through the proxy" if type(error).__name__ == "ProxyError" else ""
            return f"it cannot be reached{way}: {cause.strerror or cause}"
        return f"the request failed: {type(cause).__name__}"


def _pool(url: str, **settings: Any) -> "PoolManager":
    """Return connections to a webhook, through the proxy that the environment variables name, if any."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415

    from urllib3 import PoolManager, ProxyManager  # noqa: PLC0415
    from urllib3.util import make_headers  # noqa: PLC0415

    user, host = _user_and_host(url)
    headers = make_headers(user_agent=f"websocket-health-checks/{__version__}", basic_auth=user)
    proxy = getproxies().get(urlsplit(url).scheme)
    if not proxy or proxy_bypass(host):
        return PoolManager(headers=headers, **settings)
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    user, _ = _user_and_host(proxy)
    return ProxyManager(proxy, headers=headers, proxy_headers=make_headers(proxy_basic_auth=user), **settings)


def _user_and_host(url: str) -> tuple[str | None, str]:
    """Return `name:password`, if the URL has it, and the host with its port."""
    user, _, host = urlsplit(url).netloc.rpartition("@")
    return unquote(user) or None, host


def _first_cause(error: BaseException) -> BaseException:
    """Return the innermost of nested errors, which wrap each other as cause or argument."""
    inner = next((one for one in (error.__cause__, *error.args) if isinstance(one, BaseException)), None)
    return error if inner is None else _first_cause(inner)


_MOST_SUBJECT_CHARACTERS: Final = 100


class Topic(Struct, frozen=True):
    """A standard topic of SNS; boto3 finds credentials, profile and endpoint."""

    arn: str

    @property
    def name(self) -> str:
        """The ARN, which is not a secret."""
        return self.arn

    def send(self, message: Message) -> None:
        """Publish a message."""
        from checks.aws.client import AwsClient, Timeouts  # noqa: PLC0415 -- boto3 takes half a second, and a webhook needs none

        subject = message.subject.encode("ascii", "replace").decode()[:_MOST_SUBJECT_CHARACTERS]
        try:
            client = AwsClient("sns", self.arn.split(":")[3], attempts=3, timeouts=Timeouts(connect=3, answer=4))
            client.call("Publish", self.arn, TopicArn=self.arn, Subject=subject, Message=message.text)
        except SourceError as error:
            raise OutputError(str(error)) from error


_MOST_SECONDS: Final = 15.0
"""The longest time for all deliveries together, since a pipeline waits for them."""


Target: TypeAlias = Webhook | Topic


@dataclass(frozen=True, slots=True)
class Notifications(Output):
    """Messages to webhooks and SNS topics when the verdict differs from that of the run before."""

    name = "notifications"
    options: ClassVar[Options] = {
        "--notify": {
            "action": "append",
            "default": [],
            "metavar": "TARGET",
            "help": "notify of a change of verdict: an SNS topic's ARN, or the URL of a Slack-compatible webhook; "
            "repeatable",
        }
    }

    targets: tuple[Target, ...]

    @classmethod
    def from_settings(cls, settings: OutputSettings) -> Self | None:
        """Make the output if options name targets."""
        targets = tuple(map(parse_target, settings.option("notify")))
        return cls(targets) if targets else None

    def write(self, run: FinishedRun) -> OutputLog:
        """Send a sentence on the run, what to do, and its page, if known, to all targets; or say why not."""
        result, previous = run.result, run.previous
        if silence := _no_news(result, previous):
            return OutputLog((f"Nobody was notified: {silence}",))
        subject = f"WebSocket health: {result.environment} is {result.verdict.upper()}"
        problems = tuple(deliver(Message(subject, "\n".join(_lines(result))), self.targets))
        notified = f"Notified {len(self.targets) - len(problems):,} of {len(self.targets):,}"
        return OutputLog((f"{notified}: {_change(result, previous)}",), problems)


def _no_news(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        if result.exit_code:
            return ""
        return f"no earlier run of {result.environment} is remembered, and this run is healthy"
    return f"the verdict is {result.verdict.upper()}, as in the previous run" if result.verdict is previous else ""


def _lines(result: Result) -> Iterator[str]:
    yield sentence(result)
    worst = next((one for one in incidents(result) if not one.is_shadow), None)
    steps = (worst.deploy_step, *worst.next_steps) if worst else ()
    if step := next(filter(None, steps), ""):
        yield f"Next: {without_mentions(one_line(step))}"
    if result.run and result.run.url:
        yield result.run.url


def _change(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        return f"the verdict is {result.verdict.upper()}, and no earlier run is remembered"
    return f"verdict changed: {previous.upper()} → {result.verdict.upper()}"


def deliver(message: Message, targets: Sequence[Target], most_seconds: float = _MOST_SECONDS) -> Iterator[str]:
    """Send a message to all targets at once; yield a sentence on each target that did not receive it in time."""
    problems = ["no answer in time"] * len(targets)

    def send(number: int, target: Target) -> None:
        try:
            target.send(message)
            problems[number] = ""
        except OutputError as error:
            problems[number] = str(error)

    # Daemons: the process does not wait for them when it ends.
    threads = [Thread(target=send, args=one, daemon=True) for one in enumerate(targets)]
    end = monotonic() + most_seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - monotonic()))
    for target, problem in zip(targets, list(problems), strict=True):
        if problem:
            yield f"{target.name} was not notified: {problem}"
