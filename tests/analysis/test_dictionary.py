"""The dictionary: an application's sentences, how often each occurs, and how it is classified."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from checks.analysis.analyse import analyse
from checks.analysis.dictionary import Sentence, TakenFor, find_sentences
from checks.analysis.engine import Engine
from checks.analysis.recognise import Dialect, understand_all
from checks.config.signal_patterns import as_pattern
from checks.logs.files import read_files
from tests.analysis.playing import ANN, BOB, SINCE_MS, WINDOW, Event, event, said, start, statements, written
from tests.analysis.test_recogniser import SIGNALS
from tests.analysis.test_users_words import chatter

NOTHING_TAUGHT = Dialect(5, {}, {})


def sentences(folder: Path, events: Iterable[Event], dialect: Dialect = NOTHING_TAUGHT) -> tuple[Sentence, ...]:
    """Return the dictionary of all lines."""
    spool = read_files([str(written(folder, events))], folder)
    return find_sentences(understand_all(spool, dialect, folder, wants_every_sentence=True), 5000)


def test_a_sentence_is_counted_whatever_its_variables(tmp_path: Path) -> None:
    """The connection's id has a name, and everything else that varies is a star."""
    found = sentences(
        tmp_path,
        [
            start(),
            said(f"Client {ANN} connected after 12 s"),
            said(f"Client {BOB} connected after 3.5 s", SINCE_MS + 1),
            said("cache of 17 rooms is warm"),
        ],
    )
    connected, warm = found
    assert connected == Sentence(
        template="Client {connection_id} connected after *",
        times=2,
        kinds=("connect",),
        taken_for=TakenFor.SIGNAL,
        is_error=False,
        example=f"Client {ANN} connected after 12 s",
    )
    assert (warm.template, warm.taken_for) == ("cache of * room is warm", TakenFor.OTHER)


def test_what_matters_and_is_not_understood_stands_first(tmp_path: Path) -> None:
    """The order: near misses, unknown errors, what is understood, and the rest."""
    lines = [
        said("the heating is on"),
        *[said(f"Client {ANN} connected")] * 3,
        event("[ERROR]\t2026-06-02T00:00:00.000Z\t-\tno such room: lobby\n"),
        said("Line gone away: lobby"),
        said("Received the weather"),
    ]
    taken = [(one.template, one.taken_for, one.is_error) for one in sentences(tmp_path, lines)]
    assert taken == [
        ("Line gone away: lobby", TakenFor.NEAR_MISS, False),
        ("no such room: lobby", TakenFor.OTHER, True),
        ("Client {connection_id} connected", TakenFor.SIGNAL, False),
        ("Received the weather", TakenFor.NOTHING, False),
        ("the heating is on", TakenFor.OTHER, False),
    ]


def test_users_words_are_one_sentence(tmp_path: Path) -> None:
    """The words of many people are there once, without their text."""
    found = sentences(
        tmp_path, (said(f"heard from ann => {text}", request_id=uuid(n)) for n, text in enumerate(chatter(90)))
    )
    assert [(one.taken_for, one.times) for one in found if one.taken_for is TakenFor.USERS_WORDS] == [
        (TakenFor.USERS_WORDS, 90)
    ]
    assert found[0].template == "heard from ann => *"


def uuid(number: int) -> str:
    return f"3f0a5c1e-7b2d-4e86-9c14-{number:012x}"


REPORT: Final = f"Report for connection {ANN}: GoneException would be raised if closed"
OF_A_TEAM: Final = Dialect(
    5, {}, {"customer": "cust_[A-Za-z]+"}, ("Line gone away: .*", as_pattern("Line gone again: *"), "Report for .*")
)


@pytest.fixture(name="of_a_team", scope="module")
def _of_a_team(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sentence, ...]:
    """The dictionary of a team that ignores some lines, and redacts what is its own."""
    secrets = "Authorization: Bearer eyJhbGciOi.secret.token ann@example.com of cust_Zoe"
    lines = [*(f"Line gone {where}: lobby" for where in ("away", "again", "astray")), REPORT]
    texts = [*lines, f"Client {ANN} connected, {secrets}"]
    return sentences(tmp_path_factory.mktemp("team"), map(said, texts), OF_A_TEAM)


def test_what_is_ignored_is_no_near_miss(of_a_team: tuple[Sentence, ...]) -> None:
    """It is ignored by a pattern or a template."""
    found = [one for one in of_a_team if one.template.startswith("Line")]
    assert {one.template: (one.taken_for, one.is_unknown) for one in found} == {
        "Line gone away: lobby": (TakenFor.IGNORED, False),
        "Line gone again: lobby": (TakenFor.IGNORED, False),
        "Line gone astray: lobby": (TakenFor.NEAR_MISS, True),
    }


def test_what_is_taken_for_the_wrong_signal_is_taught(tmp_path: Path, of_a_team: tuple[Sentence, ...]) -> None:
    """What is taught replaces what was recognised; nothing that counts can be ignored."""
    (untaught,) = sentences(tmp_path, [said(REPORT)])
    (ignored,) = [one for one in of_a_team if one.template.startswith("Report")]
    (taught,) = sentences(tmp_path, [said(REPORT)], Dialect(5, {"message": {"report": "Report for .*"}}, {}))
    assert (untaught.kinds, ignored.kinds, taught.kinds) == (("gone",), ("gone",), ("message",))


def test_the_dictionary_agrees_with_the_metrics(tmp_path: Path) -> None:
    """Its near misses and signals are those of data.near_miss_rate; other windows don't count."""
    lines = [
        *(said(f"Client {ANN} connected", SINCE_MS + n) for n in range(3)),
        *(said(f"Line gone away: room {n}", SINCE_MS + n) for n in range(4)),
        said("Received the weather"),
        said("Line gone away: too early", SINCE_MS - 60_000),
        said("the heating is on"),
    ]
    analysis, engine = analyse(read_files([str(written(tmp_path, lines))], tmp_path), WINDOW, NOTHING_TAUGHT, tmp_path)
    found = find_sentences(engine)
    times = {kind: sum(one.times for one in found if one.taken_for is kind) for kind in TakenFor}
    assert (times[TakenFor.NEAR_MISS], times[TakenFor.SIGNAL], times[TakenFor.OTHER]) == (4, 3, 0)
    rate = analysis.metrics["data.near_miss_rate"]
    assert (rate.value, rate.n) == (4 / 7, 7)


def test_secrets_are_in_no_dictionary(of_a_team: tuple[Sentence, ...]) -> None:
    """Neither template nor example has them, nor what the user's patterns redact."""
    (one,) = [one for one in of_a_team if "connected" in one.template]
    assert not [word for word in ("eyJ", "ann@", "Zoe") if word in one.template + one.example]


WORDY: Final = "hSI-AoLYtEK_jNi="
DASHED: Final = "hS1-AoLYtEK_jNi="
"""Ids without a digit, and without one behind a hyphen."""


def test_an_id_without_digits_is_no_key(tmp_path: Path) -> None:
    """Otherwise each such id would be a template of its own, and a new kind of error. Real keys stay."""
    after = {": gone": ": gone", ", gone": ", gone", " left": " left", ".": ".", ")": ")"}
    texts = {f"Client {name}{end}": f"Client *{shown}" for name in (ANN, WORDY, DASHED) for end, shown in after.items()}
    texts |= {f"connectionId={WORDY}: gone": "connectionId=*: gone", f"{{'id': '{WORDY}'}} left": "{'id': '*'} left"}
    texts |= {"address=:8080, reason=busy": "address=:*, reason=busy"}
    rows = Engine(tmp_path).rows("SELECT template_of(unnest($texts)) AS template", texts=[*texts])
    assert [row["template"] for row in rows] == [*texts.values()]


def test_a_template_that_is_pasted_matches_its_lines(tmp_path: Path) -> None:
    """The sentences of the recogniser's tests are taught by templates, and their connections found."""
    messages = sorted({case.message for case in SIGNALS if case.connection_id == ANN})[::6]
    query = "SELECT template_of(with_id_marked(sentence_of(unnest($messages)), $ann)) AS template"
    templates = [row["template"] for row in Engine(tmp_path).rows(query, messages=messages, ann=ANN)]
    pasted = {str(number): as_pattern(template) for number, template in enumerate(templates)}
    taught = statements(tmp_path, map(event, messages), {"welcome_retry": pasted})
    matched = {line["message"] for line in taught if (line["kinds"], line["connection_id"]) == (["welcome_retry"], ANN)}
    assert len(messages) > 100
    assert [template for message, template in zip(messages, templates, strict=True) if message not in matched] == []
