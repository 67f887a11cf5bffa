"""A verdict and everything it rests on."""

from dataclasses import dataclass

from checks.analysis.metrics import Metric
from checks.judge.limit import Bound, Limit, OnInconclusive
from checks.judge.words import Verdict


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
