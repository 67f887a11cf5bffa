"""The HTTP server, which speaks AWS's JSON protocol."""

import json
import re
import socket
import struct
from collections.abc import Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Lock, Thread
from time import sleep
from types import TracebackType
from typing import Any, Final, Self

from tests.endpoint import insights, parameters
from tests.endpoint.behaviour import Behaviour, Moods, ServiceError
from tests.endpoint.store import ACCOUNT, PAGE_EVENTS, Group

DESCRIBED_AT_ONCE: Final = 50
_SCOPE: Final = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")


class Endpoint:
    """CloudWatch Logs on loopback: `with Endpoint([Group(…)]) as endpoint: … endpoint.url …`.

    Attributes:
        requests: The requests, as operation and parameters.
        queries: The queries of Logs Insights, by id.
    """

    def __init__(self, groups: Iterable[Group], behaviour: Behaviour | None = None) -> None:
        self.groups = list(groups)
        self.behaviour = behaviour or Behaviour()
        self.moods = Moods(self.behaviour)
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.queries: dict[str, insights.Query] = {}
        self.lock = Lock()
        self._numbers = count(1)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.endpoint = self
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which boto3 finds it, and nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, operation: str, region: str, request: dict[str, Any], fault: str | None) -> bytes:
        """Return the body of the answer."""
        parameters.check(operation, request)
        if operation == "FilterLogEvents":
            return self._filter(region, request, fault)
        answers = {
            "DescribeLogGroups": self._describe,
            "StartQuery": self._start,
            "GetQueryResults": self._results,
            "StopQuery": self._stop,
        }
        return json.dumps(answers[operation](region, request), separators=(",", ":")).encode()

    def _group(self, region: str, request: Mapping[str, Any]) -> Group:
        (arn,) = request.get("logGroupIdentifiers") or [request.get("logGroupIdentifier")]
        name = request.get("logGroupName")
        if arn and not arn.startswith("arn:"):
            arn, name = None, arn
        if (arn is None) == (name is None):
            raise ServiceError("InvalidParameterException", "name the log group, or its ARN, and not both")
        for group in self.groups:
            if group.region == region and arn in {group.arn, None} and name in {group.name, None}:
                if name and group.account != ACCOUNT:
                    continue  # in a linked account, which a name alone does not reach
                return group
        raise ServiceError("ResourceNotFoundException", "The specified log group does not exist.")

    def _filter(self, region: str, request: Mapping[str, Any], fault: str | None) -> bytes:
        group = self._group(region, request)
        if group.log_class != "STANDARD":
            raise ServiceError(
                "InvalidOperationException",
                f"The log group {group.name} is of log-group-class {group.log_class}. FilterLogEvents is not "
                "supported for this log class.",
            )
        span = group.between(request.get("startTime", 0), request.get("endTime", 1 << 62))
        if pattern := request.get("filterPattern"):
            return _page(_matching(group, span, pattern), None)
        token = request.get("nextToken")
        first, before = parameters.token(token, 2) if token else (span.start, span.start)
        if fault == "empty":
            return _page(b"", f"{first}-{before}")
        if fault == "repeat" and token:
            return _page(group.text(group.page(before, span, PAGE_EVENTS)), token)
        if first >= span.stop:
            return _page(b"", None)
        page = group.page(first, span, request.get("limit", PAGE_EVENTS))
        return _page(group.text(page), f"{page.stop}-{first}" if page.stop < span.stop else None)

    def _describe(self, region: str, request: Mapping[str, Any]) -> dict[str, Any]:
        prefix, (first,) = request.get("logGroupNamePrefix", ""), parameters.token(request.get("nextToken", "0"), 1)
        groups = sorted(
            (group for group in self._of_accounts(request) if group.region == region and group.name.startswith(prefix)),
            key=lambda group: group.name,
        )
        last = first + request.get("limit", DESCRIBED_AT_ONCE)
        described = [
            {
                "logGroupName": group.name,
                "logGroupClass": group.log_class,
                "creationTime": group.created_ms,
                "storedBytes": len(group.written),
                "arn": f"{group.arn}:*",
                **group.described,
            }
            for group in groups[first:last]
        ]
        return {"logGroups": described, **({"nextToken": str(last)} if last < len(groups) else {})}

    def _of_accounts(self, request: Mapping[str, Any]) -> Iterator[Group]:
        """Return the groups of the account, or, if requested, of linked accounts."""
        accounts = request.get("accountIdentifiers", [ACCOUNT])
        is_linked = request.get("includeLinkedAccounts", False)
        return (group for group in self.groups if group.account in accounts and (is_linked or group.account == ACCOUNT))

    def _start(self, region: str, request: Mapping[str, Any]) -> dict[str, Any]:
        identifiers = request.get("logGroupIdentifiers", ())
        one_each = ({**request, "logGroupIdentifiers": [one]} for one in identifiers) if identifiers else (request,)
        groups = [self._group(region, one) for one in one_each]
        for group in groups:
            if group.log_class == "DELIVERY":
                raise ServiceError("InvalidOperationException", f"The log group {group.name} cannot be queried.")
        span = request["startTime"], request["endTime"]
        if span[1] * 1000 < min(group.created_ms for group in groups):
            raise ServiceError(
                "MalformedQueryException",
                "Query's end date and time is either before the log groups creation time or exceeds the log groups log "
                f"retention settings ({list(span)})",
            )
        query = insights.start(request["queryString"], groups, *span, self.behaviour)
        with self.lock:
            name = f"query-{next(self._numbers)}"
        self.queries[name] = query
        return {"queryId": name}

    def _results(self, _: str, request: Mapping[str, Any]) -> dict[str, Any]:
        query = self._query(request)
        (first,) = parameters.token(request.get("nextToken", "0"), 1)
        return query.answer(first)

    def _stop(self, _: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if not self._query(request).cancel():
            raise ServiceError("InvalidParameterException", "The specified query has ended.")
        return {"success": True}

    def _query(self, request: Mapping[str, Any]) -> insights.Query:
        if request["queryId"] not in self.queries:
            raise ServiceError("ResourceNotFoundException", "The specified query does not exist.")
        return self.queries[request["queryId"]]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    endpoint: Endpoint

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class's name
        """Print nothing."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        scope = _SCOPE.search(self.headers.get("Authorization", ""))
        endpoint, behaviour = self.server.endpoint, self.server.endpoint.behaviour
        with endpoint.lock:
            endpoint.requests.append((operation, request))
        sleep(behaviour.latency_seconds)
        fault = endpoint.moods.fault(operation, request)
        try:
            endpoint.moods.check(operation, request)
            if fault in {"error", "unavailable", "throttle"}:
                raise _FAULTS[fault]
            body = behaviour.answers.get(operation)
            if body is None:
                body = endpoint.answer(operation, scope[1] if scope else "", request, fault)
        except ServiceError as error:
            self._send(error.status, json.dumps({"__type": error.code, "message": error.message}).encode())
            return
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        if fault == "stall":
            sleep(behaviour.stall_seconds)
        self._send(200, body, is_cut=fault == "cut")

    def _send(self, status: int, body: bytes, *, is_cut: bool = False) -> None:
        head = f"HTTP/1.1 {status} -\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode())
        self.wfile.write(body[: len(body) // 2] if is_cut else body)
        self.close_connection = is_cut


_FAULTS: Final = {
    "error": ServiceError("InternalFailure", "", 500),
    "unavailable": ServiceError("ServiceUnavailableException", "The service cannot complete the request.", 503),
    "throttle": ServiceError("ThrottlingException", "Rate exceeded"),
}


def _matching(group: Group, span: range, pattern: str) -> bytes:
    """Return the events with one of several phrases, `?"one" ?"another"`: the only patterns that the endpoint knows."""
    if not re.fullmatch(r'(?:\?"[^"]+" ?)+', pattern):
        raise ServiceError("InvalidParameterException", f"the pattern {pattern} is not known to this endpoint")
    phrases = re.findall(r'"([^"]+)"', pattern)
    matching = [event for event in group.events(span) if any(phrase in event["message"] for phrase in phrases)]
    return json.dumps(matching).encode()[1:-1]


def _page(events: bytes, token: str | None) -> bytes:
    more = b"" if token is None else b',"nextToken":"%s"' % token.encode()
    return b"".join((b'{"events":[', events, b'],"searchedLogStreams":[]', more, b"}"))  # a page is copied once
