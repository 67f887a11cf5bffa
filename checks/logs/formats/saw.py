"""`saw watch` and `saw get --pretty`: time and stream, each in brackets."""

from typing import Final

from checks.logs.formats.text_lines import ISO, TextFormat

SAW: Final = TextFormat(name="`saw watch`", begins=rf"\[(?P<time>{ISO})\] \((?P<stream>[^)\n]+)\) ")
