"""The dictionary of an application for the terminal: its sentences, how often each is said, what it is taken for."""

from collections.abc import Iterator, Sequence
from typing import Final

from checks.analysis.dictionary import Sentence
from checks.text import one_line

_HEADING: Final = ("times", "taken for", "sentence")


def sentence_lines(sentences: Sequence[Sentence]) -> Iterator[str]:
    """Yield a table of sentences, each with a line that says it below."""
    rows = [_HEADING, *((f"{one.times:,}", meaning(one), one_line(one.template)) for one in sentences)]
    times, meanings, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for row, sentence in zip(rows, (None, *sentences), strict=True):
        yield f"{row[0]:>{times}}  {row[1]:<{meanings}}  {row[2]}"
        if sentence:
            yield f"{'':>{times}}  {'':<{meanings}}    {one_line(sentence.example)}"


def meaning(sentence: Sentence) -> str:
    """What a sentence is taken for, in a few words."""
    name = " and ".join(kind.replace("_", " ") for kind in sentence.kinds) or sentence.taken_for.value
    return f"{name}, an error" if sentence.is_error and sentence.is_unknown else name
