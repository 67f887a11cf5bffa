"""A YAML document in which every scalar is text and every node knows its line; `defaults` are inherited.

YAML 1.1 turns `no` into False, `010` into 8, `1:30` into 90, and lets the last of two equal keys win. Here nothing is
converted: the caller knows what a part has to be, and parses its text.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml
from msgspec import Struct

from checks.errors import ConfigError
from checks.places import COMMAND
from checks.text import display_path


class Problem(Struct, frozen=True, order=True):
    """A problem in thresholds.yaml, and its line."""

    line: int
    text: str


def config_error(problems: Iterable[Problem], file: Path) -> ConfigError:
    """An error that lists all problems, each once, from the top of the file to its end."""
    return ConfigError("\n".join(problem_lines(problems, file)))


def problem_lines(problems: Iterable[Problem], file: Path) -> list[str]:
    """Problems as people read them, each once: `thresholds.yaml:12: …`."""
    return [f"{display_path(file)}:{problem.line}: {_shortened(problem.text)}" for problem in sorted(set(problems))]


_MOST_CHARACTERS: Final = 1000


def _shortened(text: str) -> str:
    """Cut a long value that a problem quotes, in the middle, because what is wrong with it comes last."""
    half = _MOST_CHARACTERS // 2
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:half]}…{text[-half:]}"


# The tags of nodes that have no tag in the file. An explicit tag, such as `!!int "5"`, would change what is written.
_NO_TAGS: Final = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"})
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})
_MAX_DEPTH: Final = 20
Value: TypeAlias = "str | dict[str, Node] | list[Node] | None"


class Node(Struct, frozen=True):
    """A node of the document: a value and its lines.

    Attributes:
        value: Text, a mapping, a list, or None for nothing (`key:`, `key: null`).
        line: The line on which the value begins; for a mapping or a list, the line of its key, if it has one.
    """

    value: Value
    line: int = 1
    key_line: int = 1

    @property
    def items(self) -> "Mapping[str, Node]":
        """The nodes of a mapping by key; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def elements(self) -> "list[Node]":
        """The nodes of a list; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def get(self, key: str) -> "Node":
        """The node under a key; an empty one if the mapping has no such key."""
        return self.items.get(key, Node(None))

    def replace(self, parts: "Mapping[str, Node]") -> "Node":
        """This node with other nodes under some of its keys."""
        if not isinstance(self.value, dict):
            return self
        return Node({key: parts.get(key, node) for key, node in self.value.items()}, self.line, self.key_line)


def read_yaml(file: Path) -> tuple[Node, list[Problem]]:
    """Read a YAML file into a node, and list the problems of its syntax."""
    text = _text(file)
    try:
        unsupported, root = _compose(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise config_error([Problem(line, f"{chr(error.character)!r} is not allowed in YAML")], file) from error
    except yaml.MarkedYAMLError as error:
        is_unclosed = _UNCLOSED in (error.problem or "")
        mark = error.context_mark if is_unclosed else error.problem_mark
        raise config_error([Problem(_line(mark), _reason(error))], file) from error
    if unsupported:
        raise config_error(unsupported, file)
    if root is None:
        raise config_error([Problem(1, "the file is empty; it needs `environments:` at least")], file)
    problems: list[Problem] = []
    return _node(root, 1, problems), problems


def _reason(error: yaml.MarkedYAMLError) -> str:
    """Say why a text is not YAML, and what to write instead if that is known."""
    for pattern, reason in _REASONS.items():
        if match := re.search(pattern, error.problem or ""):
            return reason.format(*match.groups())
    return "not valid YAML: " + " ".join(filter(None, (error.problem, error.context)))


_UNCLOSED: Final = "found unexpected end of stream"
_REASONS: Final = {
    r"'\\t' that cannot start any token": "a tab is not allowed here; indent with spaces",
    r"'(.+)' that cannot start any token": "a value cannot start with {!r}; put the value in quotes",
    "expected <block end>": "not valid YAML: put a value that begins with a sign such as {{ in quotes, and begin all "
    "keys of one level in one column",
    "expected alphabetic or numeric character": "a value cannot start with '*' or '&'; put the value in quotes",
    _UNCLOSED: "a quotation mark is not closed",
    "found another document": "a second document begins here; write all of it in one, without `---`",
}
"""Why a text is not YAML, by PyYAML's messages: regular expressions, whose groups fill the braces."""


_MOST_BYTES: Final = 64_000_000


def _bytes(file: Path) -> bytes:
    """Read a file, or a pipe; a pipe that nobody writes to is empty, and an endless device is too large."""
    not_blocking = getattr(os, "O_NONBLOCK", 0)  # Windows does not have it
    with open(file, "rb", opener=lambda path, flags: os.open(path, flags | not_blocking)) as stream:
        if not_blocking:
            os.set_blocking(stream.fileno(), True)
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{display_path(file)}: larger than {_MOST_BYTES // 1_000_000} MB; is this the right file?")
    return data


def _text(file: Path) -> str:
    try:
        data = _bytes(file)
    except FileNotFoundError as error:
        raise ConfigError(f"{display_path(file)}: no such file", f"`{COMMAND} init` writes one") from error
    except OSError as error:
        raise ConfigError(f"{display_path(file)}: cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{display_path(file)}:{line}: {data[error.start]:#04x} is not UTF-8; save it as UTF-8"
        ) from error


def _compose(text: str) -> tuple[list[Problem], yaml.Node | None]:
    """Compose YAML with libyaml, which is ten times as fast; if it refuses the text, PyYAML explains why better.

    Raises:
        yaml.YAMLError: The text is not YAML.
    """
    with suppress(yaml.YAMLError, AttributeError):  # if PyYAML was built without libyaml, it has no such loader
        return _compose_by(yaml.CBaseLoader, text)
    return _compose_by(yaml.BaseLoader, text)


def _compose_by(loader: Any, text: str) -> tuple[list[Problem], yaml.Node | None]:
    unsupported = list(_unsupported(text, loader))
    return unsupported, None if unsupported else yaml.compose(text, Loader=loader)


def _unsupported(text: str, loader: Any) -> Iterator[Problem]:
    """Yield what is refused before composing: aliases, which can expand a few lines into gigabytes, and deep nesting.

    Environments share `defaults:`, so nobody misses aliases and merge keys.
    """
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            hint = "write it out, or share it in `defaults:`; put a text that begins with * in quotes"
            yield Problem(line, f"the alias *{event.anchor} is not followed; {hint}")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            yield Problem(line, f"nested deeper than {_MAX_DEPTH} levels")
            return


def _node(node: yaml.Node, key_line: int, problems: list[Problem]) -> Node:
    line = _line(node.start_mark)
    if node.tag not in _NO_TAGS:
        problems.append(Problem(line, f"the tag {node.tag!r} is not read; write the value alone"))
    if isinstance(node, yaml.MappingNode):
        return Node(_mapping(node, problems), key_line, key_line)
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(item, _line(item.start_mark), problems) for item in node.value], key_line, key_line)
    is_quoted = isinstance(node, yaml.ScalarNode) and bool(node.style)
    return Node(node.value if is_quoted or node.value not in _NOTHING else None, line, key_line)


def _line(mark: Any) -> int:
    """The line of a mark, counted from 1; PyYAML counts from 0. Its types allow two kinds of marks, or None."""
    return mark.line + 1 if mark else 1


def _mapping(mapping: yaml.MappingNode, problems: list[Problem]) -> dict[str, Node]:
    items: dict[str, Node] = {}
    for key, value in mapping.value:
        line = _line(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            problems.append(Problem(line, "a key must be a single word"))
        elif key.value in items:
            first = items[key.value].key_line
            problems.append(Problem(line, f"{key.value!r} is here twice; it was already set on line {first}"))
        else:
            items[key.value] = _node(value, line, problems)
    return items


OFF: Final = "off"
"""The word that switches a limit off; an empty value may be an accident."""
SOURCES: Final = frozenset({"log_group", "logs"})
"""The keys that say where the logs are; an environment has one of them, or a `function` that knows where it logs."""


def inherit(root: Node) -> Node:
    """Give each environment all that it inherits from `defaults`, with limits in their long form.

    Inherited nodes keep their lines, so that mistakes in them are reported where they are written.
    """
    defaults = _long_form(root.get("defaults"))
    environments = root.get("environments")
    complete = {name: _with_defaults(_long_form(own), defaults) for name, own in environments.items.items()}
    return root.replace({"defaults": defaults, "environments": environments.replace(complete)})


def _long_form(section: Node) -> Node:
    """Write `metric: 5%` as `metric: {max: 5%}`."""
    limits = section.get("limits")
    long = {
        metric: Node({"max": limit}, limit.line, limit.key_line)
        for metric, limit in limits.items.items()
        if isinstance(limit.value, str) and limit.value != OFF
    }
    return section.replace({"limits": limits.replace(long)})


def _with_defaults(own: Node, defaults: Node) -> Node:
    if not isinstance(own.value, dict):
        return own
    overruled = SOURCES if own.items.keys() & SOURCES else frozenset()
    inherited = {key: node for key, node in defaults.items.items() if key not in overruled}
    both = {"limits": _merged_limits(own.get("limits"), defaults.get("limits"))} if "limits" in own.items else {}
    return Node({**inherited, **own.items, **both}, own.line, own.key_line)


def _merged_limits(own: Node, inherited: Node) -> Node:
    if not isinstance(own.value, dict):
        return own
    merged = {
        metric: Node({**inherited.get(metric).items, **limit.items}, limit.line, limit.key_line)
        for metric, limit in own.items.items()
        if isinstance(limit.value, dict)
    }
    return Node({**inherited.items, **own.items, **merged}, own.line, own.key_line)
