"""Error messages for what boto3 raises: what is wrong, where, and what to do about it, in one line.

They are in two tables: by the class of the error and, if AWS refused a call, by its error code. Each entry is a text
with fields in braces, or a function if the text depends on more than these fields.
"""

import os
import re
import shlex
from collections.abc import Callable, Mapping
from typing import Final

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from msgspec import Struct

from checks.errors import SourceError
from checks.places import COMMAND
from checks.text import one_line, printable_line, without_secrets

BOTO_ERRORS: Final = (BotoCoreError, ClientError, ResponseParserError)
"""The errors of boto3 to catch and explain; a ResponseParserError belongs to neither of the other two."""
_MOST_QUOTED: Final = 240
_SERVER_ERROR: Final = 500


def explain_error(error: BotoCoreError | ClientError | ResponseParserError, action: str, resource: str) -> SourceError:
    """Say what went wrong and what to do next, in one line and without secrets.

    Args:
        error: What boto3 raised.
        action: What was tried, as IAM names it: `logs:FilterLogEvents`.
        resource: What it was tried on, for people: `log group /aws/lambda/chat in eu-west-1`.
    """
    if isinstance(error, ClientError):
        text = _explain_refusal(error, action)
    else:
        explain = next((_BY_CLASS[kind] for kind in type(error).__mro__ if kind in _BY_CLASS), None)
        if explain is None:
            raise error  # it is not boto3's, so it is unexpected
        text = explain(error) if callable(explain) else explain.format_map(_facts(error, action))
    return SourceError(f"{printable_line(resource)}: {printable_line(text)}")


def quoted(text: str) -> str:
    """Untrusted text for use in a sentence: on one line, without secrets, and cut if it is long."""
    return one_line(without_secrets(text).rstrip(" ."), _MOST_QUOTED)


def refused_with(error: SourceError) -> str:
    """The error code with which AWS refused a call, from the error that explains it; empty for any other error."""
    cause = error.__cause__
    return _code(cause) if isinstance(cause, ClientError) else ""


def _code(error: ClientError) -> str:
    """The error code, without a namespace before or a URL after it."""
    return str(error.response.get("Error", {}).get("Code", "")).rpartition("#")[2].partition(":")[0]


def how_to_log_in_again() -> str:
    """How to renew the credentials that the environment names."""
    profile = _profile()
    if "AWS_ACCESS_KEY_ID" in os.environ:
        return "set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or unset all three"
    return f"log in (`aws sso login{f' --profile {shlex.quote(profile)}' if profile else ''}`) or get new ones"


def _profile() -> str:
    return quoted(os.environ.get("AWS_DEFAULT_PROFILE") or os.environ.get("AWS_PROFILE") or "")


def _facts(error: BotoCoreError | ResponseParserError, action: str) -> dict[str, str]:
    """The fields of the texts by class. The demo is mentioned only if logs are read: a history needs an account."""
    return {
        "error": quoted(str(error)),
        "class": type(error).__name__,
        "profile": repr(quoted(str(getattr(error, "kwargs", {}).get("profile")))),
        "action": action,
        "service": "CloudWatch Logs" if action.startswith("logs:") else "AWS",
        "log_in": _HOW_TO_LOG_IN,
        "again": how_to_log_in_again(),
        "in_vain": "boto3 reads AWS_DEFAULT_REGION, not AWS_REGION; " if os.environ.get("AWS_REGION") else "",
        "demo": "; `-E demo` needs none" if action.startswith(("logs:", "sts:")) else "",
    }


_HOW_TO_LOG_IN: Final = (
    "name a profile in AWS_PROFILE, log in with `aws sso login`, run where the machine has a role, or set "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN)"
)

_NETWORK: Final[Mapping[type[BotoCoreError], str]] = {
    exceptions.ConnectTimeoutError: "cannot be reached: no connection in time",
    exceptions.ReadTimeoutError: "does not answer in time",
    exceptions.ConnectionClosedError: "closed the connection before it had answered",
    exceptions.SSLError: "cannot be trusted: TLS failed",
    exceptions.ProxyConnectionError: "is a proxy that does not let this through",
    exceptions.ConnectionError: "cannot be reached",
    exceptions.HTTPClientError: "cannot be reached",
    exceptions.IncompleteReadError: "broke off its answer",
}

_CAUSES: Final[Mapping[str, str]] = {
    r"resolve|getaddrinfo|name or service|nodename": "its name is unknown: is the region right, and does DNS work?",
    r"refused": "it refuses connections",
    r"unreachable|no route": "there is no route",
    r"certificate": "its certificate is not trusted here: does a proxy intercept TLS, and is AWS_CA_BUNDLE right?",
    r"wrong.version.number|record.layer": "it does not speak TLS: is https right?",
    r"\b407\b": "it asks for a login",
}

_DETOURS: Final = (
    *("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL"),
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"),
)


def _unreachable(error: BotoCoreError) -> str:
    text = str(error.kwargs.get("error", ""))
    known = next((cause for pattern, cause in _CAUSES.items() if re.search(pattern, text, re.IGNORECASE)), "")
    what = next(_NETWORK[kind] for kind in type(error).__mro__ if kind in _NETWORK)
    url = str(error.kwargs.get("endpoint_url") or error.kwargs.get("proxy_url") or "")
    cause = known or (quoted(text) if not url or isinstance(error, exceptions.SSLError) else "")
    detours = [name for name in _DETOURS if os.environ.get(name)]
    is_set = f", and {' and '.join(detours)}, which {'are' if len(detours) > 1 else 'is'} set" if detours else ""
    where = quoted(url).rstrip("/") or "the endpoint"
    return f"{where} {what}{f' ({cause})' if cause else ''}; check the network, VPC endpoint and proxy{is_set}"


_CLASSES: Final[Mapping[str | Callable[[BotoCoreError], str], tuple[type[BaseException], ...]]] = {
    "{action} failed: {class}: {error}": (BotoCoreError,),
    "{action}: the response is not from {service}: {error}; check proxy and AWS_ENDPOINT_URL": (ResponseParserError,),
    "boto3 finds no credentials for AWS; {log_in}{demo}": (
        *(exceptions.NoCredentialsError, exceptions.NoAuthTokenError),
    ),
    "boto3 got no credentials for AWS: {error}; {log_in}{demo}": (
        *(exceptions.PartialCredentialsError, exceptions.CredentialRetrievalError),
        *(exceptions.MetadataRetrievalError, exceptions.InvalidConfigError),
    ),
    "there is no profile {profile}; `aws configure list-profiles` shows those that exist: name one of them in "
    "AWS_PROFILE, or unset it{demo}": (exceptions.ProfileNotFound,),
    "the login has expired: {error}; {again}, and run again{demo}": (
        *(exceptions.SSOError, exceptions.LoginError),
        *(exceptions.TokenRetrievalError, exceptions.RefreshWithMFAUnsupportedError),
    ),
    "no AWS region is named; {in_vain}set AWS_DEFAULT_REGION, or a region in the profile, or `region` beside the name "
    "in thresholds.yaml": (exceptions.NoRegionError,),
    "{error}; correct it in thresholds.yaml, AWS_DEFAULT_REGION or the profile": (exceptions.InvalidRegionError,),
    _unreachable: tuple(_NETWORK),
}

_BY_CLASS: Final = {kind: explain for explain, kinds in _CLASSES.items() for kind in kinds}
"""The explanation of an error, by the nearest of its classes."""


class _Refusal(Struct, frozen=True):
    """A refusal in AWS's own terms; an unknown number is 0, and an unknown text is empty.

    Attributes:
        code: The error code; the HTTP status if something other than AWS answered.
        message: AWS's own words, on one line and without secrets, but perhaps long.
        action: The action that was tried; not always the caller's, because getting credentials also takes calls.
    """

    code: str
    message: str
    status: int
    attempts: int
    request_id: str
    action: str

    @property
    def quotation(self) -> str:
        """The error code and AWS's own words."""
        name = quoted(self.code) or "no error code"
        if self.code.isdigit() or not self.code:
            name = f"HTTP {self.status}" if self.status else name
        return f"{name}: {quoted(self.message)}" if self.message else name

    @property
    def facts(self) -> dict[str, str]:
        """The fields of the texts by error code."""
        return {
            "action": self.action,
            "code": quoted(self.code),
            "quotation": self.quotation,
            "request": f" (request {quoted(self.request_id)})" if self.request_id else "",
            "credentials": _credentials(),
            "clock": ", or the clock of this machine is wrong" if self.code.startswith("RequestExpired") else "",
            "again": how_to_log_in_again(),
        }


def _explain_refusal(error: ClientError, action: str) -> str:
    details, metadata = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    compiled = error.response.get("queryCompileError") or {}
    refusal = _Refusal(
        code=_code(error),
        message=without_secrets(str(compiled.get("message") or details.get("Message") or "")),
        status=int(metadata.get("HTTPStatusCode", 0)),
        attempts=int(metadata.get("RetryAttempts", -1)) + 1,
        request_id=without_secrets(str(metadata.get("RequestId", ""))),
        action=action if action.endswith(f":{error.operation_name}") else without_secrets(error.operation_name),
    )
    otherwise = _AWS_PROBLEM if refusal.status >= _SERVER_ERROR else "{action} failed: {quotation}{request}"
    explain = _BY_CODE.get(re.sub(r"^KMS\.(?:KMS)?", "KMS", refusal.code).removesuffix("Exception"), otherwise)
    return explain(refusal) if callable(explain) else explain.format_map(refusal.facts)


_AWS_PROBLEM: Final = "AWS is having problems: {action}: {quotation}{request}; try again in a few minutes"

_WRONG_KEYS: Final = (
    "AWS does not know {credentials} ({code}); are they complete, still valid and of this partition, and is the region "
    "enabled for the account? `aws sts get-caller-identity` shows whose they are"
)


def _credentials() -> str:
    """The credentials in use, as far as the environment tells: its keys win over a profile."""
    profile = _profile()
    if "AWS_ACCESS_KEY_ID" in os.environ:
        return "the credentials in AWS_ACCESS_KEY_ID" + (", which win over AWS_PROFILE," if profile else "")
    return f"the credentials of profile {profile}" if profile else "the credentials"


def _bad_signature(refusal: _Refusal) -> str:
    if re.search(r"(?i)expired|not yet current", refusal.message):
        return _wrong_clock(refusal)
    return f"the secret key does not match the key id of {_credentials()}; copy both again, without spaces or newlines"


def _wrong_clock(refusal: _Refusal) -> str:
    """Explain a wrong clock. AWS says `Signature expired: OURS is now earlier than LIMIT (THEIRS - 5 min.)`."""
    readable = re.sub(r"\b(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\b", r"\1-\2-\3 \4:\5:\6 UTC", refusal.message)
    times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", readable)
    differ = f": it says {times[0]}, AWS says {times[-1]}" if len(times) > 1 else ""
    return f"the clock of this machine is wrong{differ}; set it (NTP: `timedatectl set-ntp true`), and run again"


_DENIED: Final = re.compile(
    r"(?:User: (?P<who>\S{1,300}) is )?[Nn]ot authorized to perform:? (?P<action>[\w:*-]{1,100})"
    r"(?: on resource: \"?(?P<on>[^\s\"]{1,700})\"?)?(?: because (?P<why>no [\w -]{1,60} (?:policy|boundary))"
    r"| with an (?P<deny>explicit deny in an? [\w -]{1,60} (?:policy|boundary)(?:: arn:[\w:/+=,.@-]{1,500}\w)?))?"
)

_HOW_TO_ALLOW: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("logs:", "cloudwatch:", "apigateway:", "lambda:", "xray:"),
        f"`{COMMAND} doctor -E NAME --policy` prints the minimum IAM policy",
    ),
    "kms:": "allow it in the key's policy, and in the policy of the user or role",
    **dict.fromkeys(("sts:", "AssumeRole"), "allow it in the role's trust policy, and in the policy of who assumes it"),
    "": "allow it in the policy of the user or role",
}

_IAM_ACTIONS: Final[Mapping[str, str]] = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "apigatewayv2:GetApi": "apigateway:GET",
    "apigatewayv2:GetStage": "apigateway:GET",
}
"""Operations that IAM has other names for."""

_KMS_KEY: Final = re.compile(r"arn:aws[\w-]{0,20}:kms:[\w:/-]{1,200}")


def _denied(refusal: _Refusal) -> str:
    match = _DENIED.search(refusal.message)
    if match is None and re.search(r"(?i)\bkms\b", refusal.message):
        return _no_key(refusal)
    parts: Mapping[str, str] = match.groupdict("") if match else dict.fromkeys(_DENIED.groupindex, "")
    action = parts["action"] or _IAM_ACTIONS.get(refusal.action, refusal.action)
    on = f" on {parts['on'].rstrip('.,')}" if parts["on"] else ""
    who = f" for {parts['who']}" if parts["who"] else ""
    if parts["deny"]:
        return f"access denied: {action} is forbidden{on}{who} by an {parts['deny']}; ask whoever owns that policy"
    why = f": {parts['why']} allows it" if parts["why"] else ""
    code = f" (HTTP {refusal.code} without an error code of AWS: perhaps a proxy's)" if refusal.code.isdigit() else ""
    how = next(how for service, how in _HOW_TO_ALLOW.items() if action.startswith(service))
    how = "allow it in that policy" if re.search("endpoint|control|session|boundary", parts["why"]) else how
    return f"access denied{code}: {action} is missing{on}{who}{why}; {how}"


def _no_key(refusal: _Refusal) -> str:
    match = _KMS_KEY.search(refusal.message)
    key = match[0] if match else f"its KMS key ({refusal.quotation})"
    return f"access denied: kms:Decrypt is missing on {key}; {_HOW_TO_ALLOW['kms:']}"


_WHEN_THROTTLED: Final[Mapping[str, str]] = {
    "logs:FilterLogEvents": "ask for a shorter window (-T), or use source: insights",
    "logs:StartQuery": "ask for a shorter window (-T), or use source: filter",
    "logs:GetQueryResults": "ask for a shorter window (-T), or use source: filter",
}


def _throttled(refusal: _Refusal) -> str:
    times = f" in all {refusal.attempts} attempts" if refusal.attempts > 1 else ""
    hint = _WHEN_THROTTLED.get(refusal.action, "run again later")
    other = f"does anything else {'read logs' if refusal.action.startswith('logs:') else 'call it'} in this account?"
    return f"{refusal.action} was throttled{times} ({refusal.quotation}); {hint}; {other}"


def _not_possible(refusal: _Refusal) -> str:
    if match := re.search(r"log-group-class (\w+)", refusal.message):
        return f"{refusal.action} cannot read log groups of class {match[1]}"
    return "{action} is not possible: {quotation}{request}".format_map(refusal.facts)


def _malformed(refusal: _Refusal) -> str:
    if re.search(r"(?i)retention|creation time", refusal.message):
        return f"Logs Insights has no logs of this window ({refusal.quotation}); ask for a later one (--since, -T)"
    return (
        f"Logs Insights does not understand the query: {refusal.quotation}; if a pattern taught under `signals` is to "
        "blame, simplify it or use source: filter; otherwise it is a bug in these checks: please report it"
    )


_CODES: Final[Mapping[str | Callable[[_Refusal], str], tuple[str, ...]]] = {
    "{action}: {quotation}, perhaps a proxy's answer; check proxy and AWS_ENDPOINT_URL": tuple(map(str, range(500))),
    "{credentials} have expired{clock}; {again}, and run again": (
        *("ExpiredToken", "RequestExpired", "TokenRefreshRequired"),
    ),
    _WRONG_KEYS: ("UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId", "AuthFailure", "InvalidToken"),
    _bad_signature: ("InvalidSignature", "SignatureDoesNotMatch"),
    _wrong_clock: ("RequestTimeTooSkewed", "RequestInTheFuture"),
    _denied: (
        *("AccessDenied", "UnauthorizedOperation", "Unauthorized", "NotAuthorized", "Forbidden", "403"),
        "AuthorizationError",  # of SNS
    ),
    _no_key: ("KMSAccessDenied",),
    "its KMS key cannot be used ({quotation}); have the key's owner enable it or put it back": (
        *("KMSDisabled", "KMSInvalidState", "KMSNotFound", "KMSKeyDisabled"),
    ),
    _throttled: (
        *("Throttling", "Throttled", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests", "LimitExceeded"),
        *("BandwidthLimitExceeded", "SlowDown", "429"),
    ),
    _AWS_PROBLEM: ("ServiceUnavailable", "InternalFailure", "InternalServerError", "InternalServer", "InternalError"),
    "{action}: not found ({quotation}); check the name, the region and the account": (
        *("ResourceNotFound", "NoSuchBucket", "NotFound"),
    ),
    "the object is archived ({quotation}); restore it, or use another storage class": ("InvalidObjectState",),
    _not_possible: ("InvalidOperation",),
    _malformed: ("MalformedQuery",),
}

_BY_CODE: Final = {code: explain for explain, codes in _CODES.items() for code in codes}
"""The explanation of an error, by AWS's code without `Exception` at its end, and without S3's dot in `KMS.Disabled`."""
