"""The dictionary of an application: its sentences, how often each is logged, and what it is taken for."""

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
from checks.analysis.values import hide_in_template
from checks.config.signal_patterns import ID_PLACE
from checks.logs.cloudwatch.insights_stats import scoped
from checks.logs.spool import Spool
from checks.metrics import Metric

MOST_SENTENCES: Final = 100
"""The most sentences of an application in a report."""
MOST_CHARACTERS: Final = 500
"""The longest example in a report."""
_MOST_NEAR_MISSES: Final = 5
_MOST_OF_ALL: Final = 5000


class TakenFor(StrEnum):
    """The meaning that a sentence is taken for."""

    NEAR_MISS = "near miss"
    SIGNAL = "signal"
    NOTHING = "nothing"
    IGNORED = "ignored"
    USERS_WORDS = "users' words"
    OTHER = "other"
    """It has no word about connections."""


class Sentence(Struct, frozen=True):
    """A sentence of the application.

    Attributes:
        template: The text, with `{connection_id}` for the connection's id and `*` for anything else that varies.
        times: Number of lines with this sentence.
        kinds: The signals that the sentence gives.
        taken_for: What the sentence is taken for, in a word.
        is_error: Whether the sentence reports an error.
        example: A line with this sentence, redacted.
        guess: The signal that an unknown sentence may give, judging by its place among the lines of its connections;
            may be empty.
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
        """Whether it is the application's own, and its meaning was not taught."""
        return self.taken_for in {TakenFor.NEAR_MISS, TakenFor.NOTHING, TakenFor.OTHER}


_NO_SIGNALS: Final = {TakenFor.NOTHING, TakenFor.USERS_WORDS, TakenFor.OTHER}
_MOST_LOOKALIKES: Final = 5000


def every_sentence(spool: Spool, dialect: Dialect, folder: Path) -> tuple[Sentence, ...]:
    """Return the sentences of all lines, also of those without a word about connections."""
    return find_sentences(understand_all(spool, dialect, folder, wants_every_sentence=True), _MOST_OF_ALL)


def find_sentences(engine: Engine, most: int = MOST_SENTENCES) -> tuple[Sentence, ...]:
    """Return the sentences of the analysed lines: near misses first, then signals; the most frequent first."""
    engine.set(most_sentences=most)
    engine.run("said_sentences", "dictionary")
    sentences: dict[tuple[object, ...], Sentence] = {}
    for row in engine.rows("FROM dictionary"):
        example = engine.without_values(row["example"])
        sentence = Sentence(
            template=hide_in_template(engine.without_values(row["template"]), example),
            times=row["times"],
            kinds=tuple(row["kinds"]),
            taken_for=TakenFor(row["taken_for"]),
            is_error=row["is_error"],
            example=example[:MOST_CHARACTERS],
            guess=row["guess"],
        )
        key = (sentence.template, sentence.kinds, sentence.taken_for)  # two may be equal after redaction
        same = sentences.get(key)
        sentences[key] = replace(same, times=same.times + sentence.times) if same else sentence
    return tuple(sentences.values())


_OF_RECORD: Final = re.compile(r'"(?:message|msg|event)": ?"([^"]*)"')


def _without_record(template: str) -> str:
    """Return the message of a record, if that is enough: a query has no room for the rest of the record."""
    message = _OF_RECORD.search(template)
    return message[1] if message and (ID_PLACE in message[1]) == (ID_PLACE in template) else template


def as_signals(
    sentences: Iterable[Sentence], taught: Mapping[str, Sequence[str]], metrics: Mapping[str, Metric]
) -> Mapping[str, Sequence[str]]:
    """Return templates by kind, known ones first; once they are taught, the recogniser is not needed.

    Raises:
        ValueError: None gives a signal, or one is not classified, has several meanings, or repeats what another says.
    """
    signals = {kind: [*templates] for kind, templates in taught.items()}
    gone, meanings = 0, dict[str, tuple[str, ...]]()
    for sentence in sentences:
        if sentence.taken_for is TakenFor.NEAR_MISS:
            raise ValueError(f"{sentence.template!r} is not classified")
        if meanings.setdefault(sentence.template, sentence.kinds) != sentence.kinds:
            raise ValueError(f"{sentence.template!r} has several meanings")
        template = _without_record(sentence.template)
        for kind in sentence.kinds:
            known = signals.setdefault(kind, [])
            known += [] if any(template.startswith(one) or one in sentence.template for one in known) else [template]
        gone += sentence.times * ("gone" in sentence.kinds)
    if gone != (metrics["gone.errors"].value or 0):
        raise ValueError("several lines report one GoneException: teach one of their sentences, and ignore the others")
    if not signals:
        raise ValueError("none of them says anything about connections")
    return signals


def lookalikes(spool: Spool, dialect: Dialect, folder: Path) -> Iterator[str]:
    """Yield templates of lines that say nothing about connections, but may be mistaken for lines that do."""
    vocabulary = re.compile("|".join(map(scoped, broad_patterns({}))))
    engine = understand_all(spool, dialect, folder, wants_every_sentence=True)
    for sentence in find_sentences(engine, _MOST_LOOKALIKES):
        if sentence.taken_for in _NO_SIGNALS and vocabulary.search(sentence.example):
            yield _without_record(sentence.template)


def near_misses(sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Return a few examples of lines that look like signals in unknown words."""
    examples = (sentence.example for sentence in sentences if sentence.taken_for is TakenFor.NEAR_MISS)
    return tuple(islice(examples, _MOST_NEAR_MISSES))
