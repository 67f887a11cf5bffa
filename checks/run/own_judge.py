"""Judgements on what a team's own tests measure or assert, which join those of the shipped checks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from checks.config.limit import Limit
from checks.metrics import Metric
from checks.run.run import Run
from checks.text import one_line
from checks.verdicts.verdict import Judgement, Verdict, not_measured


@dataclass(frozen=True, slots=True)
class OwnTest:
    """A test of a team's own: the metric that counts how often it failed, and where the test is written."""

    metric: str
    file: Path
    line: int


class OwnJudge:
    """Judges for a run what a team's own tests come to.

    Args:
        run: It holds what is known, and all judgements.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def judge_number(self, metric: Metric, findings: Sequence[str] = ()) -> Judgement | None:
        """Judge a number by its limit; None where none is on it, so that it is only measured.

        Args:
            metric: As it was measured.
            findings: What is behind it, a sentence each; what is secret in them is redacted.

        Raises:
            ValueError: It has been measured already.
        """
        if metric.name in self._run.snapshot.metrics:
            raise ValueError(f"{metric.name} is measured already: each number has a name of its own")
        self._run.add_own(metric, findings)
        limit = self._run.settings.environment.limits.get(metric.name)
        return self._run.judge(limit) if limit else None

    def judge_test(self, test: OwnTest, failure: str = "") -> Judgement:
        """Judge a test that asserts by itself: it must not fail, unless a limit or a waiver allows it.

        Args:
            test: Which.
            failure: Why it failed; empty where it passed.
        """
        self._run.add_own(Metric(test.metric, int(bool(failure))))
        judgement = self._run.snapshot.judge(self._limit(test))
        if judgement.verdict in {Verdict.PASS, Verdict.FAIL}:
            outcome = f"failed: {self._run.redacted(failure)}" if failure else "passed"
            judgement = replace(judgement, sentence=one_line(f"{test.metric} {outcome}"))
        return self._noted(judgement)

    def judge_unable(self, test: OwnTest, reason: str) -> Judgement:
        """Judge a test that could not begin."""
        return self._noted(not_measured(self._limit(test), one_line(self._run.redacted(reason))))

    def judge_missing(self) -> None:
        """Judge the limits that no test has judged, although one should: an error each."""
        judged = {judgement.limit.metric for judgement in self._run.judgements}
        for limit in self._run.settings.limits:
            if self._run.settings.is_judged_by_test(limit) and limit.metric not in judged:
                self._run.judge(limit)

    def _limit(self, test: OwnTest) -> Limit:
        own = Limit(test.metric, test.file, test.line, inherited=False, max=0)
        return self._run.settings.environment.limits.get(test.metric, own)

    def _noted(self, judgement: Judgement) -> Judgement:
        self._run.judgements.append(judgement)
        return judgement
