"""A run in one line, for a chat channel."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from checks.report.phrases import headline, worst_check
from checks.report.result import Result
from checks.text import one_line, without_mentions
from checks.verdicts.verdict import ExitCode, Verdict

_MOST_CHARACTERS: Final = 600


def sentence(result: Result) -> str:
    """The verdict, the check that decided, since when, for whom, and how many more there are.

    `prod: FAIL — welcome.failure_rate 4.1 % > max 2 % (82 of 2,004), began …, 2 connections; 3 more fail`
    """
    verdict = f"{result.environment}: {result.verdict.upper()} — {headline(result)}"
    return without_mentions(one_line("; ".join([verdict, *_more(result)]), _MOST_CHARACTERS))


def _more(result: Result) -> Iterator[str]:
    """Yield what else is to be said; where nothing could be read, all checks say the same."""
    if result.exit_code == ExitCode.FAIL and result.verdict is not Verdict.FAIL:
        yield "a check itself is broken"
    if result.error:
        return
    worst = worst_check(result.checks)
    others = Counter(check.verdict for check in result.checks if check is not worst and not check.shadow)
    del others[Verdict.PASS]
    yield from (f"{others[verdict]:,} more {verdict}" for verdict in reversed(Verdict) if others[verdict])
