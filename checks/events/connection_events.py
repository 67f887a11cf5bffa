"""Logs the events of a WebSocket connection, each in a line that websocket-health-checks understands exactly.

Copy this file next to your Lambda function's handler; it needs nothing but Python.

    from connection_events import log_connection_event

    log_connection_event(event["requestContext"]["connectionId"], "connect")
"""

import json
import logging
from typing import Any

_MOST_CHARACTERS = 8_000
_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
"""JSON leaves these as they are, but some readers take them for line breaks."""

_logger = logging.getLogger("connection_events")
_logger.setLevel(logging.INFO)  # Lambda's default level is WARNING


def log_connection_event(connection_id: str, event_type: str, details: Any = None) -> None:
    """Log one line; it never raises, whatever the arguments.

    Args:
        connection_id: As API Gateway gives it.
        event_type: connect, disconnect, message, gone, welcome_sent, welcome_failed or welcome_retry.
        details: More for people who read the log; it affects no metric. What JSON cannot hold becomes text, and long
            text is cut off.
    """
    more = "" if details is None else f', "details": {_encoded(details)}'
    line = f'{{"connection_id": {_encoded(connection_id)}, "event_type": {_encoded(event_type)}{more}}}'
    _logger.info("CONNECTION_EVENT: %s", line)


def _encoded(value: Any) -> str:
    """A value as JSON, on one line."""
    try:
        text = json.dumps(value, default=repr, allow_nan=False, ensure_ascii=False)
    except Exception:  # noqa: BLE001 -- NaN, a circular reference, a key that is not a string, a __repr__ that fails
        text = json.dumps(_described(value), ensure_ascii=False)
    if len(text) > _MOST_CHARACTERS:
        text = json.dumps(text[:_MOST_CHARACTERS] + "…", ensure_ascii=False)
    return text.encode(errors="replace").decode().translate(_LINE_ENDS)


def _described(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 -- logging must not break the handler
        return f"<{type(value).__name__}>"
