"""`cw tail`: time, group, stream and event id, each optional and followed by a dash."""

from typing import Final

from checks.logs.formats.text_lines import DATE, GROUP, PREFIX, STREAM, TextFormat

_TIME: Final = rf"(?P<time>{DATE}T\d\d:\d\d:\d\d) - "
_NAMES: Final = rf"(?:(?P<group>{GROUP}) - )?(?P<stream>{STREAM}) - "
_EVENT_ID: Final = r"(?:(?P<event_id>\d{56}) - )?"

CW: Final = TextFormat(name="`cw tail`", begins=rf"(?:{_TIME})?(?:{_NAMES})?{_EVENT_ID}(?<= - )(?:{PREFIX})?")
