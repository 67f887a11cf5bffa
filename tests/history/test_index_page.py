"""The page of all runs shows the last verdicts and those before, in harmless text and without a script."""

import re
from collections.abc import Collection
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from checks.history.index_page import (
    MOST_CELLS,
    budget_lines,
    error_budgets,
    keep_page,
    page_ids,
    pages_folder,
    render_index,
)
from checks.history.record import Record
from checks.metrics import EvidenceKind
from checks.report.result import cases_name, remove_reports
from checks.verdicts.verdict import Verdict
from checks.window import Window
from tests.history.records import BEGIN, check, record
from tests.report.results import HOSTILE, UNPRINTABLE

VOID = {"meta"}


class Page(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.titles: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        values = {name: value or "" for name, value in attrs}
        self.links += [values["href"]] if "href" in values else []
        self.titles += [values["title"]] if "title" in values else []
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += " ".join(data.split()) + "\n"
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {data}".strip()


def page(*records: Record, reported: Collection[str] = (), pages: Collection[str] = ()) -> Page:
    parsed = Page(render_index(records, reported, pages))
    assert not parsed.open
    return parsed


def test_the_matrix() -> None:
    """Each environment has a column, the worst first; each check a row, in the catalogue's order."""
    failed = check("welcome.failure_rate", Verdict.FAIL, value=0.5, limit=0.05)
    parsed = page(record(check(), day=2, environment="dev"), record(failed, check(), day=1, environment="prod"))
    assert [[" ".join(cell.split()) for cell in row] for row in parsed.rows] == [
        ["check", "prod", "dev"],
        ["the run", "✕ fail", "✓ pass"],
        ["gone.errors", "✓ pass", "✓ pass"],
        ["welcome.failure_rate", "✕ fail", "\N{EN DASH}"],
    ]


def test_a_run_with_a_page_is_a_link() -> None:
    """It links to the run's own page; other runs are not links."""
    first, second = record(day=1), record(day=2)
    links = page(first, second, pages={second.id}).links
    assert links == [f"dev.runs/{second.id}/report.html"]


def test_the_last_verdict_of_a_check() -> None:
    """A run of a single analysis does not hide what earlier runs found."""
    parsed = page(record(check("welcome.sent"), day=0), record(check(verdict=Verdict.WARN), day=1))
    assert [row[0] for row in parsed.rows] == ["check", "the run", "gone.errors", "welcome.sent"]
    assert "2026-06-02 00:00:00 UTC: not checked" in parsed.titles


def test_each_run_is_a_cell() -> None:
    """It has time, verdict, value, limit and sample; the newest come first, up to a maximum."""
    records = [record(check(value=day, n=day, limit=500, shadow=True), day=day) for day in range(MOST_CELLS + 5)]
    titles = page(*records).titles
    assert len([title for title in titles if "shadow: pass" in title]) == MOST_CELLS + 1
    assert titles[-MOST_CELLS] == "2026-07-05 00:00:00 UTC: shadow: pass, 34 <= max 500 (n = 34)"
    assert titles[-1] == "2026-06-06 00:00:00 UTC: shadow: pass, 5 <= max 500 (n = 5)"


def test_what_changed() -> None:
    """The page shows the last change of each environment that has an earlier run."""
    assert "Since the previous run" not in page(record(), record(environment="prod")).text
    parsed = page(record(check(verdict=Verdict.FAIL, value=7), day=1), record())
    assert "gone.errors: pass 3 → fail 7 (max 5)" in parsed.text


def test_a_run_that_is_struck_out_is_compared_with_nothing() -> None:
    """The last run is compared with the one before it; its cell says why it does not count."""
    load_test = replace(record(check(verdict=Verdict.FAIL, value=900), day=1), struck="a load test")
    shown = page(record(day=2), load_test, record())
    assert "nothing changed" in shown.text
    assert [title for title in shown.titles if title.endswith("struck out: a load test")]


def test_links_to_reports() -> None:
    """Only existing reports are linked, and a name is never a path."""
    assert page(record()).links == []
    assert page(record(environment="../é"), reported={"../é"}).links == ["..%2F%C3%A9/report.html"] * 2


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_sign_and_a_word(verdict: Verdict) -> None:
    """Nobody has to recognise a verdict by its colour."""
    assert f"\n{verdict}\n" in page(record(check(verdict=verdict))).text


def test_hostile_names_are_text() -> None:
    """An environment's name opens no element, adds no attribute, and reverses no text."""
    records = record(environment=HOSTILE), record(environment=HOSTILE, day=1)
    hostile, harmless = page(*records, reported={HOSTILE}), page(record(), record(day=1), reported={"dev"})
    assert hostile.elements == harmless.elements
    assert hostile.attributes == harmless.attributes
    assert not set(UNPRINTABLE) & set(hostile.text + "".join(hostile.titles))
    assert "<script>alert('1\")</script>" in hostile.text


def test_nothing_is_loaded() -> None:
    """The page has its own style and no script, and forbids all requests."""
    markup = render_index([record()], {"dev"})
    assert "default-src 'none'; style-src 'unsafe-inline'" in markup
    assert not re.search(r"<script|<link|<img|@import|url\(|://", markup)
    assert "prefers-color-scheme:dark" in markup


def test_the_last_runs_keep_their_pages(tmp_path: Path) -> None:
    """Each stays as it was, with its cases, whatever later runs write; the oldest are removed."""
    folder = tmp_path / "dev"
    (folder / "cases").mkdir(parents=True)
    for run_id in ("1", "2", "3"):
        remove_reports(folder)
        (folder / "cases").mkdir(exist_ok=True)
        (folder / "report.html").write_text(run_id)
        (folder / cases_name(EvidenceKind.GONE)).write_text(run_id)
        keep_page(folder, run_id, most=2)
    assert page_ids(tmp_path) == {"2", "3"}
    for run_id in ("2", "3"):
        page = pages_folder(folder) / run_id
        assert (page / "report.html").read_text() == run_id
        assert (page / cases_name(EvidenceKind.GONE)).read_text() == run_id


def test_a_page_appears_when_it_is_whole(tmp_path: Path) -> None:
    """An unfinished page has another name, and the next run removes it."""
    folder = tmp_path / "dev"
    folder.mkdir()
    (folder / "report.html").write_text("now")
    (folder / "result.json").mkdir()  # neither linked nor copied
    assert keep_page(folder, "1", most=2) != ()
    assert page_ids(tmp_path) == {"1.unfinished"}
    (folder / "result.json").rmdir()
    assert keep_page(folder, "2", most=2) == ()
    assert page_ids(tmp_path) == {"2"}


def test_no_page_is_kept(tmp_path: Path) -> None:
    """With --keep-reports 0, pages of earlier runs are removed, too."""
    folder = tmp_path / "dev"
    folder.mkdir()
    (folder / "report.html").write_text("now")
    keep_page(folder, "1", most=1)
    keep_page(folder, "2", most=0)
    assert page_ids(tmp_path) == set()


RATE = "welcome.undelivered_rate"


def share(failures: int, cases: int, day: int, hours: int = 24, **fields: Any) -> Record:
    """Return a run that judged a share with `max 1 %`, so many hours before its day."""
    value = failures / cases if cases else None
    judged = check(RATE, value=value, n=cases, **{"limit": 0.01, **fields})
    until = BEGIN + timedelta(days=day)
    return replace(record(judged, day=day), window=Window(until - timedelta(hours=hours), until))


def budget_of(*records: Record) -> tuple[int, int, float, float]:
    (budget,) = error_budgets(records)
    return budget.failures, budget.cases, round(budget.spent, 6), round(budget.burn_rate, 6)


def test_the_error_budget_of_a_share() -> None:
    """It has the failures and cases of 30 days, each time once: the part spent, and the last run's pace."""
    month = [share(1, 1000, day) for day in range(40)]
    rows = {
        "30 of 40 days": (budget_of(*month), (30, 30_000, 0.1, 0.1)),
        "overspent": (budget_of(*month[:-1], share(300, 1000, 39)), (329, 30_000, 1.096667, 30)),
        "windows that overlap": (budget_of(share(9, 100, 0), share(1, 100, 0), share(2, 100, 1)), (3, 200, 1.5, 2)),
        "an old night judged again": (
            budget_of(share(5, 100, 0), share(2, 100, 1), share(9, 100, 2), share(1, 100, 0)),
            (12, 300, 4, 1),
        ),
        "a warning decided": (budget_of(share(1, 100, 0), share(1, 100, 1, bound="warn", limit=0.005)), (2, 200, 1, 1)),
        "one of its own": (
            budget_of(share(1, 100, 0), share(1, 100, 9, objective=0.98, budget_days=7)),
            (1, 100, 0.5, 0.5),
        ),
        "nights without a case": (budget_of(share(0, 0, 0), share(1, 100, 1)), (1, 100, 1, 1)),
    }
    assert {name: row for name, row in rows.items() if row[0] != row[1]} == {}


def test_what_has_no_error_budget() -> None:
    """These are a count, a metric about the logs, a limit of zero, and a run that measured nothing."""
    none = (
        record(check()),
        record(check("data.near_miss_rate", value=0.1, n=10, limit=0.2)),
        share(0, 100, 0, limit=0),
        share(0, 0, 0),
        share(1, 100, 0, bound="warn"),
    )
    assert [list(error_budgets([one])) for one in none] == [[]] * len(none)


def test_error_budgets_are_shown() -> None:
    """They are on the page of all runs, and in `history`."""
    runs = [share(1, 1000, day, objective=0.995, budget_days=30) for day in range(3)]
    left = "80 % left (3 of 15 allowed failures)"
    text = f"99.5 % over 30 days: {left}, last run at 0.2 times the sustainable pace"
    assert f"<li>{RATE}: {text}</li>" in render_index(runs, ())
    assert list(budget_lines(runs)) == ["Error budgets of dev:", f"  {RATE}: {text}"]
    assert list(budget_lines([record()])) == []
