"""Secrets, addresses and users' words in log lines don't leave the engine; what explains an error does."""

import json
import string
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.analysis.analyse import gone_connections
from checks.analysis.dictionary import find_sentences, near_misses
from checks.analysis.engine import Engine
from checks.analysis.values import hide_values
from tests.analysis.playing import (
    ANN,
    REQUEST,
    analysed,
    event,
    examined_file,
    printed,
    said,
    with_gone_connections,
    written,
)

SECRET = "cAnArY-7f3"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl"


@cache
def engine() -> Engine:
    return Engine(Path())


def all_redacted(texts: list[str]) -> list[str]:
    return [row["shown"] for row in engine().rows("SELECT redacted(unnest($texts)) AS shown", texts=texts)]


HIDDEN: Final[tuple[tuple[str, str | None], ...]] = (
    (f"Authorization: Bearer {SECRET}", "Authorization: [redacted]"),
    (f'{{"authorization": "Bearer {SECRET}", "a": 1}}', '{"authorization": [redacted], "a": 1}'),
    (f"{{'Authorization': ['Bearer {SECRET}'], 'a': 1}}", "{'Authorization': [redacted], 'a': 1}"),
    (f"[ 'authorization', 'Basic {SECRET}', 'host' ]", "[ 'authorization', [redacted], 'host' ]"),
    (f"[(b'cookie', b'{SECRET}'), (b'host', b'x')]", "[(b'cookie', [redacted]), (b'host', b'x')]"),
    (f'{{"key":"Cookie","value":"a={SECRET}; b=2"}}', '{"key":"Cookie","value":[redacted]}'),
    (f"got Bearer {SECRET} from it", "got Bearer [redacted] from it"),
    (f"Cookie: a={SECRET}; b={SECRET}", "Cookie: [redacted]"),
    (f"Set-Cookie: a={SECRET}; Path=/", "Set-Cookie: [redacted]"),
    (f"cookies: [ 'a={SECRET}', 'b={SECRET}' ]", "cookies: [redacted]"),
    (f"Sec-WebSocket-Protocol: bearer, {SECRET}", "Sec-WebSocket-Protocol: [redacted]"),
    (f"'Sec-WebSocket-Key': '{SECRET}=='", "'Sec-WebSocket-Key': [redacted]"),
    (f"X-Amz-Security-Token={SECRET}&X-Amz-Date=1", "X-Amz-Security-Token=[redacted]&X-Amz-Date=1"),
    (f"X-Amz-Signature={SECRET}&b=1", "X-Amz-Signature=[redacted]&b=1"),
    (f'"x-api-key":"{SECRET}"', '"x-api-key":[redacted]'),
    (f"wss://a.example/prod?token={SECRET}&room=7", "wss://a.example/prod?token=[redacted]&room=7"),
    (f"wss://a.example/prod?key={SECRET}&room=7", "wss://a.example/prod?key=[redacted]&room=7"),
    (f"redirect=https%3A%2F%2Fa%3Ftoken%3D{SECRET}", "redirect=https%3A%2F%2Fa%3Ftoken%3D[redacted]"),
    (f"postgres://app:{SECRET}@db/chat", "postgres://app:[redacted]@db/chat"),
    (f'{{\\"access_token\\": \\"{SECRET}\\", \\"a\\": 1}}', '{\\"access_token\\": [redacted], \\"a\\": 1}'),
    (f'\\\\\\"idToken\\\\\\":\\\\\\"{SECRET}\\\\\\",', '\\\\\\"idToken\\\\\\":[redacted],'),
    (f"{{ refreshToken: '{SECRET}', a: 1 }}", "{ refreshToken: [redacted], a: 1 }"),
    (f"{{\n  token:\n   '{SECRET}' +\n    '{SECRET}',\n a: 1 }}", "{\n  token:\n   [redacted],\n a: 1 }"),
    (f'{{"password"=>"{SECRET}", "a"=>1}}', '{"password"=>[redacted], "a"=>1}'),
    (f"<secret>{SECRET}</secret>", "<secret>[redacted]</secret>"),
    (f'password="two words, {SECRET}" a=1', "password=[redacted] a=1"),
    (f'token="cut off {SECRET}', "token=[redacted]"),
    (f"key AKIA{'A1' * 8} is old", "key [token] is old"),
    (f"sent {JWT} on", "sent [token] on"),
    (f"sent {JWT[:30]}", "sent [token]"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----.", "[redacted]."),
    ("user ann.lee+x@mail.example.org left", "user [email] left"),
    ("'sourceIp': '203.0.113.9'", "'sourceIp': '[ip]'"),
    ("sourceIp: '2001:db8::8a2e:370:7334'", "sourceIp: '[ip]'"),
    ("from 2001:db8:85a3:0:0:8a2e:370:7334, ::1 and fe80::1", "from [ip], [ip] and [ip]"),
    ("to 2001:db8:: by ::ffff:192.0.2.1", "to [ip] by [ip]:[ip]"),
    (f"auth_cookie: '{SECRET}'", "auth_cookie: [redacted]"),
    (f"User-Agent: Mozilla/5.0 ({SECRET}; x) Chrome/120.0.0.0", "User-Agent: [redacted]"),
    (f'{{"userAgent": "{SECRET}Browser/1.0 (x)", "a": 1}}', '{"userAgent": [redacted], "a": 1}'),
    (f"by Mozilla/5.0 ({SECRET}; x)", "by [agent]"),
    ("host ip-10-0-1-23 answered", "host [ip] answered"),
    ("10.0.0.1, 10.0.1.0 and 10.1.0.0 answered", "[ip], [ip] and [ip] answered"),
    (f'"body": "{{\\"action\\":\\"say\\",\\"text\\":\\"{SECRET}\\"}}", "a": 1', '"body": [body], "a": 1'),
    (f'{{\\"message_body\\": \\"hi {SECRET}\\"}}', '{\\"message_body\\": [body]}'),
    (f"{{'content': 'hi {SECRET}', 'a': 1}}", "{'content': [body], 'a': 1}"),
    (f"{{ data: `hi {SECRET}` }}", "{ data: [body] }"),
    (f"payload={SECRET} a=1", "payload=[body] a=1"),
    (f"question=where is {SECRET}", "question=[body]"),
    (f"Client message from AbFafG5XPFiCV8o=: hello\n{SECRET}", "Client message from AbFafG5XPFiCV8o=: [body]"),
    (f'Message body: {{"to": 1, "message": "{SECRET}"}}', 'Message body: {"to": 1, "message": [body]}'),
    (f'{{"action": "sendMessage", "message": "{SECRET}"}}', '{"action": "sendMessage", "message": [body]}'),
    (f"Message content: hi {SECRET}, said Bob", "Message content: [body]"),
    (f"[INFO]\t2026-06-02T00:00:00.000Z\t{REQUEST}\tText: hi {SECRET}", None),
    (f'{{"message": "Received message from {ANN}: hi {SECRET}", "a": 1}}', None),
    (f'{{"password": {{"n": 1, "plain": "{SECRET}"}}, "a": 1}}', '{"password": [redacted], "a": 1}'),
    (f'{{"apiKey":{{"stringValue":"{SECRET}"}}}}', '{"apiKey":{"stringValue":[redacted]}}'),
    (f'{{"secret":[["{SECRET}"]]}}', '{"secret":[redacted]}'),
    (f'{{"name":"password","type":"x","value":"{SECRET}"}}', '{"name":"password","type":"x","value":[redacted]}'),
    (f"password={{{SECRET}}};", "password=[redacted];"),
    (f"user[password]={SECRET}&a=1", "user[password]=[redacted]&a=1"),
    (f"stdClass Object ( [password] => {SECRET} )", "stdClass Object ( [password] => [redacted] )"),
    (f's:8:"password";s:10:"{SECRET}";', 's:8:"password";s:10:[redacted];'),
    (f"Login(password=SecretStr('{SECRET}'))", "Login(password=SecretStr([redacted]))"),
    (f"%7B%22apiKey%22%3A%22{SECRET}%22%7D", "%7B%22apiKey%22%3A%22[redacted]"),
    (f"{{\\x22token\\x22:\\x22{SECRET}", "{\\x22token\\x22:\\x22[redacted]"),
    (f"&#34;token&#34;:&#34;{SECRET}&#34;", "&#34;token&#34;:&#34;[redacted]&#34;"),
    (f'{{\\"token\\":\\n  \\"{SECRET}\\"}}', '{\\"token\\":\\n  [redacted]}'),
    (f'<password type="string">{SECRET}</password>', '<password type="string">[redacted]</password>'),
    (f'<entry key="token">{SECRET}</entry>', '<entry key="token">[redacted]</entry>'),
    (f'form-data; name="password"\r\n\r\n{SECRET}\r\n', 'form-data; name="password"\r\n\r\n[redacted]\r\n'),
    (f"密码\uff1a{SECRET}", "密码\uff1a[redacted]"),
    (f"login --password '{SECRET}' -h db", "login --password [redacted] -h db"),
    (f"curl -u ann:{SECRET} https://a.example", "curl -u ann:[redacted] https://a.example"),
    (f"wrong password ({SECRET}) of ann", "wrong password ([redacted]) of ann"),
    (f'invalid token "{SECRET}" of ann', "invalid token [redacted] of ann"),
    (f"password is now {SECRET}", "password is now [redacted]"),
    (f"CREATE USER ann IDENTIFIED BY '{SECRET}'", "CREATE USER ann IDENTIFIED BY [redacted]"),
    (f'Authorization: Token token="{SECRET}", a="1"', "Authorization: [redacted]"),
    (f"Authorization: NTLM {SECRET} a", "Authorization: [redacted] a"),
    (f"sid={SECRET}; Path=/; HttpOnly", "sid=[redacted]; Path=/; HttpOnly"),
    ("Zm9yIGV4YW1wbGUgYSBzZWNyZXQ=, A_VARIABLE_OF_THE_ENVIRONMENT=1", "[redacted], A_VARIABLE_OF_THE_ENVIRONMENT=1"),
    (f"nats://{SECRET}@mq:4222", "nats://[redacted]@mq:4222"),
    (f"to hooks.zapier.com/hooks/catch/1/{SECRET}", "to [token]"),
    ("ann.lee[at]mail.example.org, ann.lee&#64;mail.example.org", "[email], [email]"),
    ("at 203[.]0[.]113[.]9 by 00-1B-44-11-3A-B7", "at [ip] by [ip]"),
    (f"SimpleCookie: sid='two words, {SECRET}'", "SimpleCookie: [redacted]"),
    (f"{{'password': u'two words, {SECRET}'}}", "{'password': [redacted]}"),
    (f"token=Secret(value='two words, {SECRET}')", "token=Secret(value=[redacted])"),
    (f"[ClientSecret, {SECRET}] apiKey (string): {SECRET}", "[ClientSecret, [redacted]] apiKey (string): [redacted]"),
    (f"SecretBinary: {SECRET}", "SecretBinary: [redacted]"),
    (f"{{token=Optional[{SECRET}]}}", "{token=Optional[[redacted]]}"),
    (f"{{Authorization=[Splunk {SECRET}], Host=[a]}}", "{Authorization=[redacted], Host=[a]}"),
    (f"Authorization: DeepL-Auth-Key {SECRET}", "Authorization: [redacted]"),
    (f"[Authorization, Bearer {SECRET}], [Host, a]", "[Authorization, [redacted]], [Host, a]"),
    (f"[password:Login:private] => {SECRET}", "[password:Login:private] => [redacted]"),
    (
        f'<a:Password Type="x:y#z" Id="1">{SECRET}</a:Password>',
        '<a:Password Type="x:y#z" Id="1">[redacted]</a:Password>',
    ),
    (f"&lt;token&gt;{SECRET}&lt;/token&gt;", "&lt;token&gt;[redacted]&lt;/token&gt;"),
    (f"- name: API_KEY\\n  value: {SECRET}\\n", "- name: API_KEY\\n  value: [redacted]\\n"),
    (f"Password...: {SECRET}", "Password...: [redacted]"),
    (f"password: !vault {SECRET}", "password: !vault [redacted]"),
    (f'name=\\\\"token\\\\"\\\\r\\\\n\\\\r\\\\n{SECRET}', 'name=\\\\"token\\\\"\\\\r\\\\n\\\\r\\\\n[redacted]'),
    (f"ann:{SECRET}@tcp(db:3306)/a", "ann:[redacted]@tcp(db:3306)/a"),
    (f"wscat --auth ann:{SECRET} -c a", "wscat --auth ann:[redacted] -c a"),
    (f"passwordHash: {SECRET}, smtpPass: {SECRET}", "passwordHash: [redacted], smtpPass: [redacted]"),
    (f"SECRET_KEY_BASE={SECRET} authHeader={SECRET}", "SECRET_KEY_BASE=[redacted] authHeader=[redacted]"),
    (f"session_key: {SECRET} mfaCode: {SECRET}", "session_key: [redacted] mfaCode: [redacted]"),
    (f"Kennwort: {SECRET}; clave: {SECRET}", "Kennwort: [redacted]; clave: [redacted]"),
    (f'{{"Sns":{{"Message":"hi {SECRET}"}}}}', '{"Sns":{"Message":[body]}}'),
    ("ann.lee\\\\u0040mail.example.org, ann@a.\\u0440\\u0444", "[email], [email]"),
    ("030/56466680 and 1 85 05 78 006 483 36", "[number] and [number]"),
    ("call 0151 23456789 or 555.123.4567, phone: 15551234567", "call [number] or [number], phone: [number]"),
)
"""What is shown of a line; None where it is enough that the body is hidden, and that the id stays."""


def test_what_is_hidden() -> None:
    """It is hidden in every notation, and the text beside it stays."""
    lines_after = all_redacted([line for line, _ in HIDDEN])
    wrong = {
        line: line_after
        for (line, shown), line_after in zip(HIDDEN, lines_after, strict=True)
        if SECRET in line_after or (line_after != shown if shown else not hides_body_alone(line_after))
    }
    assert wrong == {}
    assert all_redacted(lines_after) == lines_after


def hides_body_alone(line_after: str) -> bool:
    return "[body]" in line_after and (ANN in line_after or REQUEST in line_after)


SHOWN: Final = [
    "request 6f7f3ce2-3031-4006-9174-87695d3dae86 failed",  # no card
    f"Failed to send welcome message to connection {ANN}: An error occurred (GoneException) when calling",
    f"Connection {ANN} is no longer valid before sending response: An error occurred (GoneException) when calling",
    f"[ERROR]\t2026-06-02T12:34:56.789Z\t{REQUEST}\tError sending response to connectionId: {ANN}: GoneException",
    f'{{"timestamp": "2026-06-02T12:34:56Z", "level": "ERROR", "message": "post to {ANN} failed"}}',
    f'{{"requestId": "{REQUEST}", "errorType": "GoneException", "errorMessage": "UnknownError"}}',
    f"{{ connectionId: '{ANN}', requestId: 'Qw7LmXa9oAMFKbg=', eventType: 'CONNECT', routeKey: '$connect' }}",
    "{ connectedAt: 1780358400000, disconnectStatusCode: 1001, disconnectReason: 'Going away', stage: 'prod' }",
    "Traceback (most recent call last):\n  File \"/var/task/app.py\", line 12, in handler\n    post(b'x')\n410",
    "GoneException: UnknownError\n    at de_CommandError (/var/task/index.js:41:13)\n    at async std::x (a::z)",
    f"POST https://abc.execute-api.eu-west-1.amazonaws.com/prod/@connections/{ANN[:-1]}%3D returned 410",
    "arn:aws:apigateway:eu-west-1::/restapis/abc at 12:34:56 after 00:00:01.5, ratio ::",
    "Missing authentication token; Basic authentication is off; nextTokens: 3; invalid bearer token",
    "CONNECT $connect Qw7LmXa9oAMCKbg= 200 [02/Jun/2026:12:34:56 +0000]",
    f"message received from {ANN}",
    f"POST /prod/@connections/{ANN} 410",
    "password expired; wrong password; the token is expired; 3 tokens of 5; secret rotation took 120 ms",
    "token value is bad; the [routeKey] is new; 'messageId': 'aI9DtvpAiYcCzPw=', 'eventType': 'MESSAGE'",
    "session 1780358400000 closed; authorization took 12 ms; auth failed with status 401; pin (broken) of socket 0042",
    "SyntaxError: Unexpected token 'u', while 3 tokens were left; line 0012, 0123 of 4567 at 12:34:56.123",
    f"WebSocket connected, connection ID: {ANN}",
    f'{{"level": "INFO", "message": "WebSocket disconnected, connection id: {ANN}", "logger": "root"}}',
    f"$connect ConnectionId={ANN}",
]


def test_what_is_shown() -> None:
    """Sentences, traces, ids, routes, times and codes stay: fully redacted evidence is worthless."""
    assert all_redacted(SHOWN) == SHOWN


# ------------------------------------------------------------------------------------------------ always

WORDS = st.text(string.ascii_letters + string.digits + "-_", min_size=6, max_size=20).map(lambda text: f"Zq7{text}")
"""What a secret may be; the beginning tells it from all that stands around it."""
SECRET_KEYS = (
    *("Authorization", "authorization", "Cookie", "Set-Cookie", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol"),
    *("X-Api-Key", "X-Amz-Security-Token", "X-Amz-Signature", "token", "access_token", "refreshToken", "id_token"),
    *("secret", "client_secret", "password", "passwd", "api_key", "apikey", "session", "sessionId", "signature"),
    "credential",
)
BODY_KEYS = ("body", "message_body", "content", "text", "payload", "data")
LISTS = ('{"KEY":["VALUE"]}', "{'KEY': ['VALUE', 'VALUE']}")
NOTATIONS = (
    '{"KEY": "VALUE"}',
    '{\\"KEY\\": \\"VALUE\\"}',
    '"{\\\\\\"KEY\\\\\\":\\\\\\"VALUE\\\\\\"}"',
    "{'KEY': 'VALUE'}",
    "{ KEY: 'VALUE' }",
    "{ KEY:\n   'VALUE' +\n   'VALUE' }",
    '{"KEY"=>"VALUE"}',
    "KEY=VALUE",
    "wss://a.example/prod?room=7&KEY=VALUE&x=1",
    'KEY="VALUE" x=1',
    'KEY="VALUE',
)
PLACES = st.one_of(
    st.tuples(st.sampled_from(SECRET_KEYS), st.sampled_from((*NOTATIONS, *LISTS))),
    st.tuples(st.sampled_from(BODY_KEYS), st.sampled_from(NOTATIONS)),  # what users write comes in no list
)


@settings(max_examples=10)  # each of them takes the engine a while, however many lines it has
@given(st.lists(st.tuples(PLACES, WORDS), min_size=20, max_size=20))
def test_no_secret_survives_where_secrets_stand(planted: list[tuple[tuple[str, str], str]]) -> None:
    """Whatever it looks like, it is hidden; the sentence before it stays."""
    failed = f"Post to connection {ANN} failed: "
    lines = [failed + notation.replace("KEY", key).replace("VALUE", secret) for (key, notation), secret in planted]
    for line_after, (_, secret) in zip(all_redacted(lines), planted, strict=True):
        assert secret not in line_after
        assert line_after.startswith(failed)


FRAGMENTS = (
    *("token", "body", "cookie", "Authorization", "Bearer ", "eyJhbGciO", "a", "b", "A1", "é", "1.2.3.4"),
    *("=", ": ", ":", "::", "%3D", "=>", '"', "'", "`", "\\", "\\\\", "{", "}", "[", "]", ",", ";", "&", "?", "@", "."),
    *("://", "\n", "\t", " ", "\x1b", "[redacted]", "[body]", "Message content: ", "received message", "GoneException"),
    *("connection id: ", ANN),
)


@settings(max_examples=10)
@given(st.lists(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join), min_size=20, max_size=20))
def test_what_is_redacted_stays_so(texts: list[str]) -> None:
    """Redacting any text twice is the same as redacting it once."""
    once = all_redacted(texts)
    assert all_redacted(once) == once


IDS = st.text(string.ascii_letters + string.digits + "-_", min_size=15, max_size=15).map(lambda text: f"{text}=")


@settings(max_examples=10)
@given(st.lists(IDS, min_size=20, max_size=20))
def test_an_id_is_never_redacted(ids: list[str]) -> None:
    """Any connection id that API Gateway generates is shown unchanged."""
    assert engine().rows("SELECT shown_id(unnest($ids)) AS id", ids=ids) == [{"id": one} for one in ids]


LONG = ("token=", '"', "'", '\\"', "\\", 'body="', "a@b.", "1.", "a::", "eyJ", "action:'say',", "[", "{")


def test_a_long_line_takes_linear_time() -> None:
    """A mebibyte of a pattern's beginning is redacted almost at once."""
    seconds = {}
    for part in LONG:
        began = time.perf_counter()
        all_redacted([part * ((1 << 20) // len(part))])
        seconds[part] = time.perf_counter() - began
    assert {part: taken for part, taken in seconds.items() if taken > 5} == {}


def test_the_place_where_a_long_text_is_cut_is_not_shown(tmp_path: Path) -> None:
    """Half a secret looks harmless, so values are searched far before the cut."""
    length = Engine(tmp_path).row("SELECT length(beginning_of(repeat('x', 1_000_000))) AS length")["length"]
    shown = hide_values("word " * (length // 5))
    assert 2 * len(shown) < length


# ------------------------------------------------------------------------------------------------ in the analysis


def test_messages_leave_the_analysis_redacted(tmp_path: Path) -> None:
    """The examples of an error and a near miss have no secrets."""
    lines = [
        said(f"Post to connection {ANN} failed: GoneException: 410, token={SECRET}"),
        said(f"The welcome packet is in flight, password: '{SECRET}'"),
    ]
    analysis, engine = examined_file(written(tmp_path, lines))
    (near_miss,) = near_misses(find_sentences(engine))
    (gone,) = gone_connections(engine)
    assert SECRET not in str(analysis)
    assert gone.sample.strip() == f"Post to connection {ANN} failed: GoneException: 410, token=[redacted]"
    assert SECRET not in near_miss
    assert near_miss.strip().endswith("The welcome packet is in flight, password: [redacted]")


def test_a_user_names_what_else_is_redacted(tmp_path: Path) -> None:
    """Each match becomes the name of its pattern; a group in it has no effect."""
    path = written(tmp_path, [said(f"Post to connection {ANN} for cust_17 and order 5 failed: GoneException: 410")])
    _, (gone,) = with_gone_connections(path, redact={"customer": r"cust_(\d+)", "order": "order [0-9]"})
    assert gone.sample.strip() == f"Post to connection {ANN} for [customer] and [order] failed: GoneException: 410"


def test_an_id_is_what_a_line_claims(tmp_path: Path) -> None:
    """It is redacted, and cut if it is too long for an id; the whole text is counted."""
    claims = {f"token={SECRET}": "token=[redacted]", JWT: "[token]", "A1" * 200: "A1" * 64}
    taught = {"gone": {"lost": r"lost (?P<connection_id>\S+)"}}
    lines = [printed(f"lost {claimed}{end}") for claimed in claims for end in ("", "_2")]
    _, connections = with_gone_connections(written(tmp_path, lines), taught)
    assert Counter((gone.connection_id, gone.errors) for gone in connections) == {
        (one, 1): 2 for one in claims.values()
    }


def test_a_line_without_a_time_is_shown_redacted_and_cut(tmp_path: Path) -> None:
    """In place of a time there may be anything."""
    hostile = json.dumps({"timestamp": f"token={SECRET} {'x ' * 500}", "message": "a"})
    analysis = analysed(tmp_path, [hostile, event("hello")])
    (example,) = analysis.reading.unreadable_examples
    assert "has no time in its timestamp, 'token=[redacted] x x" in example
    assert example.endswith("…")
    assert len(example.partition(" has no time")[2]) < 120
