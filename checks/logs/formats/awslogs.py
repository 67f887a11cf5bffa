"""`awslogs get`: group, stream and time before each message, all of them optional."""

from typing import Final

from checks.logs.formats.text_lines import DATE, GROUP, PREFIX, STREAM, TextFormat

_TIME: Final = rf"{DATE}T[\d:]{{8}}\.\d{{3}}Z"

AWSLOGS: Final = TextFormat(
    name="`awslogs get`",
    # streams are padded to the same length; a second time is that of the ingestion
    begins=rf"(?:(?P<group>{GROUP}) +)?(?P<stream>{STREAM}) +(?:(?P<time>{_TIME})(?: {_TIME})? |{PREFIX})?",
)
