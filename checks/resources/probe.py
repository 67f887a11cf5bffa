"""Probes: WebSocket connections that the run opens itself, each with a mark that identifies it in the logs."""

import asyncio
import logging
import os
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from statistics import quantiles
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote, quote_plus, urlencode

from msgspec import Struct, field
from msgspec.structs import replace

from checks.analysis.engine import matcher
from checks.analysis.recognise import LoggedProbes
from checks.config.environment import CONFIGURED, Environment, Probe
from checks.config.scalars import PROBE_URL_PATTERN
from checks.config.signal_patterns import check_pattern
from checks.errors import ConfigError
from checks.metrics import METRICS, Metric, Subject
from checks.resources import Observation
from checks.text import one_line, without_secrets

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_DONE: Final = {"open": "opened", "welcome": "welcomed", "answer": "answered", "close": "closed"}
"""The steps of a probe, each with the word for a probe that has completed it."""
_MOST_REASONS: Final = 3
_SILENT: Final = logging.getLogger("checks.resources.probe")
"""A logger for the library, which is silenced because its messages would quote headers."""
_SILENT.setLevel(logging.CRITICAL + 1)
_NORMAL: Final = 1000
"""The close code of a normal closure: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1"""


class _Attempt(Struct):
    """The outcome of one probe: the steps that it completed, with the seconds of each, and why it went no further."""

    seconds: dict[str, float] = field(default_factory=dict)
    failure: str = ""


class ProbeSecrets(Struct, frozen=True):
    """The secrets that go with each probe and must not be shown: headers and query parameters, from the environment."""

    headers: Mapping[str, str]
    query: Mapping[str, str]

    @classmethod
    def of_probe(cls, probe: Probe) -> Self:
        """Read the secrets from the variables that thresholds.yaml names.

        Raises:
            ConfigError: One is not set.
        """
        missing = [name for name in (*probe.headers.values(), *probe.query.values()) if not os.environ.get(name)]
        if missing:
            raise ConfigError(f"probe: the environment variable {missing[0]}, which should hold a secret, is not set")
        parts = ({key: os.environ[name] for key, name in part.items()} for part in (probe.headers, probe.query))
        return cls(*parts)

    @property
    def texts(self) -> list[str]:
        """All secrets, as they are and as a URL encodes them; the longest first, because one may contain another."""
        values = {*self.headers.values(), *self.query.values()}
        return sorted(
            {*values, *map(quote, values), *map(quote_plus, values), *(quote(value, safe="") for value in values)},
            key=len,
            reverse=True,
        )

    @property
    def redact(self) -> Mapping[str, str]:
        """The RE2 pattern that matches the secrets in the logs, by the name that replaces them."""
        return {"probe-secret": "|".join(map(re.escape, self.texts))} if self.texts else {}

    def redacted(self, text: str) -> str:
        """A text without the secrets."""
        for secret in self.texts:
            text = text.replace(secret, "[redacted]")
        return text


class ProbeRun(Struct, frozen=True):
    """The probes of a run, once they are over.

    Each probe's mark, in its query and its user agent, begins with the mark of the run. No output may show the secrets.
    """

    mark: str
    probe: Probe
    attempts: tuple[_Attempt, ...]
    secrets: ProbeSecrets

    def observation(self, logged: LoggedProbes | None) -> Observation:
        """The observation of what probes measured, and of what the logs say about them, if logs were read."""
        failed = [one for one in self.attempts if one.failure]
        metrics = [
            Metric("probe.failed", len(failed)),
            *(Metric(f"probe.{_DONE[step]}", self._count(step)) for step in self._steps),
            *self._times(),
        ]
        findings = {"probe.failed": tuple(self._reasons(failed))}
        notes = []
        if logged is not None:
            metrics.append(Metric("probe.unread", self._unread(logged)))
            findings["probe.unread"] = (self._sentence(logged),)
            notes.append(f"{self._sentence(logged)}; they are judged apart: no other number from the logs counts them")
        return Observation(tuple(metrics), findings, tuple(notes))

    @property
    def _steps(self) -> list[str]:
        optional = {"welcome": bool(self.probe.welcome), "answer": bool(self.probe.answer)}
        return [step for step in _DONE if optional.get(step, True)]

    def _count(self, step: str) -> int:
        return sum(step in one.seconds for one in self.attempts)

    def _times(self) -> Iterator[Metric]:
        for step in (step for step in self._steps if step != "close"):
            seconds = [one.seconds[step] for one in self.attempts if step in one.seconds]
            for percent in (50, 95):
                value = quantiles(seconds, n=100, method="inclusive")[percent - 1] if len(seconds) > 1 else None
                yield Metric(f"probe.{step}_p{percent}_seconds", value, len(seconds))

    def _reasons(self, failed: Iterable[_Attempt]) -> Iterator[str]:
        for reason, number in Counter(one.failure for one in failed).most_common(_MOST_REASONS):
            yield one_line(self.secrets.redacted(f"{number} of {len(self.attempts)}: {reason}"))

    def _expected(self) -> dict[str, int]:
        """How many signals the logs should hold, by how far the probes came; welcomes only if one was awaited."""
        expected = {"connects": self._count("open"), "disconnects": self._count("open")}
        return {**expected, "welcomes": self._count("welcome")} if self.probe.welcome else expected

    def _unread(self, logged: LoggedProbes) -> int:
        return sum(max(0, number - getattr(logged, name)) for name, number in self._expected().items())

    def _sentence(self, logged: LoggedProbes) -> str:
        read = ", ".join(f"{getattr(logged, name):,} {name} read" for name in self._expected())
        unmarked = "" if logged.marked else "; no line contains their mark: log the query or the user agent of $connect"
        return f"{self._count('open'):,} opened, {read}{unmarked}"


def probe_from_options(option: Callable[[str], Any], environment: Environment) -> Probe:
    """The probe that the command line asks for.

    Raises:
        ConfigError: There is no URL or no limit, the logs can't show them, or a pattern can't be used.
    """
    where = option("probe")
    probe = environment.probe or Probe(where)
    if problem := next(_problems(option, environment, probe), None):
        raise ConfigError(problem)
    return probe if where == CONFIGURED else replace(probe, url=where)


def _problems(option: Callable[[str], Any], environment: Environment, probe: Probe) -> Iterator[str]:
    where = option("probe")
    if where == CONFIGURED and environment.probe is None:
        yield f"--probe {CONFIGURED}: {environment.name!r} has no 'probe' in thresholds.yaml; give a URL"
    if where != CONFIGURED and not re.fullmatch(PROBE_URL_PATTERN, where):
        shown = without_secrets(where)
        yield f"--probe: {shown!r} is neither {CONFIGURED} nor a URL such as wss://…/prod without a query"
    if option("until"):
        yield "--probe opens connections now, so the window ends now: --until has no effect"
    if not (option("wait") or option("logs") or environment.logs):
        yield "--probe: CloudWatch has the lines of a new connection after half a minute; add --wait 3m"
    if not any(METRICS[metric].subject is Subject.PROBE for metric in environment.limits):
        yield f"--probe: {environment.name!r} has no limit on it; write one such as probe.failed: {{max: 0}}"
    for key in ("welcome", "answer"):
        try:
            if pattern := getattr(probe, key):
                check_pattern(pattern)
        except ValueError as error:
            yield f"probe.{key}: {error}"


def run_probes(probe: Probe) -> ProbeRun:
    """Open the connections one by one, at the configured pace, and wait until all are over.

    Raises:
        ConfigError: An environment variable that should hold a secret is not set.
    """
    hidden = ProbeSecrets.of_probe(probe)
    mark = f"whc-{secrets.token_hex(4)}"
    return ProbeRun(mark, probe, tuple(asyncio.run(_all(probe, hidden, mark))), hidden)


async def _all(probe: Probe, hidden: ProbeSecrets, mark: str) -> list[_Attempt]:
    async def later(number: int) -> _Attempt:
        await asyncio.sleep(number / probe.per_second)
        return await _attempt(probe, hidden, f"{mark}-{number}")

    return await asyncio.gather(*map(later, range(probe.connections)))


async def _attempt(probe: Probe, hidden: ProbeSecrets, mark: str) -> _Attempt:
    """Take one probe through its steps, as far as it gets."""
    from websockets.asyncio.client import connect  # noqa: PLC0415 -- few runs have probes
    from websockets.exceptions import InvalidStatus, WebSocketException  # noqa: PLC0415

    attempt, begin = _Attempt(), time.monotonic()
    url = f"{probe.url}?{urlencode({'probe': mark, **hidden.query})}"
    try:
        connection = await connect(
            url,
            additional_headers=dict(hidden.headers),
            user_agent_header=f"websocket-health-checks ({mark})",
            open_timeout=probe.timeout_seconds,
            close_timeout=probe.timeout_seconds,
            logger=_SILENT,
        )
    except InvalidStatus as error:
        attempt.failure = f"refused with HTTP {error.response.status_code}"
    except TimeoutError:
        attempt.failure = f"not open after {probe.timeout_seconds:g} s"
    except (OSError, WebSocketException) as error:
        attempt.failure = f"not opened: {error}"
    else:
        attempt.seconds["open"] = time.monotonic() - begin
        await _talk(connection, probe, attempt)
    return attempt


async def _talk(connection: "ClientConnection", probe: Probe, attempt: _Attempt) -> None:
    """Wait for the welcome, send and wait for the answer, and close."""
    from websockets.exceptions import ConnectionClosed  # noqa: PLC0415

    step = ""
    try:
        for step, message, pattern in (("welcome", "", probe.welcome), ("answer", probe.send, probe.answer)):
            if message:
                await connection.send(message)
            if pattern:
                attempt.seconds[step] = await _seconds_until(connection, pattern, probe.timeout_seconds)
    except TimeoutError:
        attempt.failure = f"no {step} within {probe.timeout_seconds:g} s"
    except ConnectionClosed:
        attempt.failure = f"closed by the other side before the {step}, with code {connection.close_code}"
    begin = time.monotonic()
    with suppress(TimeoutError):
        await connection.close()
    if connection.close_code == _NORMAL and not attempt.failure:
        attempt.seconds["close"] = time.monotonic() - begin
    elif not attempt.failure:
        attempt.failure = f"not closed cleanly, but with code {connection.close_code}"


async def _seconds_until(connection: "ClientConnection", pattern: str, timeout_seconds: float) -> float:
    """Wait for a message that matches, and return how long that took; others are skipped.

    Raises:
        TimeoutError: None came in time.
        ConnectionClosed: None can come any more.
    """
    begin, matches = time.monotonic(), matcher(pattern)
    async with asyncio.timeout(timeout_seconds):
        while not matches(_text(await connection.recv())):
            pass
    return time.monotonic() - begin


def _text(message: str | bytes) -> str:
    return message if isinstance(message, str) else message.decode(errors="replace")
