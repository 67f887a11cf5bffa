"""Refusals: what an error response of AWS means, by its code, and what to do about it."""

import os
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from botocore.exceptions import ClientError

from checks.errors import SourceError
from checks.text import without_secrets

_MOST_QUOTED: Final = 240


def quoted(text: str) -> str:
    """A stranger's words as a part of a sentence: on one line, without secrets, and cut where they are long."""
    line = without_secrets(text).rstrip(" .")
    return line if len(line) <= _MOST_QUOTED else line[: _MOST_QUOTED - 1] + "…"


def refused_with(error: SourceError) -> str:
    """The error code with which AWS refused a call, of an error that was explained; empty where it was no refusal."""
    cause = error.__cause__
    return _code(cause) if isinstance(cause, ClientError) else ""


@dataclass(frozen=True, slots=True)
class _ErrorResponse:
    """A refusal as AWS answers it.

    Attributes:
        code: Its name, without a namespace before or a URL after it; the status where something else than AWS answered.
        message: AWS's own words, on one line and without secrets, but perhaps long.
        status: HTTP's; 0 where unknown.
        attempts: How often it was asked; 0 where unknown.
        request_id: What AWS's support asks for; may be empty.
        action: What was tried: not always what the caller did, for credentials come from calls, too.
    """

    code: str
    message: str
    status: int
    attempts: int
    request_id: str
    action: str


_SERVER_ERROR: Final = 500


def explain_refusal(error: ClientError, action: str) -> str:
    """Say what a refusal of AWS means, and what to do next.

    Args:
        error: What boto3 raised.
        action: What was tried, as IAM names it.
    """
    details, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    compiled = error.response.get("queryCompileError") or {}
    status = int(metadata.get("HTTPStatusCode", 0))
    answer = _ErrorResponse(
        code=_code(error),
        message=without_secrets(str(compiled.get("message") or details.get("Message") or "")),
        status=status,
        attempts=int(metadata.get("RetryAttempts", -1)) + 1,
        request_id=without_secrets(str(metadata.get("RequestId", ""))),
        action=action if action.endswith(f":{error.operation_name}") else without_secrets(error.operation_name),
    )
    otherwise = _in_trouble if status >= _SERVER_ERROR else _failed
    return _BY_CODE.get(answer.code.removesuffix("Exception"), otherwise)(answer)


def _code(error: ClientError) -> str:
    """The error code, without a namespace before or a URL after it."""
    return str(error.response.get("Error", {}).get("Code", "")).rpartition("#")[2].partition(":")[0]


def _expired(answer: _ErrorResponse) -> str:
    clock = ", or the clock of this machine is wrong" if answer.code.startswith("RequestExpired") else ""
    return f"{_credentials()} have expired{clock}; {how_to_log_in_again()}, and run again"


def _wrong_keys(answer: _ErrorResponse) -> str:
    return (
        f"AWS does not know {_credentials()} ({quoted(answer.code)}); are they complete and still valid, of this "
        "partition, and is the region enabled for the account? `aws sts get-caller-identity` shows whose they are"
    )


def _bad_signature(answer: _ErrorResponse) -> str:
    if re.search(r"(?i)expired|not yet current", answer.message):
        return _wrong_clock(answer)
    return f"the secret key does not match the key id of {_credentials()}; copy both anew, without spaces or line ends"


def _wrong_clock(answer: _ErrorResponse) -> str:
    """AWS says `Signature expired: OURS is now earlier than LIMIT (THEIRS - 5 min.)`."""
    times = re.findall(r"\b\d{8}T\d{6}Z\b", answer.message)
    differ = f": it says {_instant(times[0])}, AWS says {_instant(times[-1])}" if len(times) > 1 else ""
    return f"the clock of this machine is wrong{differ}; set it (NTP: `timedatectl set-ntp true`), and run again"


def _instant(text: str) -> str:
    try:
        return f"{datetime.strptime(text, '%Y%m%dT%H%M%SZ').replace(tzinfo=UTC):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return text


def _credentials() -> str:
    """Which credentials are meant, as far as the environment tells: keys in it win over a profile."""
    profile = _profile()
    if "AWS_ACCESS_KEY_ID" in os.environ:
        return "the credentials in AWS_ACCESS_KEY_ID" + (", which win over AWS_PROFILE," if profile else "")
    return f"the credentials of profile {profile}" if profile else "the credentials"


def how_to_log_in_again() -> str:
    """What renews the credentials that the environment names."""
    profile = _profile()
    if "AWS_ACCESS_KEY_ID" in os.environ:
        return "set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or unset all three"
    return f"log in (`aws sso login{f' --profile {shlex.quote(profile)}' if profile else ''}`) or get new ones"


def _profile() -> str:
    return quoted(os.environ.get("AWS_DEFAULT_PROFILE") or os.environ.get("AWS_PROFILE") or "")


_DENIED: Final = re.compile(
    r"(?:User: (?P<who>\S{1,300}) is )?not authorized to perform: (?P<action>[\w:*-]{1,100})"
    r"(?: on resource: (?P<on>\S{1,700}))?"
    r"(?: because (?P<why>no [\w -]{1,60} policy)| with an (?P<deny>explicit deny in an? [\w -]{1,60} policy))?"
)

_IN_LEAST_POLICY: Final = ("logs:", "cloudwatch:", "apigateway:", "lambda:", "xray:")

_IN_THE_POLICY: Final = "allow it in the policy of whose credentials these are, and for a role in its trust policy, too"

_HOW_TO_ALLOW: Final[Mapping[str, str]] = {
    **dict.fromkeys(_IN_LEAST_POLICY, "`python -m checks doctor` prints the least policy"),
    "kms:": "allow it in the key's policy, and in that of whose credentials these are",
    "": _IN_THE_POLICY,
}

_IAM_ACTIONS: Final[Mapping[str, str]] = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "apigatewayv2:GetApi": "apigateway:GET",
    "apigatewayv2:GetStage": "apigateway:GET",
}
"""Operations that IAM has other names for."""

_KMS_KEY: Final = re.compile(r"arn:aws[\w-]{0,20}:kms:[\w:/-]{1,200}")


def _denied(answer: _ErrorResponse) -> str:
    match = _DENIED.search(answer.message)
    if match is None and re.search(r"(?i)\bkms\b", answer.message):
        return _no_key(answer)
    parts: Mapping[str, str] = match.groupdict("") if match else dict.fromkeys(_DENIED.groupindex, "")
    action = parts["action"] or _IAM_ACTIONS.get(answer.action, answer.action)
    on = f" on {parts['on'].rstrip('.,')}" if parts["on"] else ""
    who = f" for {parts['who']}" if parts["who"] else ""
    if parts["deny"]:
        return f"access denied: {action} is forbidden{on}{who} by an {parts['deny']}; ask whoever owns that policy"
    why = f": {parts['why']} allows it" if parts["why"] else ""
    code = f" (HTTP {answer.code} without an error code of AWS: perhaps a proxy's)" if answer.code.isdigit() else ""
    how = next(how for service, how in _HOW_TO_ALLOW.items() if action.startswith(service))
    return f"access denied{code}: {action} is missing{on}{who}{why}; {how}"


def _no_key(answer: _ErrorResponse) -> str:
    match = _KMS_KEY.search(answer.message)
    key = match[0] if match else f"its KMS key ({_quotation(answer)})"
    return f"access denied: kms:Decrypt is missing on {key}; {_HOW_TO_ALLOW['kms:']}"


def _key_out_of_order(answer: _ErrorResponse) -> str:
    return f"its KMS key cannot be used ({_quotation(answer)}); have the key's owner enable it or put it back"


_WHEN_THROTTLED: Final[Mapping[str, str]] = {
    "logs:FilterLogEvents": "ask for a shorter window (-T), or use source: insights",
    "logs:StartQuery": "ask for a shorter window (-T), or use source: filter",
    "logs:GetQueryResults": "ask for a shorter window (-T), or use source: filter",
}


def _throttled(answer: _ErrorResponse) -> str:
    times = f" in all {answer.attempts} attempts" if answer.attempts > 1 else ""
    hint = _WHEN_THROTTLED.get(answer.action, "run again later")
    what = "reads logs" if answer.action.startswith("logs:") else "calls it"
    return f"{answer.action} was throttled{times} ({_quotation(answer)}); {hint}; who else {what} in this account?"


def _in_trouble(answer: _ErrorResponse) -> str:
    return f"AWS is in trouble: {answer.action}: {_quotation(answer)}{_request(answer)}; try again in a few minutes"


def _missing(answer: _ErrorResponse) -> str:
    return f"{answer.action}: not found ({_quotation(answer)}); check the name, the region and the account"


def _not_possible(answer: _ErrorResponse) -> str:
    if "INFREQUENT_ACCESS" in answer.message:
        return f"{answer.action} cannot read logs of class INFREQUENT_ACCESS; write source: insights"
    return f"{answer.action} is not possible: {_quotation(answer)}{_request(answer)}"


def _malformed(answer: _ErrorResponse) -> str:
    if re.search(r"(?i)retention|creation time", answer.message):
        return f"Logs Insights has no logs of this window ({_quotation(answer)}); ask for a later one (--since, -T)"
    return (
        f"Logs Insights does not understand the query: {_quotation(answer)}; where a pattern taught under `signals` is "
        "to blame, write it in plainer terms or use source: filter; else it is a bug of these checks: please report it"
    )


def _failed(answer: _ErrorResponse) -> str:
    return f"{answer.action} failed: {_quotation(answer)}{_request(answer)}"


def _quotation(answer: _ErrorResponse) -> str:
    name = quoted(answer.code) or "no error code"
    if answer.code.isdigit() or not answer.code:
        name = f"HTTP {answer.status}" if answer.status else name
    return f"{name}: {quoted(answer.message)}" if answer.message else name


def _request(answer: _ErrorResponse) -> str:
    return f" (request {quoted(answer.request_id)})" if answer.request_id else ""


_CODES: Final[Mapping[Callable[[_ErrorResponse], str], tuple[str, ...]]] = {
    _expired: ("ExpiredToken", "RequestExpired", "TokenRefreshRequired"),
    _wrong_keys: ("UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId", "AuthFailure", "InvalidToken"),
    _bad_signature: ("InvalidSignature", "SignatureDoesNotMatch"),
    _wrong_clock: ("RequestTimeTooSkewed", "RequestInTheFuture"),
    _denied: ("AccessDenied", "UnauthorizedOperation", "Unauthorized", "NotAuthorized", "Forbidden", "403"),
    _no_key: ("KMSAccessDenied",),
    _key_out_of_order: ("KMSDisabled", "KMSInvalidState", "KMSNotFound", "KMSKeyDisabled"),
    _throttled: (
        *("Throttling", "Throttled", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests", "LimitExceeded"),
        *("BandwidthLimitExceeded", "SlowDown", "429"),
    ),
    _in_trouble: ("ServiceUnavailable", "InternalFailure", "InternalServerError", "InternalServer", "InternalError"),
    _missing: ("ResourceNotFound", "NoSuchBucket"),
    _not_possible: ("InvalidOperation",),
    _malformed: ("MalformedQuery",),
}

_BY_CODE: Final = {code: explain for explain, codes in _CODES.items() for code in codes}
"""By AWS's error code, without `Exception` at its end."""
