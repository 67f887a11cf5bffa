"""Verdicts: their order, the judgement that holds one, and the exit code of a run."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from checks.config.limit import Bound, Limit, OnInconclusive, Waiver
from checks.metrics import Metric
from checks.text import display_path


class Verdict(StrEnum):
    """From best to worst. Compare with worst(): as texts, the members sort by their letters."""

    PASS = "pass"  # noqa: S105 - not a password
    WAIVED = "waived"
    WARN = "warn"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    FAIL = "fail"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that stands for all of them.

    Raises:
        ValueError: There are none: no verdict is not a pass.
    """
    return max(verdicts, key=list(Verdict).index)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a limit.

    Attributes:
        metric: What was measured.
        limit: What was demanded.
        verdict: What follows.
        bound: The number that decided: one of the limit's, or that of a waiver.
        operator: The comparison that is true of value and bound; None where there is no value.
        sentence: All of this for people, in one line.
    """

    metric: Metric
    limit: Limit
    verdict: Verdict
    bound: Bound
    operator: str | None
    sentence: str

    @property
    def shadow(self) -> bool:
        """Whether it is only shown."""
        return self.limit.shadow

    @property
    def on_inconclusive(self) -> OnInconclusive:
        """What becomes of the run where this verdict is inconclusive."""
        return self.limit.on_inconclusive

    @property
    def blocks(self) -> bool:
        """Whether it alone keeps the run from success."""
        if self.shadow:
            return False
        if self.verdict is Verdict.INCONCLUSIVE:
            return self.on_inconclusive == "fail"
        return self.verdict in {Verdict.ERROR, Verdict.FAIL}


def not_measured(limit: Limit, reason: str) -> Judgement:
    """The judgement on a limit whose metric could not be measured: an error, of which the first line is told."""
    first_line, _, _ = reason.partition("\n")
    sentence = f"{limit.metric} not measured: {first_line}"
    return Judgement(Metric(limit.metric, None), limit, Verdict.ERROR, limit.decisive, None, sentence)


NOTHING_JUDGED: Final = 5
"""Exit code of a run without a verdict that counts; pytest's own for a selection that is empty."""

WARNED: Final = 10
"""Exit code of a run with a warning, where that is asked for."""

_EXIT_CODES: Final = {Verdict.FAIL: 1, Verdict.INCONCLUSIVE: 11, Verdict.ERROR: 12}

_WORST_FIRST: Final = (4, 2, 3, 1, 12, 11, NOTHING_JUDGED, WARNED, 0)


def overall(judgements: Iterable[Judgement]) -> Verdict:
    """The verdict on the run: the worst that counts. Where none does, there is too little to say."""
    counting = [judgement.verdict for judgement in judgements if not judgement.shadow]
    return worst(counting) if counting else Verdict.INCONCLUSIVE


def exit_code(judgements: Collection[Judgement], *, strict_warnings: bool = False) -> int:
    """What the process tells the pipeline: a proven failure comes before a blind spot, so that 1 means roll back."""
    counting = [judgement for judgement in judgements if not judgement.shadow]
    if not counting:
        return NOTHING_JUDGED
    blocking = [judgement.verdict for judgement in counting if judgement.blocks]
    if blocking:
        return _EXIT_CODES[worst(blocking)]
    warned = any(judgement.verdict is Verdict.WARN for judgement in counting)
    return WARNED if warned and strict_warnings else 0


def worst_exit_code(exit_codes: Iterable[int]) -> int:
    """What stands for several processes: the first of 4, 2, 3, 1, 12, 11, 5, 10, 0; 3 for one that was killed."""
    known = [code if code in _WORST_FIRST else 3 for code in exit_codes]
    return min(known, key=_WORST_FIRST.index)


def unused(
    waivers: Mapping[str, Waiver], limits: Mapping[str, Limit], judgements: Iterable[Judgement]
) -> Iterator[str]:
    """A sentence on each waiver that had nothing to waive; one whose metric wasn't judged this time is left alone.

    Args:
        waivers: Those of the environment, by metric.
        limits: Those of the environment, by metric.
        judgements: What became of the limits that were judged.
    """
    kept = {judgement.metric.name for judgement in judgements if judgement.verdict in {Verdict.PASS, Verdict.WARN}}
    for metric, waiver in waivers.items():
        place = f"{display_path(waiver.file)}:{waiver.line}"
        if metric not in limits:
            yield f"{place}: the waiver of {metric} waives nothing: {waiver.environment} has no limit on it"
        elif metric in kept:
            yield f"{place}: the waiver of {metric} until {waiver.until} was not needed: the limit was kept"
