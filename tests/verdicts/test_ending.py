"""An error that breaks a run off has an exit code that is no verdict's, and one line."""

import errno

import duckdb
import pytest

from checks.errors import ConfigError, OutputError, SourceError
from checks.verdicts.ending import ending
from checks.verdicts.verdict import ExitCode

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
        (OSError("odd"), ExitCode.ERROR, "odd"),
        (MemoryError(), ExitCode.ERROR, "out of memory; give the process more, or judge a shorter window"),
        (ValueError("a\nb"), ExitCode.BROKEN, "ValueError: a (unknown place); this is a fault of the checks, not"),
        (RecursionError("x" * 5000), ExitCode.BROKEN, f"RecursionError: {'x' * 284}… (unknown place)"),
    ],
    ids=[*("ctrl-c", "query", "duckdb", "config", "source", "output", "full", "odd", "memory", "value", "deep")],
)
def test_what_breaks_a_run_off_is_no_verdict(error: BaseException, code: ExitCode, line: str) -> None:
    """Exit codes 2, 3, 4 or 12, and what to do where somebody can."""
    assert ending(error)[0] == code
    assert ending(error)[1].startswith(line)
    assert "\n" not in ending(error)[1]
