"""Error messages for what boto3 raises: what is wrong, where, and what to do about it, in one line."""

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from checks.aws.refusals import explain_refusal, how_to_log_in_again, quoted
from checks.errors import SourceError
from checks.text import printable_line

BOTO_ERRORS: Final = (BotoCoreError, ClientError, ResponseParserError)
"""What to catch and have explained. A ResponseParserError is none of the other two."""


def explain_error(error: BotoCoreError | ClientError | ResponseParserError, action: str, resource: str) -> SourceError:
    """Say what went wrong and what to do next, in one line and without secrets.

    Args:
        error: What boto3 raised.
        action: What was tried, as IAM names it: `logs:FilterLogEvents`.
        resource: What it was tried on, for people: `log group /aws/lambda/chat in eu-west-1`.
    """
    explain = next((_BY_CLASS[kind] for kind in type(error).__mro__ if kind in _BY_CLASS), None)
    if explain is None:
        raise error  # it is not boto3's, so nobody expected it
    return SourceError(f"{printable_line(resource)}: {printable_line(explain(error, action))}")


_HOW_TO_LOG_IN: Final = (
    "name a profile in AWS_PROFILE, log in with `aws sso login`, run where the machine has a role, or set "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN)"
)


def _demo(action: str) -> str:
    """Point at the demo, where logs are read: it needs no account, but a history or a topic does."""
    return "; `-E demo` needs none" if action.startswith(("logs:", "sts:")) else ""


def _no_credentials(_: BotoCoreError, action: str) -> str:
    return f"boto3 finds no credentials for AWS; {_HOW_TO_LOG_IN}{_demo(action)}"


def _no_use_of_credentials(error: BotoCoreError, action: str) -> str:
    return f"boto3 gets no credentials for AWS: {quoted(str(error))}; {_HOW_TO_LOG_IN}{_demo(action)}"


def _no_profile(error: BotoCoreError, action: str) -> str:
    name = quoted(str(error.kwargs.get("profile")))
    return (
        f"there is no profile {name!r}; `aws configure list-profiles` shows those that exist: name one of them in "
        f"AWS_PROFILE, or unset it{_demo(action)}"
    )


def _login_over(error: BotoCoreError, action: str) -> str:
    again = f"{how_to_log_in_again()}, and run again{_demo(action)}"
    return f"the login is over: {quoted(str(error))}; {again}"


def _no_region(*_: object) -> str:
    in_vain = (
        "AWS_REGION is set, but boto3 reads AWS_DEFAULT_REGION and not it; " if os.environ.get("AWS_REGION") else ""
    )
    return (
        f"no AWS region is named; {in_vain}set AWS_DEFAULT_REGION, or a region in the profile, or `region` beside the "
        "name in thresholds.yaml"
    )


def _bad_region(error: BotoCoreError, _: str) -> str:
    return f"{quoted(str(error))}; correct it in thresholds.yaml, AWS_DEFAULT_REGION or the profile"


_NETWORK: Final[Mapping[type[BotoCoreError], str]] = {
    exceptions.EndpointConnectionError: "cannot be reached",
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
    r"resolve|getaddrinfo|name or service|nodename": "its name is unknown, so is the region right, and is there DNS?",
    r"refused": "it refuses connections",
    r"unreachable|no route": "there is no route",
    r"certificate": "its certificate is not known here, so does a proxy open TLS, and is AWS_CA_BUNDLE right?",
    r"wrong.version.number|record.layer": "it does not speak TLS, so is it https?",
    r"\b407\b": "it wants a login",
}

_DETOURS: Final = (
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    "AWS_ENDPOINT_URL",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
)


def _unreachable(error: BotoCoreError, _: str) -> str:
    text = str(error.kwargs.get("error", ""))
    known = next((cause for pattern, cause in _CAUSES.items() if re.search(pattern, text, re.IGNORECASE)), "")
    what = next(_NETWORK[kind] for kind in type(error).__mro__ if kind in _NETWORK)
    url = str(error.kwargs.get("endpoint_url") or error.kwargs.get("proxy_url") or "")
    cause = known or (quoted(text) if not url or isinstance(error, exceptions.SSLError) else "")
    detours = [name for name in _DETOURS if os.environ.get(name)]
    is_set = f", and {' and '.join(detours)}, which {'are' if len(detours) > 1 else 'is'} set" if detours else ""
    because = f" ({cause})" if cause else ""
    where = quoted(url).rstrip("/") or "the endpoint"
    return f"{where} {what}{because}; check the network, VPC endpoint and proxy{is_set}"


def _other(error: Exception, action: str) -> str:
    return f"{action} failed: {type(error).__name__}: {quoted(str(error))}"


def _not_aws(error: Exception, action: str) -> str:
    service = "CloudWatch Logs" if action.startswith("logs:") else "AWS"
    return f"{action}: what answered is not {service}: {quoted(str(error))}; check proxy and AWS_ENDPOINT_URL"


_Explain: TypeAlias = Callable[[Any, str], str]

_BY_CLASS: Final[Mapping[type[BaseException], _Explain]] = {
    ClientError: explain_refusal,
    ResponseParserError: _not_aws,
    BotoCoreError: _other,
    exceptions.NoCredentialsError: _no_credentials,
    exceptions.NoAuthTokenError: _no_credentials,
    exceptions.PartialCredentialsError: _no_use_of_credentials,
    exceptions.CredentialRetrievalError: _no_use_of_credentials,
    exceptions.MetadataRetrievalError: _no_use_of_credentials,
    exceptions.InvalidConfigError: _no_use_of_credentials,
    exceptions.ProfileNotFound: _no_profile,
    exceptions.SSOError: _login_over,
    exceptions.LoginError: _login_over,
    exceptions.TokenRetrievalError: _login_over,
    exceptions.RefreshWithMFAUnsupportedError: _login_over,
    exceptions.NoRegionError: _no_region,
    exceptions.InvalidRegionError: _bad_region,
    **dict.fromkeys(_NETWORK, _unreachable),
}
"""By the nearest of an error's classes."""
