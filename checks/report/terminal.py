"""The terminal report: the verdict, its incidents with cause and fix, the checks; and the progress of a read."""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from shutil import get_terminal_size
from textwrap import wrap
from time import monotonic
from typing import Any, Final, NamedTuple

from msgspec import Struct

from checks.logs.spool import Progress, ShowProgress
from checks.metrics import Subject
from checks.places import COMMAND
from checks.report.headline import comparison_sentence, error_and_hint, headline, worst_last
from checks.report.incidents import CHECK_FILE, Incident, incidents, is_of_files
from checks.report.phrases import (
    analysis_lines,
    events_read,
    full_sentence,
    gate_origins,
    is_unread,
    named,
    new_error_lines,
    poll_rows,
    receipt_remarks,
    verdict_sentence,
)
from checks.report.result import CheckResult, Receipt, Result
from checks.text import LONGEST_HINT, counted, one_line, sentence_case, without_command
from checks.verdicts.verdict import Verdict

MOST_LINES: Final = 10
"""The number of connections with a GoneException, findings of a check, or new errors that -v prints."""
_FEW: Final = 3
_FEWEST: Final = 2
_MOST_CHECKS: Final = 5
_MOST_INCIDENTS: Final = 2
_NO_BREAK: Final = "\u00a0%"
_NARROWEST: Final = 40
_WIDEST: Final = 200


class Line(NamedTuple):
    """A line of the summary, with its style in the names of pytest's `write_line`."""

    text: str
    style: tuple[str, ...] = ()


class View(Struct, frozen=True):
    """The view of a run: the verbosity of pytest (-1 for verdict and failures, 1 for everything), and the width."""

    verbosity: int = 0
    width: int = 80

    @property
    def is_whole(self) -> bool:
        """Whether everything is shown."""
        return self.verbosity > 0

    @property
    def is_quiet(self) -> bool:
        """Whether only the verdict and failures are shown."""
        return self.verbosity < 0


def terminal_width() -> int:
    """Return the width of the terminal, within a range that suits the lines."""
    return min(max(get_terminal_size().columns, _NARROWEST), _WIDEST)


def summary_lines(result: Result, subjects: Collection[Subject], changes: Sequence[str], view: View) -> Iterator[Line]:
    """Yield the lines of the summary that pytest prints below its own."""
    yield from _verdict(result, view)
    if not result.error and not view.is_quiet:
        yield from _incidents(result, view)
    yield from _checks(result, view)
    if view.is_quiet:
        return
    if view.is_whole:
        yield from map(Line, analysis_lines(result, subjects, view.width, MOST_LINES))
    yield from map(Line, _gate(result, view))
    yield from map(Line, _receipt(result, view))
    if changes:
        text = f"Since the last run: {'; '.join(changes)}"  # the report has all of them
        yield from map(Line, _wrapped(text, view.width, most_lines=2 if view.is_whole else 1))


def error_lines(result: Result) -> Iterator[Line]:
    """Yield the reason why the logs could not be read, and what to do about it: the last lines of a run."""
    if not result.error:
        return
    problem, hint = error_and_hint(result)
    yield Line(f"error: {one_line(result.environment)}: {one_line(problem)}", ("red", "bold"))
    doctor = f"{COMMAND} doctor -E {result.environment} shows what is missing"
    hints = [line for line in (hint, *result.error.splitlines()[1:]) if line.strip()]
    for line in hints or [CHECK_FILE if is_of_files(result) else doctor]:
        yield Line(f"hint: {one_line(line, LONGEST_HINT)}")


def _verdict(result: Result, view: View) -> Iterator[Line]:
    yield Line("")
    colour = (result.verdict.colour,) if result.verdict.colour else ()
    for text in _wrapped(verdict_sentence(result), view.width):
        yield Line(text, ("bold", *colour))
    if result.error:
        return
    for text in _wrapped(sentence_case(headline(result)), view.width):
        yield Line(text, ("bold",))
    behind = comparison_sentence(result)
    if behind and (result.verdict is Verdict.PASS or view.is_whole):  # otherwise the list of checks has it
        yield from (Line(text, ("light",)) for text in _wrapped(behind, view.width))


def _incidents(result: Result, view: View) -> Iterator[Line]:
    """Yield the incidents that count: what happened, the likely cause and the fix, or what to do next."""
    counting = [one for one in incidents(result) if not one.is_shadow]
    shown = counting if view.is_whole else counting[:_MOST_INCIDENTS]
    for number, incident in enumerate(shown):
        lines = list(_incident(incident, view, is_first=number == 0, is_only=len(counting) == 1))
        if lines and view.is_whole:
            yield Line("")
        yield from map(Line, lines)
    if hidden := counting[len(shown) :]:
        yield Line(f"… {counted(len(hidden), 'more incident')} (-v shows all)")


def _incident(incident: Incident, view: View, *, is_first: bool, is_only: bool) -> Iterator[str]:
    most_lines = None if view.is_whole else 3 if is_only else 2 if is_first else 1
    if not is_first:
        yield from _wrapped(sentence_case(incident.title), view.width, most_lines=None if view.is_whole else 2)
    if cause := incident.cause:
        yield from _wrapped(f"Cause: ({cause.sighting}) {cause.text}", view.width, "       ", most_lines)
        yield from _wrapped(f"Fix:   {cause.fix}", view.width, "       ", most_lines)
    if incident.log_line and (view.is_whole or not cause or incident.failures is not incident.evidence):
        yield from _wrapped(f"Log:   {incident.log_line}", view.width, "       ", None if view.is_whole else 2)
    for error in incident.errors if view.is_whole else incident.errors[:1]:
        yield from _wrapped(f"Error: {error}", view.width, "       ", None if view.is_whole else 3)
    more = incident.advice.next_steps[1:] if view.is_whole and incident.advice and not cause else ()
    for step in (*incident.first_steps, *more):
        yield from _wrapped(f"Next:  {step}", view.width, "       ", most_lines)


def _checks(result: Result, view: View) -> Iterator[Line]:
    """Yield a line for each check that did not pass, or for all, and one for those that passed."""
    if view.is_whole:
        yield from (Line(""), Line("=== Checks ==="))
        yield from _check_lines(worst_last(result.checks), result, view)
    else:
        yield from _checks_that_matter(result, view)
    if not view.is_quiet:
        yield from (Line(one_line(waiver)) for waiver in result.unused_waivers)


def _checks_that_matter(result: Result, view: View) -> Iterator[Line]:
    """Yield a line for each check that decides the verdict, and one for the others of each verdict."""
    groups = incidents(result)
    listed = [check for one in groups for check in one.listed]
    ordered = [check for check in worst_last(result.checks) if check in listed]
    has_worse = result.verdict.rank > Verdict.WARN.rank  # then the names of warnings are enough
    lesser = [check for check in ordered if has_worse and check.verdict is Verdict.WARN]
    shown = [check for check in ordered if check not in lesser and (check.verdict.exit_code or not view.is_quiet)]
    unread = sum(len(one.checks) for one in groups if one.is_unread)
    if unread:
        yield _line(Verdict.ERROR, f"{counted(unread, 'check')} not measured")
    if shown:
        yield Line("")
    most = len(shown) if view.is_quiet else _MOST_CHECKS
    if hidden := len(shown) - most if len(shown) > most + 1 else 0:  # a single one is shown, not counted
        yield Line(f"… {counted(hidden, 'more check')} (-v shows all)")
    if waiting := sum(len(one.checks) for one in groups) - len(listed) - unread:
        yield _line(Verdict.INCONCLUSIVE, f"{counted(waiting, 'check')}: not everything was read")
    yield from _check_lines(shown[hidden:], result, view)
    if view.is_quiet:
        return
    if lesser:
        yield _line(Verdict.WARN, one_line(", ".join(check.metric for check in lesser), view.width - len("WARN  ")))
    if passed := sum(check.verdict is Verdict.PASS for check in result.checks):
        yield _line(Verdict.PASS, counted(passed, "check"))


def _line(verdict: Verdict, text: str) -> Line:
    """Return a line on all checks of a verdict that have no line of their own."""
    return Line(f"{verdict.upper()}  {text}", (verdict.colour,))


def _check_lines(checks: Sequence[CheckResult], result: Result, view: View) -> Iterator[Line]:
    width = max((len(check.verdict) for check in checks), default=0)
    for check in checks:
        style = (check.verdict.colour,) if check.verdict.colour and not check.shadow else ()
        sentence = f"{check.metric} not measured" if is_unread(check, result) else one_line(full_sentence(check))
        text = f"{check.verdict.upper():<{width}}  {sentence}"
        most_lines = None if view.is_whole or len(checks) <= _FEW else 2
        texts = _wrapped(text, view.width, " " * (width + 2), most_lines)
        yield from (Line(text, style) for text in texts)
        for finding in check.findings[: MOST_LINES if view.is_whole else _FEW]:
            yield from map(Line, _wrapped(f"{'':<{width}}  - {one_line(finding)}", view.width, " " * (width + 4)))


def _gate(result: Result, view: View) -> Iterator[str]:
    """Yield the lines on a gate: the deploy, new errors, and each poll or the last one."""
    polls = list(poll_rows(result))
    errors = islice(new_error_lines(result), MOST_LINES if view.is_whole else _FEWEST)
    lines = [
        *named(*gate_origins(result)),
        *(f"New error: {one_line(error, view.width - 11)}" for error in errors),
        *(f"Poll at {at}: {state}, {one_line(why)}" for at, state, why in (polls if view.is_whole else polls[-1:])),
    ]
    if lines and view.is_whole:
        yield from ("", "=== Gate ===")
    yield from lines


def _receipt(result: Result, view: View) -> Iterator[str]:
    """Yield the lines on the read; if it failed, on the events before the error."""
    receipt = result.receipt
    if events := events_read(receipt):
        if view.is_whole:
            yield ""
        most = None if view.is_whole else max(_NARROWEST // 2, view.width - len(f"Read from : {events}"))
        place = one_line(", ".join(receipt.requested), most)
        yield from _wrapped(f"Read from {place}: {events}", view.width, most_lines=None if view.is_whole else 1)
        yield from (f"  {one_line(remark)}" for remark in _remarks(receipt, view))
    if view.is_whole:
        yield from (f"  not recognised: {one_line(message, view.width - 18)}" for message in result.near_misses)


def _remarks(receipt: Receipt, view: View) -> Iterator[str]:
    """Yield the remarks on the read; without -v only a few gaps and notes."""
    remarks = [text for name, text in receipt_remarks(receipt) if view.is_whole or name in {"Gap", "Note"}]
    shown = remarks if view.is_whole else remarks[:_FEW]
    yield from shown
    if hidden := remarks[len(shown) :]:
        yield f"… {counted(len(hidden), 'more note')} (-v shows all)"


def _wrapped(text: str, width: int, indent: str = "  ", most_lines: int | None = None) -> list[str]:
    """Wrap a sentence to the width, between words; it ends with … if it needs too many lines."""
    together = one_line(text).replace(" %", _NO_BREAK)
    lines = wrap(
        together, width, subsequent_indent=indent, break_on_hyphens=False, max_lines=most_lines, placeholder=" …"
    )
    return [without_command(line.replace(_NO_BREAK, " %")) for line in lines]


def table_lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each row of a table, cut at the width of the terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield one_line("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)), terminal_width())


_LINE_EVERY_SECONDS: Final = 10.0
_BAR: Final = "{desc}: {percentage:3.0f}% |{bar}| {elapsed}{postfix}"


@contextmanager
def progress_display(*, is_quiet: bool) -> Iterator[ShowProgress]:
    """Yield the function that shows the progress of a read, as a bar, as lines, or not at all."""
    if is_quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        from tqdm import tqdm  # noqa: PLC0415 -- only terminals need it

        with tqdm(total=0, desc="Reading logs", bar_format=_BAR, leave=False, file=sys.stderr, disable=False) as bar:
            yield partial(_show_in_bar, bar)
    else:
        yield _Lines()


def _show_in_bar(bar: Any, progress: Progress) -> None:
    bar.total, bar.n = progress.total, progress.done
    bar.set_postfix_str(_counted(progress, bar.format_dict["elapsed"]) or progress.unit)


class _Lines:
    """Prints a line every few seconds."""

    def __init__(self) -> None:
        self._began = self._last = monotonic()

    def __call__(self, progress: Progress, /) -> None:
        now = monotonic()
        if now - self._last < _LINE_EVERY_SECONDS:
            return
        self._last = now
        share = progress.done / max(progress.total, 1e-3)
        text = ", ".join(filter(None, [f"{share:.0%} {progress.unit}", _counted(progress, now - self._began)]))
        print(f"reading logs: {text}", file=sys.stderr, flush=True)  # noqa: T201 -- progress is not part of the report


def _counted(progress: Progress, seconds: float) -> str:
    """Return the number of events that were read, and the speed; empty if they are not counted."""
    if progress.events is None:
        return ""
    return f"{progress.events:,} events, {progress.events / max(seconds, 1e-3):,.0f}/s"
