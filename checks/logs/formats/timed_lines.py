"""Lines that begin with a time: S3 exports, `aws logs tail --format short`, `docker logs -t`, many loggers."""

from typing import Final

from checks.logs.formats.text_lines import CLOCK, DATE, OFFSET, TextFormat

_DATE: Final = rf"(?:{DATE}|\d{{4}}/\d\d/\d\d)"
_ZONE: Final = r"(?:UTC|GMT|[A-Z]{1,3}[SD]T|[CEW]ET|MSK|ICT|SGT|HKT|WIB)\b"

TIMED_LINES: Final = TextFormat(
    name="text lines that begin with a time, such as an S3 export",
    begins=(
        rf"(?:[\w.-]+ +\| )?\[?(?P<time>{_DATE}[T ]{CLOCK}(?:Z| ?\(?{OFFSET}\)?(?: {_ZONE})?| {_ZONE})?)\]?"
        r"(?: |$)"
    ),
)
