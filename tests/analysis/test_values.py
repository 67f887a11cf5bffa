"""Values that may be a secret, a name or somebody's words are placeholders; what explains an error is shown."""

import json
import random
import re
import string
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from checks.analysis.engine import Engine
from checks.analysis.values import hide_in_template, hide_tokens, hide_values
from tests.analysis.playing import ANN, REQUEST, said, with_gone_connections, written

SHOWN = (
    f"Failed to greet {ANN}: An error occurred (GoneException) when calling the PostToConnection operation: Unknown",
    f"[ERROR]\t2026-06-02T12:34:56.789Z\t{REQUEST}\tError sending response to connectionId: {ANN}: GoneException",
    f'{{"timestamp": "2026-06-02T12:34:56Z", "level": "ERROR", "message": "post to {ANN} failed: 410"}}',
    f'{{"requestId": "{REQUEST}", "errorType": "GoneException", "errorMessage": "UnknownError"}}',
    f"{{ connectionId: '{ANN}', requestId: 'Qw7LmXa9oAMFKbg=', eventType: 'CONNECT', routeKey: '$connect' }}",
    "{ connectedAt: 1780358400000, disconnectStatusCode: 1001, disconnectReason: 'Going away', stage: 'prod' }",
    'Traceback (most recent call last):\n  File "/var/task/app.py", line 12, in handler\n    post(event)',
    "KeyError: 'connectionId'",
    "TypeError: Cannot read properties of undefined (reading 'send')\n    at Runtime.f (/var/task/index.js:41:13)",
    "GoneException: UnknownError\n    at de_CommandError (/var/task/node_modules/@aws-sdk/client.js:41:13)",
    f"POST https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/@connections/{ANN[:-1]}%3D returned 410",
    "CONNECT $connect Qw7LmXa9oAMCKbg= 200 [02/Jun/2026:12:34:56 +0000]",
    '{"time": "2026-06-02T12:34:56.789123+00:00", "at": "02/Jun/2026:12:34:56 +0000"}',
    f"ERROR chat::handler: post to {ANN} failed: GoneException",
    f'Error executing "PostToConnection" for {ANN}; AWS HTTP error: 410 Gone',
    "thread 'main' panicked: called `Result::unwrap()` on an `Err` value; main.handler(0xc000123456) main.go:42 +0x1d",
    "2026-06-02T12:34:56.789Z Task timed out after 3.00 seconds, 512 MB, 12ms, 97%",
    "arn:aws:lambda:eu-west-1:123456789012:function:chat-handler:42 was throttled",
    "connect ECONNREFUSED; statusCode=410 attempt=3 retryable=false error=GoneException state=open",
    "연결 종료: 클라이언트가 응답하지 않습니다. Falló el envío, la conexión ya no existe",
    "\N{WHITE HEAVY CHECK MARK} Client connected, \N{ROCKET} ready",
    "Error sending to connectionId: ExAmPlE12=: GoneException",
    'Error sending message to client: {"name": "GoneException", "$fault": "client", "statusCode": 410}',
)
"""Lines of applications, of which everything is known to be harmless."""


def test_what_is_known_to_be_harmless_is_shown() -> None:
    """The application's words, ids, times, numbers, status codes, exceptions, places in the code."""
    assert {line: hide_values(line) for line in SHOWN} == {line: line for line in SHOWN}


HIDDEN = {
    "Failed to sign in: ExAmPlE12=": "Failed to sign in: [value]=",
    "Failed for Ann: key Xk29-fjq2 is old": "Failed for Ann: key [value] is old",
    '{"level":"ERROR","message":"Post failed","visitor":"Ann Lee","room":"blue","tries":3}': (
        '{"level":"ERROR","message":"Post failed","visitor":"[value]","room":"[value]","tries":3}'
    ),
    "GoneException for user=ann stage=prod": "GoneException for user=[value] stage=prod",
    "username: Ann Lee, status: 410": "username: [value], status: 410",
    "GET https://a.example/reset/Zk3x9Qp1w/now?room=blue": "GET https://a.example/reset/[value]/now?room=[value]",
    "map[visitor:Ann Lee tries:3]": "map[visitor:[value] tries:3]",
    "Broadcasting 'see you' to 3 connections": "Broadcasting '[value]' to 3 connections",
    f"GoneException for {ANN}. Message received from Ann: see you {REQUEST}": (
        f"GoneException for {ANN}. Message received from [value]: [body]"
    ),
    f"Received message: lost {REQUEST}\nrequest {REQUEST[:-1]}9": f"Received message: [body]\nrequest {REQUEST[:-1]}9",
    "could not parse 'see you' as JSON": "could not parse '[value]' as JSON",
    '{"type":"chat","message":"see you"}': '{"type":"chat","message":"[value]"}',
    "password 'it is cut": "password 'it is cut",  # an apostrophe
    'quoted "it is cut': 'quoted "[value]',
    "User [id=7, surname=Ann Lee, state=open] left": "User [id=7, surname=[value], state=open] left",
    "{ User = ann, Key = [redacted] two, State = open }": "{ User = [value], Key = [redacted] [value], State = open }",
    "db:\n  key: [redacted] two words\n  state: open": "db:\n  key: [redacted] [value]\n  state: open",
    "at x\njwt.InvalidToken: [redacted] has expired": "at x\njwt.InvalidToken: [redacted] has expired",
    "Array\n(\n [code] => 5\n [name] => Ann Lee\n)": "Array\n(\n [code] => 5\n [name] => [value]\n)",
    "<name>Ann Lee</name><code>410</code>": "<name>[value]</name><code>410</code>",
    "<text><![CDATA[see you]]></text>": "<text><![CDATA[[value]]]></text>",
    "<Error><Code>NoSuchKey</Code><Message>No such key</Message></Error>": (
        "<Error><Code>NoSuchKey</Code><Message>No such key</Message></Error>"
    ),
    "<html><head><title>502 Bad Gateway</title></head>": "<html><head><title>502 Bad Gateway</title></head>",
    "Key (name, id)=(ann, 7) already exists": "Key (name, id)=([value], 7) already exists",
    "Failing row contains (7, Ann Lee, null)": "Failing row contains (7, [value], [value])",
    "Note[id=7, text=[body] you, state=open]": "Note[id=7, text=[body]]",
    "last => ann, state => open": "last => [value], state => open",
    "<message><body>see you</body></message>": "<message><body>[value]</body></message>",
    'form-data; name="note"\r\n\r\nsee you\r\n--b': 'form-data; name="note"\r\n\r\n[body]\n--b',
    "binding parameter [1] as [VARCHAR] - [ann]": "binding parameter [1] as [VARCHAR] - [body]",
    "Sending to 3 peers: see you": "Sending to 3 peers: [body]",
    "Sending to 3 peers failed: timed out": "Sending to 3 peers failed: timed out",
    "Failed for secret Sunny!24": "Failed for secret [value]",
    "{city: [number]} Vorname: ann lee": "{city: [number]} Vorname: [value]",
    "passport=C01X0 cardNumber: 4711": "passport=[value] cardNumber: [value]",
    "<pr\\u00e9nom>Ann Lee</pr\\u00e9nom>": "<prénom>[value]</prénom>",
    "failed: *=ann": "failed: *=[value]",  # a sentence's template, in which a name with a number is an asterisk
}


def test_what_may_be_anything_is_hidden() -> None:
    """The text beside it is not."""
    assert {line: hide_values(line) for line in HIDDEN} == HIDDEN


def test_a_template_hides_what_its_example_hides() -> None:
    """It is on one line, and has no digits, so it does not show by itself which of its words are values."""
    template = "[placeholder] {connection_id}: connection lost, entry is form-data; name=note see youth tonight"
    example = "[placeholder] Kp2LmQrSoAMCJ4g=: 2 connections lost, entries are form-data; name=note\n\n[body]"
    shown = "[placeholder] {connection_id}: connection lost, entry is form-data; name=note see [value] [value]"
    assert hide_in_template(template, example) == shown


# ------------------------------------------------------------------------------------------------ canaries

KEYS = """authorization cookie Set-Cookie accessToken db_password passphrase clientSecret x-api-key
AWS_SECRET_ACCESS_KEY signature
sessionId jwt otp pin csrf dsn webhook_url masterKey x-functions-key auth visitor customer displayName phoneNumber
deviceId
userAgent shippingAddress nickname"""
NOTATIONS = r"""
K: V ~ K=V ~ {"a":{"K":"V"}} ~ {\"K\":\"V\"} ~ {'K': 'V', 'x': 1} ~ { K: `V` } ~ map[K:V x:1] ~ map[K:[V]] ~ {K:V X:1}
{:K=>"V"} ~ {K=V, x=1} ~ Config[K=V, x=1] ~ Config { K: Some("V") } ~ K: Secret("V") ~ [["K","V"]] ~ [(b'K', b'V')]
{"key":"K","value":"V"} ~ {"value":"V","name":"K"} ~ {"K":{"S":"V"}} ~ {"K":{"value":"V"}} ~ {"K":["V","V"]} ~ K := V
https://h.example/p?a=1&K=V&b=2 ~ url=https%3A%2F%2Fh%3FK%3DV ~ <K>V</K> ~ <x K="V"/> ~ --K V ~ export K=V ~ K is V
K -> V
the K 'V' was refused ~ K	V ~ | K | V | ~ &quot;K&quot;:&quot;V&quot; ~ \u0022K\u0022:\u0022V\u0022
"""
SHAPES = """
Bearer V ~ postgres://app:V@db/chat ~ postgres://app:p/V@db ~ https://V@git.example/x
curl -u ann:V https://h.example ~ AKIAV
glpat-V ~ xapp-1-V ~ npm_V ~ hf_V ~ SG.V ~ hooks.slack.com/services/T0/B0/V
-----BEGIN PGP PRIVATE KEY BLOCK-----V ~ got V back
aV@mail.example.org ~ aV@bücher.example ~ a/V/b ~ login failed with password V ~ GET /magic/V ~ 'V' ~ (V)
error:V, ~ connect('u', 'V')
"""
PEOPLE = """
203.0.113.77 ~ ip-203-0-113-80 ~ addr_203.0.113.84 ~ v203.0.113.86 ~ 2001:db8::8a2e:370:7349 ~ 2001%3Adb8%3A%3A1
00:1b:44:11:3a:b7
+44 20 7946 0958 ~ (555) 010-9999 ~ 5550109998 ~ 4111 1111 1111 1111 ~ 4111111111111112 ~ DE89370400440532013000
078-05-1120
ann.lee@mail.example.org ~ Mozilla/5.0 (AnnPhone; x) Chrome/120.0.0.0
"""
WORDS = "see you at the old harbour"
SAYING = """
Processing message: V ~ Message received: V ~ Got message: V ~ Handling message V ~ Received: V
received message 'V' ~ Prompt: V
Broadcasting 'V' to 3 connections ~ Sending 'V' to connection x ~ raw body = V ~ event.body = V
Unknown action in V ~ Echo: V
User said: V ~ <ann> V ~ LLM reply: V ~ {"type":"chat","message":"V"} ~ {"utterance":"V"} ~ Message { text: 'V' }
on_message V
map[action:say message:V] ~ Key (text)=(V) already exists ~ SQL params: ('ann', 'V') ~ put_item(Item={'message': 'V'})
'message': {'S': 'V'} ~ JSONDecodeError: Expecting value: 'V' ~ chat text: V ~ Posting data V ~ message => V
{"messages":[{"role":"user","content":"V"}]}
"""


def spellings(table: str) -> list[str]:
    return re.split(r" ~ |\n", table.strip())


def canaries() -> Iterator[tuple[str, str]]:
    """Yield texts with a secret, an address, a personal number or users' words, and that part."""
    chance = random.Random(7)  # the same each time
    for place in (
        *(notation.replace("K", key, 1) for key in KEYS.split() for notation in spellings(NOTATIONS)),
        *spellings(SHAPES),
    ):
        for letters in (string.ascii_letters + string.digits, string.hexdigits[:16]):
            secret = "".join(chance.choices(letters, k=20))
            yield place.replace("V", secret), secret
    for person in spellings(PEOPLE):
        for place in ("V", "from V,", '"V"', "x=V", "(V)", "a V b"):
            yield place.replace("V", person), person
    for place in spellings(SAYING):
        yield place.replace("V", WORDS), WORDS


WRAPPINGS = (
    lambda text: f"Post to connection {ANN} failed: GoneException {text}",
    lambda text: json.dumps({"level": "ERROR", "message": "GoneException", "detail": text}),
    lambda text: json.dumps({"level": "ERROR", "message": f"GoneException {text}", "connectionId": ANN}),
    lambda text: text,
)


@cache
def engine() -> Engine:
    return Engine(Path())


def shown_texts(texts: Sequence[str]) -> dict[str, str]:
    """Return each text as `Engine.shown` shows it, by one query: to prepare the redaction rules takes 20 ms."""
    rows = engine().rows("SELECT text, redacted(text) AS shown FROM (SELECT unnest($texts) AS text)", texts=texts)
    return {row["text"]: engine().without_values(row["shown"]) for row in rows}


def test_hardly_a_canary_survives() -> None:
    """At most one in a thousand does, in any notation and wrapping; an error stays recognisable as one."""
    planted = [(wrap(text), canary) for text, canary in canaries() for wrap in WRAPPINGS]
    shown = shown_texts([line for line, _ in planted])
    survivors = [shown[line] for line, canary in planted if canary in shown[line]]
    assert len(planted) > 8000
    assert len(survivors) <= len(planted) / 1000, survivors[:20]
    silent = [line for line, _ in planted if "GoneException" in line and "GoneException" not in shown[line]]
    assert not silent


WEAK = ("sunflower", "83621947", "6f7f3ce2-3031-4006-9174-87695d3dae86", "1987-03-14", "Qw7LmXa9oAMCKbh=")
"""Passwords as people choose them, and tokens that look like an id."""
KEPT_WITH_A_KEY = r"""
{"a":{"K":"V"}} ~ {\"K\":\"V\"} ~ {'K': 'V'} ~ { K: `V` } ~ map[K:V x:1] ~ map[K:[V]] ~ {:K=>"V"} ~ {K=V, x=1}
Config[K=V] ~ K: Secret("V") ~ [["K","V"]] ~ [(b'K', b'V')] ~ {"key":"K","value":"V"} ~ {"K":{"S":"V"}}
{"K":{"stringValue":"V"}} ~ {"K":["V"]} ~ https://h.example/p?a=1&K=V&b=2 ~ url=https%3A%2F%2Fh%3FK%3DV ~ <K>V</K>
<x K="V"/> ~ <K type="string">V</K> ~ --K V ~ export K=V ~ K := V ~ K -> V ~ the K 'V' was refused ~ user[K]=V
&quot;K&quot;:&quot;V&quot; ~ "K";s:9:"V"; ~ K={V} ~ ${K:-V}
"""


def test_what_looks_harmless_is_none_behind_the_key_of_a_secret() -> None:
    """A word, a number, a date and an id are shown everywhere else."""
    places = [place.replace("K", key, 1) for key in ("password", "apiKey") for place in spellings(KEPT_WITH_A_KEY)]
    texts = [(place.replace("V", secret), secret) for place in places for secret in WEAK]
    planted = [(wrap(text), secret) for text, secret in texts for wrap in WRAPPINGS]
    shown = shown_texts([line for line, _ in planted])
    assert [shown[line] for line, secret in planted if secret in shown[line]] == []


def test_dates_and_places_of_people_are_hidden() -> None:
    """They are hidden though they are numbers; a number under another key is shown."""
    line = "lat=52.520008 {'dob': '1987-03-14', 'mobile': 1512345, 'size': 1512345}"
    assert hide_values(line) == "lat=[value] {'dob': '[value]', 'mobile': [value], 'size': 1512345}"


TOKENS = """
V ~ xai-V ~ pplx-V ~ glsa_V_c805e909 ~ ATATT3xV ~ dckr_pat_V ~ sq0csp-V ~ AC/V+x= ~ https://a.example/hook/V ~ key:V
"""
NAMES = (
    *SHOWN,
    "AbstractJackson2HttpMessageConverter ChatHandlerServiceRoleDefaultPolicy8F3A2B1C x.y2.ApiGatewayV2HttpEvent",
    f"a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/@connections/{ANN} Root=1-5f84c7a5-1c2d3e4f5a6b7c8d9e0f1a2b",
    "2026/06/02/[$LATEST]5e1f0a9c2b7d4e6f8091a2b3c4d5e6f7 sha256:5e1f0a9c2b7d4e6f8091a2b3c4d5e6f7 chat-Role-1A2B3C",
)


def test_tokens_are_hidden_where_values_are_shown() -> None:
    """Tokens of any kind look random, which no name does."""
    chance = random.Random(7)  # the same each time
    tokens = ["".join(chance.choices(string.ascii_letters + string.digits, k=40)) for _ in range(200)]
    planted = [(place.replace("V", token), token) for token in tokens for place in spellings(TOKENS)]
    survivors = [line for line, token in planted if token in hide_tokens(line)]
    assert len(survivors) <= len(planted) / 50, survivors
    assert {line: hide_tokens(line) for line in NAMES} == {line: line for line in NAMES}


def test_values_are_shown_to_whom_asks_for_them(tmp_path: Path) -> None:
    """Even with --show-values, secrets are redacted."""
    path = written(tmp_path, [said(f"Post to connection {ANN} for cust_x17z failed: GoneException, token=Zq7x")])
    _, (hidden,) = with_gone_connections(path)
    _, (shown,) = with_gone_connections(path, show_values=True)
    assert hidden.sample.strip() == f"Post to connection {ANN} for [value] failed: GoneException, token=[redacted]"
    assert shown.sample.strip() == f"Post to connection {ANN} for cust_x17z failed: GoneException, token=[redacted]"


@pytest.mark.parametrize(
    "part", ["'", '"', "\\", '\\"', "a=", "a.", "aB", "message: ", "[", "{", "&quot;", "x from ", "4", "Ab1.", "{'a':"]
)
def test_a_long_text_takes_linear_time(part: str) -> None:
    """This holds whatever the text."""
    text = part * (20_000 // len(part))
    began = time.process_time()
    hide_values(text)
    assert time.process_time() - began < 1
