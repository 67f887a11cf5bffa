"""Canaries: secrets, markup and control characters in everything that a run reads; none may survive in its output."""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count
from pathlib import Path
from textwrap import dedent
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import pytest

from tests.health_run import HealthRun, health_run, log
from tests.outputs.channel import Channel
from tests.outputs.reading import Rendered

SECRET: Final = "Zq7CaNaRy"
"""Every secret begins so."""
ALIVE: Final = "canary-sings"
"""What the markup would do, were it alive."""
MARKUP: Final = f"<script>{ALIVE}</script>\"><img src=x onerror={ALIVE}>'--><svg/onload={ALIVE}>"
CONTROL: Final = "\x1b[31m\x1b]0;x\x07\x00\x08\x9b0m\u061c\u200f\u202e\u2066\u2028"
COMMANDS: Final = f"\n::add-mask::{ALIVE}\n##[add-mask]{ALIVE} @{ALIVE} <!{ALIVE}> ![x](https://{ALIVE}) | `{ALIVE}`"
"""What pipelines, chat channels and Markdown obey."""
HOSTILE: Final = MARKUP + CONTROL + COMMANDS
INVISIBLE: Final = frozenset(
    map(chr, (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0x61C, *range(0x200E, 0x2010)))
) | frozenset(map(chr, (*range(0x2028, 0x202F), *range(0x2066, 0x206A))))
"""C0 but for ends of lines and tabs, C1, and what turns the direction of writing."""
NOON: Final = 1_780_401_600_000
REQUEST: Final = "3f0a5c1e-7b2d-4e86-9c14-d5a0e6b7f821"
JWT: Final = f"eyJhbGciOiJIUzI1NiJ9.{base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip('=')}.{SECRET}"

SECRETS: Final = (
    "Authorization: Bearer {}",
    '{{"headers": {{"authorization": "Basic {}", "Cookie": "sid={}; b={}"}}}}',
    "{{'Authorization': ['Bearer {}'], 'cookie': 'a={}'}}",
    "{{ cookie: 'a={}', 'Sec-WebSocket-Key': '{}==', 'Sec-WebSocket-Protocol': 'bearer, {}' }}",
    "GET wss://a.example/prod?token={}&X-Amz-Security-Token={}&X-Amz-Signature={}&key={}",
    '{{\\"access_token\\": \\"{}\\", \\"refresh_token\\": \\"{}\\"}}',
    "{{'password': '{}', 'api_key': '{}', 'session': '{}'}}",
    "secret={} credential={} passwd={}",
    f"jwt is {JWT}",
    "user {}@mail.example.org",
    'body={{"action": "say", "text": "{}"}}',
    '"body": "{{\\"action\\":\\"say\\",\\"message\\":\\"{} and {}\\"}}"',
    "{{ payload: '{}', data: `{}`, content: \"{}\", text: '{} ' +\n '{}' }}",
    "https://app:{}@chat.example.org/",
)
"""Where secrets stand; each pair of braces is one."""


def planted(place: str) -> str:
    """Return a place with its own secret for each pair of braces."""
    numbers = count()
    return re.sub(r"\{\}", lambda _: f"{SECRET}{next(numbers)}x9", place).replace("{{", "{").replace("}}", "}")


def events() -> Iterator[dict[str, Any]]:
    """Yield errors on many connections, near misses, and events whose other fields are all hostile."""
    other = {
        "logStreamName": f"2026/06/02/[$LATEST]token={SECRET} {HOSTILE}",
        "logGroup": f"/aws/lambda/token={SECRET} {HOSTILE}",
        "requestId": f"token={SECRET} {HOSTILE}",
    }
    for number, place in enumerate(SECRETS):
        failed = f"Post to connection Qw7LmXa9oAMC{number:03}= failed: GoneException: 410"
        yield {
            "message": f"[ERROR]\t2026-06-02T12:00:00.000Z\t{REQUEST}\t{failed} {planted(place)} {HOSTILE}\n",
            **other,
        }
    for place in SECRETS[:4]:
        yield {"message": f"The welcome packet {place[:9]} is in flight {planted(place)} {HOSTILE}", **other}
    for claimed in (f"token%3D{SECRET}", f"password%3D{SECRET}%26a%3D1", "%3Cscript%3E%1B%E2%80%AE", "A1" * 5000):
        yield {"message": f"Post to connectionId: '{claimed}' failed: GoneException: 410", **other}
    yield {"message": f"lost token={SECRET}{HOSTILE}", "eventId": f"token={SECRET} {HOSTILE}"}


def recording() -> str:
    lines = [json.dumps({"timestamp": NOON + number, **event}) for number, event in enumerate(events())]
    lines += [f"token={SECRET} {MARKUP}", json.dumps({"timestamp": f"password='{SECRET}' {HOSTILE}", "message": ""})]
    return "".join(f"{line}\n" for line in lines)


def limits(pytester: pytest.Pytester) -> Path:
    """Return limits whose texts are all hostile; a secret in them would be the owner's own fault."""
    text = json.dumps(HOSTILE.replace("\x00", ""))
    path = pytester.path / "limits.yaml"
    path.write_text(
        dedent(
            f"""\
            environments:
              dev:
                log_group: x
                limits:
                  data.unreadable_rate: {{max: 50%}}
                  gone.errors: {{max: 0, owner: {text}, runbook: {text}}}
                  gone.connections: {{max: 0, owner: {text}}}
                  data.gaps: 0
                  data.near_miss_rate: 1%
                  data.age_seconds: {{min: 1d, owner: {text}}}
                  lifecycle.complete: {{min: 1, shadow: true, owner: {text}}}
            waivers:
              - {{metric: gone.connections, environment: dev, reason: {text}, owner: {text}, until: 2999-01-01}}
              - {{metric: data.age_seconds, environment: dev, reason: {text}, owner: {text}, until: 2999-01-01}}
              - {{metric: data.gaps, environment: dev, reason: {text}, owner: {text}, until: 2999-01-01}}
            signals:
              gone: {{? {text} : 'lost (?P<connection_id>(?s:.*))'}}
            redact:
              packet: 'packet [^ ]+'
            """
        ),
        encoding="utf-8",
    )
    return path


def run_with_all_outputs(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, content: str, *options: str
) -> HealthRun:
    """Run on a hostile log, with every existing output in the report folder."""
    reports = pytester.path / "reports"
    logs = log(pytester, content, f"{MARKUP.replace('/', '')}\x1b[31m\u202e.jsonl")
    for name, value in {"ACTIONS": "true", "STEP_SUMMARY": f"{reports / 'a.md'}", "OUTPUT": f"{reports / 'a'}"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    monkeypatch.setenv("GITLAB_CI", "true")
    with Channel() as channel:
        outputs_to = ("--emf", reports / "a.jsonl", "--notify", channel.url)
        run = health_run(pytester, "--logs", logs, "--thresholds", limits(pytester), *outputs_to, *options)
    (message,) = channel.received
    (reports / "message").write_text(message["text"], encoding="utf-8")
    assert {"a.md", "a", "a.jsonl", "sentence.txt", "junit.xml"} < set(outputs(run))
    return run


class Page(HTMLParser):
    """A browser's view of markup: its scripts, and the names and values of all attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.scripts = ""
        self.attributes: list[tuple[str, str]] = []
        self._is_script = False
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_script = tag == "script"
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.scripts += data if self._is_script else ""


def outputs(run: HealthRun) -> dict[str, str]:
    """Return everything that a run puts out: the terminal, and every file."""
    files = (path for path in run.folder.parent.rglob("*") if path.is_file())
    return {"terminal": run.text} | {path.name: path.read_text(encoding="utf-8") for path in files}


def is_command(text: str) -> bool:
    """Whether a runner takes a line of its log for the canary's command."""
    return bool(re.search(rf"^\s*::[\w-]+::{ALIVE}|##\w*\[", text, re.MULTILINE))


def is_mention(text: str) -> bool:
    """Whether a chat channel or GitHub would notify somebody."""
    return bool(re.search(f"@{ALIVE}|<!{ALIVE}", text))


def strings(value: Any) -> Iterator[str]:
    """Yield every text within a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in (*value, *value.values()):
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def readings(text: str) -> Iterator[str]:
    """Yield the text as it is, and decoded in each way."""
    plain = html.unescape(text)
    for one in (text, plain):
        yield one
        yield unquote(one)
        yield re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), one)
    for encoded in re.findall(r"[\w+/-]{12,}", plain):
        padded = encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4)
        try:
            yield base64.b64decode(padded).decode("latin-1")
        except binascii.Error:
            continue


def is_alive(markup: str) -> bool:
    """Whether a browser would do what the canary's markup says."""
    page = Page(markup)
    return ALIVE in page.scripts or any(name.startswith("on") and ALIVE in value for name, value in page.attributes)


def assert_dead(run: HealthRun) -> None:
    """Check that there is no secret in any encoding, no live markup and no invisible character."""
    for name, text in outputs(run).items():
        assert not [one for one in readings(text) if SECRET in one], f"a secret in {name}"
        assert not INVISIBLE & set(html.unescape(text)), f"control characters in {name}"
        assert name != "terminal" or not is_command(text), f"a command in {name}"
        if name in {"a", "message", "sentence.txt"}:
            assert not is_mention(text), f"a mention in {name}"
        if name.endswith(".md"):
            page = Rendered(text)
            assert not {"script", "img", "svg", "code"} & set(page.tags), f"markup in {name}"
            assert {urlsplit(link).netloc for link in page.links} <= {"docs.aws.amazon.com", "repost.aws"}
            assert not is_mention(page.text.replace(page.preformatted, "")), f"a mention in {name}"
        if name.endswith(".json"):
            assert not INVISIBLE & set("".join(strings(json.loads(text)))), f"control characters in {name}"
        if name.endswith(".html"):
            assert not is_alive(text), f"markup in {name}"
            # what pytest-html's script inserts as markup
            blobs = [value for attribute, value in Page(text).attributes if attribute == "data-jsonblob"]
            assert len(blobs) == (name == "report.html") or name == "index.html"
            rows = [one for blob in blobs for one in strings(json.loads(blob))]
            assert not [one for one in rows if is_alive(one)], f"markup in the rows of {name}"


def test_a_run_that_judges(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostile text was read and is part of the evidence, but none of it survives in any output."""
    run = run_with_all_outputs(pytester, monkeypatch, recording(), "-vv")
    assert run.code == 1, run.text
    assert run.verdicts["data.age_seconds"] == "waived"
    assert run.value("gone.errors") == len(SECRETS) + 5
    assert len(run.result["near_misses"]) == 3
    assert len(run.result["receipt"]["reading"]["unreadable_examples"]) == 2
    assert "[redacted]" in run.text
    assert "[packet]" in run.text
    assert_dead(run)


def test_a_run_that_can_not_read(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does hostile text survive if the logs can't be read and the run says why."""
    run = run_with_all_outputs(pytester, monkeypatch, f'{{"timestamp": "token={SECRET}"}}\nbuy milk\n')
    assert run.code == 12, run.text
    assert_dead(run)


def test_a_canary_sings(pytester: pytest.Pytester) -> None:
    """The test itself notices a surviving canary, in each kind of output."""
    folder = pytester.path / "reports" / "dev"
    folder.mkdir(parents=True)
    blob = html.escape(json.dumps([MARKUP]))
    songs = {
        "a.txt": f"token {SECRET}1",
        "b.txt": html.escape(json.dumps(f"é{SECRET}")),
        "c.txt": base64.b64encode(f"x{SECRET}12".encode()).decode(),
        "d.xml": "\x1b",
        "e.json": '"\\u202e"',
        "f.html": f"<p data-jsonblob='[]'>{MARKUP}</p>",
        "g.html": f'<p data-jsonblob="{blob}"></p>',
        "h.md": f"a {MARKUP}",
        "i.md": f"![x](https://{ALIVE})",
        "j.md": f"@{ALIVE}",
        "sentence.txt": f"<!{ALIVE}>",
        "message": f"@{ALIVE}",
    }
    for name, song in songs.items():
        (folder / name).write_text(song, encoding="utf-8")
        with pytest.raises(AssertionError, match=re.escape(name)):
            assert_dead(HealthRun(0, "", folder, {}))
        (folder / name).unlink()
    for line in (f"  ::add-mask::{ALIVE}", f"a ##[add-mask]{ALIVE}"):
        with pytest.raises(AssertionError, match="terminal"):
            assert_dead(HealthRun(0, line, folder, {}))
