"""What the rest of the project needs to come to a verdict, in one place; each has a module of its own."""

from checks.judge.contract import ReadState, unseen
from checks.judge.judgement import Judgement, not_measured
from checks.judge.judging import judge
from checks.judge.outcome import exit_code, overall, unused
from checks.judge.words import Verdict, worst

__all__ = [
    "Judgement",
    "ReadState",
    "Verdict",
    "exit_code",
    "judge",
    "not_measured",
    "overall",
    "unseen",
    "unused",
    "worst",
]
