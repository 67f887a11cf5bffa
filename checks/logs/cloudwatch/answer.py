"""Bodies of answers, checked to be what the API documents."""

from typing import TypeVar

import msgspec

from checks.errors import LogsError

Shape = TypeVar("Shape", bound=msgspec.Struct)


def decoded(body: bytes, shape: type[Shape], resource: str) -> Shape:
    """Read the body of an answer.

    Args:
        body: As it came.
        shape: What it must look like; keys that it does not name are passed over.
        resource: What was asked about, for an error's text.

    Raises:
        LogsError: It is not JSON, or looks otherwise: half an answer, or that of a proxy.
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.MsgspecError as error:
        raise LogsError(f"{resource}: what answered is not CloudWatch Logs: {error}") from error
