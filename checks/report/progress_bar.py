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
        self._bar.total = progress.total
        self._bar.n = progress.done
        self._bar.set_postfix_str(_counted(progress, self._bar.format_dict["elapsed"]) or progress.unit)


class _Lines:
    def __init__(self) -> None:
        self._began = self._last = monotonic()

    def __call__(self, progress: Progress, /) -> None:
        now = monotonic()
        if now - self._last < _LINE_EVERY_SECONDS:
            return
        self._last = now
        share = progress.done / max(progress.total, 1e-3)
        text = ", ".join(filter(None, [f"{share:.0%} {progress.unit}", _counted(progress, now - self._began)]))
        sys.stderr.write(f"reading logs: {text}\n")
        sys.stderr.flush()


def _counted(progress: Progress, seconds: float) -> str:
    """How many events were read, and how fast; empty where nobody counts them."""
    if progress.events is None:
        return ""
    return f"{progress.events:,} events, {progress.events / max(seconds, 1e-3):,.0f}/s"
