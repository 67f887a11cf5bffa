"""What a gate after a deploy has to tell: since when, compared with what, how often it looked, which errors are new."""

from collections.abc import Iterator

from checks.report.result import Result
from checks.report.text import utc


def origins(result: Result) -> Iterator[tuple[str, str]]:
    """Yield a name and a sentence for the deploy and the baseline, as far as somebody asked for them."""
    if result.deployed:
        yield "Deployed", utc(result.deployed)
    baseline = result.baseline
    if baseline:
        window = f", {utc(baseline.window.since)} to {utc(baseline.window.until)}" if baseline.window else ""
        yield "Compared with", f"{baseline.told}{window}{f': {baseline.error}' if baseline.error else ''}"


def looks(result: Result) -> Iterator[tuple[str, str, str]]:
    """Yield of each look when it was, what it came to, and why."""
    for look in result.looks:
        yield utc(look.at), look.standing.value, f"{look.events:,} events, {look.verdict}: {look.sentence}"


def new_errors(result: Result) -> Iterator[str]:
    """Yield each kind of error that the baseline does not hold, the most frequent first."""
    for one in result.new_signatures:
        yield f"{one.events:,} {'time' if one.events == 1 else 'times'} since {utc(one.first)}: {one.example}"
