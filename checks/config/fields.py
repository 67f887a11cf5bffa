"""Kinds of values in thresholds.yaml: each has a parser, and the JSON Schema that editors read."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from msgspec import Struct, field, structs

from checks.config.document import Node, Problem
from checks.text import unknown_name

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema, or a part of one."""
Problems: TypeAlias = list[Problem]


class Kind(Struct, frozen=True):
    """A kind of value.

    Attributes:
        parse: Makes the value from a node and its name in problems (`gone.errors.max`). It adds mistakes to the
            problems; the value is then meaningless.
        schema: The JSON Schema of the value.
        definitions: Schemas that it refers to, by name.
    """

    parse: Callable[[Node, str, Problems], Any]
    schema: Schema
    definitions: Mapping[str, Schema] = field(default_factory=dict)


def with_definition(name: str, kind: Kind) -> Kind:
    """The same kind, with its schema among the definitions and a reference in its place."""
    return Kind(kind.parse, {"$ref": f"#/definitions/{name}"}, {**kind.definitions, name: kind.schema})


def scalar(convert: Callable[[str], Any], schema: Schema) -> Kind:
    """A scalar: `convert` makes the value from its text, or raises ValueError with a message for people."""

    def parse(node: Node, name: str, problems: Problems) -> Any:
        if isinstance(node.value, str) and node.value:
            return _attempt(partial(convert, node.value), node, name, problems)
        return problems.append(_mistake(node, name, _SINGLE))

    return Kind(parse, schema)


def list_of(item: Kind, *, required: str = "", is_one_enough: bool = False, most: int | None = None) -> Kind:
    """A list.

    Args:
        item: The kind of each element.
        required: What an empty list lacks; empty if the list may be empty.
        is_one_enough: Whether a single element may take the place of the list.
        most: The most elements; None if there may be any number.
    """

    def parse(node: Node, name: str, problems: Problems) -> Any:
        if is_one_enough and not isinstance(node.value, list):
            return (item.parse(node, name, problems),)
        if not isinstance(node.value, list):
            problems.append(_mistake(node, name, "a list; an empty one is written []"))
        elif required and not node.value:
            problems.append(Problem(node.line, f"{name}: found an empty list, expected {required}"))
        elif most is not None and len(node.elements) > most:
            problems.append(Problem(node.line, f"{name}: found {len(node.elements)}, expected {most} at most"))
        return tuple(item.parse(element, name, problems) for element in node.elements)

    ends = {**({"minItems": 1} if required else {}), **({"maxItems": most} if most is not None else {})}
    several = {"type": "array", "items": item.schema, **ends}
    return Kind(parse, {"anyOf": [item.schema, several]} if is_one_enough else several, item.definitions)


def map_of(value: Kind, pattern: str = "", mistake: str = "") -> Kind:
    """A mapping from names that people choose to values of one kind.

    Args:
        value: The kind of each value.
        pattern: The regular expression of a name; empty if a name may be anything.
        mistake: What any other name is: `not a name for a metric; write one such as reply_rate`.
    """

    def parse(node: Node, name: str, problems: Problems) -> Any:
        lacks_only_a_name = isinstance(node.value, str) and value.schema.get("type") == "string"
        example = f": write {{NAME: {node.value!r}}}, with a name of your choice" if lacks_only_a_name else ""
        problems += _not_a_mapping(node, name, example)
        for key, part in node.items.items():
            if pattern and not re.fullmatch(pattern, key):
                problems.append(Problem(part.key_line, f"{key!r} is {mistake}"))
        return {key: value.parse(part, key, problems) for key, part in node.items.items()}

    keys = {"patternProperties": {pattern: value.schema}} if pattern else {}
    schema = {"type": "object", **keys, "additionalProperties": False if pattern else value.schema}
    return Kind(parse, schema, value.definitions)


class Field(NamedTuple):
    """A key of a section: the kind of its value, the description that editors show, and whether it must be there."""

    kind: Kind
    description: str = ""
    is_required: bool = False


_NUMBER_IN_PIECES: Final = "write a decimal point, not a comma, and no thousands separator"


class _SectionParser(Struct, frozen=True):
    """The parser of a section; see `section`."""

    fields: Mapping[str, Field]
    build: Callable[..., Any]
    required: str
    noun: str
    is_prefix: bool
    patterns: Mapping[str, Kind]
    elsewhere: Mapping[str, str]

    @property
    def needed(self) -> list[str]:
        return [key for key, known in self.fields.items() if known.is_required]

    def kind_of(self, key: str) -> Kind | None:
        if key in self.fields:
            return self.fields[key].kind
        return next((kind for pattern, kind in self.patterns.items() if re.fullmatch(pattern, key)), None)

    def parse(self, node: Node, name: str, problems: Problems) -> Any:
        before = len(problems)
        problems += chain(_not_a_mapping(node, name), self._unknown(node), self._missing(node, name))
        values = {
            key: kind.parse(node.get(key), f"{name}.{key}" if self.is_prefix else key, problems)
            for key in dict.fromkeys((*self.fields, *node.items))
            if key in node.items and (kind := self.kind_of(key))
        }
        return _attempt(partial(self.build, **values), node, name, problems) if len(problems) == before else None

    def _unknown(self, node: Node) -> Iterator[Problem]:
        for key in (key for key in node.items if not self.kind_of(key)):
            hint = _NUMBER_IN_PIECES if key.isdigit() else self.elsewhere.get(key)
            text = f"{key!r} is not a key here; {hint}" if hint else unknown_name(self.noun, key, list(self.fields))
            yield Problem(node.get(key).key_line, text)

    def _missing(self, node: Node, name: str) -> Iterator[Problem]:
        for key in self.needed if isinstance(node.value, dict) else ():
            if key not in node.items:
                yield Problem(node.line, f"{name}: {key!r} is missing; {self.required}")


def section(  # noqa: PLR0913 -- what a section is, and how problems with it are worded
    fields: Mapping[str, Field],
    build: Callable[..., Any] = dict,
    *,
    required: str = "",
    noun: str = "key",
    is_prefix: bool = False,
    patterns: Mapping[str, Kind] = MappingProxyType({}),
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> Kind:
    """A mapping with known keys, and no others.

    Args:
        fields: The fields by key.
        build: Makes the section's value from those that are present; raises ValueError if they contradict each other.
        required: Which keys are required, in a sentence.
        noun: What problems call a key.
        is_prefix: Whether problems put the section's name before the key, as in `gone.errors.max`.
        patterns: The kinds of other keys, by a regular expression for the key.
        elsewhere: For keys that people expect here, where they belong.
    """
    parser = _SectionParser(fields, build, required, noun, is_prefix, patterns, elsewhere)
    kinds = [*(known.kind for known in fields.values()), *patterns.values()]
    definitions = {name: part for kind in kinds for name, part in kind.definitions.items()}
    return Kind(parser.parse, _section_schema(fields, parser.needed, patterns), definitions)


def section_of(struct: type[Struct], required: str = "", check: Callable[..., object] = dict) -> Kind:
    """A mapping that becomes a struct; each attribute is annotated with the field that it is read from.

    Attributes without a default are required; `check` raises ValueError if values contradict each other.
    """
    known = structs.fields(struct)
    names = {one.encode_name: one.name for one in known}

    def build(**values: Any) -> Struct:
        check(**values)
        return struct(**{names[key]: value for key, value in values.items()})

    fields = {one.encode_name: one.type.__metadata__[0]._replace(is_required=one.required) for one in known}
    return section(fields, build, required=required)


def mapped(kind: Kind, convert: Callable[[Any], Any]) -> Kind:
    """The same kind of scalar, with its value converted."""

    def parse(node: Node, name: str, problems: Problems) -> Any:
        value = kind.parse(node, name, problems)
        return None if value is None else convert(value)

    return Kind(parse, kind.schema)


def text_or(mapping: Kind, text: Kind, expected: str) -> Kind:
    """A mapping, or a text that is its short form; `expected` names both, with examples."""

    def parse(node: Node, name: str, problems: Problems) -> Any:
        if isinstance(node.value, dict):
            return mapping.parse(node, name, problems)
        if isinstance(node.value, str) and node.value:
            return text.parse(node, name, problems)
        return problems.append(_mistake(node, name, expected))

    return Kind(parse, {"anyOf": [text.schema, mapping.schema]}, mapping.definitions)


def _attempt(make: Callable[[], Any], node: Node, name: str, problems: Problems) -> Any:
    try:
        return make()
    except ValueError as error:
        return problems.append(Problem(node.line, f"{name}: {error}"))


_SINGLE: Final = "a single value"
_CONTENTS: Final = {dict: "a mapping", list: "a list", type(None): "nothing"}


def _mistake(node: Node, name: str, expected: str) -> Problem:
    if node.value == "":
        hint = "" if expected == _SINGLE else f"; expected {expected}"
        return Problem(node.line, f"{name}: must not be empty{hint}")
    content = _CONTENTS.get(type(node.value)) or repr(node.value)
    return Problem(node.line, f"{name}: found {content}, expected {expected}")


def _not_a_mapping(node: Node, name: str, example: str = "") -> Iterator[Problem]:
    if not isinstance(node.value, dict):
        yield _mistake(node, name, f"a mapping{'; an empty one is written {}' if node.value is None else example}")


def _section_schema(fields: Mapping[str, Field], needed: list[str], patterns: Mapping[str, Kind]) -> Schema:
    properties = {}
    for key, (kind, description, _) in fields.items():
        # draft 7 ignores everything beside a `$ref`
        schema = {"allOf": [kind.schema]} if "$ref" in kind.schema and description else kind.schema
        properties[key] = {**({"description": description} if description else {}), **schema}
    required = {"required": needed} if needed else {}
    others = {"patternProperties": {key: kind.schema for key, kind in patterns.items()}} if patterns else {}
    return {"type": "object", "properties": properties, **others, **required, "additionalProperties": False}
