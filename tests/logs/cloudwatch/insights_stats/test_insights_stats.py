"""Sentences become patterns for Logs Insights; if one can't, the reason is given."""

import re

import pytest

from checks.analysis.counted import why_not_counted
from checks.config.environment import Environment, SentenceChoice
from checks.config.signal_patterns import as_pattern
from checks.logs.cloudwatch.insights_stats import CountableSentences, countable_sentences, shortened
from checks.metrics import SIGNAL_KINDS

UNSURE = "may mean something else to Logs Insights; write a template"


def taught(sentences: SentenceChoice = "any", ignore: tuple[str, ...] = (), **signals: str) -> CountableSentences:
    """Return the sentences of an environment that teaches one of each of some kinds."""
    named = {kind: {"mine": as_pattern(text)} for kind, text in signals.items()}
    return countable_sentences(Environment("dev", {}, {}, named, {}, ignore=ignore, sentences=sentences))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Client connected: {connection_id}", ""),
        ('* "{connection_id}" joined [room] after * minutes …', ""),
        (r"(?i)new\b.{1,20}? \[(?P<connection_id>[\w=-]+)\]", ""),
        ("(?:open|new) (?P<connection_id>a|b)", ""),
        ("A client connected", "it names no connection: write {connection_id} in place of its id"),
        (r"new (?P<connection_id>\S+)?", "a line may match it without a connection's id"),
        (r"new (?P<connection_id>\w*)", "a line may match it without a connection's id"),
        (r"new (?P<connection_id>\S+)|new", "a line may match it without a connection's id"),
        (r"new (?:from (?P<connection_id>\S+)){0,1}", "a line may match it without a connection's id"),
        (r"\pL+ (?P<connection_id>\S+)", rf"'\\pL+ ' {UNSURE}"),
        (r"[[:alpha:]] (?P<connection_id>\S+)", f"'[[:al' {UNSURE}"),
        (r"new (?P<connection_id>\S+)$", f"'$' {UNSURE}"),
        (r"new (?i)client (?P<connection_id>\S+)", f"'(?i)c' {UNSURE}"),
        (r"[a&&b] (?P<connection_id>\S+)", f"'[a&&b' {UNSURE}"),
    ],
)
def test_what_can_be_asked_of_logs_insights(text: str, problem: str) -> None:
    """Templates can, and patterns that every dialect reads alike and that always find an id."""
    known = taught(connect=text)
    assert known.why_not == ({"connect": f"signals.connect.mine: {problem}"} if problem else {})
    assert set(known.patterns) == (set() if problem else {"connect"})


def test_a_gone_exception_that_speaks_of_a_welcome_is_a_failed_one() -> None:
    """Otherwise it counts for no welcome, since the line's request may be another."""
    failed = "Welcome to {connection_id} failed: GoneException"
    assert "put it under welcome_failed, too" in taught(gone=failed).why_not["gone"]
    assert not taught(gone=failed, welcome_failed=failed).why_not


CONNECT, LEFT, GONE = "New: {connection_id}", "Left: {connection_id}", "Gone: {connection_id}"


@pytest.mark.parametrize(
    ("metric", "known", "why"),
    [
        ("lifecycle.complete", taught(connect=CONNECT, disconnect=LEFT), ""),
        ("lifecycle.complete", taught(connect=CONNECT), "no sentence of disconnect is under `signals`: paste"),
        ("lifecycle.complete", taught(connect=CONNECT, disconnect="left"), "signals.disconnect.mine: it names no"),
        ("lifecycle.events", taught(connect=CONNECT, disconnect=LEFT), "no sentence of message"),
        ("gone.errors", taught(gone=GONE), ""),
        ("gone.connection_rate", taught(gone=GONE), "no sentence of connect"),
        ("gone.connection_rate", taught(gone=GONE, connect=CONNECT), ""),
        ("gone.connection_rate", taught(gone=GONE, connect=CONNECT, message="said"), "signals.message.mine: it names"),
        ("gone.welcome_rate", taught(gone=GONE, connect=CONNECT), "no sentence of welcome_sent"),
        ("welcome.retries", taught(welcome_retry="Again: {connection_id}"), ""),
        ("welcome.failure_rate", taught(welcome_sent="Sent: {connection_id}"), "no sentence of welcome_failed"),
        ("welcome.retries", taught(welcome_retry="Again: {connection_id}", gone="gone"), "signals.gone.mine: it names"),
        ("data.events", taught(), ""),
        ("gone.errors", taught("connection_events", gone="gone"), ""),
        ("gone.errors", taught("signals"), "no sentence of gone"),
    ],
)
def test_a_metric_is_counted_where_sentences_of_its_kinds_are_known(
    metric: str, known: CountableSentences, why: str
) -> None:
    """Otherwise the reason names the sentence, and what to do."""
    reason = why_not_counted(metric, known)
    assert why in reason
    assert bool(reason) == bool(why)


def test_what_is_ignored_is_harmless_where_it_can_be_asked() -> None:
    """Otherwise it counts as unknown, and the report says so; lines of uncounted kinds are known."""
    known = taught(ignore=(r"connected to (?P<connection_id>db)", r"\pN"), message=r"said \S+")
    assert list(known.harmless[1:]) == [r"said \S+", "connected to (?:db)"]
    assert known.remarks == (rf"lines of `ignore` were not ignored: '\\pN' {UNSURE}",)


def test_names_are_shortened_wherever_they_stand() -> None:
    """Fields and groups get names that nobody can guess; patterns, and names in the answer, stay."""
    stages = ["parse @message /is (?<name>name)/", "fields strlen(name) + 1 as size", "stats max(size) as worst"]
    short = r"parse @message /is \(\?<(Z\w{6}0)>name\)/ . fields strlen\(\1\)\+1 as Za . stats max\(Za\) as worst"
    first, second = (re.fullmatch(short, shortened(stages, keep={"worst"})) for _ in range(2))
    assert first
    assert second
    assert first[1] != second[1]


def test_lines_of_checks_events_tell_of_every_kind() -> None:
    """They replace what `signals` teaches, if `sentences` says so."""
    assert tuple(taught("connection_events", gone=GONE).patterns) == SIGNAL_KINDS
