"""Verdicts: which one a run takes from its judgements, and its exit code."""

import errno
import json
from itertools import permutations

import duckdb
import pytest

from checks.config.limit import OnInconclusive
from checks.errors import ConfigError, OutputError, SourceError
from checks.metrics import Metric
from checks.verdicts.verdict import (
    ExitCode,
    Judgement,
    Verdict,
    exit_code,
    exit_code_and_reason,
    not_measured,
    overall,
    unused_waivers,
    worst,
    worst_exit_code,
)
from tests.verdicts.making import COUNT, RATE, limit, waiver


def judgement(word: str, *, on_inconclusive: OnInconclusive = "fail", shadow: bool = False) -> Judgement:
    demanded = limit(COUNT, max=5, on_inconclusive=on_inconclusive, shadow=shadow)
    return Judgement(Metric(COUNT, 6), demanded, Verdict(word), demanded.bounds[0], ">", f"{COUNT} 6 > max 5")


def test_worst_follows_the_order_of_the_table() -> None:
    """The order goes from a pass to a failure."""
    order = [Verdict.PASS, Verdict.WAIVED, Verdict.WARN, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAIL]
    assert list(Verdict) == order
    assert [verdict.rank for verdict in order] == [0, 1, 2, 3, 4, 5]
    for better, worse in permutations(order, 2):
        assert worst([better, worse]) is max(better, worse, key=order.index)


def test_verdicts_differ_without_colours() -> None:
    """Each has its own sign and emoji; the worse the verdict, the more severe its annotation on GitHub."""
    assert len({verdict.sign for verdict in Verdict}) == len({verdict.emoji for verdict in Verdict}) == len(Verdict)
    weights = [["", "notice", "warning", "error"].index(verdict.annotation) for verdict in Verdict]
    assert weights == sorted(weights)


def test_a_verdict_is_its_word() -> None:
    """Files hold the word, from which the verdict is restored."""
    assert [Verdict(str(verdict)) for verdict in Verdict] == list(Verdict)
    assert json.dumps(Verdict.WAIVED) == '"waived"'


def test_no_verdict_is_not_a_pass() -> None:
    """Nothing was judged, so nothing is healthy."""
    with pytest.raises(ValueError, match="empty"):
        worst([])
    assert overall([]) is Verdict.INCONCLUSIVE
    assert exit_code([]) == 5


@pytest.mark.parametrize(
    ("verdicts", "on_inconclusive", "code", "strict_code"),
    [
        ("pass", "fail", 0, 0),
        ("pass waived", "fail", 0, 0),
        ("pass waived warn", "fail", 0, 10),
        ("pass fail error inconclusive warn", "fail", 1, 1),
        ("warn fail", "pass", 1, 1),
        ("pass error inconclusive", "fail", 12, 12),
        ("pass error", "pass", 12, 12),
        ("warn inconclusive", "fail", 11, 11),
        ("warn inconclusive", "pass", 0, 10),
        ("pass inconclusive", "pass", 0, 0),
        ("", "pass", 5, 5),
    ],
)
def test_exit_code(verdicts: str, on_inconclusive: OnInconclusive, code: int, strict_code: int) -> None:
    """A failure takes precedence over a blind spot, and a warning counts only on request."""
    judged = [judgement(word, on_inconclusive=on_inconclusive) for word in verdicts.split()]
    assert exit_code(judged) == code
    assert exit_code(judged, strict_warnings=True) == strict_code


def test_each_check_has_its_own_say_on_what_inconclusive_means() -> None:
    """Its limit decides whether it blocks."""
    excused, required = judgement("inconclusive", on_inconclusive="pass"), judgement("inconclusive")
    assert (excused.blocks, required.blocks) == (False, True)
    assert exit_code([judgement("pass"), excused]) == 0
    assert exit_code([judgement("pass"), excused, required]) == 11
    assert overall([judgement("pass"), excused]) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("word", Verdict)
def test_a_shadow_never_counts(word: Verdict) -> None:
    """Whatever its verdict, the run has the verdict that it has without it."""
    shadow = judgement(word, shadow=True)
    assert not shadow.blocks
    for other in Verdict:
        judged = [judgement(other)]
        assert overall([*judged, shadow]) is overall(judged)
        assert exit_code([*judged, shadow], strict_warnings=True) == exit_code(judged, strict_warnings=True)


def test_shadows_alone_judge_nothing() -> None:
    """The run ends as if there were no limit at all."""
    assert overall([judgement("pass", shadow=True)]) is Verdict.INCONCLUSIVE
    assert exit_code([judgement("pass", shadow=True)]) == 5


def test_what_could_not_be_measured_is_an_error_in_one_line() -> None:
    """Only the first line of the reason is quoted."""
    judged = not_measured(limit(COUNT, warn=1, max=5), "no credentials\nask somebody")
    assert (judged.verdict, judged.operator, judged.metric.value) == (Verdict.ERROR, None, None)
    assert judged.sentence == "gone.errors not measured: no credentials"
    assert exit_code([judged]) == 12


@pytest.mark.parametrize(
    ("word", "is_named"),
    [("pass", True), ("warn", True), ("waived", False), ("fail", False), ("inconclusive", False), ("error", False)],
)
def test_a_waiver_that_was_not_needed_is_named(word: str, is_named: bool) -> None:  # noqa: FBT001
    """The limit was kept, with or without a warning."""
    named = list(unused_waivers({COUNT: waiver(COUNT)}, {COUNT: limit(COUNT, max=5)}, [judgement(word)]))
    sentence = "thresholds.yaml:30: the waiver of gone.errors until 2026-06-30 was not needed: the limit held"
    assert named == ([sentence] if is_named else [])


def test_a_waiver_of_nothing_is_named() -> None:
    """Its environment has no limit on the metric."""
    named = list(unused_waivers({RATE: waiver(RATE)}, {COUNT: limit(COUNT, max=5)}, [judgement("pass")]))
    assert named == [f"thresholds.yaml:30: the waiver of {RATE} waives nothing: prod has no limit on it"]


def test_a_waiver_is_left_alone_where_its_metric_was_not_judged() -> None:
    """Nobody knows whether it was needed."""
    assert not list(unused_waivers({COUNT: waiver(COUNT)}, {COUNT: limit(COUNT, max=5)}, []))


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([0], 0),
        ([0, 10], 10),
        ([10, 5], 5),
        ([5, 11, 0], 11),
        ([11, 12], 12),
        ([12, 1, 11], 1),
        ([1, 2], 2),
        ([1, 3], 3),
        ([1, 4, 12], 4),
        ([0, -9], 3),
    ],
)
def test_the_worst_exit_code_stands_for_several(codes: list[int], expected: int) -> None:
    """The order: a mistake, a broken run, a failure, a blind spot, doubt, a warning."""
    assert worst_exit_code(codes) == worst_exit_code(reversed(codes)) == expected


NO_SPACE = OSError(errno.ENOSPC, "No space left on device", "/reports/report.html")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "interrupted"),
        (RuntimeError("Query interrupted"), ExitCode.INTERRUPTED, "interrupted"),
        (duckdb.InterruptException("INTERRUPT Error: Interrupted!"), ExitCode.INTERRUPTED, "interrupted"),
        (ConfigError("limits.yaml:3: no number"), ExitCode.USAGE, "limits.yaml:3: no number"),
        (SourceError("a.jsonl: cut off", "take it anew"), ExitCode.ERROR, "a.jsonl: cut off; take it anew"),
        (OutputError("nobody took it"), ExitCode.ERROR, "nobody took it"),
        (NO_SPACE, ExitCode.ERROR, "/reports/report.html: No space left on device"),
        (FileNotFoundError(2, "No such file or directory"), ExitCode.ERROR, "the current folder: No such file or dir"),
        (OSError("odd"), ExitCode.ERROR, "odd"),
        (MemoryError(), ExitCode.ERROR, "out of memory; give the process more, or judge a shorter window"),
        (ValueError("a\nb"), ExitCode.BROKEN, "ValueError: a (unknown place); this is a fault of the checks, not"),
        (RecursionError("x" * 5000), ExitCode.BROKEN, f"RecursionError: {'x' * 284}… (unknown place)"),
    ],
    ids=[
        *("ctrl-c", "query", "duckdb", "config", "source", "output", "full", "gone", "odd", "memory", "value", "deep")
    ],
)
def test_what_breaks_a_run_off_is_no_verdict(error: BaseException, code: ExitCode, line: str) -> None:
    """Exit codes 2, 3, 4 or 12, with what to do if somebody can do something."""
    assert exit_code_and_reason(error)[0] == code
    assert exit_code_and_reason(error)[1].startswith(line)
    assert "\n" not in exit_code_and_reason(error)[1]
