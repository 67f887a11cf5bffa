"""`sam logs`: the stream, a time in UTC, and the message."""

from typing import Final

from checks.logs.formats.text_lines import CLOCK, DATE, STREAM, TextFormat

SAM_LOGS: Final = TextFormat(name="`sam logs`", begins=rf"(?P<stream>{STREAM}) (?P<time>{DATE}T{CLOCK}) ")
