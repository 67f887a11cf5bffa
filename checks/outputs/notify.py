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
from checks.report.pipeline import pipeline_page
from checks.report.result import Result
from checks.text import counted
from checks.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from urllib3 import PoolManager


class Message(Struct, frozen=True):
    """A message in plain text: subject, the run in one line, and the page that shows it, if that is known."""

    subject: str
    sentence: str
    page: str

    @property
    def text(self) -> str:
        """The sentence, and the page in a line below."""
        return f"{self.sentence}\n{self.page}" if self.page else self.sentence


_TOPIC: Final = re.compile(r"arn:[\w-]+:sns:[\w-]+:[0-9]+:[\w-]+")
_VISIBLE: Final = re.compile(r"[!-~]+")


def parse_target(text: str) -> "Target":
    """The target of an SNS topic's ARN or a webhook's URL; whether it is there is not tried yet.

    Raises:
        ConfigError: It is neither. It may be a secret with a slip in it, so the error does not quote it.
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
"""Statuses of trouble that may be over by the next attempt; after any other, it would be the same again."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that takes `{"text": …}`, as Slack's do.

    Attributes:
        url: With http or https; whoever knows it can write into the channel, so it is shown to nobody.
        timeout_seconds: How long an attempt may wait for each answer.
        pause_seconds: Half of the pause before the third attempt; the second comes at once.
    """

    url: str = field(repr=False)
    timeout_seconds: float = 4.0
    pause_seconds: float = 0.5

    @property
    def name(self) -> str:
        """Scheme and host."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}"

    def send(self, message: Message) -> None:
        """Post a message, and try again where that may help. A redirect is not followed: what does loses its text.

        Raises:
            OutputError: It did not arrive. The error is not chained to urllib3's, whose text holds the URL.
        """
        from urllib3.exceptions import HTTPError, MaxRetryError  # noqa: PLC0415 -- a run that notifies nobody needs none

        try:
            status, attempts = self._post({"text": html.escape(message.text, quote=False)})  # as Slack wants it
        except MaxRetryError as error:
            raise OutputError(f"{self._reason(error.reason or error)} ({_ATTEMPTS} attempts)") from None
        except HTTPError as error:  # before the first attempt
            raise OutputError(self._reason(error)) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise OutputError(f"it answers with status {status} ({counted(attempts, 'attempt')})")

    def _post(self, document: Mapping[str, str]) -> tuple[int, int]:
        """Return the status of the last answer, and which attempt that was."""
        from urllib3 import Retry  # noqa: PLC0415

        logging.getLogger("urllib3").setLevel(logging.CRITICAL + 1)  # it logs the URLs that it tries
        retries = Retry(
            _ATTEMPTS - 1,
            allowed_methods=None,  # any, so POST too
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
        """Why there was no answer, without the text of urllib3's errors, which holds the URL."""
        cause = _first_cause(error)
        if isinstance(cause, TimeoutError):
            return f"it does not answer within {self.timeout_seconds:g} s"
        if isinstance(cause, OSError):  # no text of an operating system holds a path of a URL
            way = " through the proxy" if type(error).__name__ == "ProxyError" else ""
            return f"it cannot be reached{way}: {cause.strerror or cause}"
        return f"it cannot be spoken to: {type(cause).__name__}"


def _pool(url: str, **settings: Any) -> "PoolManager":
    """Connections to a webhook, through the proxy that the environment names for it, if there is one."""
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
    """`name:password`, where there is one, and the host with its port."""
    user, _, host = urlsplit(url).netloc.rpartition("@")
    return unquote(user) or None, host


def _first_cause(error: BaseException) -> BaseException:
    """The innermost of errors that wrap each other, as a cause or as an argument."""
    inner = next((one for one in (error.__cause__, *error.args) if isinstance(one, BaseException)), None)
    return error if inner is None else _first_cause(inner)


_MOST_SUBJECT_CHARACTERS: Final = 100


class Topic(Struct, frozen=True):
    """A standard topic of SNS; credentials, profile and endpoint are boto3's own business."""

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

        subject = message.subject.encode("ascii", "replace").decode()[:_MOST_SUBJECT_CHARACTERS]
        try:
            client = AwsClient("sns", self.arn.split(":")[3], attempts=3, timeouts=Timeouts(connect=3, answer=4))
            client.call("Publish", self.arn, TopicArn=self.arn, Subject=subject, Message=message.text)
        except SourceError as error:
            raise OutputError(str(error)) from error


MOST_SECONDS: Final = 15.0
"""The most that all deliveries may take together; a pipeline waits for them."""


Target: TypeAlias = Webhook | Topic


@dataclass(frozen=True, slots=True)
class Notifications(Output):
    """Messages to webhooks and SNS topics where the verdict is another than that of the run before."""

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
        if result.exit_code:
            return ""
        return f"no earlier run of {result.environment} is remembered, and this run is healthy"
    return f"the verdict is {result.verdict.upper()}, as in the run before" if result.verdict is previous else ""


def _change(result: Result, previous: Verdict | None) -> str:
    if previous is None:
        return f"the verdict is {result.verdict.upper()}, and no earlier run is remembered"
    return f"verdict changed: {previous.upper()} → {result.verdict.upper()}"


def deliver(message: Message, targets: Sequence[Target], most_seconds: float = MOST_SECONDS) -> Iterator[str]:
    """Send a message to all targets at once; yield a sentence on each that did not get it in time."""
    problems = ["no answer in time"] * len(targets)

    def send(number: int, target: Target) -> None:
        try:
            target.send(message)
        except OutputError as error:
            problems[number] = str(error)
        else:
            problems[number] = ""

    # As daemons: a process that ends does not wait for them.
    threads = [Thread(target=send, args=one, daemon=True) for one in enumerate(targets)]
    end = monotonic() + most_seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - monotonic()))
    for target, problem in zip(targets, list(problems), strict=True):
        if problem:
            yield f"{target.name} was not notified: {problem}"
