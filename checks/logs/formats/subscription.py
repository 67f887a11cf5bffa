"""What a subscription filter sends to Firehose, Kinesis or a function, as these put it down."""

from collections.abc import Iterable
from typing import Final

import msgspec

from checks.logs.formats.conversion import SpoolEvent
from checks.logs.formats.json_values import Envelope


class _Event(msgspec.Struct):
    id: str
    timestamp: int
    message: str


class _SubscriptionMessage(msgspec.Struct):
    messageType: str  # noqa: N815 -- the key of the JSON object
    logEvents: list[_Event]  # noqa: N815
    logGroup: str | None = None  # noqa: N815
    logStream: str | None = None  # noqa: N815


def _events(value: msgspec.Raw | bytes) -> Iterable[bytes]:
    """Return the events, each with its group and stream; control messages hold none of the log's."""
    message = _DECODER.decode(value)
    if message.messageType == "CONTROL_MESSAGE":
        return []
    stream, group = message.logStream, message.logGroup
    events = [SpoolEvent(one.timestamp, one.message, stream, group, one.id) for one in message.logEvents]
    return map(msgspec.json.encode, events)


_DECODER: Final = msgspec.json.Decoder(_SubscriptionMessage)

SUBSCRIPTION: Final = Envelope("messages of a subscription filter, as Firehose writes them", "logEvents", _events)
