"""Bodies of answers, checked to be what the API documents."""

from typing import TypeVar

import msgspec

from checks.errors import SourceError

Shape = TypeVar("Shape", bound=msgspec.Struct)


def decoded(body: bytes, shape: type[Shape], resource: str) -> Shape:
    """Read the body of an answer.

    Args:
        body: As it came.
        shape: What it must look like; keys that it does not name are passed over.
        resource: What was asked about, for an error's text.

    Raises:
        SourceError: It is not JSON, or looks otherwise: that of a proxy.
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise strange(resource, str(error)) from error


def strange(resource: str, why: str) -> SourceError:
    """Say that an answer is none of CloudWatch Logs.

    Args:
        resource: What was asked about.
        why: What is wrong with it.
    """
    return SourceError(f"{resource}: what answered is not CloudWatch Logs: {why}; check proxy and AWS_ENDPOINT_URL")
