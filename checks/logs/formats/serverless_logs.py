"""`sls logs` of the Serverless Framework: it takes Lambda's own prefix apart and prints the time as people read it."""

from datetime import UTC, datetime
from typing import Final

from checks.logs.formats.text_lines import CLOCK, DATE, OFFSET, UUID, Groups, TextFormat

_TIME: Final = rf"(?P<date>{DATE}) (?P<clock>{CLOCK})(?: \((?P<zone>{OFFSET})\))?"

_LEVEL: Final = r"\[[A-Za-z]+\]\t"


def _restored(groups: Groups, message: str) -> tuple[str | None, str]:
    """Put Lambda's own lines together again: its prefix begins with the level in Python, with the time in Node."""
    if groups["platform"]:
        rest = message.removeprefix("- ")
        between = "\t" if groups["platform"] == "REPORT" else " "
        return None, f"{groups['platform']} RequestId: {groups['of']}{between}{rest}".rstrip(" ")
    time = _in_utc(f"{groups['date']}T{groups['clock']}{groups['zone'] or 'Z'}")
    level = groups["level"] or groups["level_above"] or ""
    return time, f"{level}{time}\t{groups['request']}\t{message}"


def _in_utc(time: str) -> str:
    """Write a time as Lambda does; one that the calendar does not have stays as it is."""
    try:
        return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return time


SERVERLESS_LOGS: Final = TextFormat(
    name="`sls logs`",
    # from version 4 on, the message stands on a line of its own
    begins=(
        rf"(?:{_TIME}(?:\t| - )(?P<request>{UUID})(?:\t(?P<level>{_LEVEL})?| - ?(?P<level_above>{_LEVEL})?\n)"
        rf"|(?P<platform>START|END|REPORT) - (?P<of>{UUID})\s*?(?: |\n(?=Duration)|$))"
    ),
    is_bare=True,
    restore=_restored,
)
