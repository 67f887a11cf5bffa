"""Formats with the same content as JSON, YAML and tagged records, which are rewritten as JSON before they are read."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import yaml
from msgspec.structs import replace

from checks.logs.formats.conversion import Conversion, ShowBytes
from checks.logs.formats.json_records import convert_values
from checks.logs.formats.text_lines import ISO, OFFSET


class RewrittenFormat(msgspec.Struct, frozen=True):
    """A format with the same content as JSON, which is rewritten as JSON before it is read.

    Attributes:
        name: Its display name, shown if a file's format is not known.
        begins: A regular expression for the beginning of a line that only this format has.
        rewrite: Writes what it reads as JSON values, in bounded memory; yields signs that the input is incomplete.
    """

    name: str
    begins: str
    rewrite: Callable[[BinaryIO, BinaryIO], Iterator[str]]

    def votes(self, head: str) -> int:
        """Count the lines that are of this format."""
        return len(re.findall(rf"^(?:{self.begins})", head, re.MULTILINE))

    def convert(self, plain: Path, spool: Path, show: ShowBytes, /) -> Conversion:
        """Rewrite the file as JSON, and convert that."""
        rewritten = spool.with_suffix(".json")
        with plain.open("rb") as source, rewritten.open("wb") as target:
            gaps = tuple(self.rewrite(source, target))
        converted = convert_values(rewritten, spool, show)
        rewritten.unlink()
        return replace(converted, gaps=gaps or converted.gaps)


_IS_SCALAR_OF_JSON: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?|true|false|null")


class _JsonWriter:
    """Writes the nodes of a YAML text as JSON, one after the other."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._open: list[str] = []
        self._counts = [0]

    def node(self, text: str) -> None:
        """Write a scalar or an opening bracket, with the colon or comma that its position needs."""
        count = self._counts[-1]
        self._counts[-1] += 1
        is_value = bool(self._open) and self._open[-1] == "}" and count % 2
        between = ":" if is_value else "," if count and self._open else ""
        self._target.write(f"{between}{text}".encode())

    def open(self, brackets: str) -> None:
        """Begin a list, `[]`, or an object, `{}`."""
        self.node(brackets[0])
        self._open.append(brackets[1])
        self._counts.append(0)

    def close(self) -> None:
        """Close the innermost list or object, and end the line: another item may follow."""
        self._counts.pop()
        self._target.write(self._open.pop().encode() + b"\n")

    def scalar(self, event: yaml.ScalarEvent) -> None:
        """Write a scalar; a key is always a string."""
        is_key = bool(self._open) and self._open[-1] == "}" and not self._counts[-1] % 2
        is_plain = event.implicit[0] and not is_key and _IS_SCALAR_OF_JSON.fullmatch(event.value)
        self.node(event.value if is_plain else msgspec.json.encode(event.value).decode())


def _yaml_as_json(source: BinaryIO, target: BinaryIO) -> Iterator[str]:
    writer = _JsonWriter(target)
    line = 0
    try:
        for event in yaml.parse(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            line = event.start_mark.line + 1 if event.start_mark else line
            match event:
                case yaml.ScalarEvent():
                    writer.scalar(event)
                case yaml.MappingStartEvent():
                    writer.open("{}")
                case yaml.SequenceStartEvent():
                    writer.open("[]")
                case yaml.CollectionEndEvent():
                    writer.close()
                case yaml.AliasEvent():  # the AWS CLI writes none, and a few can expand into endless text
                    yield f"the YAML has an alias at line {line}, which is not followed"
                    return
    except yaml.YAMLError:
        yield f"the YAML breaks off or is invalid at line {line}"


_TAGGED: Final = re.compile(
    rb"^(?:\[\d+\] )?(?:(?P<text>%b)(?:\t[^\t\n]+\t| [\w.*-]+: )"
    rb"|[\w.*-]+: \[{1,2}(?P<number>\d{10}\.\d+)(?:, \{\}\])?, )"
    rb"\{(?P<fields>.*)\}\]?\r?$" % rf"{ISO}(?: {OFFSET})?".encode(),
    re.MULTILINE,
)

_BLOCK_BYTES: Final = 1 << 18


def _with_times(source: BinaryIO, target: BinaryIO) -> Iterator[str]:
    """Move the time before each record into the record."""
    while lines := source.readlines(_BLOCK_BYTES):
        target.write(_TAGGED.sub(_timed_record, b"".join(lines)))
    yield from ()


def _timed_record(line: re.Match[bytes]) -> bytes:
    time = line["number"] or b'"' + line["text"] + b'"'
    return b'{"timestamp":' + time + b"," * bool(line["fields"].strip()) + line["fields"] + b"}"


REWRITTEN_FORMATS: Final = (
    RewrittenFormat(
        name="`aws logs … --output yaml`",
        begins=(
            r"(?:- )?(?:events|results):(?: \[\])?$|- - (?:field: |1\d{12}$)"
            r"|(?:  )?- (?:eventId|ingestionTime|logStreamName|message|timestamp): "
        ),
        rewrite=_yaml_as_json,
    ),
    RewrittenFormat(
        name="files and standard output of Fluentd and Fluent Bit, a time, a tag and a record a line",
        begins=_TAGGED.pattern.decode().removeprefix("^"),
        rewrite=_with_times,
    ),
)
