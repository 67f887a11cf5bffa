"""Each verdict has words for the cause and the next step."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.metrics import IN_LOGS, METRICS, Subject
from checks.report.links import MOST_UNSEEN, Cause, advice, cards
from checks.text import printable_line
from tests.endpoint.behaviour import Behaviour
from tests.endpoint.insights import start
from tests.endpoint.store import Group

RECORDING = Path(__file__).parents[2] / "checks" / "demo" / "recording.jsonl"
CLOSE_CODES = (1000, 1001, 1003, 1005, 1006, 1008, 1009, 1011, 1012)
"""Those that API Gateway documents."""

each_subject = pytest.mark.parametrize("subject", Subject)


def counted_indicators() -> set[str]:
    """Return the indicator names of 53_indicators.sql; those of close codes end in the code."""
    sql = (files("checks.analysis") / "sql" / "53_indicators.sql").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:SELECT|THEN) '([a-z_]+)'", sql))
    for states in re.findall(r"FROM connections WHERE state IN \((.*?)\)", sql):
        named |= set(re.findall(r"'(\w+)'", states))
    assert {"gone_in_connect", "closed_", "lost", "timeout"} <= named
    return named - {"closed_"} | {f"closed_{code}" for code in CLOSE_CODES}


def documented_indicators() -> list[str]:
    return [indicator for card in cards().values() for cause in card.causes for indicator in cause.indicators]


def causes_of(subject: Subject) -> set[Cause]:
    """Return the causes that are named if everything was seen, whichever limit is broken."""
    metrics = [name for name, metric in METRICS.items() if metric.subject is subject]
    seen = dict.fromkeys(documented_indicators(), 1)
    return {cause for metric in metrics for cause in advice(subject, [metric], seen).causes}


def texts(subject: Subject) -> Iterator[str]:
    card = advice(subject, (), {})
    yield card.meaning
    yield from (*card.next_steps, *map(printable_line, card.first_steps.values()))
    for cause in causes_of(subject):
        yield from (cause.text, cause.fix)


def test_each_subject_has_a_card() -> None:
    """Whatever fails, there is something to say."""
    assert set(cards()) == set(Subject)


def test_each_indicator_is_in_one_card() -> None:
    """A new indicator needs words, and no words occur twice."""
    documented = documented_indicators()
    assert len(documented) == len(set(documented))
    assert set(documented) == counted_indicators()


@each_subject
def test_causes_explain_metrics_of_their_subject(subject: Subject) -> None:
    """This finds a metric that was renamed."""
    named = {metric for cause in cards()[subject].causes for metric in cause.explains}
    assert named <= {name for name, metric in METRICS.items() if metric.subject is subject}


@each_subject
def test_first_steps_are_of_metrics_of_their_subject(subject: Subject) -> None:
    """This finds a metric that was renamed."""
    assert cards()[subject].first_steps.keys() <= {name for name, one in METRICS.items() if one.subject is subject}


def test_the_first_step_suits_the_worst_metric() -> None:
    """Old logs are not old because of their words."""
    words = cards()[Subject.DATA].next_steps
    first, *others = advice(Subject.DATA, ["data.age_seconds"], {}).next_steps
    assert "ConnectCount" in first
    assert tuple(others) == words
    assert advice(Subject.DATA, ["data.near_miss_rate", "data.age_seconds"], {}).next_steps == words


@each_subject
def test_each_cause_can_come_up(subject: Subject) -> None:
    """No cause is so far down in the file that it is never shown."""
    assert len(causes_of(subject)) == len(cards()[subject].causes)


def test_each_metric_has_a_cause_without_any_indicator() -> None:
    """If nothing else was seen, the general causes are left."""
    for name, metric in METRICS.items():
        causes = advice(metric.subject, [name], {}).causes
        sighting = "not detectable in the logs" if metric.subject in IN_LOGS else "possible"
        assert 1 <= len(causes) <= MOST_UNSEEN, name
        assert {cause.sighting for cause in causes} == {sighting}, name


@each_subject
def test_texts_are_short_sentences_without_markup(subject: Subject) -> None:
    """They are read at night, on one line each, in HTML and in a terminal."""
    for text in texts(subject):
        assert len(text) <= 240
        assert text.endswith(".")
        assert re.fullmatch(r"[^<>&`*#\[\]\n]+", text)


@each_subject
def test_links_lead_to_aws(subject: Subject) -> None:
    """They lead to the documentation, or to AWS's own knowledge base."""
    for cause in causes_of(subject):
        assert re.fullmatch(r"https://(?:docs\.aws\.amazon\.com|repost\.aws)/[\w/.-]+", cause.link)
        assert cause.link_text


@pytest.mark.parametrize("subject", [subject for subject, card in cards().items() if card.query])
def test_a_query_finds_what_it_is_for(subject: Subject) -> None:
    """A service can parse each query, and it matches lines of the shipped recording."""
    events = map(json.loads, RECORDING.read_text(encoding="utf-8").splitlines())
    group = Group("/aws/lambda/chat").fill(events)
    query = start(advice(subject, (), {}).query, [group], group.times[0] // 1000, group.times[-1] // 1000, Behaviour())
    assert query.rows


def test_what_was_seen_most_comes_first() -> None:
    """Forty errors in $connect explain a bad night better than one after ten idle minutes."""
    causes = advice(Subject.GONE, (), {"gone_after_idle": 1, "gone_in_connect": 40}).causes
    assert [cause.sighting for cause in causes[:2]] == ["40 matching events", "1 matching event"]
    assert "while the $connect request was still running" in causes[0].text
    assert "outside $connect" in causes[0].fix


def test_what_explains_a_metric_best_comes_first() -> None:
    """Two thousand posts to one connection explain that metric, but not the number of errors."""
    indicators = {"gone_after_disconnect": 2547, "gone_repeated": 2499}
    worst = ["gone.max_per_connection", "gone.errors"]
    assert "went on posting" in advice(Subject.GONE, worst, indicators).causes[0].text
    assert "The client had left" in advice(Subject.GONE, worst[::-1], indicators).causes[0].text


def test_no_cause_is_seen_on_more_cases_than_there_are() -> None:
    """One connection may show two close codes of the same cause."""
    (cause, *_) = advice(Subject.LIFECYCLE, (), {"closed_1000": 3, "closed_1005": 2}, cases=4).causes
    assert cause.sighting == "seen in 4 of 4 cases"
    assert advice(Subject.GONE, (), {}, cases=4).causes[0].sighting == "not detectable in the logs"


def test_what_is_seen_in_health_comes_after_what_is_not() -> None:
    """Thousands of normal ends don't hide a handful of internal errors."""
    causes = advice(Subject.LIFECYCLE, (), {"closed_1000": 5000, "closed_1005": 300, "closed_1011": 4}).causes
    assert [cause.seen for cause in causes] == [4, 5300, *[0] * MOST_UNSEEN]
    assert "(1011)" in causes[0].text


def test_causes_of_other_metrics_are_left_out() -> None:
    """A lost $disconnect does not make a connection short."""
    indicators = {"lost": 900, "closed_1009": 3}
    assert advice(Subject.LIFECYCLE, (), indicators).causes[0].seen == 900
    causes = advice(Subject.LIFECYCLE, ["lifecycle.short_lived_rate"], indicators).causes
    assert [cause.seen for cause in causes] == [3, 0]


def test_all_broken_limits_are_explained() -> None:
    """A cause is named if it explains any of them."""
    broken = ["data.near_miss_rate", "data.unattributed_rate", "data.unseen_signals"]
    likeliest = [advice(Subject.DATA, [metric], {}).causes[0] for metric in broken]
    assert list(advice(Subject.DATA, broken, {}).causes) == likeliest


def test_an_indicator_without_words_says_nothing() -> None:
    """An application may close with a code of its own."""
    assert advice(Subject.LIFECYCLE, (), {"closed_4001": 7}) == advice(Subject.LIFECYCLE, (), {})


@given(
    st.sampled_from(Subject),
    st.lists(st.sampled_from(list(METRICS)), unique=True),
    st.dictionaries(st.sampled_from(documented_indicators()), st.integers(1, 10_000)),
)
def test_causes_that_were_seen_come_before_all_others(
    subject: Subject, metrics: list[str], indicators: dict[str, int]
) -> None:
    """For any indicators, none is named twice, and few unseen causes are named."""
    causes = advice(subject, metrics, indicators).causes
    with_clues = [cause.seen > 0 for cause in causes]
    assert with_clues == sorted(with_clues, reverse=True)
    assert with_clues.count(False) <= MOST_UNSEEN
    assert len(set(causes)) == len(causes)
