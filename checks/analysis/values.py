"""Values in log lines: those known to be harmless are shown, and all others are replaced by a placeholder.

The application's words, ids, times, numbers, status codes, names of exceptions, and places in its code are harmless.
Secrets, names and users' words need no list of spellings: anything unknown is hidden.
(Every pattern here takes linear time: none of its repetitions can match the same text in two ways.)
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Final

from checks.analysis.words import (
    BEFORE_ERROR,
    BEGINNING_OF_DUMP,
    BEGINNING_OF_LINE,
    BINDING,
    BODY,
    ELEMENT,
    ENTRY,
    ENUMERATIONS,
    HARMLESS,
    HTML,
    ID,
    IDENTIFIER,
    IDENTITY,
    KEY_AND_VALUE,
    KEY_OF_ENTRY,
    NAMED_BY_RUNTIME,
    NUMBERS_OF_PEOPLE,
    OF_ERROR,
    OF_LOGGER,
    OF_USERS_TOO,
    PLACE_IN_CODE,
    PROMPT,
    ROW,
    SAYING,
    SAYS_ERROR,
    SENTENCES,
    TWO_WORDS,
    VALUE,
    is_harmless,
    looks_random,
    shown_word,
)

_MOST_CHARACTERS: Final = 20_000
"""The part of a text that is examined; the rest is not shown."""
_DEEPEST: Final = 4
"""The deepest nesting of sentences within strings that is examined."""

_PLACEHOLDER: Final = re.compile(r"\[[a-z]{2,20}(?:[_-][a-z]{1,20}){0,3}\]|\{[a-z_]{0,40}\}|\{…\}")
_PIECE: Final = re.compile(
    rf"(?P<placeholder>{_PLACEHOLDER.pattern})"
    r"|(?P<blank>\s+|\\+[nrt](?=\W|[A-Z]|at ))|(?P<quote>b?(?:\\*[\"'`]|&(?:quot|\#39|apos);|\\+u00(?:22|27)))"
    r"|(?P<bracket>[{}()\[\]<>])|(?P<mark>[,;|&?\\]+ ?)|(?P<word>=>(?! \*)|[^\s\"'`{}()\[\]<>,;|&?\\]+)",
)
_LOOSE: Final = frozenset({":", "->"})
"""The signs that bind a value to its key only within a dump of an object."""
_LONGEST_WORD: Final = 200
_NAMES_OF_CONNECTION: Final = frozenset({"connectionid", "connection_id", "connection-id"})
_LOOKS_LIKE_ID: Final = re.compile(r"[\w-]{6,20}={1,2}[.,:]?")
"""The id of a connection, including those that examples and emulators make up."""


class _TextPieces:
    """Reads a text without the usual secrets piece by piece, and keeps track of the key that a value belongs to."""

    def __init__(self, text: str, depth: int = 0) -> None:
        self._text = text
        self._depth = depth
        self._place = 0
        self._key = ""
        self._list_key = ""
        self._is_bound = False
        """Whether the next word is the value of the key, whatever it looks like."""
        self._is_hiding = False
        """Whether all words up to the next mark are hidden."""
        self._dumps: list[str] = []
        self._last_word = ""

    @cached_property
    def _is_record(self) -> bool:
        """Whether the text is a logger's record, or reports an error."""
        is_object = self._text.lstrip().startswith("{")
        return bool(OF_LOGGER.search(self._text) or (not is_object and OF_ERROR.search(self._text)))

    @cached_property
    def _is_html(self) -> bool:
        return bool(HTML.search(self._text))

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces, with values hidden."""
        while self._place < len(self._text):
            piece = _PIECE.match(self._text, self._place)
            if piece is None:  # a lone `&` or backslash
                yield self._text[self._place]
                self._place += 1
                continue
            self._place = piece.end()
            match piece.lastgroup:
                case "quote":
                    yield self._string(piece[0], piece.start())
                case "word":
                    yield self._word(piece[0], piece.start())
                case "blank":
                    yield self._blank(piece[0])
                case "bracket":
                    start = piece.start()
                    yield self._said_by_user(start) or self._element(start) or self._bracket(piece[0], start)
                case "placeholder" if piece[0] in {"[redacted]", BODY} and self._is_first(piece.start()):
                    self._forget()
                    self._is_hiding = True
                    yield piece[0]
                case _:
                    self._forget()
                    yield piece[0]

    def _forget(self) -> None:
        self._key = ""
        self._is_bound = False
        self._is_hiding = False

    def _is_first(self, start: int) -> bool:
        """Whether a value begins here that goes on to the next mark."""
        return bool((self._dumps and self._key) or BEGINNING_OF_LINE.search(self._text, max(0, start - 100), start))

    def _blank(self, blank: str) -> str:
        if "n" in blank or "\n" in blank:
            self._is_hiding = False
            if not self._dumps:
                self._forget()
        return blank

    def _bracket(self, bracket: str, start: int) -> str:
        if row := ROW.match(self._text, start):
            self._place = row.end()
            return row[1] + ", ".join(one if HARMLESS.fullmatch(one) else VALUE for one in row[2].split(", "))
        is_map = bracket == "[" and self._text.endswith("map", 0, start)
        if bracket == "{" or is_map or (bracket in "[(" and BEGINNING_OF_DUMP.match(self._text, start + 1)):
            self._dumps.append({"{": "}", "[": "]", "(": ")"}[bracket])
        elif self._dumps and bracket == self._dumps[-1]:
            self._dumps.pop()
        if bracket == "[":
            self._list_key = self._key
        elif bracket == "]":
            self._list_key = ""
        if bracket != "(":
            self._forget()
        return bracket

    def _element(self, start: int) -> str | None:
        """Return an element of XML up to its end, with its text hidden; None if no such element begins here."""
        element = ELEMENT.match(self._text, start)
        if element is None or _PLACEHOLDER.fullmatch(element[4]) or self._is_html:
            return None
        name, attributes, opening, text, closing = element.groups(default="")
        self._place = element.end()
        self._key = name.rpartition(":")[2].lower()
        shown = self._shown_string(text, start)
        self._forget()
        named = name if is_harmless(name) else VALUE
        return f"<{named}{_hidden(attributes, self._depth + 1)}>{opening}{shown}{closing}"

    # ------------------------------------------------------------------------------------------ strings

    def _string(self, quote: str, start: int) -> str:
        mark = quote.removeprefix("b")
        is_apostrophe = mark == "'" and start and self._text[start - 1].isalnum()
        end = None if is_apostrophe else _closing(mark).search(self._text, self._place)
        if end is None and (is_apostrophe or mark in "'`"):
            return quote
        content = self._text[self._place : end.start() if end else None]
        self._place = end.end() if end else len(self._text)
        closing = mark if end else ""
        binding = BINDING.match(self._text, self._place)
        if binding and end and self._is_key(content, binding[0]):
            self._place = binding.end()
            self._key, self._is_bound = content.lower(), True
            return f"{quote}{content if is_harmless(content) else VALUE}{closing}{binding[0]}"
        shown = self._shown_string(content, start)
        self._key, self._is_bound = "", False
        return f"{quote}{shown}{closing}"

    def _is_key(self, content: str, binding: str) -> bool:
        """Whether a string is a key, and not a value before a colon."""
        return bool(self._dumps) or ":" not in binding or not re.search(r"\s", content)

    def _shown_string(self, content: str, start: int) -> str:
        key = self._key or self._list_key
        words = content.split()
        if key and NUMBERS_OF_PEOPLE.fullmatch(key):
            return VALUE
        if all(map(HARMLESS.fullmatch, words)) or (len(words) == 1 and _PLACEHOLDER.fullmatch(words[0])):
            return content
        if key and IDENTITY.fullmatch(key):
            return VALUE
        if key in SENTENCES and self._depth < _DEEPEST and (self._is_record or key not in OF_USERS_TOO):
            return _hidden(content, self._depth + 1)
        if key in ENUMERATIONS:
            is_few = len(words) <= 3 and all(map(is_harmless, words))  # noqa: PLR2004
            return content if is_few or PLACE_IN_CODE.fullmatch(content) else VALUE
        return content if not key and self._is_name(content, start) else VALUE

    def _is_name(self, content: str, start: int) -> bool:
        """Whether a string is a name in the code."""
        if PLACE_IN_CODE.fullmatch(content) or (TWO_WORDS.fullmatch(content) and is_harmless(content)):
            return True
        before = self._text[max(0, start - 40) : start]
        return bool(IDENTIFIER.fullmatch(content) and is_harmless(content) and NAMED_BY_RUNTIME.search(before))

    # ------------------------------------------------------------------------------------------ words

    def _word(self, word: str, start: int) -> str:
        if len(word) > _LONGEST_WORD:
            return VALUE
        if not self._is_hiding and (said := self._said_by_user(start) or self._entry(start)):
            return said
        if word in {"=", ":=", "=>", "->", ":"} and self._last_word:
            self._key, self._is_bound = self._last_word.lower(), word not in _LOOSE or bool(self._dumps)
            return word
        self._last_word = word
        bound = None if HARMLESS.fullmatch(word) or _is_named_id(self._key, word) else KEY_AND_VALUE.fullmatch(word)
        if bound and bound[1].strip("-"):
            return self._bound_word(word, bound)
        if self._key and not self._is_hiding:
            return self._value_word(word)
        return VALUE if self._is_hiding else shown_word(word)

    def _bound_word(self, word: str, bound: re.Match[str]) -> str:
        """Return a word such as `key=value`, `key:` or `std::string`, with its value hidden."""
        self._is_hiding = False
        is_bound = bound[2] not in _LOOSE or bool(self._dumps)
        name = word[: bound.start(3)] if is_harmless(bound[1]) else f"{VALUE}{bound[2]}"
        self._key, self._is_bound = "" if HARMLESS.fullmatch(bound[1]) else bound[1].lower(), is_bound
        if not bound[3]:
            return name
        return name + self._value_word(bound[3])

    def _entry(self, start: int) -> str | None:
        """Return the arrow of an entry in a dump of PHP, and its value hidden; None if no such value begins here."""
        entry = ENTRY.match(self._text, start)
        key = KEY_OF_ENTRY.search(self._text, max(0, start - 150), start) if entry else None
        if not entry or not key or HARMLESS.fullmatch(entry[1]) or key[1].lower() in SENTENCES | ENUMERATIONS:
            return None
        self._place = entry.end()
        self._forget()
        return f"=> {VALUE}"

    def _value_word(self, word: str) -> str:
        key, is_bound = self._key, self._is_bound
        self._key, self._is_bound = "", False
        core = word.rstrip(".:!?=")
        if NUMBERS_OF_PEOPLE.fullmatch(key):
            self._is_hiding = bool(self._dumps)
            return VALUE
        is_constant = core.lower() in {"true", "false", "null", "none", "undefined", "nil"}
        if is_constant or HARMLESS.fullmatch(core) or _is_named_id(key, word):
            return word
        if IDENTITY.fullmatch(key):
            self._is_hiding = is_bound or ":" not in word
            return VALUE
        if not is_bound or key in SENTENCES or key in ENUMERATIONS:
            return shown_word(word)
        self._is_hiding = bool(self._dumps)
        return VALUE

    def _said_by_user(self, start: int) -> str | None:
        """Return the words that introduce a user's text, and a placeholder for it; None if none begins here.

        The text ends with the line or with the dump.
        """
        label = SAYING.match(self._text, start) or PROMPT.match(self._text, start)
        if not label or SAYS_ERROR.match(self._text, label.end()):
            return None
        if BEFORE_ERROR.search(self._text[max(0, start - 20) : start]):
            return None
        hidden = _PLACEHOLDER.match(self._text, label.end()) or label
        end = re.compile(rf"[\n{re.escape(self._dumps[-1]) if self._dumps else ''}]").search(self._text, hidden.end())
        self._place = end.start() if end else len(self._text)
        self._forget()
        who = re.search(r" (?:from|by|on) (.*?)(?=[:=]? ?$)", label[0])
        named = label[0] if not who or HARMLESS.fullmatch(who[1].split()[-1]) else label[0].replace(who[1], VALUE)
        return named + BODY


def _is_named_id(key: str, word: str) -> bool:
    return key in _NAMES_OF_CONNECTION and bool(_LOOKS_LIKE_ID.fullmatch(word))


@lru_cache(maxsize=100)
def _closing(mark: str) -> re.Pattern[str]:
    """Return the pattern of the mark that ends a string."""
    return re.compile(rf"(?<!\\){re.escape(mark)}")


def _hidden(text: str, depth: int = 0) -> str:
    return re.sub(r"\[value\](?:[ \t]+\[value\])+", VALUE, "".join(_TextPieces(text, depth).pieces()))


_ALIKE: Final = re.compile(
    rf"(?<![\w=-])(?:{ID}|\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{{1,9}})?(?:Z|[+-]\d\d:?\d\d)?|1\d{{12}}"
    r"|\d\d/[A-Z][a-z]{2}/\d{4}(?::\d\d){3}(?: [+-]\d{4})?)(?![\w=%+-])"
)
_ESCAPED_LETTER: Final = re.compile(r"(?<!\\)\\u(00[c-f][0-9a-f]|0[1-9a-f][0-9a-f]{2}|[13-9a-c][0-9a-f]{3})")
_STAND_IN: Final = re.compile(r"a1b2c3d4-0000-4000-8000-\d{12}")


@lru_cache(maxsize=5000)
def _hidden_once(text: str) -> str:
    return _hidden(text)


def hide_values(text: str) -> str:
    """Return a text from a log, already without the usual secrets, with all unknown values hidden.

    Lines that differ only in ids and times are examined once.
    """
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]} …"
    text = _ESCAPED_LETTER.sub(lambda escape: chr(int(escape[1], 16)), text)
    ids: list[str] = []
    shown = _hidden_once(_ALIKE.sub(lambda match: _stand_in(ids, match[0]), _STAND_IN.sub(VALUE, text)))
    return _STAND_IN.sub(lambda stand_in: ids[int(stand_in[0][-12:])], shown)


_WORD_OF_TEMPLATE: Final = re.compile(rf"{_PLACEHOLDER.pattern}|[^\W\d_]{{4,}}")


def hide_in_template(template: str, example: str) -> str:
    """Return the template of a sentence without the words that the example hides, as shown.

    A template has lost what tells a value from a word: the lines, and the digits of its key.
    """
    return _WORD_OF_TEMPLATE.sub(
        lambda word: word[0] if word[0][0] in "[{" or word[0].removesuffix("y") in example else VALUE, template
    )


_LONG_WORD: Final = re.compile(r"(?<!\\)[\w+/~.=%-]{22,}", re.ASCII)


def hide_tokens(text: str) -> str:
    """Return a text, already without the usual secrets, with everything that looks like a token hidden."""
    return _LONG_WORD.sub(lambda word: "[token]" if looks_random(word[0]) else word[0], text)


def _stand_in(ids: list[str], harmless: str) -> str:
    ids.append(harmless)
    return f"a1b2c3d4-0000-4000-8000-{len(ids) - 1:012}"
