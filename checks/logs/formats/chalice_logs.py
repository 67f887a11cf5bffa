"""`chalice logs`: a time in UTC and the beginning of the stream's id."""

from typing import Final

from checks.logs.formats.text_lines import CLOCK, DATE, TextFormat

CHALICE_LOGS: Final = TextFormat(
    name="`chalice logs`", begins=rf"(?P<time>{DATE} {CLOCK}(?:\+00:00)?) (?P<stream>[0-9a-f]{{6}}) "
)
