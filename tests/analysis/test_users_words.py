"""Many different endings behind one beginning are somebody's words; an application says the same again and again."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from tests.analysis.playing import ANN, BOB, event, signals
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
    "record": lambda text: pino(text, connectionId=ANN),
    "record of no connection": pino,
    "label in a record": lambda text: pino(f"heard: {text}"),
    "prompt": lambda text: node(f"ann> {text}"),
    "label that nobody knows": lambda text: python(f"Utterance => {text}"),
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
    """Return what users say among each other; it has words of connections in it, and means none of this service's."""
    draw = random.Random(3)
    return [" ".join((draw.choice(("gone", "received", "welcome")), *draw.choices(WORDS, k=8))) for _ in range(count)]


def kinds_of(folder: Path, lines: Iterable[str]) -> Counter[str]:
    """Return how often each signal is given by lines of as many invocations, messages left out."""
    draw = random.Random(2)
    events = [
        event(varied(line, draw), logStreamName=f"2026/06/02/[$LATEST]{number:032x}")
        for number, line in enumerate(lines)
    ]
    return Counter(kind for kind, _ in signals(folder, events) if kind != "message")


def test_what_users_write_is_no_signal(tmp_path: Path) -> None:
    """Where users write all sentences of the recogniser's tests, nobody came, went, was greeted or is gone."""
    heard = {name: kinds_of(tmp_path, map(way, (*TEXTS, *chatter(60)))) for name, way in WAYS.items()}
    assert not {name: kinds for name, kinds in heard.items() if kinds}


def test_a_joke_does_not_count(tmp_path: Path) -> None:
    """Twelve messages "connection X is gone" are no errors where other messages stand behind the same beginning."""
    jokes = [f"Connection {BOB} is gone"] * 12
    for way in (WAYS["prompt"], WAYS["label that nobody knows"]):
        assert kinds_of(tmp_path, map(way, jokes)) == {"gone": 12}
        assert not kinds_of(tmp_path, map(way, [*jokes, *chatter(200)]))


def test_sentences_behind_one_label_are_the_applications(tmp_path: Path) -> None:
    """All that an application says may stand behind a name or in a record: it says it again and again."""
    for way in (WAYS["record"], WAYS["record of no connection"], lambda text: python(f"lobby: {text}")):
        once = kinds_of(tmp_path, map(way, SENTENCES_OF_ALL))
        assert once.keys() == {"connect", "disconnect", "gone", "welcome_sent", "welcome_failed", "welcome_retry"}
        assert kinds_of(tmp_path, [*map(way, SENTENCES_OF_ALL)] * 20) == {kind: 20 * n for kind, n in once.items()}


def test_names_are_no_words_of_users(tmp_path: Path) -> None:
    """Sentences that differ in somebody's name are one, however many names there are."""
    names = [
        f"{first}{last}"
        for first in ("an", "ben", "cle", "dor", "eve", "flo", "gus")
        for last in ("a", "da", "ko", "li", "ra", "tty")
    ]
    for way in (WAYS["record"], WAYS["record of no connection"], lambda text: python(f"lobby: {text}")):
        lines = [way(f"Client {name} {what}") for name in names for what in ("connected", "disconnected")]
        assert kinds_of(tmp_path, lines) == {"connect": len(names), "disconnect": len(names)}


def test_an_application_speaks_where_users_write(tmp_path: Path) -> None:
    """What is said over and over in the same words counts, although users write in the same place."""
    for way in (WAYS["record of no connection"], WAYS["label that nobody knows"]):
        lines = [*map(way, (*TEXTS, *chatter(60))), *[way(f"Player {ANN} connected")] * 60]
        assert kinds_of(tmp_path, lines) == {"connect": 60}
