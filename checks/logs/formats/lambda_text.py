"""Lambda's own lines, as `saw get`, `docker logs` or a copy from the console leave them: each may tell its time."""

from typing import Final

from checks.logs.formats.text_lines import PREFIX, TextFormat

LAMBDA_TEXT: Final = TextFormat(name="text lines with Lambda's own prefix", begins=PREFIX, is_bare=True)
