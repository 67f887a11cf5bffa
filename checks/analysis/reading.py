"""The reading of the logs: the window that the events cover, the number of events, and lines that are not events."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Final

from msgspec import Struct

from checks.analysis.engine import Engine
from checks.config.limit import Limit
from checks.errors import SourceError
from checks.logs.spool import MOST_EXAMPLES, Spool, SpoolFile
from checks.metrics import UNREADABLE_RATE
from checks.window import (
    CONNECTION_LIFETIME,
    CONNECTION_LIMIT,
    LOOK_BACK,
    SETTLING,
    FileWindow,
    Window,
    from_epoch_ms,
    from_known_epoch_ms,
)

_MILLISECOND: Final = timedelta(milliseconds=1)


class Reading(Struct, frozen=True):
    """The numbers of events that were read.

    Attributes:
        events: Number of events in the window, without repetitions.
        look_back_events: Number of events in the two hours before the window, which only show how connections began.
        other_version_events: Number of events in the window from versions that are not judged.
        outside_events: Number of events that are neither in the window nor in its look-back.
        duplicates: Number of events that were dropped because their id had been seen.
        unreadable: Number of lines that are not events.
        unreadable_examples: The first unreadable lines, as `file:line: why`.
        first_event: Time of the oldest event in the window; null if there is none.
        last_event: Time of the newest event in the window; null if there is none.
        lag_p50_ms: Median time from an event to its ingestion by CloudWatch, in milliseconds; null if it is not known.
        lag_p99_ms: The 99th percentile of that time, in milliseconds; null if it is not known.
        last_arrival: Time when the last event up to the end of the window reached CloudWatch; null if it is not known.
    """

    events: int
    look_back_events: int
    other_version_events: int
    outside_events: int
    duplicates: int
    unreadable: int
    unreadable_examples: tuple[str, ...]
    first_event: datetime | None
    last_event: datetime | None
    lag_p50_ms: int | None
    lag_p99_ms: int | None
    last_arrival: datetime | None = None

    @property
    def lines(self) -> int:
        """The number of lines without repetitions: events of any time, and lines that are not events."""
        return sum(
            (self.events, self.look_back_events, self.other_version_events, self.outside_events, self.unreadable)
        )

    @property
    def is_empty(self) -> bool:
        """Whether there was no event at all."""
        return self.lines == self.unreadable


_TRIFLE: Final = 0.001
"""The share of lines that may be unreadable if no limit is set."""


def gaps_of_read(spool: Spool, reading: Reading, limits: Mapping[str, Limit]) -> tuple[str, ...]:
    """Return the gaps of a read, a sentence each: those of the source, and too many unreadable lines."""
    limit = limits.get(UNREADABLE_RATE)
    most = limit.max if limit and limit.max is not None else _TRIFLE
    if reading.unreadable <= most * reading.lines:
        return spool.gaps
    first = reading.unreadable_examples[0] if reading.unreadable_examples else "somewhere"
    counts = f"{reading.unreadable:,} of {reading.lines:,} lines could not be read"
    hint = f"export them again, or allow more with a limit on {UNREADABLE_RATE}"
    return (*spool.gaps, f"{counts}, the first at {first}; {hint}")


def find_window(engine: Engine, spool: Spool, window: Window | FileWindow | None) -> Window:
    """Return the window that is judged, as given or as the spool covers it, and set it for the SQL files.

    Raises:
        ConfigError: The window lies outside of the time that the files cover.
        SourceError: The window would follow from the events, but there are none.
    """
    covered = None if isinstance(window, Window) else spool.window or _extent(engine)
    has_end = isinstance(window, Window) or spool.window or (window and window.until)
    if isinstance(window, FileWindow) and (covered or window.is_complete):
        window = window.within(covered)
    elif not isinstance(window, Window):
        window = covered
    if window is None:
        raise no_events(spool, places(engine, spool.files))
    engine.set(
        since=window.since_ms,
        until=window.until_ms,
        last_moment=None if has_end else window.until_ms - 1,  # with an end, later events are left to the next window
        look_back=LOOK_BACK // _MILLISECOND,
        lifetime=CONNECTION_LIFETIME // _MILLISECOND,
        lifetime_limit=CONNECTION_LIMIT // _MILLISECOND,
        settling=SETTLING // _MILLISECOND,
    )
    return window


def _extent(engine: Engine) -> Window | None:
    """Return the window from the first event to the last; None if there is none."""
    extent = engine.row("SELECT min(timestamp) AS oldest, max(timestamp) AS newest FROM scanned")
    if extent["oldest"] is None:
        return None
    return Window(from_epoch_ms(extent["oldest"]), from_epoch_ms(extent["newest"] + 1))


def count_events(engine: Engine, spool: Spool) -> Reading:
    """Return the numbers of events of a window that is set.

    Raises:
        SourceError: No line is an event, and some could not be read.
    """
    parts = {row["part"]: row for row in engine.rows("FROM reading")}
    unreadable = parts.pop("unreadable", {"lines": 0})["lines"]
    is_all_read = not (unreadable or spool.gaps)
    if not parts and not is_all_read:
        raise no_events(spool, places(engine, spool.files))
    window, events = parts.get("window", {}), Counter({part: row["events"] for part, row in parts.items()})
    lag_p50_ms, lag_p99_ms = window.get("lags_ms") or (None, None)
    arrivals = [row["last_arrival"] for part, row in parts.items() if part != "outside" and row["last_arrival"]]
    examples = tuple(islice(places(engine, spool.files), min(unreadable, MOST_EXAMPLES)))
    return Reading(
        events=events["window"],
        look_back_events=events["look_back"],
        other_version_events=events["other_version"],
        outside_events=events["outside"],
        duplicates=sum(row["lines"] - row["events"] for row in parts.values()),
        unreadable=unreadable,
        unreadable_examples=examples,
        first_event=from_known_epoch_ms(window.get("oldest")),
        last_event=from_known_epoch_ms(window.get("newest")),
        lag_p50_ms=lag_p50_ms,
        lag_p99_ms=lag_p99_ms,
        last_arrival=from_known_epoch_ms(max(arrivals, default=None)),
    )


_MOST_NANOSECONDS: Final = 1e20
_MOST_DAYS: Final = 80_000
"""The largest number that may be a spreadsheet's date, counted in days and not in seconds."""
_EPOCH_YEAR: Final = 1970
_MOST_CHARACTERS: Final = 80
"""The most characters of an invalid time that are shown."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Half of a pair: json.loads() joins the whole ones."""
_TIME: Final = "SELECT to_epoch_ms($written, try_cast($written AS DOUBLE)) AS time"


def places(engine: Engine, files: tuple[SpoolFile, ...]) -> Iterator[str]:
    """Yield each unreadable line of the spool as `file:line: why`.

    Lines of converted files come first, since the conversion has noted them. Of the others, those that do not even look
    like an object are found ten times faster; in a truncated file, only the last line is one of these.
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
    for is_no_object in (True, False):
        for file in files:
            if str(file.path) in broken:
                yield from _places(engine, file, is_no_object=is_no_object)


def no_events(spool: Spool, untimed: Iterable[str] = ()) -> SourceError:
    """Return the error for logs without any event that has a time, with the gaps and the first lines without a time."""
    examples = "".join(f"\n  {example}" for example in islice(chain(spool.gaps, untimed), MOST_EXAMPLES))
    return SourceError(f"{', '.join(spool.requested)}: holds no log event with a time{examples}")


def _places(engine: Engine, file: SpoolFile, *, is_no_object: bool) -> Iterator[str]:
    with file.path.open(encoding="utf-8-sig", errors="replace", newline="\n") as lines:
        for number, line in enumerate(lines, start=1):
            looks_like_object = line.startswith("{") and line.endswith(("}", "}\n"))
            if looks_like_object is not is_no_object and line.strip() and (reason := _reason(engine, line)):
                yield f"{file.origin}:{number}: {reason}"


def _reason(engine: Engine, line: str) -> str | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(event, dict):
        return "is not a JSON object"
    written = event.get("timestamp")
    if written is None:
        return None if event.get("unread") else "has no timestamp"
    if not _is_plain_time(written) and engine.row(_TIME, written=str(written))["time"] is None:
        return f"has no time in its timestamp, {_shown(engine, written)}"
    is_halved = "\\ud" in line.lower() and _SURROGATE.search(json.dumps(event, ensure_ascii=False))
    return "holds half a surrogate pair" if is_halved else None


def _shown(engine: Engine, written: object) -> str:
    shown = repr(engine.shown(written) if isinstance(written, str) else written)
    return shown if len(shown) <= _MOST_CHARACTERS else f"{shown[:_MOST_CHARACTERS]}…"


def _is_plain_time(written: object) -> bool:
    """Whether a value is undoubtedly a time; asking the engine about each of many good lines would take too long."""
    text = str(written)
    if isinstance(written, int | float) or (text.isdecimal() and text.isascii()):
        return not isinstance(written, bool) and _MOST_DAYS < float(text) < _MOST_NANOSECONDS
    with suppress(ValueError):  # Python also reads dates without separators, which the engine does not
        return datetime.fromisoformat(text if "-" in text[:5] else "").year > _EPOCH_YEAR
    with suppress(ValueError):
        return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").year > _EPOCH_YEAR
    return False
