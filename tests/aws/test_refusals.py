"""Refusals of AWS: what an error response means by its code, and what to do about it."""

from typing import Final

import pytest
from botocore.exceptions import ClientError

from checks.aws.error_messages import explain_error
from checks.aws.refusals import explain_refusal, how_to_log_in_again, quoted, refused_with
from checks.errors import SourceError

TRUST: Final = "allow it in the policy of whose credentials these are, and for a role in its trust policy, too"

DENIED: Final = "User: arn:aws:sts::123456789012:assumed-role/ci/run is not authorized to perform: "


def refusal(code: str, text: str, operation: str = "FilterLogEvents") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": text}}, operation)


def test_actions_that_iam_names_otherwise() -> None:
    """Where AWS names none, what is missing is what a policy calls it."""
    listed = explain_refusal(refusal("AccessDenied", "Access Denied", "ListObjectsV2"), "s3:ListObjectsV2")
    assert listed == f"access denied: s3:ListBucket is missing; {TRUST}"
    stage = explain_refusal(refusal("AccessDeniedException", "No.", "GetStage"), "apigatewayv2:GetStage")
    assert stage == ("access denied: apigateway:GET is missing; `python -m checks doctor` prints the least policy")


def test_a_role_that_cannot_be_assumed() -> None:
    """Credentials come from calls, too: what is missing then is not the caller's action."""
    role = "arn:aws:iam::123456789012:role/reader"
    named = refusal("AccessDenied", f"{DENIED}sts:AssumeRole on resource: {role}", "AssumeRole")
    assert explain_refusal(named, "logs:FilterLogEvents") == (
        f"access denied: sts:AssumeRole is missing on {role} for arn:aws:sts::123456789012:assumed-role/ci/run; {TRUST}"
    )
    unnamed = refusal("ForbiddenException", "No access", "GetRoleCredentials")
    assert explain_refusal(unnamed, "logs:FilterLogEvents") == (
        f"access denied: GetRoleCredentials is missing; {TRUST}"
    )


def test_a_quotation_is_short() -> None:
    """A page of HTML does not push the next step out of sight, and a sentence goes on behind what is quoted."""
    assert quoted("slow down. ") == "slow down"
    assert len(quoted("slow down " * 1000)) == 240
    assert quoted("slow down " * 1000).endswith("…")


def test_how_to_log_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """By keys, where keys in the environment win; else by the profile."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    assert "(`aws sso login`)" in how_to_log_in_again()
    monkeypatch.setenv("AWS_PROFILE", "my prod")
    assert "(`aws sso login --profile 'my prod'`)" in how_to_log_in_again()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA0123456789ABCDEF")
    assert how_to_log_in_again().startswith("set new AWS_ACCESS_KEY_ID, ")


def test_the_code_of_a_refusal() -> None:
    """It tells a refusal that is no error to the caller; whatever else went wrong has none."""
    cause = refusal("com.amazonaws.logs#InvalidParameterException:http://internal.amazon.com/", "The query has ended.")
    with pytest.raises(SourceError) as refused:
        raise explain_error(cause, "logs:StopQuery", "log group chat") from cause
    assert refused_with(refused.value) == "InvalidParameterException"
    assert not refused_with(SourceError("cut off"))
