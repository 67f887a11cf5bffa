r"""Sentences that Logs Insights can count: by kind of signal, patterns that find a line and the id of its connection.

One table has the lines of checks/events, another has the sentences taught under `signals`. If logs are read, RE2
matches the patterns; of the patterns of Logs Insights, AWS documents little more than named groups. So patterns use
only what means the same in all dialects: no `\pL`, no `[[:alpha:]]`, and no `$`, which may or may not match before a
final newline.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Parse.html
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from secrets import token_hex
from string import ascii_letters, digits
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from checks.config.environment import Environment
from checks.config.signal_patterns import ID_GROUP, ID_PLACE, without_id_group
from checks.metrics import SIGNAL_KINDS

_REQUEST_GROUP: Final = "(?<wParsedRequest>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
_PLATFORM: Final = r'^(?:START|END|REPORT) RequestId: |^INIT_START |"type": ?"platform\.'


class CountableSentences(Struct, frozen=True):
    """The sentences that an application logs about its connections.

    Attributes:
        patterns: The sentences' patterns by kind of signal, each with the group `connection_id`.
        request: The pattern of a line's Lambda request, in the group `wParsedRequest`.
        harmless: Patterns of lines that are not such sentences.
        why_not: Why sentences of a kind can't be counted, by kind; such a kind has no patterns.
        remarks: What a reader should know about them, one sentence each.
    """

    name: str
    patterns: Mapping[str, Sequence[str]]
    request: str
    harmless: Sequence[str] = (_PLATFORM,)
    why_not: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def obstacle(self, kinds: Iterable[str]) -> str:
        """Why a number that depends on lines of these kinds can't be counted; empty if it can."""
        for kind in kinds:
            if kind in self.why_not:
                return self.why_not[kind]
            if kind not in self.patterns:
                return f"no sentence of {kind} is under `signals`: paste its template there"
        return ""


class CountQuery(Struct, frozen=True):
    """A query for the numbers about connections that a run needs.

    Attributes:
        vocabulary: Patterns of other lines that may be about connections.
        short_lived_seconds: A complete connection shorter than this is short-lived.
        seen_until_ms: The arrival time of the last event that the previous run saw; None if there was no such run.
    """

    sentences: CountableSentences
    vocabulary: Sequence[str]
    short_lived_seconds: float
    seen_until_ms: int | None = None


def _event(kind: str) -> str:
    """A line of checks/events, as Lambda's Python or Node.js runtime writes it."""
    prefix = r"^(?:\[[A-Z]+\]\t)?\S+\t\S{36}\t(?:[A-Z]+\t)?"
    return rf'{prefix}CONNECTION_EVENT: \{{"connection_id": "{ID_GROUP}[^"\\]+)", "event_type": "{kind}"'


CONNECTION_EVENTS: Final = CountableSentences(
    "connection_events", {kind: (_event(kind),) for kind in SIGNAL_KINDS}, rf"^(?:\[[A-Z]+\]\t)?\S+\t{_REQUEST_GROUP}\t"
)

_REQUEST: Final = (
    r"(?:^[^\t\n]*\t(?:[^\t\n]*\t)?|^\[?\d\S*(?: \S+)? "
    rf"|(?i:request_?id[\"']?\s*(?:=>|[:=])\s*[\"']?)){_REQUEST_GROUP}"
)
"""The Lambda request, as the analysis finds it: in a field of Lambda's prefix, right after the time, or by its name."""


def countable_sentences(environment: Environment) -> CountableSentences:
    """The sentences of an environment that Logs Insights should count."""
    is_taught = environment.sentences == "signals" or (environment.sentences == "any" and environment.signals)
    known = _taught(environment.signals) if is_taught else CONNECTION_EVENTS
    unknown = {pattern: problem for pattern in environment.ignore if (problem := _unknown_syntax(pattern))}
    harmless = (without_id_group(pattern) for pattern in environment.ignore if pattern not in unknown)
    return replace(
        known,
        harmless=(*known.harmless, *harmless),
        remarks=tuple(f"lines of `ignore` were not ignored: {problem}" for problem in unknown.values()),
    )


def _taught(signals: Mapping[str, Mapping[str, str]]) -> CountableSentences:
    """The sentences of `signals`; a kind is counted if each of its sentences can be."""
    problems = {kind: list(_problems(kind, named, signals)) for kind, named in signals.items() if named}
    why_not = {kind: those[0] for kind, those in problems.items() if those}
    others = (pattern for kind in why_not for pattern in signals[kind].values())
    return CountableSentences(
        "`signals`",
        {kind: tuple(signals[kind].values()) for kind in problems if kind not in why_not},
        _REQUEST,
        harmless=(_PLATFORM, *(without_id_group(pattern) for pattern in others if not _unknown_syntax(pattern))),
        why_not=why_not,
    )


def _problems(kind: str, named: Mapping[str, str], signals: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    failures = [*signals.get("welcome_failed", {}).values(), *signals.get("welcome_retry", {}).values()]
    for name, pattern in named.items():
        problem = _unknown_syntax(pattern) or _missing_id(pattern)
        if not problem and kind == "gone" and _WELCOME.search(pattern) and pattern not in failures:
            problem = "it mentions a welcome: put it under welcome_failed, too"
        if problem:
            yield f"signals.{kind}.{name}: {problem}"


_WELCOME: Final = re.compile(r"(?i)welcom|greet")
"""A GoneException that mentions a welcome is about the connection's own welcome, whatever else its request says."""

_TOKEN: Final = re.compile(
    r"""
      \\[dDwWsSbBtnr] | \\[^\w]                                              # a class, or an escaped character
    | \[\^?(?:\\[dDwWsSbBtnr]|\\[^\w]|[^\[\]\\&]|&(?!&))+\]                   # a bracket expression
    | (?<=\(\?:)\$(?=\|\[\\s)                                                # what ends a template: also before a space
    | \{\d+(?:,\d*)?\}                                                       # a number of repetitions
    | (?P<open>\((?:\?P<connection_id>|\?[is]*:))
    | (?P<close>\)(?:[?*]|\{0,?\d*\})?) | (?P<bar>\|)
    | [^\\\[\](){}|$]
    """,
    re.VERBOSE | re.DOTALL,
)
_FLAGS: Final = re.compile(r"^\(\?([is]+)\)")


def _tokens(pattern: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a pattern.

    Raises:
        ValueError: One of them may mean something else to Logs Insights.
    """
    flags = _FLAGS.match(pattern)
    position = flags.end() if flags else 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if not token:
            part = pattern[position : position + 5]
            raise ValueError(f"{part!r} may mean something else to Logs Insights; write a template")
        yield token
        position = token.end()


def _unknown_syntax(pattern: str) -> str:
    """Why Logs Insights may read a pattern differently from RE2; empty if both read it the same way."""
    try:
        list(_tokens(pattern))
    except ValueError as error:
        return str(error)
    return ""


def _missing_id(pattern: str) -> str:
    """Why a line may match a pattern without naming a connection; empty if every match names one."""
    groups, around, own = [-1], set[int](), -2  # groups by position: open ones, those around the id, its own
    divided, optional, text = set[int](), set[int](), ""
    for token in _tokens(pattern):
        if token["open"]:
            groups.append(token.start())
            if token["open"] == ID_GROUP:
                around, own = {*groups[:-1]}, groups[-1]
        elif token["bar"]:
            divided.add(groups[-1])
        elif token["close"]:
            group = groups.pop()
            optional |= {group} if token["close"] != ")" else set()
            text = pattern[own + len(ID_GROUP) : token.start()] if group == own else text
    if not around:
        return f"it names no connection: write {ID_PLACE} in place of its id"
    is_certain = not (divided & around or optional & {*around, own} or re.fullmatch(text, ""))
    return "" if is_certain else "a line may match it without a connection's id"


def scoped(pattern: str) -> str:
    """A pattern for use within another, with its own flags."""
    flags = _FLAGS.match(pattern)
    return f"(?{flags[1]}:{pattern[flags.end() :]})" if flags else f"(?:{pattern})"


def shortened(stages: Sequence[str], keep: Collection[str]) -> str:
    """The query of these stages, with short field names and few spaces: it may have 10,000 characters.

    Fields that `parse` makes have names that nobody can guess: if its pattern does not match, Logs Insights may take
    a key of the same name, in a record that a user has sent.

    Args:
        stages: The stages of the query; only `parse` stages hold words in quotation marks.
        keep: Names of fields that stay as they are, because they are in the response.
    """
    names = {name for stage in stages for name in _NAME.findall(stage)} - {*keep}
    uses = Counter(word for stage in stages for word in _WORD.findall(stage) if word in names)
    short = {name: f"Z{mark}" for mark, (name, _) in zip(_MARKS, uses.most_common(), strict=False)}
    groups = dict.fromkeys(name for stage in stages for name in _GROUP.findall(stage))
    secret = token_hex(3)
    short |= {name: f"Z{secret}{number}" for number, name in enumerate(groups)}
    return " | ".join(_with_names(stage, short) for stage in stages)


_MARKS: Final = [first + second for first in ("", *digits) for second in (*ascii_letters, *digits)]
_NAME: Final = re.compile(r" as (\w+)")
_GROUP: Final = re.compile(r"(?<=\(\?<)\w+(?=>)")
_WORD: Final = re.compile(r"[A-Za-z_]\w*")


def _with_names(stage: str, short: Mapping[str, str]) -> str:
    if stage.startswith("parse "):
        command, field_name, pattern = stage.split(" ", 2)
        return f"{command} {short.get(field_name, field_name)} {_GROUP.sub(lambda name: short[name[0]], pattern)}"
    return _WORD.sub(lambda name: short.get(name[0], name[0]), re.sub(r" ?([*+,]) ", r"\1", stage))
