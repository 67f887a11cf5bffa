"""The frames that the runtime and the logging library put around an application's words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tests.simulator import clock
from tests.simulator.story import UNPUBLISHED


@dataclass(frozen=True, slots=True)
class Said:
    """One logging call of an application.

    Attributes:
        text: The message.
        level: INFO, WARNING or ERROR.
        error: Name of the exception that is passed to the logger with the message.
        connection_id: The key that a structured logger adds; left out if empty.
        details: Further keys of a structured logger.
    """

    text: str
    level: str = "INFO"
    error: str = ""
    connection_id: str = ""
    details: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of a Lambda function."""

    request_id: str
    start_ms: int
    end_ms: int
    version: str = UNPUBLISHED

    @property
    def duration_ms(self) -> int:
        """The duration of the invocation."""
        return self.end_ms - self.start_ms


class Frame(Protocol):
    """The frame of one runtime and logger."""

    def start(self, invocation: Invocation) -> str:
        """The line that opens a request."""

    def line(self, said: Said, request_id: str, at_ms: int) -> str:
        """A line of the application."""

    def end(self, invocation: Invocation) -> tuple[str, ...]:
        """The lines that close a request."""


def cold_start() -> str:
    """What Lambda logs before the first request of an execution environment."""
    runtime = "arn:aws:lambda:eu-west-1::runtime:7893bafe1f7e5c0681bc8da889edf656777a53c2a26e3f73436bdcbc87ccfbe8"
    return f"INIT_START Runtime Version: python:3.12.v16\tRuntime Version ARN: {runtime}\n"


def timed_out(invocation: Invocation) -> str:
    """What Lambda logs when it stops a request."""
    seconds = invocation.duration_ms / 1000
    return f"{clock.iso(invocation.end_ms)} {invocation.request_id} Task timed out after {seconds:.2f} seconds\n\n"


def boto3_error(name: str) -> str:
    """Return the text of a boto3 exception: the answer to a post has no body, so nothing follows the colon."""
    return f"An error occurred ({name}) when calling the PostToConnection operation: "


def javascript_error(name: str) -> str:
    """Return the text of an AWS SDK for JavaScript v3 exception, which finds no message in an empty body."""
    return f"{name}: UnknownError"


def _traceback(error: str) -> str:
    return (
        "Traceback (most recent call last):\n"
        '  File "/var/task/chat/push.py", line 27, in push\n'
        "    client.post_to_connection(ConnectionId=connection_id, Data=data)\n"
        f"botocore.errorfactory.{error}: {boto3_error(error)}"
    )


class _TextPlatform:
    """Lambda's own lines in the text format."""

    def start(self, invocation: Invocation) -> str:
        return f"START RequestId: {invocation.request_id} Version: {invocation.version}\n"

    def end(self, invocation: Invocation) -> tuple[str, ...]:
        request_id, duration_ms = invocation.request_id, invocation.duration_ms
        cost = f"Duration: {duration_ms}.41 ms\tBilled Duration: {duration_ms + 1} ms"
        memory = "Memory Size: 128 MB\tMax Memory Used: 71 MB"
        return f"END RequestId: {request_id}\n", f"REPORT RequestId: {request_id}\t{cost}\t{memory}\t\n"


class PythonText(_TextPlatform):
    """The standard logger in Lambda's Python runtime."""

    def line(self, said: Said, request_id: str, at_ms: int) -> str:
        trace = f"\n{_traceback(said.error)}" if said.error else ""
        return f"[{said.level}]\t{clock.iso(at_ms)}\t{request_id}\t{said.text}{trace}\n"


class NodeText(_TextPlatform):
    """`console` in Lambda's Node runtime."""

    def line(self, said: Said, request_id: str, at_ms: int) -> str:
        level = said.level.replace("WARNING", "WARN")
        trace = f" {javascript_error(said.error)}\n    at push (/var/task/push.js:27:11)" if said.error else ""
        return f"{clock.iso(at_ms)}\t{request_id}\t{level}\t{said.text}{trace}\n"


class Powertools(_TextPlatform):
    """The structured logger of Powertools for AWS Lambda."""

    def line(self, said: Said, request_id: str, at_ms: int) -> str:
        record: dict[str, object] = {
            "level": said.level,
            "location": "handler:31",
            "message": said.text,
            "timestamp": clock.powertools(at_ms),
            "service": "chat",
            "function_request_id": request_id,
        }
        if said.connection_id:
            record["connection_id"] = said.connection_id
        record |= dict(said.details)
        if said.error:
            record |= {"exception": _traceback(said.error), "exception_name": said.error}
        return compact_json(record) + "\n"


class LambdaJson:
    """Lambda's JSON log format, as the Python runtime writes it."""

    def start(self, invocation: Invocation) -> str:
        record = {"requestId": invocation.request_id, "version": invocation.version}
        return _platform_event("platform.start", invocation.start_ms, record)

    def line(self, said: Said, request_id: str, at_ms: int) -> str:
        record: dict[str, object] = {
            "timestamp": clock.iso(at_ms),
            "level": said.level,
            "message": said.text,
            "logger": "root",
            "requestId": request_id,
        }
        if said.error:
            record |= {
                "stackTrace": _traceback(said.error).splitlines()[1:3],
                "errorType": said.error,
                "errorMessage": boto3_error(said.error),
                "location": "/var/task/chat/push.py:push:27",
            }
        return json.dumps(record) + "\n"

    def end(self, invocation: Invocation) -> tuple[str, ...]:
        duration_ms = invocation.duration_ms
        metrics = {"durationMs": duration_ms + 0.41, "billedDurationMs": duration_ms + 1, "maxMemoryUsedMB": 71}
        report = {"requestId": invocation.request_id, "metrics": metrics, "status": "success"}
        return (_platform_event("platform.report", invocation.end_ms, report),)


def compact_json(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def _platform_event(kind: str, at_ms: int, record: Mapping[str, object]) -> str:
    return compact_json({"time": clock.iso(at_ms), "type": kind, "record": record}) + "\n"
