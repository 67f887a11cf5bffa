"""The checks' part of the report says first what a reader needs first, and is made of harmless text."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from msgspec import Struct, structs

from checks.analysis.evidence import CoincidentError, FunctionVersion
from checks.analysis.overview import Bucket, Refused
from checks.metrics import EvidenceKind
from checks.report.html.page import EarlierRuns, page, receipt_rows, report_script
from checks.report.phrases import uncounted
from checks.report.result import Receipt, Result
from checks.verdicts.verdict import Verdict
from tests.report.html.tree import Element, read
from tests.report.results import (
    HOSTILE,
    UNPRINTABLE,
    at,
    before,
    check,
    deploy,
    evidence,
    failing,
    fetch,
    group,
    interpretation,
    logged,
    overview,
    reading,
    receipt,
    result,
    template,
    timeline,
    unread,
)

EVERY_KIND = (
    failing("gone.errors", owner="team-chat", runbook="https://example.com/gone"),
    check("welcome.failure_rate", Verdict.INCONCLUSIVE),
    check("lifecycle.incomplete", Verdict.WARN),
    check("lifecycle.short_lived", Verdict.WAIVED),
    failing("welcome.failed", shadow=True),
    check("data.events"),
)
"""A check of each section of the page, in no order of theirs."""


def whole(**fields: Any) -> Result:
    """Return a result in which nothing is missing."""
    defaults: dict[str, Any] = {
        "overview": overview(deploys=(deploy(hours=2.5),), indicators={"gone_after_disconnect": 3}),
        "evidence": (
            evidence(
                cases=9,
                began=at(hours=3),
                timelines=(timeline(hidden_entries=4, cases=5), timeline(connection_id="second=")),
                templates=(template(logged(), events=5),),
                hidden_templates=2,
                versions=(FunctionVersion("42", "/aws/lambda/chat", 7),),
            ),
            evidence(EvidenceKind.INCOMPLETE),
        ),
        "receipt": receipt(
            reading(unreadable=1, unreadable_examples=("log:7: is not JSON",), lag_p50_ms=900, lag_p99_ms=5000),
            fetch=fetch(queries=2),
            gaps=("half of it is missing",),
            notes=("3 places were replaced",),
        ),
        "near_misses": ("Greeted client 7",),
        "unused_waivers": ("the waiver for gone.connections had nothing to waive",),
        "command": "python -m pytest -E dev",
        "interpretation": interpretation(lost=1),
    }
    return result(*reversed(EVERY_KIND), **defaults | fields)


def rendered(run: Result, past: EarlierRuns | None = None) -> Element:
    return read(page(run, past or before(run)))


def changed(part: Any, change: Callable[[str], str], but: frozenset[str] = frozenset()) -> Any:
    """Return a result with each text in it changed, at any depth, except for some fields and our own words."""
    if type(part) is str:
        return change(part)
    if isinstance(part, tuple):
        return tuple(changed(one, change, but) for one in part)
    if isinstance(part, Struct):
        return structs.replace(part, **_changes(part, part.__struct_fields__, change, but))
    return part


def _changes(part: Any, names: Iterable[str], change: Callable[[str], str], but: frozenset[str]) -> dict[str, Any]:
    return {name: changed(getattr(part, name), change, but) for name in names if name not in but}


def outside_charts(page: Element) -> list[Element]:
    """Return the page without charts: a chart places its labels by their length, if it has room."""
    charts = {id(inner) for chart in page.all("svg") for inner in chart.walk()}
    return [one for one in page.walk() if id(one) not in charts]


def structure(page: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements, with the names of their attributes."""
    return [(one.tag, tuple(one.attributes)) for one in outside_charts(page)]


def occurrences(page: Element, word: str) -> int:
    """Return how often a reader sees a word."""
    texts = (part for one in outside_charts(page) for part in one.content if isinstance(part, str))
    return sum(text.count(word) for text in texts)


def attributes(page: Element) -> set[str]:
    return {name for one in page.walk() for name in one.attributes}


def test_what_matters_most_stands_first() -> None:
    """The order: verdict, changes, what needs attention, what does not, pictures, how to run it again."""
    run = whole()
    assert rendered(run, before(run, "gone.errors fails since this run")).texts("h2") == [
        "What changed since the last run #",
        "Failed checks #",
        "Inconclusive and errors #",
        "Warnings #",
        "Waived #",
        "Shadow limits (never affect the exit code) #",
        "Waivers that were not needed",
        "All checks #",
        "Charts of the window #",
        "What was read #",
        "Reproduce this run #",
    ]


def test_what_is_missing_has_no_heading() -> None:
    """The page of a healthy run is short."""
    headings = rendered(result(), EarlierRuns(trends=before(result()).trends)).texts("h2")
    assert headings == ["Passed checks #", "What was read #", "Reproduce this run #"]


@pytest.mark.parametrize("verdict", Verdict)
def test_the_verdict_is_the_title(verdict: Verdict) -> None:
    """Below it are the headline, the counts and the exit code."""
    top = rendered(result(check(verdict=verdict), exit_code=7)).the("header")
    assert top.the("h1").text == f"{verdict.sign} dev: {verdict.upper()}"
    assert verdict in top.classes
    said = [*top.texts("p", "headline"), *top.texts("p", "formula")]
    assert any("gone.errors 3 <= max 5" in text for text in said)
    assert top.texts("p", "facts")[-1].endswith(" · exit code 7")


@pytest.mark.parametrize("verdict", Verdict)
def test_every_check_stands_with_its_verdict(verdict: Verdict) -> None:
    """Each has its own address, to which one can link."""
    (element,) = (
        one
        for one in rendered(result(check(verdict=verdict))).walk()
        if one.attributes.get("id") == "check-gone-errors"
    )
    assert verdict.upper() in element.text
    assert verdict in element.the("span", "badge").classes


def test_what_fails_stands_in_full() -> None:
    """It has the sentence, what is counted, whom to ask, and the runbook."""
    row = rendered(result(EVERY_KIND[0])).the("li", "check")
    assert row.the("p", "sentence").text == "gone.errors 67 > max 5 #"
    assert row.the("p", "meaning").text == (
        "Events that report a GoneException (410). Owner: team-chat. Runbook: https://example.com/gone."
    )
    assert [link.attributes["href"] for link in row.all("a")] == ["#check-gone-errors", "https://example.com/gone"]


def test_the_likely_cause_stands_below_the_verdict() -> None:
    """It is there if evidence on the cases supports it, with a chart of their onset."""
    clued = evidence(indicators={"gone_after_disconnect": 1}, counts=(0, 1))
    top = rendered(whole(evidence=(clued,))).the("header")
    assert "Likely cause:" in top.text
    assert "Seen in 1 of 1 case." in top.text
    assert top.the("figcaption").text == "GoneExceptions, per 12 h"
    assert "Likely cause:" not in rendered(whole()).the("header").text


def test_a_silence_stands_below_the_verdict() -> None:
    """It is there even if all passed, since nobody looks for it in what was read."""
    buckets = [Bucket(at(hours=number), opened, 0, 0, 0, 0) for number, opened in enumerate((200, 200, 0, 200, 200))]
    course = overview(*buckets)
    read = receipt(reading(), notes=(*uncounted(course), "3 places were replaced"))
    html = rendered(result(check("gone.errors"), overview=course, receipt=read))
    said = "o connection opened or closed from 2026-06-02 02:00:00 UTC to 2026-06-02 03:00:00 UTC"
    assert f"N{said}" in html.the("header").text
    assert f"n{said}" not in html.text
    assert "3 places were replaced" in html.text


def test_the_roll_back_comes_before_the_cause() -> None:
    """It is what helps users at once."""
    case = evidence(cases=9, began=at(hours=3), indicators={"gone_in_connect": 9})
    header = rendered(result(failing("gone.errors"), evidence=(case,), deployed=at(hours=3))).the("header").text
    assert 0 < header.index("Roll back the deploy") < header.index("Likely cause:")


@pytest.mark.parametrize(("refused", "opened", "is_told"), [(10, 990, True), (9, 90, False), (10, 1100, False)])
def test_refused_connections_stand_below_the_verdict(refused: int, opened: int, *, is_told: bool) -> None:
    """No check counts them: a few are clients whose session has ended."""
    course = overview(
        Bucket(at(), opened, 0, 0, 0, 0), refused=Refused(refused, first=at(minutes=1), last=at(minutes=3))
    )
    sentence = f"{refused} of {refused + opened:,} connections were refused from 2026-06-02 00:01:00 UTC to"
    assert (sentence in rendered(result(check("gone.errors"), overview=course)).the("header").text) is is_told


def test_a_pass_has_value_limit_and_sample() -> None:
    """A reader who skims sees that it was checked, and how close it was."""
    row = rendered(
        result(check("welcome.failure_rate", value=0.0499, limit=0.05, n=1234, operator="<=", warn=0.0498))
    ).all("tr")[1]
    cells = row.texts("td")
    assert cells[:3] == ["4.99 %", "max 5 %max 5", "1,234"]
    assert "of the limit" in cells[3]
    assert "in 2 runs" in cells[4]


def test_only_the_evidence_of_what_fails_is_open() -> None:
    """The page is no longer than what has to be read; the rest is a click away."""
    parts = rendered(whole()).all("details", "evidence")
    summaries = {one.child("summary").text: "open" in one.attributes for one in parts}
    assert summaries == {
        "Evidence: 9 GoneExceptions": True,
        "Evidence: 1 connections with a missing $connect or $disconnect": False,
    }


def test_evidence_tells_how_much_it_leaves_out() -> None:
    """This covers events, lines of a connection, shapes and cases; a file has all cases."""
    html = rendered(whole()).all("details", "evidence")[0]
    assert "5 similar events (1 shown)" in html.texts("h4")
    assert "… 4 more lines …" in html.texts("li", "gap")
    assert "… and 2 more kinds of log lines." in html.texts("p")
    assert "1 more" in html.texts("summary")
    assert {"cases/gone.jsonl"} == {link.attributes["href"] for link in html.all("a") if "cases" in link.text}


def test_evidence_tells_the_versions_that_logged_it() -> None:
    """They are shown if the logs name them."""
    first, second = rendered(whole()).all("details", "evidence")
    assert "7 by version 42 of /aws/lambda/chat, 2 by an unknown version." in first.text
    assert "version" not in second.text


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        (EvidenceKind.GONE, {}, "9 of 9 since 2026-06-02 03:00:00 UTC, the last at 2026-06-02 04:00:00 UTC."),
        (
            EvidenceKind.GONE,
            {"ended": at(hours=3.5), "cases_between": 8},
            "8 of 9 from 2026-06-02 03:00:00 UTC to 2026-06-02 03:30:00 UTC, the last at 2026-06-02 04:00:00 UTC.",
        ),
        (
            EvidenceKind.GONE,
            {"ended": at(hours=4), "cases_between": 9},
            "9 of 9 from 2026-06-02 03:00:00 UTC to 2026-06-02 04:00:00 UTC.",
        ),
        (EvidenceKind.INCOMPLETE, {}, "9 of 9 since 2026-06-02 03:00:00 UTC, by the time when they connected."),
    ],
)
def test_evidence_tells_when_the_cases_were(kind: EvidenceKind, fields: dict[str, Any], words: str) -> None:
    """It has the first and the last; the last connect of a lost connection is not an end."""
    metric = "lifecycle.incomplete" if kind is EvidenceKind.INCOMPLETE else "gone.errors"
    mine = evidence(kind, cases=9, began=at(hours=3), **fields)
    html = rendered(result(failing(metric), evidence=(mine,))).the("details", "evidence")
    assert words in html.texts("p")


def test_the_line_that_says_why_stands_above() -> None:
    """It is beside the cause; the line of a further incident is in its card."""
    gone = evidence(cases=1)
    silent = evidence(EvidenceKind.UNDELIVERED, templates=(template(logged("TypeError: no 'name'")),))
    html = rendered(result(failing(), failing("welcome.undelivered_rate", 0.1, n=20), evidence=(gone, silent)))
    assert "Logged: TypeError: no 'name' (1 of 1 case)" in html.the("header").text
    assert html.text.count("Logged: 410 gone (1 of 1 case)") == 1


def test_errors_that_set_in_with_it_stand_above() -> None:
    """All of them are shown, as text."""
    errors = (CoincidentError("<b>bold</b>", 3, at(hours=3)), CoincidentError("TypeError: 1", 1, at(hours=4)))
    html = rendered(result(failing(), evidence=(evidence(cases=9, began=at(hours=3), errors=errors),)))
    first, second = (text for text in html.the("header").texts("p") if text.startswith("Error that began with it: "))
    assert first.endswith("3 times since 2026-06-02 03:00 UTC: <b>bold</b>")
    assert second.endswith("1 time since 2026-06-02 04:00 UTC: TypeError: 1")


def test_a_timeline_counts_from_the_connect_on() -> None:
    """It has the kinds of lines; if the beginning is not known, it has clock times."""
    one = evidence(timelines=(timeline(), timeline(began=None, duration_seconds=None, state=None)))
    first, second = rendered(result(failing(), evidence=(one,))).all("section", "story")
    assert first.the("li").text == "+2.4 s gone post failed"
    assert first.the("p", "facts").text == "complete · connected 2026-06-02 03:00:00 UTC · lasted 1.5 min"
    assert second.the("li").text == "03:00:02 gone post failed"
    assert second.the("p", "facts").text == "not known"


def test_the_counts_behind_the_numbers_stand_beside_the_pictures() -> None:
    """They are in words; a page without pictures of the window has none."""
    html = rendered(whole(interpretation=interpretation(connects=5, lost=3, contradicted=2))).the(
        "dl", "interpretation"
    )
    assert dict(zip(html.texts("dt"), html.texts("dd"), strict=True)) == {
        "Log events about connections": "5 connect, 0 disconnect, 0 message",
        "No $disconnect within the 2 h that API Gateway allows": "3",
        "Logged as sent right after a GoneException, so counted as failed": "2",
    }
    assert not rendered(unread("no such file")).all("dl", "interpretation")


def test_limits_stand_with_their_places() -> None:
    """A reader who wants to change a limit finds its line."""
    rows = rendered(result(check(), check("gone.connections", shadow=True))).the("table", "checks").all("tr")
    assert [row.texts("td")[-1] for row in rows[1:]] == ["thresholds.yaml:12", "thresholds.yaml:12, shadow"]
    assert [row.texts("td")[1] for row in rows[1:]] == ["max 5", "max 5"]


def test_a_run_like_the_one_before_needs_no_section() -> None:
    """A word beside the counts says so."""
    html = rendered(result(), EarlierRuns(("nothing changed",), before(result()).trends))
    assert "nothing changed since the last run" in html.the("header").text
    assert not any("changed" in heading for heading in html.texts("h2"))


def test_trouble_with_the_history_is_listed() -> None:
    """It is listed beside what changed, or alone."""
    html = rendered(result(), before(result(), problems=("history: could not be read",)))
    assert "history: could not be read" in html.texts("li")


def test_logs_that_could_not_be_read() -> None:
    """Headline and text have the reason; there is no picture and no window, but a whole page."""
    html = rendered(unread("log.jsonl: holds no log event\ncheck the path"))
    top = html.the("header")
    assert top.the("p", "headline").text == "log.jsonl: holds no log event"
    assert top.the("pre").text == "log.jsonl: holds no log event check the path"
    assert top.texts("p", "facts")[-1] == "1 error · exit code 0"
    assert "Charts of the window #" not in html.texts("h2")
    assert not html.all("figure")


def test_why_the_logs_could_not_be_read_stands_once() -> None:
    """It is not repeated with each check, nor said twice if one line says everything."""
    why = "log.jsonl: holds no log event"
    blind = check(verdict=Verdict.ERROR, value=None, sentence=f"gone.errors not measured: {why}")
    html = rendered(unread(why, blind))
    assert not html.all("li", "check")
    assert "not measured" in html.the("table", "checks").text
    assert not html.the("header").all("pre")


def test_hostile_text_is_text() -> None:
    """The text of any field of a result is shown, but opens no element and adds no attribute."""
    own = frozenset({"metric", "environment"})
    harmless = changed(whole(), lambda _: "Harmless", own)
    hostile = changed(whole(), lambda _: HOSTILE, own)
    expected = rendered(harmless, before(harmless, "Harmless", problems=("Harmless",)))
    html = rendered(hostile, before(hostile, HOSTILE, problems=(HOSTILE,)))
    assert structure(html) == structure(expected)
    assert {one.tag for one in html.walk()} == {one.tag for one in expected.walk()}
    assert attributes(html) == attributes(expected)
    assert occurrences(html, "gnp.exe") == occurrences(expected, "Harmless") > 0


@pytest.mark.parametrize("error", [None, HOSTILE])
def test_nothing_commands_the_browser_or_turns_text(error: str | None) -> None:
    """Texts and attributes have no control character and no direction mark."""
    own = frozenset({"metric"})
    hostile = changed(whole(error=error), lambda _: HOSTILE, own)
    markup = page(hostile, before(hostile, HOSTILE, problems=(HOSTILE,)))
    assert not set(UNPRINTABLE) & set(markup)
    links = [one.attributes["href"] for one in read(markup).all("a")]
    to_elsewhere = {link.partition("/")[0] for link in links if not link.startswith("#")}
    assert to_elsewhere <= {"https:", "cases", "result.json"}


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "see the wiki", " https://example.com"])
def test_a_runbook_is_a_link_only_where_it_leads_to_the_web(target: str) -> None:
    """Any other text is shown as it is."""
    row = rendered(result(failing(runbook=target))).the("li", "check")
    assert [link.attributes["href"] for link in row.all("a")] == ["#check-gone-errors"]
    assert target.strip() in row.text


def test_a_link_cannot_be_left() -> None:
    """Whatever follows in the text stays in the address."""
    row = rendered(result(failing(runbook=f"https://example.com/{HOSTILE}"))).the("li", "check")
    link = row.all("a")[-1]
    assert link.attributes["href"].startswith("https://example.com/<script>alert('1\")</script>")
    assert set(link.attributes) == {"href", "rel"}


def test_ids_are_unique() -> None:
    """This includes ids in charts, so that a screen reader finds the right title."""
    ids = [one.attributes["id"] for one in rendered(whole()).walk() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    labels = {name for one in rendered(whole()).walk() for name in one.attributes.get("aria-labelledby", "").split()}
    assert labels <= set(ids)


def test_the_page_runs_its_own_script_alone() -> None:
    """The script contains nothing of the run, and loads nothing."""
    html = rendered(whole())
    (script,) = html.all("script")
    assert not script.attributes
    assert f"<script>{report_script()}</script>" in page(whole(), before(whole()))
    assert not {one.tag for one in html.walk()} & {"link", "img", "iframe", "object", "form", "template"}
    assert not [name for name in attributes(html) if name.startswith("on") or name in {"src", "action", "style"}]


def named(one: Receipt) -> dict[str, str]:
    return dict(receipt_rows(one))


def test_files() -> None:
    """The page has their names, whether all was read, how much, and from when to when."""
    assert list(receipt_rows(receipt(reading(duplicates=30)))) == [
        ("Source", "files: log.jsonl"),
        ("Complete", "yes"),
        ("Read", "1,234 events in the window, 30 duplicates"),
        ("First and last", "2026-06-02 00:00:00 UTC, 2026-06-03 00:00:00 UTC"),
    ]


def test_an_empty_window_has_no_first_event() -> None:
    """There is no row for it."""
    assert "First and last" not in named(receipt(reading(events=0, first_event=None, last_event=None)))


@pytest.mark.parametrize("api", ["FilterLogEvents", "Logs Insights"])
def test_cloudwatch(api: str) -> None:
    """Each log group has its region, how it was read, and why so."""
    read_receipt = receipt(
        reading(), source="CloudWatch", requested=("a", "b"), fetch=fetch(group("a", api), group("b", api))
    )
    assert named(read_receipt)["Source"] == "CloudWatch: a, b"
    assert [text for name, text in receipt_rows(read_receipt) if name == "Log group"] == [
        f"a in eu-central-1 by {api}: the window is short",
        f"b in eu-central-1 by {api}: the window is short",
    ]


def test_a_read_that_was_not_finished() -> None:
    """The page says how far it came, why it ended, and that it is incomplete."""
    rows = named(receipt(None, fetch=fetch(), gaps=("access denied",)))
    assert rows["Complete"] == "no"
    assert rows["Read"] == "5,678 events read before the error"
    assert rows["Calls"] == "12 calls, 3 retries, 2 throttled; 4 pages, 1 empty; 1.5 MB"
    assert rows["Gap"] == "access denied"


def test_nothing_was_read() -> None:
    """The files do not exist, or there is no log group at all."""
    assert list(receipt_rows(receipt(None, source="nothing", requested=()))) == [
        ("Source", "nothing: nothing"),
        ("Complete", "no"),
    ]
