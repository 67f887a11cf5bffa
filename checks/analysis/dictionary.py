"""The dictionary of an application: its sentences, how often each is said, and what it is taken for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect, broad_patterns, understand_all
from checks.config.fields import ID_PLACE
from checks.logs.cloudwatch.insights_stats import scoped
from checks.logs.spool import Spool

MOST_SENTENCES: Final = 100
"""How many of an application's sentences a report holds."""
MOST_CHARACTERS: Final = 500
"""Of an example."""
_MOST_NEAR_MISSES: Final = 5


class TakenFor(StrEnum):
    """What a sentence is taken for."""

    NEAR_MISS = "near miss"
    SIGNAL = "signal"
    NOTHING = "nothing"
    IGNORED = "ignored"
    USERS_WORDS = "users' words"
    OTHER = "other"
    """It has no word of connections."""


class Sentence(Struct, frozen=True):
    """A sentence of the application.

    Attributes:
        template: Its text, with `{connection_id}` for the connection's id and `*` for all else that varies.
        example: A line that says it, redacted.
        guess: The signal that an unknown sentence may be, by its place among its connections' lines; may be empty.
    """

    template: str
    times: int
    kinds: tuple[str, ...]
    taken_for: TakenFor
    is_error: bool
    example: str
    guess: str = ""

    @property
    def is_unknown(self) -> bool:
        """Whether it is the application's own, and nobody said what it means."""
        return self.taken_for in {TakenFor.NEAR_MISS, TakenFor.NOTHING, TakenFor.OTHER}


_NO_SIGNALS: Final = {TakenFor.NOTHING, TakenFor.USERS_WORDS, TakenFor.OTHER}
_MOST_LOOKALIKES: Final = 5000


def find_sentences(engine: Engine, most: int = MOST_SENTENCES) -> tuple[Sentence, ...]:
    """Return the sentences of the analysed lines: near misses first, then signals; the most frequent first."""
    engine.set(most_sentences=most)
    engine.run("dictionary")
    sentences: dict[tuple[object, ...], Sentence] = {}
    for row in engine.rows("FROM dictionary"):
        sentence = Sentence(
            template=engine.without_values(row["template"]),
            times=row["times"],
            kinds=tuple(row["kinds"]),
            taken_for=TakenFor(row["taken_for"]),
            is_error=row["is_error"],
            example=engine.without_values(row["example"])[:MOST_CHARACTERS],
            guess=row["guess"],
        )
        key = (sentence.template, sentence.kinds, sentence.taken_for)  # redacted, two may be the same
        same = sentences.get(key)
        sentences[key] = replace(same, times=same.times + sentence.times) if same else sentence
    return tuple(sentences.values())


def as_signals(sentences: Iterable[Sentence], taught: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """What to teach so that nothing is left to the recogniser: templates by kind, those that are taught first.

    Raises:
        ValueError: A sentence is not classified, or names no connection.
    """
    signals = {kind: [*templates] for kind, templates in taught.items()}
    for sentence in sentences:
        if sentence.taken_for is TakenFor.NEAR_MISS:
            raise ValueError(f"{sentence.template!r} is not classified")
        if sentence.taken_for is TakenFor.SIGNAL and ID_PLACE not in sentence.template:
            raise ValueError(f"{sentence.template!r} names no connection")
        for kind in sentence.kinds:
            known = signals.setdefault(kind, [])
            known += [] if any(map(sentence.template.startswith, known)) else [sentence.template]
    return signals


def lookalikes(spool: Spool, dialect: Dialect, folder: Path) -> Iterator[str]:
    """Templates of lines that say nothing of connections, and that a service may take for such that do."""
    vocabulary = re.compile("|".join(map(scoped, broad_patterns({}))))
    engine = understand_all(spool, dialect, folder, wants_every_sentence=True)
    for sentence in find_sentences(engine, _MOST_LOOKALIKES):
        if sentence.taken_for in _NO_SIGNALS and vocabulary.search(sentence.example):
            yield sentence.template


def near_misses(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """A few examples of lines that look like signals in a dialect not known."""
    examples = (sentence.example for sentence in sentences if sentence.taken_for is TakenFor.NEAR_MISS)
    return tuple(islice(examples, _MOST_NEAR_MISSES))
