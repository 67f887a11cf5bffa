"""The table of verdicts, the judgement on a limit, and the exit code of a run."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final, Self

from msgspec import Struct

from checks.config.limit import Bound, Limit, Operator, Waiver
from checks.errors import ConfigError, HealthCheckError
from checks.metrics import Metric


class ExitCode(IntEnum):
    """Exit codes of a run, the worst first: several processes together end with the worst of theirs.

    2 to 5 are pytest's own: https://docs.pytest.org/en/stable/reference/exit-codes.html
    """

    USAGE = 4
    """thresholds.yaml or the command line is wrong."""
    INTERRUPTED = 2
    BROKEN = 3
    """pytest, a plugin or a check itself failed, or the process was killed."""
    FAIL = 1
    """A proven failure: roll back. Nothing else."""
    ERROR = 12
    """The logs or AWS resources could not be read."""
    INCONCLUSIVE = 11
    NOTHING_JUDGED = 5
    """No verdict counts, or nothing was selected."""
    WARN = 10
    """A warning, if `--strict-warnings` is set."""
    PASS = 0


class Verdict(StrEnum):
    """The table of verdicts, from best to worst: the name of each, its exit code, and how it looks.

    Compare with `rank` or `worst()`: as texts, the members sort alphabetically.

    Attributes:
        exit_code: The exit code of a run in which it is the worst verdict that counts.
        colour: The colour of its line in the terminal, as pytest names it; empty for the default colour.
        sign: One character, for readers who cannot tell the colours apart.
        emoji: The same in Markdown.
        annotation: The severity of its annotation on GitHub; empty for none.
    """

    PASS = "pass", ExitCode.PASS, "green", "✓", "✅", ""
    WAIVED = "waived", ExitCode.PASS, "", "◌", "☑️", "notice"
    WARN = "warn", ExitCode.WARN, "yellow", "▲", "⚠️", "warning"
    INCONCLUSIVE = "inconclusive", ExitCode.INCONCLUSIVE, "blue", "?", "❔", "warning"
    ERROR = "error", ExitCode.ERROR, "purple", "!", "🚫", "error"
    FAIL = "fail", ExitCode.FAIL, "red", "✕", "❌", "error"

    _value_: str
    exit_code: ExitCode
    colour: str
    sign: str
    emoji: str
    annotation: str

    def __new__(cls, word: str, *columns: Any) -> Self:
        """Make a member from a row of the table."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.exit_code, member.colour, member.sign, member.emoji, member.annotation = columns
        return member

    @property
    def rank(self) -> int:
        """The position in the table: 0 for the best."""
        return list(Verdict).index(self)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of some verdicts.

    Raises:
        ValueError: There are none: a lack of verdicts is not a pass.
    """
    return max(verdicts, key=lambda verdict: verdict.rank)


class Judgement(Struct, frozen=True):
    """The judgement on a limit: its verdict, and the reason in a sentence for people.

    Attributes:
        bound: The number that decided: one of the limit's, or the waiver's.
        operator: The comparison that is true of value and bound; None if there is no value.
        chance: How often a single look at a healthy service shows this; None if that is not known, and for shares.
        hour: The start of the hour that was judged; None for the whole window.
        span: The runs whose cases were judged together: `the last 9 nights`; empty for this run alone.
    """

    metric: Metric
    limit: Limit
    verdict: Verdict
    bound: Bound
    operator: Operator | None
    sentence: str
    chance: float | None = None
    hour: datetime | None = None
    span: str = ""

    @property
    def blocks(self) -> bool:
        """Whether this judgement alone keeps the run from success."""
        if self.limit.shadow:
            return False
        if self.verdict is Verdict.INCONCLUSIVE:
            return self.limit.on_inconclusive == "fail"
        return self.verdict in {Verdict.ERROR, Verdict.FAIL}


def not_measured(limit: Limit, reason: str) -> Judgement:
    """Return the judgement on a limit without a measured metric: an error, with the first line of the reason."""
    first_line, _, _ = reason.partition("\n")
    sentence = f"{limit.metric} not measured: {first_line}"
    return Judgement(Metric(limit.metric, None), limit, Verdict.ERROR, limit.decisive, None, sentence)


def overall(judgements: Iterable[Judgement]) -> Verdict:
    """Return the verdict on the run: the worst that counts, or inconclusive if none does."""
    counting = [judgement.verdict for judgement in judgements if not judgement.limit.shadow]
    return worst(counting) if counting else Verdict.INCONCLUSIVE


def exit_code(judgements: Collection[Judgement], *, strict_warnings: bool = False) -> ExitCode:
    """Return the exit code of the run: a proven failure outranks a blind spot, so 1 means roll back."""
    counting = [judgement for judgement in judgements if not judgement.limit.shadow]
    if not counting:
        return ExitCode.NOTHING_JUDGED
    blocking = [judgement.verdict for judgement in counting if judgement.blocks]
    if blocking:
        return worst(blocking).exit_code
    warned = any(judgement.verdict is Verdict.WARN for judgement in counting)
    return Verdict.WARN.exit_code if warned and strict_warnings else ExitCode.PASS


def worst_exit_code(exit_codes: Iterable[int]) -> ExitCode:
    """Return the exit code that stands for several processes: the first of 4, 2, 3, 1, 12, 11, 5, 10, 0.

    Any other code is that of a process that was killed, and counts as 3.
    """
    order = list(ExitCode)
    known = (ExitCode(code) if code in order else ExitCode.BROKEN for code in exit_codes)
    return min(known, key=order.index)


def unused_waivers(
    waivers: Mapping[str, Waiver], limits: Mapping[str, Limit], judgements: Iterable[Judgement]
) -> Iterator[str]:
    """Yield a sentence on each waiver, by metric, that waived nothing, unless its metric was not judged."""
    passing = {judgement.metric.name for judgement in judgements if judgement.verdict in {Verdict.PASS, Verdict.WARN}}
    for metric, waiver in waivers.items():
        if metric not in limits:
            yield f"{waiver.place}: the waiver of {metric} waives nothing: {waiver.environment} has no limit on it"
        elif metric in passing:
            yield f"{waiver.place}: the waiver of {metric} until {waiver.until} was not needed: the limit held"


_PACKAGE: Final = Path(__file__).parents[1]
_LONGEST: Final = 300


def exit_code_and_reason(error: BaseException, otherwise: ExitCode = ExitCode.BROKEN) -> tuple[ExitCode, str]:
    """Return the exit code of a run that an error ended, and the reason in one line."""
    if is_interruption(error):
        return ExitCode.INTERRUPTED, "interrupted"
    if isinstance(error, ConfigError):
        return ExitCode.USAGE, str(error)
    if isinstance(error, HealthCheckError):
        return ExitCode.ERROR, str(error)
    if isinstance(error, MemoryError) or "Out of Memory" in str(error):
        return ExitCode.ERROR, "out of memory; give the process more, or judge a shorter window"
    if isinstance(error, OSError):
        is_here = isinstance(error, FileNotFoundError) and not error.filename  # as from os.getcwd()
        place = "the current folder: " if is_here else f"{error.filename}: " if error.filename else ""
        return ExitCode.ERROR, f"{place}{error.strerror or error}"
    line = f"{type(error).__name__}: {error}".partition("\n")[0]
    shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    return otherwise, f"{shown} ({_place(error)}); this is a fault of the checks, not of the service"


def is_interruption(error: BaseException) -> bool:
    """Whether an error is Ctrl-C, or the error that DuckDB raises for it."""
    return isinstance(error, KeyboardInterrupt) or "Query interrupted" in str(error) or "INTERRUPT" in str(error)[:20]


def _place(error: BaseException) -> str:
    """Return the innermost place in this package that the error passed through."""
    frames = extract_tb(error.__traceback__)
    own = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "unknown place"
