"""`aws logs tail`: its own format, and `--format json`, which spreads JSON messages over several lines.

`--format short` prints a time and the message, as many others do: see timed_lines.
"""

from typing import Final

from checks.logs.formats.text_lines import CLOCK, DATE, TextFormat

AWS_LOGS_TAIL: Final = TextFormat(
    name="`aws logs tail`",
    # always a stream, whatever its name; but a word is none
    begins=rf"(?P<time>{DATE}T{CLOCK}\+00:00) (?P<stream>(?=\S*[\d/_.-])(?!\[[A-Z])\S+)(?: |$)",
)
