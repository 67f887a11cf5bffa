"""The pictures show the numbers of the result, the limits that decided, and what explains a change."""

from typing import Any

import pytest
from markupsafe import Markup

from checks.analysis.overview import DURATION_EDGES_SECONDS, Bucket
from checks.metrics import EvidenceKind
from checks.report.html.figures import Figure, figures, margin, onset_figure, prose, trend_line
from checks.report.incidents import incidents
from checks.report.result import Result
from checks.verdicts.verdict import Verdict
from tests.report.html.tree import read
from tests.report.results import SINCE, at, check, deploy, evidence, failing, outcome, overview, result, unread

TITLES = [
    "Connections opened and closed, per 12 h",
    "GoneExceptions, per 12 h",
    "Welcome messages, per 12 h",
    "Share of welcome messages that failed, per 12 h (grey: nothing to measure)",
    "How long connections lasted",
]


def figure(title: str, run: Result) -> Figure:
    return next(one for one in figures(run) if one.title.partition(",")[0] == title)


def rows(title: str, run: Result) -> list[list[str]]:
    """Return the numbers of a figure, without the times that they begin with."""
    return [row.texts("td") for row in read(figure(title, run).table).the("tbody").all("tr")]


def caption(title: str, run: Result) -> str:
    return read(figure(title, run).table).the("caption").text


def test_each_figure_is_a_drawing_and_a_table() -> None:
    """Both are ready to be put into the page."""
    drawn = list(figures(result(overview=overview())))
    assert [one.title for one in drawn] == TITLES
    for one in drawn:
        assert isinstance(one.drawing, Markup)
        assert isinstance(one.table, Markup)
        assert read(one.drawing).child("svg").child("title").text == one.title
        assert read(one.table).the("caption").text.startswith(one.title)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("18.8 % > max 5 % (75 of 400)", "18.8&nbsp;% &gt; max 5&nbsp;% (75 of 400)"),
        ("max 1 h, warn 2 done", "max 1&nbsp;h, warn 2 done"),
        ("run `doctor -E <x>`", "run <code>doctor -E &lt;x&gt;</code>"),
        ("a ` alone", "a ` alone"),
    ],
)
def test_a_sentence_of_the_page(text: str, html: str) -> None:
    """A number stays on the line of its unit, and a command looks like one; nothing becomes an element."""
    assert prose(text) == html


def test_logs_that_could_not_be_read_have_no_figures() -> None:
    """There is nothing to draw."""
    assert list(figures(unread("no such file"))) == []


def test_the_numbers_are_those_of_the_window() -> None:
    """There is one row for each bucket; a share is of all outcomes in it."""
    buckets = Bucket(SINCE, 5, 4, 1, 3, 1), Bucket(at(hours=12), 6, 2, 2, 0, 0)
    run = result(check("data.events"), overview=overview(*buckets))
    assert rows("Connections opened and closed", run) == [["5", "4"], ["6", "2"]]
    assert rows("GoneExceptions", run) == [["1"], ["2"]]
    assert rows("Welcome messages", run) == [["3", "1"]]
    assert rows("Share of welcome messages that failed", run) == [["25 %"], ["not known"]]


def test_durations_are_counted_in_their_bins() -> None:
    """The table has the counts of the overview that are not 0."""
    counts = tuple(range(len(DURATION_EDGES_SECONDS) - 1))
    run = result(overview=overview(durations=counts))
    assert [cell for row in rows("How long connections lasted", run) for cell in row if cell != "0"] == [
        f"{number}" for number in counts if number
    ]


@pytest.mark.parametrize(("seconds", "text"), [(0.5, "0.5 s"), (5, "5 s"), (10, "10 s"), (30, "30 s"), (60, "1 min")])
def test_durations_that_mean_something_are_marked(seconds: float, text: str) -> None:
    """These are the environment's short-lived limit, and API Gateway's own limits."""
    run = result(overview=overview(short_lived_seconds=seconds))
    named = {f"{text} short-lived", "10 min idle limit", "2 h lifetime"}
    assert named <= set(read(figure("How long connections lasted", run).drawing).texts("text"))


def test_the_limit_that_decided_is_drawn() -> None:
    """It has its name; a metric that was not checked has none."""
    run = result(
        failing(),
        failing("welcome.failure_rate", value=0.2, limit=0.05, bound="warn"),
        overview=overview(),
    )
    assert "cumulative: max 5" in caption("GoneExceptions", run)
    assert "failed: warn 5 %" in caption("Share of welcome messages that failed", run)
    assert "max 5" not in caption("GoneExceptions", result(check("data.events"), overview=overview()))


def test_deploys_and_the_beginning_are_marked() -> None:
    """The beginning is that of the worst check's cases."""
    run = result(
        failing(), overview=overview(deploys=(deploy(hours=2, version="8"),)), evidence=(evidence(began=at(hours=3)),)
    )
    assert "02:00 version 8 live; 03:00 problem began" in caption("GoneExceptions", run)


def test_cases_at_all_times_have_no_beginning() -> None:
    """The beginning of other cases does not count either."""
    always, other = evidence(began=None), evidence(EvidenceKind.RETRIED, began=at(hours=3))
    run = result(failing(), overview=overview(), evidence=(always, other))
    assert "began" not in caption("GoneExceptions", run)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": 2.5}, "50 % of the limit"),
        ({"value": 10.0}, "200 % of the limit"),
        ({"value": 2.5, "bound": "min"}, "50 % of the limit"),
        ({"value": None}, "no sample"),
        ({"value": 1.0, "limit": 0.0}, "over the limit of 0"),
    ],
)
def test_the_margin_tells_how_far_a_value_is_from_its_limit(fields: dict[str, Any], words: str) -> None:
    """It does so in words, for readers who don't see the picture."""
    assert read(margin(check(**fields))).the("title").text == words


def test_the_warn_limit_is_a_second_tick() -> None:
    """It has no second tick if it is the limit that decided."""

    def ticks(**fields: Any) -> int:
        return len(read(margin(check(**fields))).all("line"))

    assert ticks(warn=3.0) == 2
    assert ticks(warn=3.0, limit=3.0, bound="warn") == 1
    assert ticks() == 1


def test_no_limit_has_no_margin() -> None:
    """There is no distance to show."""
    assert margin(check(limit=None, bound=None)) == ""


def test_errors_add_up_beside_their_limit() -> None:
    """This is drawn if all of them have a limit."""
    run = result(failing(), overview=overview(Bucket(SINCE, 5, 4, 1, 3, 1), Bucket(at(hours=12), 6, 2, 2, 0, 0)))
    assert rows("GoneExceptions", run) == [["1", "1"], ["2", "3"]]


def test_the_onset_of_an_incident_is_drawn() -> None:
    """It shows cases over time, the deploy and the onset; nothing if no case in the window has a time."""
    mine = evidence(began=at(hours=3), counts=(1, 7))
    run = result(failing(), evidence=(mine,), overview=overview(deploys=(deploy(hours=2, version="8"),)))
    (incident,) = incidents(run)
    drawn = onset_figure(run, incident)
    assert drawn is not None
    assert drawn.title == "GoneExceptions, per 12 h"
    assert "02:00 version 8 live; 03:00 problem began" in read(drawn.table).the("caption").text
    assert [row.texts("td") for row in read(drawn.table).the("tbody").all("tr")] == [["1"], ["7"]]
    silent = result(failing(), evidence=(evidence(counts=(0, 0)),), overview=overview())
    assert onset_figure(silent, incidents(silent)[0]) is None


def test_one_run_is_no_trend() -> None:
    """A dot and a line mean nothing."""
    assert trend_line(check(), [(at(), outcome(3.0))]) == ""


def test_a_trend_tells_of_the_last_runs() -> None:
    """It does so in words, for readers who don't see the picture."""
    trend = [(at(), outcome(9.0, Verdict.FAIL, 5.0)), (at(hours=1), outcome(3.0, Verdict.PASS, 5.0))]
    title = read(trend_line(check(), trend)).child("svg").child("title").text
    assert title == "gone.errors in 2 runs: last 3, from 3 to 9, 1 failed"
