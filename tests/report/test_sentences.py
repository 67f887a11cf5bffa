"""The dictionary of an application's sentences is a table for the terminal."""

from collections.abc import Sequence

from checks.analysis.dictionary import Sentence, TakenFor
from checks.report.phrases import sentence_kind, sentence_lines


def sentence(taken_for: TakenFor, kinds: Sequence[str] = (), *, times: int = 1, is_error: bool = False) -> Sentence:
    return Sentence("Saluted {connection_id}", times, tuple(kinds), taken_for, is_error, "Saluted Qw7L\x1b[31m")


def test_a_table() -> None:
    """Each sentence has a line, with numbers to the right and an example below, without control characters."""
    lines = list(sentence_lines([sentence(TakenFor.NEAR_MISS, times=1_200), sentence(TakenFor.SIGNAL, ["connect"])]))
    assert lines == [
        "times  taken for  sentence",
        "1,200  near miss  Saluted {connection_id}",
        "                    Saluted Qw7L [31m",
        "    1  connect    Saluted {connection_id}",
        "                    Saluted Qw7L [31m",
    ]


def test_an_empty_table_says_so() -> None:
    """A heading alone would leave open whether anything was looked for."""
    assert list(sentence_lines([])) == ["no sentence to show"]


def test_meanings() -> None:
    """Signals have their names; a sentence without a signal may be an error."""
    meanings = [
        sentence_kind(sentence(TakenFor.SIGNAL, ["gone", "welcome_failed"], is_error=True)),
        sentence_kind(sentence(TakenFor.NOTHING, is_error=True)),
        sentence_kind(sentence(TakenFor.USERS_WORDS)),
    ]
    assert meanings == ["gone and welcome failed", "nothing, an error", "users' words"]
