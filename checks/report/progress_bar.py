"""The progress bar of a read: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from checks.logs.spool import Progress, ShowProgress

_LINE_EVERY_SECONDS: Final = 10.0

_BAR: Final = "{desc}: {percentage:3.0f}% |{bar}| {elapsed}{postfix}"


@contextmanager
def progress_display(*, is_quiet: bool) -> Iterator[ShowProgress]:
    """Yield the function that shows the progress of a read: in a bar, in lines, or not at all."""
    if is_quiet:
        yield _nothing
    elif sys.stderr.isatty():
        from tqdm import tqdm  # noqa: PLC0415 -- only a terminal has use for it

        with tqdm(total=0, desc="Reading logs", bar_format=_BAR, leave=False, file=sys.stderr, disable=False) as bar:
            yield _Bar(bar)
    else:
        yield _Lines()


def _nothing(_: Progress, /) -> None:
    """Show nothing."""


class _Bar:
    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def __call__(self, progress: Progress, /) -> None:
        self._bar.total = progress.total_seconds
        self._bar.n = progress.covered_seconds
        rate = progress.events / max(self._bar.format_dict["elapsed"], 1e-3)
        self._bar.set_postfix_str(f"{progress.events:,} events, {rate:,.0f}/s")


class _Lines:
    def __init__(self) -> None:
        self._began = self._last = monotonic()

    def __call__(self, progress: Progress, /) -> None:
        now = monotonic()
        if now - self._last < _LINE_EVERY_SECONDS:
            return
        self._last = now
        share = progress.covered_seconds / max(progress.total_seconds, 1e-3)
        rate = progress.events / (now - self._began)
        sys.stderr.write(f"reading logs: {share:.0%} of the time, {progress.events:,} events, {rate:,.0f}/s\n")
        sys.stderr.flush()
