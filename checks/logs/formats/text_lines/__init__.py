"""Text formats: logs in which a tool, or Lambda itself, puts a prefix before each message."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain, pairwise
from pathlib import Path
from typing import Final, TextIO, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from checks.logs.formats.conversion import IS_CUT_OFF, LONGEST_MESSAGE, Conversion, ShowBytes, SpoolEvent, steps

DATE: Final = r"(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d{1,9})?"
OFFSET: Final = r"[+-]\d\d:?\d\d"
ISO: Final = rf"{DATE}[T ]{CLOCK}(?:Z|{OFFSET})?"
"""A time in ISO 8601, as programs print it: the `T` may be a space, and the decimal point a comma."""
REQUEST_TIME: Final = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
"""A time as API Gateway writes it in an access log."""
UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
STREAM: Final = r"(?:\d{4}/\d\d/\d\d/\S*\[[$\w]+\]\S+|[0-9a-f]{32}|(?!\d{4}/\d\d/\d\d )[\w.-]+(?:/[\w.-]+)+)"
"""The name of a log stream: of Lambda, of API Gateway, or of a container (`ecs/web/0123`)."""
GROUP: Final = r"(?:/[\w./#-]+|[\w.#-]+(?:/[\w./#-]+)+)"
"""The name of a log group, known by its slashes."""
PREFIX: Final = rf"(?=(?:\[[A-Za-z]+\]\t)?(?P<inner>{ISO})(?:\t| {UUID} Task timed out ))"
"""Lambda's own prefix. It stays in the message, and gives its time if the tool does not."""
PLATFORM_LINE: Final = r"(?:START|END|REPORT) (?:RequestId: |- )|INIT_START "

_CONTINUATION: Final = (
    r"[ \t)}\]]|$|XRAY TraceId: |Traceback \(|Caused by: |During handling |The above exception |\.\.\. \d|"
    r"(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt|Fault)\b"
)
"""The beginning of a line that continues a message, for logs in which no tool marks where each message begins."""

_PROMPT: Final = (
    r"[^\n]{0,100}[$#%>] ?(?:aws|sam|awslogs|saw|cw|sls|serverless|docker|kubectl|stern|jq|cat)(?:\.exe)? "
    r"|Script started on "
)
_LINES_ABOVE: Final = re.compile(
    rf"{_PROMPT}|You can now use 'sam logs'|Running \"serverless\"|Calling tail for stage "
    r"|\u2728  (?:(?:Synthesis|Deployment|Total) time: |hotswap )| \u2705  [\w-]+(?: \([\w ]+\))?$"
    r"|[ \t]*(?:Amplify Sandbox$|(?:Identifier|Stack|Region):[ \t])|\[Sandbox\] |\u2714 Deployment completed "
    r"|(?:Common labels|Line limit|Total bytes processed): |==> .* <==$|```|START\s*$"
)
"""What a terminal or a tool prints above the log: a prompt with the command, or headings of `sam`, `cdk` and others."""

PASTED: Final = (
    rf'(?:\s++|(?!\{{|\[\s*+[\[\]{{"\d])(?:{_PROMPT})(?:[^\n]*\\\r?\n)*+[^\n]*+\n'
    r'|[^\n{"]{0,100}[$#%>] ?(?:exit\s+){0,2}(?:Script done on [^\n]*+)?\s*\Z)*+'
)
"""What surrounds JSON that was copied from a terminal, or recorded by `script`: commands, and a prompt at the end."""

_BLOCK_CHARACTERS: Final = 1 << 18
_LONGEST_RECORD: Final = 5 * (1 << 19)
"""The longest record, in characters: the engine reads 16 MiB of JSON, in which a character may take six bytes."""
_ENCODER: Final = msgspec.json.Encoder()
_PLATFORM_EVENT: Final = re.compile(rf"(?:{PLATFORM_LINE})[^\n]*(?:\nXRAY TraceId: [^\n]*)?")
"""An event of Lambda's own; the report of an invocation that is traced has a second line."""
_IS_START: Final = re.compile("START |INIT_START ")
_HOLDS_FOREIGN_LINE: Final = re.compile(
    rf"START RequestId: {UUID}|\t{UUID}\t"
    r'|\n\s*"(?:eventId|ingestionTime|logStreamName)": '
    rf'|(?:\n(?:\{{"(?:time|timestamp|ts|level)":|{DATE}[T ]\d\d:\d\d:)[^\n]*){{20}}'
)
"""What an event contains if the file continues in another format: Lambda's own lines, an export's document, or more
beginnings of events than anybody logs at once."""
_ENDED_BY_ERROR: Final = re.compile(r"\nAn error occurred \(\w+\) when calling the \w+LogEvents operation.*\s*\Z")
_HAS_PREFIX: Final = re.compile(PREFIX)

_JSON_TIME: Final = re.compile(
    rf'\s*\{{.{{0,1000}}?"(?:timestamp|time|@timestamp|_time|ts|requestTimeEpoch)"\s*:\s*"?(?P<inner>{ISO}|1\d{{9,12}}\b)',
    re.DOTALL,
)
_HAS_LOGGERS_TIME: Final = re.compile(
    r'(?:\x1b\[[\d;]*m)*(?:\[?[A-Z]{1,8}\]?[ :,\t-]+)?\[?(?:(?:time|timestamp|ts|t)=)?"?'
    rf"(?P<inner>(?:{DATE}|\d{{4}}/\d\d/\d\d)[T ]{CLOCK}(?:Z| ?{OFFSET})?)"
)
"""The time that loggers of Go, Ruby, PHP, Java and others put at the beginning of a line, or after the level."""
_HAS_REQUEST_TIME: Final = re.compile(rf"[^\n]{{0,500}}?\b(?P<inner>{REQUEST_TIME})")

Groups: TypeAlias = Mapping[str, str | None]
"""What the named groups of a format's regular expression have matched."""


class TextFormat(Struct, frozen=True, dict=True):
    """A text format.

    Attributes:
        name: Its display name, shown if a file's format is not known.
        begins: A regular expression for the prefix of the message in the first line of an event, with the named groups
            `time`, `stream`, `group` and `event_id`, as far as the format has them. The time may be in any notation
            that the analysis reads. The group `inner` is a time within the message.
        is_bare: Whether only the look of a line shows if it continues a message or begins one.
        passes_over: A regular expression for lines of the tool's own, such as a heading, which are skipped.
        joined: A regular expression for two events on one line: the first as a group, and then the separator.
        cut_off: A regular expression for a sign that the tool did not print everything.
        restore: Returns the original time and message if the tool changes the message; None if it does not.
    """

    name: str
    begins: str
    is_bare: bool = False
    passes_over: str = ""
    joined: str = ""
    cut_off: str = ""
    restore: Callable[[Groups, str], tuple[str | None, str]] | None = None

    def votes(self, head: str) -> int:
        """Count the lines that begin an event of this format, and those that continue such a beginning."""
        more = head.rstrip("\n") + "\n…"  # a time on a line of its own counts only if a line follows
        begins = re.finditer(rf"\n(?:{self.begins})", f"\n{more}", re.MULTILINE)
        return sum(begin[0].count("\n") for begin in begins)

    def convert(self, plain: Path, spool: Path, show: ShowBytes, /) -> Conversion:
        """Write the events as a spool file."""
        with plain.open(encoding="utf-8", newline="\n") as text, spool.open("wb") as target:
            converter = _BlockConverter(self)
            done, is_cut_off, block = 0, False, ""
            lines, ends = _ShortLines(text), [0]
            for block in _blocks(lines, self.begin):
                target.write(_ENCODER.encode_lines(converter.events(block)))
                ends.append(target.tell())
                is_cut_off = is_cut_off or bool(self.cut_off and re.search(self.cut_off, block, re.MULTILINE))
                done += len(block)
                show(done)
        gaps = []
        if is_cut_off:
            gaps.append(IS_CUT_OFF)
        elif _ENDED_BY_ERROR.search(block):
            gaps.append("the AWS CLI ended with an error: there were more events")
        if line := converter.foreign_line:
            remedy = "keep the output of each tool in its own file"
            gaps.append(f"line {line} is from another tool than those above it: {remedy}")
        if converter.is_newest_first:
            _reverse_lines(spool, ends)
        return Conversion(spool, tuple(gaps), is_text=True, goes_back=converter.goes_back, cut=lines.number_cut)

    @cached_property
    def begin(self) -> re.Pattern[str]:
        """The line break before an event, and the prefix of its message.

        Lambda's own lines begin an event in any format: they continue none, and another tool may have printed them.
        """
        lambda_line = rf"{PREFIX.replace('?P<inner>', '?:')}|(?={PLATFORM_LINE}|\[[A-Z]+\] )"
        anything = rf"|(?!{_CONTINUATION})" if self.is_bare else ""
        return re.compile(rf"\n(?:{self.begins}|{lambda_line}{anything})", re.MULTILINE)


class _ShortLines:
    """A reader of text that cuts each line to the length of CloudWatch's longest message."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._length = 0
        self.number_cut = 0

    def read(self, characters: int) -> str:
        """Read up to so many characters; return an empty text at the end."""
        while part := self._text.read(characters):
            end = part.find("\n")
            length = self._length + (end if end >= 0 else len(part))
            if length > LONGEST_MESSAGE:
                self.number_cut += self._length <= LONGEST_MESSAGE
                rest = part[end:] if end >= 0 else ""
                part = part[: max(0, LONGEST_MESSAGE - self._length)] + rest
            self._length = length if end < 0 else len(part) - part.rfind("\n") - 1
            if part:
                return part
        return ""


def _blocks(text: _ShortLines, begin: re.Pattern[str]) -> Iterator[str]:
    """Split text where events begin; each block begins with a line break."""
    rest = "\n"
    while part := text.read(_BLOCK_CHARACTERS):
        if part.endswith("\r"):
            part += text.read(1)
        rest += part.replace("\r\n", "\n") if "\r" in part else part
        sure = rest.rfind("\n", 0, max(rest.rfind("\n"), 0))  # the next line may still show that no event begins
        begins = [match.start() for match in begin.finditer(rest) if match.start() < sure]
        while begins[1:] and _IS_START.match(rest, begins[-2] + 1):  # its time is that of the next event
            begins.pop()
        end = begins[-1] if begins else 0
        if end == 0 and len(rest) > _LONGEST_RECORD:
            end = len(rest)
        if end:
            yield rest[:end]
            rest = rest[end:] or "\n"
    yield rest


def _reverse_lines(spool: Path, ends: Sequence[int]) -> None:
    """Reverse the lines of a spool file, block by block: events of the same time count in the order of the file."""
    turned = spool.with_suffix(".turned")
    with spool.open("rb") as source, turned.open("wb") as target:
        for begin, end in reversed(list(pairwise(ends))):
            source.seek(begin)
            target.writelines(reversed(source.read(end - begin).splitlines(keepends=True)))
    turned.replace(spool)


class _BlockConverter:
    """Converts the blocks of one file, one after the other."""

    def __init__(self, form: TextFormat) -> None:
        self._form = form
        self._line = 1
        self._last_time: str | None = None
        self.foreign_line = 0
        """The first line from another tool, which begins an event within another; 0 if there is none."""
        self._back = self._forth = 0

    @property
    def is_newest_first(self) -> bool:
        """Whether most events are earlier than the one before them."""
        return self._back > self._forth

    @property
    def goes_back(self) -> bool:
        """Whether the order of some events is the reverse of most."""
        return min(self._back, self._forth) > 0

    def events(self, block: str) -> list[SpoolEvent]:
        """Return the events of a block, and its unreadable lines."""
        if self._form.passes_over:
            block = re.sub(rf"\n(?:{self._form.passes_over})(?=\n|$)", "\n", block)
        if self._form.joined:
            block = re.sub(self._form.joined, r"\1\n", block)
        begins = list(self._form.begin.finditer(block))
        first, *ends = [*(begin.start() for begin in begins), len(block)]
        messages = [block[begin.end() : end] for begin, end in zip(begins, ends, strict=True)]
        if not self.foreign_line and (lines := next(filter(None, map(_foreign_lines, messages)), "")):
            self.foreign_line = self._line + block.count("\n", 0, block.find(lines))
        above = _lines_with_text(block[:first], _LINES_ABOVE)
        events = [_unread(self._line + number, "does not begin an event") for number, _ in above]
        self._line += block.count("\n", 0, first)
        before = self._last_time
        events += self._timed([self._event(*one) for one in zip(begins, messages, strict=True)])
        times = [time for time in (before, *(event.timestamp for event in events)) if time]
        back, forth = steps(times)
        self._back += back
        self._forth += forth
        self._line += block.count("\n", first)
        is_spread = "{\n" in block
        for event in events:
            message = event.message.rstrip("\n")
            event.message = _compact(message) if is_spread else message
        return events

    def _event(self, begin: re.Match[str], message: str) -> SpoolEvent:
        """An event, with its message restored; tools leave lines of Lambda's own unchanged."""
        groups = begin.groupdict()
        time = groups.get("time") or groups.get("inner")
        if self._form.restore and any(groups.values()):
            time, message = self._form.restore(groups, message)
        return SpoolEvent(time, message, groups.get("stream"), groups.get("group"), groups.get("event_id"))

    def _timed(self, events: Sequence[SpoolEvent]) -> Iterator[SpoolEvent]:
        """Give each line without a time the time of a neighbour in the same invocation.

        That is the line before it or, for START and what follows it, the line after it; if there is none, the other.
        """
        if events and all(event.timestamp is not None for event in events):  # the usual case
            self._last_time = events[-1].timestamp
            yield from events
            return
        events = list(chain.from_iterable(map(_split_platform_line, events)))
        times = [event.timestamp or _time_within(event.message) for event in events]
        later: list[str | None] = list(accumulate(reversed(times), lambda after, time: time or after))[::-1]
        line, before, has_started = self._line, self._last_time, False
        for event, own, after in zip(events, times, later, strict=True):
            has_started = own is None and (has_started or bool(_IS_START.match(event.message)))
            before = own or before
            event.timestamp = (after or before) if has_started else (before or after)
            if event.timestamp:
                yield event
            else:
                reason = "has no time, and no line near it has one"
                yield from (_unread(line + number, reason, lost) for number, lost in _lines_with_text(event.message))
            line += 1 + event.message.count("\n")
        self._last_time = before or next(filter(None, later), None)


def _foreign_lines(message: str) -> str:
    """Return the lines of a message that are in another format, up to its end; empty if there are none."""
    end = message.find("\n")
    if end < 0 or not (mark := _HOLDS_FOREIGN_LINE.search(message, end)):
        return ""
    return message[message.rfind("\n", 0, mark.start()) :]


def _split_platform_line(event: SpoolEvent) -> Iterator[SpoolEvent]:
    """Separate a platform line from what follows: it is always an event of its own."""
    own = _PLATFORM_EVENT.match(event.message)
    if event.timestamp is None and own and (rest := event.message[own.end() + 1 :]).strip():
        yield replace(event, message=own[0])
        yield replace(event, message=rest)
    else:
        yield event


def _time_within(message: str) -> str | None:
    """Return the time within a message: of Lambda's prefix, a logger's prefix, a JSON record or an access log line."""
    patterns = (_HAS_PREFIX, _JSON_TIME, _HAS_LOGGERS_TIME, _HAS_REQUEST_TIME)
    clue = next(filter(None, (pattern.match(message) for pattern in patterns)), None)
    return clue["inner"] if clue else None


def _lines_with_text(text: str, but: re.Pattern[str] | None = None) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, each with its number; a line break at the beginning is not a line."""
    lines = enumerate(text.removeprefix("\n").split("\n"))
    return ((number, line) for number, line in lines if line.strip() and not (but and but.match(line)))


def _unread(line: int, reason: str, message: str = "") -> SpoolEvent:
    return SpoolEvent(None, message, unread=f"{line}: {reason}")


def _compact(message: str) -> str:
    """Put JSON that a tool has spread over several lines on one line."""
    text = message.strip()
    if not (text.startswith("{") and "\n" in text):
        return message
    try:
        return msgspec.json.format(text, indent=-1)
    except msgspec.DecodeError:
        return message
