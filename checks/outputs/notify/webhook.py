"""A webhook of a chat channel: Slack's, or one that takes the same."""

import html
import json
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from time import sleep
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from checks import __version__
from checks.errors import OutputError
from checks.outputs.notify.message import Message

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
            return _Refusal(f"it cannot be reached: {_told(reason)}", may_pass=True)
        except (HTTPException, ValueError) as error:
            return _Refusal(f"it cannot be spoken to: {type(error).__name__}", isinstance(error, HTTPException))


def _told(reason: object) -> str:
    """Why there is no connection; no text of an operating system holds a path of a URL."""
    return (reason.strerror if isinstance(reason, OSError) else None) or type(reason).__name__


def _body(message: Message) -> bytes:
    """The text as Slack wants it, in which `&`, `<` and `>` alone are special."""
    text = "\n".join(filter(None, (message.sentence, message.page)))
    return json.dumps({"text": html.escape(text, quote=False)}).encode()
