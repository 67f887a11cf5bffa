"""A YAML file as it is written: every scalar is text, and every part knows its line.

YAML 1.1 turns `no` into False, `010` into 8, `1:30` into 90, and lets the last of two equal keys win. Here nothing is
turned into anything: whoever asks for a part knows what it has to be, and reads the text as that.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from checks.errors import ConfigError
from checks.judge.problems import Problem, display, error_for

# Of nodes that carry no tag in the file. One that does, such as `!!int "5"`, would change what is written.
_NO_TAGS: Final = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"})
_NOTHING: Final = frozenset({"", "~", "null", "Null", "NULL"})
_MAX_DEPTH: Final = 20

Value: TypeAlias = "str | dict[str, Node] | list[Node] | None"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the file.

    Attributes:
        value: Text, a mapping, a list, or None for nothing (`key:`, `key: null`).
        line: Where the value begins; for a mapping or a list, the line of its key, if it has one.
        key_line: Where its key stands.
    """

    value: Value
    line: int = 1
    key_line: int = 1

    @property
    def items(self) -> "Mapping[str, Node]":
        """The parts of a mapping; nothing where it is none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def elements(self) -> "list[Node]":
        """The parts of a list; nothing where it is none."""
        return self.value if isinstance(self.value, list) else []

    def get(self, key: str) -> "Node":
        """A part of a mapping; a part that says nothing where it has none."""
        return self.items.get(key, Node(None))

    def replace(self, parts: "Mapping[str, Node]") -> "Node":
        """The same with other content for some of the keys it has."""
        if not isinstance(self.value, dict):
            return self
        return Node({key: parts.get(key, node) for key, node in self.value.items()}, self.line, self.key_line)

    def plain(self) -> object:
        """The values alone."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value

    def at(self, path: tuple[int | str, ...]) -> "Node":
        """The part that a path leads to, or the last one on the way that exists."""
        node = self
        for step in path:
            part = node.items.get(step) if isinstance(step, str) else next(iter(node.elements[step:]), None)
            if part is None:
                break
            node = part
        return node


def read(file: Path) -> tuple[Node, list[Problem]]:
    """The content of a file, and what is wrong with the way it is written.

    Raises:
        ConfigError: The file can't be read, or is no YAML, so that there is no content.
    """
    text = _text(file)
    try:
        if unsupported := list(_unsupported(text)):
            raise error_for(unsupported, file)
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise error_for([Problem(line, f"{chr(error.character)!r} is not allowed in YAML")], file) from error
    except yaml.MarkedYAMLError as error:
        reason = " ".join(filter(None, (error.problem, error.context)))
        raise error_for([Problem(_line(error.problem_mark), f"not valid YAML: {reason}")], file) from error
    if root is None:
        raise error_for([Problem(1, "the file is empty; it needs `environments:` at least")], file)
    problems: list[Problem] = []
    return _node(root, 1, problems), problems


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"{display(file)}: no such file; `websocket-health-checks init` writes one") from error
    except OSError as error:
        raise ConfigError(f"{display(file)}: cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{display(file)}:{line}: {data[error.start]:#04x} is not UTF-8; save it as UTF-8") from error


def _unsupported(text: str) -> Iterator[Problem]:
    """What is not even composed: aliases, for a few lines of them grow into gigabytes, and bottomless nesting.

    `defaults:` is what environments share, so aliases and merge keys are not missed.
    """
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            hint = "write it out, or share it in `defaults:`; a text that begins with * is put in quotes"
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
    is_quoted = isinstance(node, yaml.ScalarNode) and node.style is not None
    return Node(node.value if is_quoted or node.value not in _NOTHING else None, line, key_line)


def _line(mark: Any) -> int:
    """Where a mark points to; PyYAML counts from 0. Its types allow for two kinds of marks, and for none."""
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
