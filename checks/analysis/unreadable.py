"""Where the lines stand that the engine could not read, which it counts but does not tell."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from checks.analysis.engine import Engine
from checks.errors import SourceError
from checks.logs.spool import MOST_EXAMPLES, Spool, SpoolFile

_MOST_MS: Final = 1e14
_EPOCH_YEAR: Final = 1970
_MOST_CHARACTERS: Final = 80
"""Of what stands in the place of a time."""
_TIME: Final = "SELECT to_epoch_ms($written, try_cast($written AS DOUBLE)) AS time"


def places(engine: Engine, files: tuple[SpoolFile, ...]) -> Iterator[str]:
    """Yield each unreadable line of the spool as `file:line: why`.

    Lines of converted files come first, for these say it themselves. Of the others, those that do not even look like an
    object are found ten times faster, and a file that was cut off has just one of them, its last.

    Args:
        engine: After `events` was run.
        files: Those of the spool.
    """
    origins = {str(file.path): file.origin for file in files}
    for row in engine.rows(
        "SELECT filename, unread FROM events WHERE unread IS NOT NULL LIMIT $most", most=MOST_EXAMPLES
    ):
        yield f"{origins[row['filename']]}:{row['unread']}"
    broken = {
        row["filename"]
        for row in engine.rows("SELECT DISTINCT filename FROM events WHERE timestamp IS NULL AND unread IS NULL")
    }
    for looks_wrong in (_is_no_object, lambda line: not _is_no_object(line)):
        for file in files:
            if str(file.path) in broken:
                yield from _places(engine, file, looks_wrong)


def no_events(spool: Spool, untimed: Iterable[str] = ()) -> SourceError:
    """Return the error of logs without any event that has a time, with the first lines of those that have none."""
    examples = "".join(f"\n  {example}" for example in islice(untimed, MOST_EXAMPLES))
    return SourceError(f"{', '.join(spool.asked)}: holds no log event with a time{examples}")


def _is_no_object(line: str) -> bool:
    return not (line.startswith("{") and line.endswith(("}", "}\n")))


def _places(engine: Engine, file: SpoolFile, looks_wrong: Callable[[str], bool]) -> Iterator[str]:
    with file.path.open(encoding="utf-8-sig", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            reason = _reason(engine, line) if looks_wrong(line) and line.strip() else None
            if reason:
                yield f"{file.origin}:{number}: {reason}"


def _reason(engine: Engine, line: str) -> str | None:
    try:
        event = json.loads(line)
    except ValueError:
        return "is not JSON"
    if not isinstance(event, dict):
        return "is not a JSON object"
    written = event.get("timestamp")
    if written is None:
        return None if event.get("unread") else "has no timestamp"
    if not _is_plain_time(written) and engine.row(_TIME, written=str(written))["time"] is None:
        return f"has no time in its timestamp, {_shown(engine, written)}"
    if "\\ud" in line.lower() and not engine.row("SELECT json_valid($line) AS is_valid", line=line)["is_valid"]:
        return "holds half a surrogate pair"
    return None


def _shown(engine: Engine, written: object) -> str:
    shown = repr(engine.shown(written) if isinstance(written, str) else written)
    return shown if len(shown) <= _MOST_CHARACTERS else f"{shown[:_MOST_CHARACTERS]}…"


def _is_plain_time(written: object) -> bool:
    """Whether it is a time beyond doubt; to ask the engine about each of many good lines would take long."""
    if isinstance(written, int | float):
        return not isinstance(written, bool) and 0 <= written < _MOST_MS
    try:
        return datetime.fromisoformat(str(written)).year > _EPOCH_YEAR
    except ValueError:
        return False
