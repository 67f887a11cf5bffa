"""Every error of boto3 becomes one line on what is wrong, where, and what to do, without secrets."""

import json
import os
import socket
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

import boto3
import pytest
from botocore import exceptions
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from hypothesis import example, given
from hypothesis import strategies as st

from checks.aws.error_messages import BOTO_ERRORS, explain_error, how_to_log_in_again, quoted, refused_with
from checks.errors import SourceError

KEY_ID: Final = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY: Final = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN: Final = "IQoJb3JpZ2luX2VjEXAMPLE" + "aB3/+" * 60 + "=="
GROUP: Final = "log group /aws/lambda/prod-chat in eu-west-1"
GROUP_ARN: Final = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/prod-chat:log-stream:"
KEY_ARN: Final = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE: Final = "arn:aws:sts::123456789012:assumed-role/ci/build"
URL: Final = "https://logs.eu-west-1.amazonaws.com/"

DENIED: Final = f"User: {ROLE} is not authorized to perform: "
DOCTOR: Final = "`websocket-health-checks doctor -E NAME --policy` prints the minimum IAM policy"
ALLOW_KEY: Final = "allow it in the key's policy, and in the policy of the user or role"
CHECK: Final = "check the network, VPC endpoint and proxy"
LOG_IN: Final = (
    "name a profile in AWS_PROFILE, log in with `aws sso login`, run where the machine has a role, or set "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN); `-E demo` needs none"
)
NO_REGION: Final = "set AWS_DEFAULT_REGION, or a region in the profile, or `region` beside the name in thresholds.yaml"


@contextmanager
def plain_environment() -> Iterator[pytest.MonkeyPatch]:
    """Remove everything that boto3 reads: variables, files and a machine's role."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("AWS_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            patch.setenv(name, os.devnull)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield patch


@pytest.fixture(autouse=True)
def environment() -> Iterator[pytest.MonkeyPatch]:
    with plain_environment() as patch:
        yield patch


def client(url: str, **config: Any) -> Any:
    settings = {"retries": {"total_max_attempts": 1}, "connect_timeout": 2, "read_timeout": 2, **config}
    keys = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": SECRET_KEY}
    return boto3.client("logs", region_name="eu-west-1", endpoint_url=url, config=Config(**settings), **keys)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Server)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.status)
        self.send_header("x-amzn-RequestId", "7d1c")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class Server(HTTPServer):
    """A server that gives every request the same answer, at `url`."""

    status = 200
    body = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as one:
        thread = Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield one
        one.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def logs(server: Server) -> Iterator[Any]:
    with plain_environment(), closing(client(server.url)) as one:
        yield one


CALLS: Final[Mapping[str, tuple[str, dict[str, object]]]] = {
    "FilterLogEvents": ("filter_log_events", {"logGroupName": "/aws/lambda/prod-chat"}),
    "StartQuery": (
        "start_query",
        {"logGroupName": "/aws/lambda/prod-chat", "startTime": 1, "endTime": 2, "queryString": "fields @message"},
    ),
    "DescribeLogGroups": ("describe_log_groups", {}),
}


def message_of_call(client: Any, operation: str = "FilterLogEvents") -> str:
    """Return the message for a call that fails, without the resource that begins every line."""
    method, parameters = CALLS[operation]
    with pytest.raises(BOTO_ERRORS) as caught:
        getattr(client, method)(**parameters)
    return message(caught.value, f"logs:{operation}")


def message(error: Any, action: str = "logs:FilterLogEvents") -> str:
    explained = explain_error(error, action, GROUP)
    assert type(explained) is SourceError
    resource, colon, rest = str(explained).partition(": ")
    assert (resource, colon) == (GROUP, ": ")
    return rest


def refusal(code: str, text: str, operation: str = "FilterLogEvents") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": text}}, operation)


@dataclass(frozen=True)
class Row:
    """A refusal of AWS, as JSON on the wire, and the line that explains it."""

    code: str
    text: str
    line: str
    status: int = 400
    operation: str = "FilterLogEvents"
    more: Mapping[str, object] = field(default_factory=dict)


Check = Callable[..., None]


@pytest.fixture
def check(server: Server, logs: Any) -> Check:
    """See that each refusal of a table is explained by its line; list those that are not."""

    def check(*rows: Row) -> None:
        wrong = []
        for row in rows:
            server.status = row.status
            server.body = json.dumps({"__type": row.code, "message": row.text, **row.more}).encode()
            if (line := message_of_call(logs, row.operation)) != row.line:
                wrong.append(f"{row.code}: {row.text}\n  is explained by {line}\n  and not by      {row.line}")
        assert not wrong, "\n".join(wrong)

    return check


def check_errors(*rows: tuple[Exception, str]) -> None:
    """Check that each error of boto3 has its line; list those that don't."""
    wrong = [f"{error!r} is explained by {message(error)}" for error, line in rows if message(error) != line]
    assert not wrong, "\n".join(wrong)


WRONG_SIGNATURE: Final = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request "
    f"should have been\n'POST\n/\n\nhost:logs.eu-west-1.amazonaws.com\nx-amz-security-token:{TOKEN}\n'\n"
)
KEYS_UNKNOWN: Final = (
    "are they complete, still valid and of this partition, and is the region enabled for the account? "
    "`aws sts get-caller-identity` shows whose they are"
)
GET_NEW_ONES: Final = "log in (`aws sso login`) or get new ones, and run again"


SHORTER: Final = "ask for a shorter window (-T), or use source: "
WHO_ELSE: Final = "does anything else read logs in this account?"
TROUBLE: Final = "AWS is having problems: logs:FilterLogEvents"
LATER: Final = "(request 7d1c); try again in a few minutes"
FILTER_EVENTS: Final = f"{DENIED}logs:FilterLogEvents on resource: {GROUP_ARN}"
KMS_TURNER_ARN: Final = GROUP_ARN.replace("prod-chat", "kms-turner")
ADVICE: Final = (
    "if a pattern taught under `signals` is to blame, simplify it or use source: filter; otherwise it is a bug in "
    "these checks: please report it"
)
REFUSALS: Final = Path(__file__).with_name("refusals.txt")


def refusals() -> Iterator[Row]:
    """The rows of the table."""
    for row in REFUSALS.read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            what, text, line = (part.format_map(globals()) for part in row.split(" | "))
            code, *more = what.split()
            status, operation = (more + ["400", "FilterLogEvents"][len(more) :])[:2]
            yield Row(code, text, line, int(status), operation)


def test_refusals(check: Check) -> None:
    """Each has one line, which says what to do."""
    check(*refusals())


def test_which_credentials_have_expired(check: Check) -> None:
    """Keys in the environment take precedence over a profile, so a login to the profile would not help."""
    new_keys = "set new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or unset all three"
    for variables, line in (
        (
            {"AWS_PROFILE": "prod eu"},
            "of profile prod eu have expired; log in (`aws sso login --profile 'prod eu'`) or get new ones",
        ),
        ({"AWS_ACCESS_KEY_ID": KEY_ID}, f"in AWS_ACCESS_KEY_ID have expired; {new_keys}"),
        (
            {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_PROFILE": "prod"},
            f"in AWS_ACCESS_KEY_ID, which win over AWS_PROFILE, have expired; {new_keys}",
        ),
    ):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            check(Row("ExpiredTokenException", "expired", f"the credentials {line}, and run again"))


def test_a_wrong_clock(check: Check) -> None:
    """AWS names the time of the request and, last, its own."""
    seven, limit = "20260602T070000Z", "20260602T071000Z"
    times = {
        f"Signature expired: {seven} is now earlier than {limit} (20260602T071500Z - 5 min.)": (
            ": it says 2026-06-02 07:00:00 UTC, AWS says 2026-06-02 07:15:00 UTC"
        ),
        f"Signature not yet current: 20260602T073000Z is still later than {limit} (20260602T071500Z + 5 min.)": (
            ": it says 2026-06-02 07:30:00 UTC, AWS says 2026-06-02 07:15:00 UTC"
        ),
        f"Signature expired: 20269902T070000Z is now earlier than {limit}": (
            ": it says 2026-99-02 07:00:00 UTC, AWS says 2026-06-02 07:10:00 UTC"
        ),
        "Signature expired": "",
    }
    remedy = "set it (NTP: `timedatectl set-ntp true`), and run again"
    codes = ("InvalidSignatureException", "SignatureDoesNotMatch", "RequestTimeTooSkewed")
    check(
        *(
            Row(code, text, f"the clock of this machine is wrong{differ}; {remedy}")
            for code in codes
            for text, differ in times.items()
        )
    )


def test_throttling_in_all_attempts(server: Server) -> None:
    """The line has the number of attempts."""
    server.status, server.body = 400, b'{"__type":"ThrottlingException","message":"Rate exceeded"}'
    with (
        pytest.MonkeyPatch.context() as patch,
        closing(client(server.url, retries={"mode": "standard", "total_max_attempts": 3})) as impatient,
    ):
        patch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        assert message_of_call(impatient) == (
            "logs:FilterLogEvents was throttled in all 3 attempts (ThrottlingException: Rate exceeded); "
            f"{SHORTER}insights; {WHO_ELSE}"
        )


def test_answers_that_are_not_of_aws(server: Server, logs: Any) -> None:
    """Proxies between AWS and the machine have no error codes, and answer in HTML."""
    proxy = "access denied (HTTP 403 without an error code of AWS: perhaps a proxy's): logs:FilterLogEvents is missing"
    trouble = "AWS is having problems: logs:FilterLogEvents: HTTP 502: Bad Gateway; try again in a few minutes"
    foreign = "logs:FilterLogEvents: HTTP {}, perhaps a proxy's answer; check proxy and AWS_ENDPOINT_URL"
    for status, body, line in (
        (403, b"<html>\n<h1>Blocked</h1>\n</html>", f"{proxy}; {DOCTOR}"),
        (502, b"<html>\n<h1>Bad gateway</h1>\n</html>", trouble),
        (429, b"", f"logs:FilterLogEvents was throttled (HTTP 429); {SHORTER}insights; {WHO_ELSE}"),
        (418, b"<html>\n<h1>I'm a\tteapot</h1>\n</html>", foreign.format("418: <html> <h1>I'm a teapot</h1> </html>")),
        *((status, b"", foreign.format(status)) for status in (302, 400, 404, 407, 413)),
    ):
        server.status, server.body = status, body
        assert message_of_call(logs) == line


def test_where_the_compiler_says_more(check: Check) -> None:
    """The compiler's words are quoted instead of AWS's around them."""
    place = {"startCharOffset": 3, "endCharOffset": 4}
    compiled = {"queryCompileError": {"message": "unexpected symbol (", "location": place}}
    begin, code = "Logs Insights does not understand the query: MalformedQueryException", "MalformedQueryException"
    text = "unexpected symbol ( at line 1"
    check(Row(code, text, f"{begin}: unexpected symbol (; {ADVICE}", operation="StartQuery", more=compiled))


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_an_endpoint_that_refuses(environment: pytest.MonkeyPatch) -> None:
    """The URL is shown without possible secrets, with the variables that set it."""
    port = closed_port()
    refused = f"http://127.0.0.1:{port} cannot be reached (it refuses connections); {CHECK}"
    with closing(client(f"http://anna:hunter2@127.0.0.1:{port}/?password=hunter2")) as logs:
        assert message_of_call(logs) == refused
        environment.setenv("AWS_ENDPOINT_URL", "http://anna:hunter2@elsewhere")
        assert message_of_call(logs) == f"{refused}, and AWS_ENDPOINT_URL, which is set"
        environment.setenv("HTTPS_PROXY", "http://anna:hunter2@proxy")
        assert message_of_call(logs) == f"{refused}, and AWS_ENDPOINT_URL and HTTPS_PROXY, which are set"


def test_an_endpoint_that_nobody_knows(environment: pytest.MonkeyPatch) -> None:
    """This is a region that does not exist, or a machine without DNS."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    environment.setattr(socket, "getaddrinfo", unknown)
    with closing(client("https://logs.eu-west-9.amazonaws.com")) as logs:
        assert message_of_call(logs) == (
            "https://logs.eu-west-9.amazonaws.com cannot be reached (its name is unknown: is the region right, and "
            f"does DNS work?); {CHECK}"
        )


def test_an_endpoint_that_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with closing(client(url, read_timeout=0.05)) as logs:
            assert message_of_call(logs) == f"{url} does not answer in time; {CHECK}"


def test_an_endpoint_that_hangs_up() -> None:
    def hang_up(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=hang_up, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with closing(client(url)) as logs:
            assert message_of_call(logs) == f"{url} closed the connection before it had answered; {CHECK}"
        thread.join()


def test_an_endpoint_without_tls(server: Server) -> None:
    url = server.url.replace("http:", "https:")
    with closing(client(url)) as logs:
        assert message_of_call(logs) == (
            f"{url} cannot be trusted: TLS failed (it does not speak TLS: is https right?); {CHECK}"
        )


def test_a_proxy_that_does_not_exist() -> None:
    """Its URL often has a password."""
    port = closed_port()
    proxies = {"https": f"http://anna:hunter2@127.0.0.1:{port}"}
    with closing(client("https://logs.eu-west-1.amazonaws.com", proxies=proxies)) as logs:
        assert message_of_call(logs) == (
            f"http://127.0.0.1:{port} is a proxy that does not let this through (it refuses connections); {CHECK}"
        )


def test_other_faults_of_the_network() -> None:
    """These don't occur on loopback."""
    ssl = exceptions.SSLError
    unknown = "its certificate is not trusted here: does a proxy intercept TLS, and is AWS_CA_BUNDLE right?"
    check_errors(
        (
            exceptions.ConnectTimeoutError(endpoint_url=URL, error="timed out"),
            f"{URL[:-1]} cannot be reached: no connection in time; {CHECK}",
        ),
        (
            ssl(endpoint_url=URL, error="[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
            f"{URL[:-1]} cannot be trusted: TLS failed ({unknown}); {CHECK}",
        ),
        (
            ssl(endpoint_url=URL, error="[SSL] handshake failure"),
            f"{URL[:-1]} cannot be trusted: TLS failed ([SSL] handshake failure); {CHECK}",
        ),
        (exceptions.HTTPClientError(error=ValueError("odd")), f"the endpoint cannot be reached (odd); {CHECK}"),
        (
            exceptions.ResponseStreamingError(error="IncompleteRead(1 bytes read)"),
            f"the endpoint cannot be reached (IncompleteRead(1 bytes read)); {CHECK}",
        ),
        (
            exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
            f"the endpoint broke off its answer; {CHECK}",
        ),
    )


def test_no_credentials() -> None:
    with closing(boto3.Session(region_name="eu-west-1").client("logs")) as logs:
        assert message_of_call(logs) == f"boto3 finds no credentials for AWS; {LOG_IN}"


def test_half_of_the_credentials(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    with pytest.raises(BOTO_ERRORS) as caught:
        boto3.Session(region_name="eu-west-1").client("logs")
    assert message(caught.value) == (
        f"boto3 got no credentials for AWS: Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY; {LOG_IN}"
    )


def test_a_program_that_gives_no_credentials(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its output may contain anything, even secrets."""
    config = tmp_path / "config"
    config.write_text(
        f"[profile broken]\ncredential_process = sh -c 'echo vault sealed, token={TOKEN} >&2; exit 1'\n", "utf-8"
    )
    environment.setenv("AWS_CONFIG_FILE", str(config))
    environment.setenv("AWS_PROFILE", "broken")
    with pytest.raises(BOTO_ERRORS) as caught:
        boto3.Session(region_name="eu-west-1").client("logs")
    assert message(caught.value) == (
        "boto3 got no credentials for AWS: Error when retrieving credentials from custom-process: vault sealed, "
        f"token=…; {LOG_IN}"
    )


def test_a_profile_that_does_not_exist(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_PROFILE", "pord")
    with pytest.raises(BOTO_ERRORS) as caught:
        boto3.Session(region_name="eu-west-1").client("logs")
    assert message(caught.value) == (
        "there is no profile 'pord'; `aws configure list-profiles` shows those that exist: name one of them in "
        "AWS_PROFILE, or unset it; `-E demo` needs none"
    )


def test_a_login_that_is_over(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_PROFILE", "prod")
    remedy = "log in (`aws sso login --profile prod`) or get new ones, and run again; `-E demo` needs none"
    expired = (
        "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session "
        "run aws sso login with the corresponding profile"
    )
    texts: Sequence[tuple[Exception, str]] = (
        (exceptions.UnauthorizedSSOTokenError(), expired),
        (
            exceptions.SSOTokenLoadError(error_msg=f"Token for {URL} does not exist"),
            f"Error loading SSO Token: Token for {URL} does not exist",
        ),
        (
            exceptions.TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
            "Error when retrieving token from sso: Token has expired and refresh failed",
        ),
        (exceptions.LoginTokenLoadError(error_msg="no cache"), "Error loading login session token: no cache"),
    )
    check_errors(*((error, f"the login has expired: {text}; {remedy}") for error, text in texts))


def test_no_region(environment: pytest.MonkeyPatch) -> None:
    """boto3 does not read AWS_REGION, which Lambda and many tools know."""
    with pytest.raises(BOTO_ERRORS) as caught:
        boto3.Session().client("logs")
    assert message(caught.value) == f"no AWS region is named; {NO_REGION}"
    environment.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(BOTO_ERRORS) as caught:
        boto3.Session().client("logs")
    assert message(caught.value) == (
        f"no AWS region is named; boto3 reads AWS_DEFAULT_REGION, not AWS_REGION; {NO_REGION}"
    )


def test_a_region_that_cannot_be() -> None:
    with pytest.raises(BOTO_ERRORS) as caught:
        boto3.Session(region_name="eu west").client("logs")
    assert message(caught.value) == (
        "Provided region_name 'eu west' doesn't match a supported format; correct it in thresholds.yaml, "
        "AWS_DEFAULT_REGION or the profile"
    )


def test_anything_else_of_boto3() -> None:
    """The line has its class and its text."""
    assert message(exceptions.PaginationError(message="token\nagain")) == (
        "logs:FilterLogEvents failed: PaginationError: Error during pagination: token again"
    )
    assert message(ResponseParserError("Unable to parse response: invalid XML:\n<html>")) == (
        "logs:FilterLogEvents: the response is not from CloudWatch Logs: Unable to parse response: invalid XML: "
        "<html>; check proxy and AWS_ENDPOINT_URL"
    )
    assert message(ClientError({}, "FilterLogEvents")) == "logs:FilterLogEvents failed: no error code"


def test_what_is_not_of_boto3() -> None:
    """An unexpected error stays as it is."""
    error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError) as caught:
        explain_error(error, "logs:FilterLogEvents", GROUP)
    assert caught.value is error


def test_a_long_text_is_cut() -> None:
    """A page of HTML does not push the next step out of sight."""
    line = message(refusal("ThrottlingException", "slow down " * 1000))
    assert len(line) < 500
    assert line.endswith(WHO_ELSE)


CODES = st.sampled_from(
    [
        *("ExpiredToken", "UnrecognizedClientException", "AccessDeniedException", "KMSAccessDeniedException"),
        *("InvalidSignatureException", "RequestTimeTooSkewed", "ThrottlingException", "ServiceUnavailableException"),
        *("ResourceNotFoundException", "InvalidOperationException", "MalformedQueryException", "KMSDisabledException"),
        *("SomethingNewException", "403", ""),
    ]
)

BASE64 = string.ascii_letters + string.digits + "+/"

SECRETS = st.one_of(
    st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16).map("AKIA{}".format),
    st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16).map("ASIA{}".format),
    st.text(BASE64, min_size=38, max_size=400).map("aB{}".format),
)


@given(CODES | st.text(), st.text())
@example("AccessDeniedException", f"{DENIED}logs:\x1b[31mFilterLogEvents on resource: \u202e\ud800x")
def test_any_refusal_is_one_line(code: str, message: str) -> None:
    """No text adds line breaks or terminal codes, or hides what is wrong by its length."""
    line = str(explain_error(refusal(code, message), "logs:FilterLogEvents", GROUP))
    assert line.isprintable()
    assert line.startswith(f"{GROUP}: ")
    assert len(line) < 1500


@given(st.text())
def test_any_error_of_the_library_is_one_line(text: str) -> None:
    for error in (
        exceptions.CredentialRetrievalError(provider=text, error_msg=text),
        exceptions.ProfileNotFound(profile=text),
        exceptions.EndpointConnectionError(endpoint_url=text, error=text),
        exceptions.PaginationError(message=text),
    ):
        line = str(explain_error(error, "logs:FilterLogEvents", GROUP))
        assert line.isprintable()
        assert line.startswith(f"{GROUP}: ")
        assert len(line) < 1500


@given(CODES, st.text(), SECRETS, st.text())
@example("SomethingNewException", f"{DENIED}logs:", SECRET_KEY, "")
@example("AccessDeniedException", "not authorized to perform: x on resource: ", TOKEN, "")
@example("SomethingNewException", "x" * 230, TOKEN, "")
def test_no_text_gives_a_secret_away(code: str, before: str, secret: str, after: str) -> None:
    """A key id, a secret key or a session token is redacted anywhere in the text."""
    for error in (refusal(code, f"{before}{secret}{after}"), exceptions.PaginationError(message=before + secret)):
        line = message(error)
        assert secret not in line
        assert secret[:30] not in line or len(secret) < 30


@given(CODES, st.text(), st.text(string.ascii_letters + "-_.:/", min_size=16).map("~{}".format), st.text())
def test_what_the_environment_keeps_secret_stays_so(code: str, before: str, secret: str, after: str) -> None:
    """This holds whatever it looks like; the `~` tells it from the line's own words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_SESSION_TOKEN", secret)
        patch.setenv("AWS_PROFILE", "prod")
        assert secret not in message(refusal(code, f"{before}{secret}{after}"))


def test_what_is_struck_out() -> None:
    """Secrets are redacted, but names are not."""
    role = "arn:aws:iam::123456789012:role/ChatWebSocketHandlerServiceRole/DefaultPolicyAndMore1234"
    texts = {
        (
            f"bad header Authorization: AWS4-HMAC-SHA256 Credential={KEY_ID}/20260602/eu-west-1/logs/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc9"
        ): "bad header …",
        "'Signature'=fe5f80f77d5fa3be, 'Credential'=ab/20260602": "'Signature=…, 'Credential=…",
        f'{{"AccessKeyId": "{KEY_ID}", "SecretAccessKey": "{"x" * 20}"}}': '{"AccessKeyId=…", "SecretAccessKey=…"}',
        f"x-amz-security-token:{TOKEN} is too old": "x-amz-security-token:… is too old",
        "Bearer abcdefghijklmnopqrst is over": "… is over",
        "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc-def_ghi back": "got … back",
        "from https://anna:p/s@s@example.com/a/b?X-Amz-Signature=abc#top now": "from https://example.com/a/b now",
        **{text: text for text in (f"no log group {GROUP_ARN}", f"role {role} is odd")},
        "the security token is missing: try again": "the security token is missing: try again",
    }
    begin = "logs:FilterLogEvents failed: PaginationError: Error during pagination"
    check_errors(*((exceptions.PaginationError(message=text), f"{begin}: {line}") for text, line in texts.items()))


ALLOW: Final = "allow it in the policy of the user or role"
TRUST: Final = "allow it in the role's trust policy, and in the policy of who assumes it"


def test_actions_that_iam_names_otherwise() -> None:
    """If AWS names none, the missing action has its name in policies."""
    listed = message(refusal("AccessDenied", "Access Denied", "ListObjectsV2"), "s3:ListObjectsV2")
    assert listed == f"access denied: s3:ListBucket is missing; {ALLOW}"
    stage = message(refusal("AccessDeniedException", "No.", "GetStage"), "apigatewayv2:GetStage")
    assert stage == f"access denied: apigateway:GET is missing; {DOCTOR}"


def test_a_role_that_cannot_be_assumed() -> None:
    """Calls for credentials may fail, too: then another action is missing than the caller's."""
    role = "arn:aws:iam::123456789012:role/reader"
    named = refusal("AccessDenied", f"{DENIED}sts:AssumeRole on resource: {role}", "AssumeRole")
    assert message(named) == (f"access denied: sts:AssumeRole is missing on {role} for {ROLE}; {TRUST}")
    unnamed = refusal("ForbiddenException", "No access", "GetRoleCredentials")
    assert message(unnamed) == (f"access denied: GetRoleCredentials is missing; {ALLOW}")


def test_a_quotation_is_short() -> None:
    """A page of HTML does not push the next step out of sight, and the sentence continues after the quote."""
    assert quoted("slow down. ") == "slow down"
    assert len(quoted("slow down " * 1000)) == 240
    assert quoted("slow down " * 1000).endswith("…")


def test_how_to_log_in_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is by keys if they are in the environment, or else by the profile."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    assert "(`aws sso login`)" in how_to_log_in_again()
    monkeypatch.setenv("AWS_PROFILE", "my prod")
    assert "(`aws sso login --profile 'my prod'`)" in how_to_log_in_again()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA0123456789ABCDEF")
    assert how_to_log_in_again().startswith("set new AWS_ACCESS_KEY_ID, ")


def test_the_code_of_a_refusal() -> None:
    """It identifies refusals that the caller expects; other errors have none."""
    cause = refusal("com.amazonaws.logs#InvalidParameterException:http://internal.amazon.com/", "The query has ended.")
    with pytest.raises(SourceError) as refused:
        raise explain_error(cause, "logs:StopQuery", "log group chat") from cause
    assert refused_with(refused.value) == "InvalidParameterException"
    assert not refused_with(SourceError("cut off"))
