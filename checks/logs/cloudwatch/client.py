"""A client of CloudWatch Logs in one region: boto3's, paced, counted, and without its response parser."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from botocore import xform_name

from checks.aws.problems import RAISED_BY_BOTO, explained
from checks.aws.service import ATTEMPTS, connect
from checks.errors import SourceError
from checks.logs.cloudwatch.pace import Pace, calls_per_second
from checks.logs.cloudwatch.tally import Tally

MOST_AT_ONCE: Final = 8
"""Calls in flight in a region. Fewer would not use up the quota where an answer takes long."""

_AWS_HOSTS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu")
"""AWS's quotas are known; an emulator that AWS_ENDPOINT_URL names has them once it throttles."""
_PAUSE_SECONDS: Final = 0.1
_FIRST_ERROR: Final = 301
"""HTTP statuses from here on are errors to botocore."""


class LogsClient:
    """CloudWatch Logs in one region.

    Args:
        region: None for the one that boto3 finds by its own rules.
        tally: Where calls, attempts and throttles are counted.

    Raises:
        SourceError: There is no region, or no such profile, or the endpoint is no URL.
    """

    def __init__(self, region: str | None, tally: Tally) -> None:
        self._tally = tally
        self._client = connect("logs", region, "CloudWatch Logs", max_pool_connections=MOST_AT_ONCE)
        self.region: str = self._client.meta.region_name
        self._paces: dict[str, Pace] = {}
        host = urlsplit(self._client.meta.endpoint_url).hostname or ""
        self._has_quota = host.endswith(_AWS_HOSTS)
        events = self._client.meta.events
        service = self._client.meta.service_model.service_id.hyphenize()
        events.register(f"before-call.{service}", self._count_call)
        events.register(f"before-send.{service}", self._wait)
        events.register(f"needs-retry.{service}", self._count_throttle)
        events.register(f"needs-retry.{service}", _retry_cut)
        events.register(f"before-parse.{service}", _keep_raw)

    def call(self, operation: str, resource: str, **parameters: Any) -> bytes:
        """Call an operation of the API, and return the body of the answer as it came.

        Args:
            operation: As the API names it: `FilterLogEvents`.
            resource: What it is about, for an error's text.
            parameters: As the API names them.

        Raises:
            SourceError: What went wrong, and what to do.
        """
        try:
            answer: dict[str, Any] = getattr(self._client, xform_name(operation))(**parameters)
        except RAISED_BY_BOTO as error:
            raise explained(error, f"logs:{operation}", f"{resource} in {self.region}") from error
        body: bytes = answer["raw"]
        if _is_cut(body, answer["ResponseMetadata"]["HTTPHeaders"]):
            raise SourceError(f"{resource} in {self.region}: the answer to logs:{operation} was cut off; try again")
        return body

    def accepts(self, operation: str, parameter: str) -> bool:
        """Whether this version of botocore knows the parameter."""
        return parameter in self._client.meta.service_model.operation_model(operation).input_shape.members

    def _count_call(self, **_: Any) -> None:
        self._tally.add(calls=1)

    def _wait(self, event_name: str, **_: Any) -> None:
        """Wait for the next call's turn; a retry is a call, too."""
        if self._has_quota:
            operation = event_name.rpartition(".")[2]
            self._paces.setdefault(operation, Pace(calls_per_second(operation, self.region))).wait()
        self._tally.add(attempts=1)

    def _count_throttle(self, response: Any, **_: Any) -> None:
        code = response[1].get("Error", {}).get("Code", "") if response else ""
        if "Throttl" in code or code in {"RequestLimitExceeded", "TooManyRequestsException"}:
            self._has_quota = True
            self._tally.add(throttles=1)


def _retry_cut(response: Any, attempts: int, **_: Any) -> float | None:
    """Ask again where a body was cut off, which botocore does not see."""
    if response is None or attempts >= ATTEMPTS:
        return None
    answer = response[0]
    return _PAUSE_SECONDS if _is_cut(answer.content, answer.headers) else None


def _is_cut(body: bytes, headers: Mapping[str, str]) -> bool:
    return len(body) < int(headers.get("content-length", 0))


def _keep_raw(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Hand over the body as it came, and give botocore's parser nothing to do; errors it may read.

    To build an object of each event takes it 37 ms a page of 1 MB, and what it does not expect it passes over.
    """
    if response_dict["status_code"] < _FIRST_ERROR:
        customized_response_dict["raw"] = response_dict["body"]
        response_dict["body"] = b"{}"
