"""Many different endings after one beginning are users' words; an application repeats itself."""

import json
import random
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Final

from tests.analysis.playing import ANN, BOB, event, signals_of_parts
from tests.analysis.test_recogniser import ACCESS_ROWS, DUMPS, ERRORS, PHRASES, SENTENCES, SILENCES, node, python
from tests.analysis.test_templates import varied

Way = Callable[[str], str]


def pino(text: str, **fields: object) -> str:
    return json.dumps({"level": 30, "time": 1_780_389_000_000, "pid": 8, "msg": text, **fields})


WAYS: Final[Mapping[str, Way]] = {
    "message": lambda text: python(f"Message: {text}"),
    "got message": lambda text: node(f"Got message: {text}"),
    "bytes": lambda text: python(f"Message: {text.encode()!r}"),
    "data": lambda text: node(f"data: {text}"),
    "query": lambda text: python(f"Query: {text}"),
    "echo": lambda text: node(f"Echo: {text}"),
    "of a connection": lambda text: python(f"[{ANN}] Message: {text}"),
    "of a user": lambda text: python(f"[ann] Message: {text}"),
    "from a user": lambda text: node(f"msg from ann: {text}"),
    "chat line": lambda text: node(f"Saving chat line: {text}"),
    "received bytes": lambda text: python(f"Received: {text.encode()!r}"),
    "record": lambda text: pino(text, connectionId=ANN),
    "record of no connection": pino,
    "label in a record": lambda text: pino(f"heard: {text}"),
    "name": lambda text: node(f"ann: {text}"),
    "label that nobody knows": lambda text: python(f"Remark => {text}"),
    "quoted": lambda text: python(f"Passing {text!r} to {BOB}"),
}
"""How services log what users write. (Of two a single line says what it is; the others take many.)"""

SENTENCES_OF_ALL: Final = tuple(sentence.format(id=BOB) for sentence in SENTENCES)
TEXTS: Final = (
    *SENTENCES_OF_ALL,
    *(sentence.format(id=BOB) for sentence in SILENCES),
    *(line for line, *_ in DUMPS.values()),
    *(line for line, *_ in ACCESS_ROWS.values()),
    *(line for line, *_ in PHRASES.values()),
    *(line for line, _ in ERRORS.values()),
)
"""What would be signals, were it the application that says it."""

WORDS: Final = (
    *(
        "I",
        "you",
        "we",
        "they",
        "my",
        "your",
        "printer",
        "screen",
        "invitation",
        "kitchen",
        "holiday",
        "lunch",
        "brother",
    ),
    *(
        "train",
        "ticket",
        "again",
        "never",
        "why",
        "when",
        "open",
        "close",
        "connect",
        "received",
        "welcome",
        "gone",
        "socket",
    ),
    *("message", "friend", "monday", "please", "sorry", "really", "maybe", "nothing", "everybody", "door", "tomorrow"),
)


def chatter(count: int) -> list[str]:
    """Return what users say to each other, with words of connections that don't mean those of this service."""
    draw = random.Random(3)
    return [" ".join((draw.choice(("gone", "received", "welcome")), *draw.choices(WORDS, k=8))) for _ in range(count)]


TOGETHER: Final = (
    ("message", "got message", "data", "query", "echo", "name", "label that nobody knows", "quoted"),
    ("bytes", "record"),
    ("of a connection", "record of no connection"),
    ("of a user", "from a user", "chat line", "received bytes"),
    ("label in a record",),
)
"""Ways that one log may have without one helping the other: users write elsewhere, or behind other labels."""


def kinds_of(folder: Path, ways: Mapping[str, Sequence[str]]) -> dict[str, Counter[str]]:
    """Return the number of each signal in the lines of each group, each in its own invocation, without messages."""
    draw, number = random.Random(2), count()
    parts = {
        name: [event(varied(line, draw), logStreamName=f"2026/06/02/[$LATEST]{next(number):032x}") for line in lines]
        for name, lines in ways.items()
    }
    return {
        name: Counter(kind for kind, _ in signals if kind != "message")
        for name, signals in signals_of_parts(folder, parts).items()
    }


def all_kinds(folder: Path, ways: Mapping[str, Sequence[str]], *together: Collection[str]) -> dict[str, Counter[str]]:
    """Return the same, with only those in one log that may be together."""
    kinds: dict[str, Counter[str]] = {}
    for names in together:
        kinds |= kinds_of(folder, {name: ways[name] for name in names})
    return kinds


def test_what_users_write_is_no_signal(tmp_path: Path) -> None:
    """If users write all the recogniser's sentences, nobody came, left, was greeted or is gone."""
    assert sorted(WAYS) == sorted(chain.from_iterable(TOGETHER))
    lines = {name: [*map(way, (*TEXTS, *chatter(60)))] for name, way in WAYS.items()}
    heard = all_kinds(tmp_path, lines, *TOGETHER)
    assert not {name: kinds for name, kinds in heard.items() if kinds}


def test_a_joke_does_not_count(tmp_path: Path) -> None:
    """Twelve messages "connection X is gone" are not errors, if other messages have the same beginning."""
    jokes = {
        name: [*map(WAYS[name], [f"Connection {BOB} is gone"] * 12)] for name in ("name", "label that nobody knows")
    }
    assert kinds_of(tmp_path, jokes) == {name: {"gone": 12} for name in jokes}
    chats = {name: [*lines, *map(WAYS[name], chatter(200))] for name, lines in jokes.items()}
    assert kinds_of(tmp_path, chats) == {name: {} for name in jokes}


OWN_WAYS: Final[Mapping[str, Way]] = {
    "record": WAYS["record"],
    "record of no connection": WAYS["record of no connection"],
    "behind a name": lambda text: python(f"lobby: {text}"),
}
"""How an application may say all that it says."""
OWN_TOGETHER: Final = (("record", "behind a name"), ("record of no connection",))


def test_sentences_behind_one_label_are_the_applications(tmp_path: Path) -> None:
    """All of an application's sentences may follow a name or be in a record: they repeat."""
    lines = {name: [*map(way, SENTENCES_OF_ALL)] for name, way in OWN_WAYS.items()}
    once = all_kinds(tmp_path, lines, *OWN_TOGETHER)
    kinds = {"connect", "disconnect", "gone", "welcome_sent", "welcome_failed", "welcome_retry"}
    assert {name: one.keys() for name, one in once.items()} == dict.fromkeys(OWN_WAYS, kinds)
    often = all_kinds(tmp_path, {name: one * 20 for name, one in lines.items()}, *OWN_TOGETHER)
    assert often == {name: {kind: 20 * n for kind, n in one.items()} for name, one in once.items()}


LOGGERS: Final[Mapping[str, Way]] = {
    "spring": lambda text: f"2026-06-02 08:30:00.125  INFO 8 --- [  main] example.lobby.Gateway   : {text}",
    "tracing": lambda text: f"2026-06-02T08:30:00.125Z  INFO lobby_handler: {text}",
    "logrus": lambda text: f'time="2026-06-02T08:30:00Z" level=info msg="{text}"',
    "slog": lambda text: f'time=2026-06-02T08:30:00.125Z level=INFO msg="{text}"',
}
"""Loggers that put a name or fields before each line."""


def test_what_stands_behind_a_loggers_name_is_the_applications(tmp_path: Path) -> None:
    """A hundred sentences of code, each said once, are not a user's."""
    lines = {name: [*map(way, (f"Client {ANN} joined the server", *chatter(150)))] for name, way in LOGGERS.items()}
    assert {name: kinds["connect"] for name, kinds in kinds_of(tmp_path, lines).items()} == dict.fromkeys(LOGGERS, 1)


def test_names_are_no_words_of_users(tmp_path: Path) -> None:
    """Sentences that differ only in a person's name are one, however many names there are."""
    names = [
        f"{first}{last}"
        for first in ("an", "ben", "cle", "dor", "eve", "flo", "gus")
        for last in ("a", "da", "ko", "li", "ra", "tty")
    ]
    said = [f"Client {name} {what}" for name in names for what in ("connected", "disconnected")]
    lines = {name: [*map(way, said)] for name, way in OWN_WAYS.items()}
    expected = {"connect": len(names), "disconnect": len(names)}
    assert all_kinds(tmp_path, lines, *OWN_TOGETHER) == dict.fromkeys(OWN_WAYS, expected)


def test_an_application_speaks_where_users_write(tmp_path: Path) -> None:
    """Repeated sentences count, even if users write in the same place."""
    ways = ("record of no connection", "label that nobody knows")
    spoken = (*TEXTS, *chatter(60), *[f"Player {ANN} connected"] * 60)
    lines = {name: [*map(WAYS[name], spoken)] for name in ways}
    assert kinds_of(tmp_path, lines) == {name: {"connect": 60} for name in ways}
