"""The index page of all runs: the verdicts on each check in the last runs of each environment."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from msgspec import UNSET, Struct

from checks.history.record import Record, comparison, run_before, what_changed
from checks.metrics import METRICS, EvidenceKind, Metric, OnBreach, Unit
from checks.places import UNFINISHED
from checks.report.colours import custom_properties
from checks.report.html.page import jinja_environment
from checks.report.result import REPORT_NAMES, cases_name
from checks.text import counted, one_line, utc
from checks.units import show_limit
from checks.verdicts.verdict import Verdict

_FEW: Final = 10
"""The number of allowed failures below which tenths are shown."""
_BUDGET_DAYS: Final = 30
"""The period of an error budget in days, if the limit names none."""


class ErrorBudget(Struct, frozen=True):
    """The error budget of a share: how many failures its objective allows over some days, and how many there were.

    Attributes:
        allowed: The share that may fail.
        failures: The cases that failed, in runs whose windows do not overlap.
        recent: The share that failed in the last run.
    """

    metric: str
    allowed: float
    days: int
    failures: int
    cases: int
    recent: float

    @property
    def spent(self) -> float:
        """The share of the budget that is spent; over 1 if it is overspent."""
        return self.failures / (self.allowed * self.cases)

    @property
    def burn_rate(self) -> float:
        """The pace of the last run, as a multiple of the one at which the budget lasts for all its days."""
        return self.recent / self.allowed

    @property
    def text(self) -> str:
        """The budget that is left and how fast it burns, for people."""
        objective = show_limit(round(1 - self.allowed, 12), Unit.RATE)
        may_fail = self.allowed * self.cases
        allowed = f"{may_fail:.1f}" if may_fail < _FEW else f"{may_fail:,.0f}"
        left = f"{1 - self.spent:.0%}".replace("%", " % left") if self.spent <= 1 else "overspent"
        counts = f"{self.failures:,} of {allowed} allowed failures"
        pace = f"last run at {self.burn_rate:.1f} times the sustainable pace"
        return f"{objective} over {counted(self.days, 'day')}: {left} ({counts}), {pace}"


def error_budgets(records: Sequence[Record]) -> Iterator[ErrorBudget]:
    """Yield the error budget of each share that the last run of one environment judged; the oldest record is first."""
    newest = [record for record in reversed(records) if not record.struck]
    for check in newest[0].checks if newest else ():
        allowed = _allowed(check.id, newest) if check.id in METRICS else None
        measured = newest[0].metrics.get(check.id)
        if not allowed or measured is None or measured.value is None:
            continue
        days = _BUDGET_DAYS if check.budget_days is UNSET else check.budget_days
        shares = [metric for metric in _apart(check.id, newest, days) if metric.n]
        cases = sum(metric.n or 0 for metric in shares)
        if cases:
            failures = sum(metric.numerator or 0 for metric in shares)
            yield ErrorBudget(check.id, allowed, days, failures, cases, measured.value)


def _allowed(metric: str, newest: Iterable[Record]) -> float | None:
    """Return the share that may fail, by the objective or else the last `max` that decided; None without either."""
    definition = METRICS[metric]
    checks = [check for check in (record.check(metric) for record in newest) if check]
    if definition.unit is not Unit.RATE or definition.breach is not OnBreach.FAIL:
        return None
    if checks[0].objective is not UNSET:
        return 1 - checks[0].objective
    return next((check.limit for check in checks if check.bound == "max"), None)


def _apart(metric: str, newest: Iterable[Record], days: int) -> Iterator[Metric]:
    """Yield the measurements of the last days, the newest first, without runs whose windows overlap a later one's.

    The newest are those of the newest windows: a run that judges an old day again does not hide a later one.
    """
    pairs = ((record.window, record.metrics.get(metric)) for record in newest)
    measurements = [(window, measured) for window, measured in pairs if window and measured]
    begin = last = None
    for window, measured in sorted(measurements, key=lambda one: one[0].until, reverse=True):
        begin = begin or window.until - timedelta(days=days)
        if window.since >= begin and (last is None or window.until <= last):
            last = window.since
            yield measured.metric(metric)


def budget_lines(records: Sequence[Record]) -> Iterator[str]:
    """Yield a line for each error budget of the last run's environment."""
    last = records[-1]
    budgets = list(error_budgets([one for one in records if one.environment == last.environment]))
    if budgets:
        yield f"Error budgets of {one_line(last.environment)}:"
        yield from (f"  {budget.metric}: {budget.text}" for budget in budgets)


MOST_CELLS: Final = 30
"""The number of runs in a row: as many as fit on a phone."""


class Cell(Struct, frozen=True):
    """A verdict with its details and a link to its run's page; there is no verdict if the check did not run."""

    verdict: Verdict | None
    title: str
    link: str | None = None


class Row(Struct, frozen=True):
    """A check in the runs of an environment, the newest first, and its value, limit and verdict when it last ran."""

    comparison: str
    last: Cell
    cells: tuple[Cell, ...]


class Section(Struct, frozen=True):
    """An environment and its runs, the newest first; the link leads to its last report, if there is one."""

    name: str
    link: str | None
    verdict: Verdict
    caption: str
    changes: tuple[str, ...]
    runs: tuple[Cell, ...]
    rows: Mapping[str, Row]
    budgets: tuple[ErrorBudget, ...]


def render_index(records: Iterable[Record], reported: Collection[str], pages: Collection[str] = ()) -> str:
    """Return the whole page, the worst environment first; it needs neither scripts nor the network."""
    runs_by_environment: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.id, reverse=True):
        runs_by_environment.setdefault(record.environment, []).append(record)
    every = (_section(runs, pages, is_reported=name in reported) for name, runs in runs_by_environment.items())
    sections = sorted(every, key=lambda section: section.verdict.rank, reverse=True)
    names = METRICS.in_order(name for section in sections for name in section.rows)
    template = jinja_environment(Path(__file__).parent).get_template("index_page.html.j2")
    return template.render(
        sections=sections,
        names=names,
        verdicts=tuple(Verdict),
        most_cells=MOST_CELLS,
        colours=custom_properties(),
        has_pages=bool(pages),
    )


def _section(runs: list[Record], pages: Collection[str], *, is_reported: bool) -> Section:
    newest, name = runs[0], runs[0].environment
    before = run_before(list(reversed(runs[1:])))
    checked = METRICS.in_order(check.id for run in runs for check in run.checks)
    return Section(
        name=one_line(name),
        link=f"{quote(name, safe='', errors='replace')}/report.html" if is_reported else None,
        verdict=newest.verdict,
        caption=f"{utc(newest.started)}, exit code {newest.exit_code}",
        changes=tuple(what_changed(before, newest)) if before else (),
        runs=tuple(_run_cell(run, pages) for run in runs[:MOST_CELLS]),
        rows={metric: _row(metric, runs) for metric in checked},
        budgets=tuple(error_budgets(runs[::-1])),
    )


def _row(metric: str, runs: list[Record]) -> Row:
    last, check = next((run, one) for run in runs if (one := run.check(metric)))
    return Row(comparison(check), _cell(metric, last), tuple(_cell(metric, run) for run in runs[:MOST_CELLS]))


def _run_cell(run: Record, pages: Collection[str]) -> Cell:
    link = f"{quote(run.environment, safe='', errors='replace')}{_PAGES}/{quote(run.id, safe='')}/report.html"
    struck = f", struck out: {one_line(run.struck)}" if run.struck else ""
    title = f"{utc(run.started)}: {run.verdict}, exit code {run.exit_code}{struck}"
    return Cell(run.verdict, title, link if run.id in pages else None)


def _cell(metric: str, run: Record) -> Cell:
    check = run.check(metric)
    if check is None:
        return Cell(None, f"{utc(run.started)}: not checked")
    shadow = "shadow: " if check.shadow else ""
    return Cell(check.verdict, f"{utc(run.started)}: {shadow}{check.verdict}, {comparison(check)}")


_PAGES: Final = ".runs"
"""The suffix of the folder with a page for each of the last runs; it stands beside the folder of the reports."""


def pages_folder(folder: Path) -> Path:
    """Return the folder with the pages of an environment's last runs, given the folder of its reports."""
    return folder.with_name(f"{folder.name}{_PAGES}")


def page_ids(folder: Path) -> set[str]:
    """Return the ids of the runs, of any environment, that have a page below the folder of all reports."""
    return {page.parent.name for page in folder.glob(f"*{_PAGES}/*/report.html")}


def keep_page(folder: Path, run_id: str, most: int) -> tuple[str, ...]:
    """Keep the report of a run under the run's own name, and remove the oldest; return a sentence if that failed.

    The files are hard links: the next run writes new files, and leaves these as they are. The page appears in
    one step, when it is complete.
    """
    pages = pages_folder(folder)
    try:
        for left in pages.glob(f"*{UNFINISHED}"):
            shutil.rmtree(left)
        if most:
            page = pages / f"{run_id}{UNFINISHED}"
            for name in (*map(cases_name, EvidenceKind), *REPORT_NAMES):
                if (folder / name).exists():
                    (page / name).parent.mkdir(parents=True, exist_ok=True)
                    _link(folder / name, page / name)
            page.rename(pages / run_id)
        for old in sorted(pages.glob("*"))[: -most or None]:  # ids sort by time
            shutil.rmtree(old)
    except OSError as error:
        return (f"--keep-reports: {error.strerror or error}",)
    return ()


def _link(file: Path, name: Path) -> None:
    try:
        os.link(file, name)
    except OSError:  # some file systems have no hard links
        shutil.copy2(file, name)
