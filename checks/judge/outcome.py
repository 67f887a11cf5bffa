"""What the judgements of a run come to: its verdict, its exit code, and the waivers that it didn't need."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from checks.judge.judgement import Judgement
from checks.judge.limit import Limit
from checks.judge.problems import display
from checks.judge.waiver import Waiver
from checks.judge.words import Verdict, worst

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
        place = f"{display(waiver.file)}:{waiver.line}"
        if metric not in limits:
            yield f"{place}: the waiver of {metric} waives nothing: {waiver.environment} has no limit on it"
        elif metric in kept:
            yield f"{place}: the waiver of {metric} until {waiver.until} was not needed: the limit was kept"
