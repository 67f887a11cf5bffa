"""Kinds of values parse what they describe, and add what is wrong to the problems."""

from pathlib import Path
from typing import Any

import pytest

from checks.config.document import Problem, read_yaml
from checks.config.fields import Field, Kind, list_of, map_of, scalar, section, text_or, with_definition

NUMBER = scalar(int, {"type": "integer"})

POINT = section(
    {"x": Field(NUMBER, "To the right", is_required=True), "y": Field(NUMBER)},
    lambda x, y=0: (x, y),
    required="a point has an x",
)

NAMES = ("^[a-z]+$", "no name")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (NUMBER, "5", 5),
        (list_of(NUMBER), "[1, 2]", (1, 2)),
        (list_of(NUMBER), "[]", ()),
        (map_of(NUMBER, *NAMES), "{a: 1}", {"a": 1}),
        (map_of(NUMBER), "{'': 1}", {"": 1}),
        (POINT, "{x: 1}", (1, 0)),
        (text_or(POINT, NUMBER, "a point"), "{y: 2, x: 1}", (1, 2)),
        (text_or(POINT, NUMBER, "a point"), "3", 3),
        (with_definition("Point", POINT), "{x: 1}", (1, 0)),
    ],
)
def test_a_value_is_parsed(kind: Kind, text: str, value: object, tmp_path: Path) -> None:
    """There is an example of each kind."""
    assert parsed(kind, text, tmp_path) == (value, [])


@pytest.mark.parametrize(
    ("kind", "text", "problems"),
    [
        (NUMBER, "[]", ["it: found a list, expected a single value"]),
        (NUMBER, "five", ["it: invalid literal for int() with base 10: 'five'"]),
        (list_of(NUMBER), "5", ["it: found '5', expected a list; an empty one is written []"]),
        (list_of(NUMBER, required="one"), "[]", ["it: found an empty list, expected one"]),
        (list_of(NUMBER), "[1, {}, ]", ["it: found a mapping, expected a single value"]),
        (map_of(NUMBER), "", ["it: found nothing, expected a mapping; an empty one is written {}"]),
        (map_of(NUMBER, *NAMES), "{A: []}", ["'A' is no name", "A: found a list, expected a single value"]),
        (POINT, "{}", ["it: 'x' is missing; a point has an x"]),
        (POINT, "{x: 1, z: 1}", ["unknown key 'z'; allowed: x, y"]),
        (text_or(POINT, NUMBER, "a point"), "[]", ["it: found a list, expected a point"]),
    ],
)
def test_a_mistake_is_a_problem(kind: Kind, text: str, problems: list[str], tmp_path: Path) -> None:
    """The problem names its place, and an invalid value yields nothing."""
    assert sorted(problem.text for problem in parsed(kind, text, tmp_path)[1]) == sorted(problems)


def test_keys_that_contradict_each_other_are_a_problem_of_the_whole(tmp_path: Path) -> None:
    """They are checked only if each is valid by itself."""

    def refuse(**values: int) -> None:
        raise ValueError(f"{sorted(values)} exclude each other")

    kind = section({"a": Field(NUMBER), "b": Field(NUMBER)}, refuse, is_prefix=True)
    both, wrong = parsed(kind, "{a: 1, b: 2}", tmp_path)[1], parsed(kind, "{a: 1, b: []}", tmp_path)[1]
    assert [problem.text for problem in both] == ["it: ['a', 'b'] exclude each other"]
    assert [problem.text for problem in wrong] == ["it.b: found a list, expected a single value"]


def test_a_schema_is_put_together_of_those_of_its_parts() -> None:
    """A named part is defined once, and its description is beside the reference."""
    point = with_definition("Point", POINT)
    several = list_of(point, required="one", is_one_enough=True)
    kind = section({"all": Field(several), "first": Field(point, "The first")})
    reference = {"$ref": "#/definitions/Point"}
    assert kind.schema["properties"] == {
        "all": {"anyOf": [reference, {"type": "array", "items": reference, "minItems": 1}]},
        "first": {"description": "The first", "allOf": [reference]},
    }
    assert kind.definitions == {
        "Point": {
            "type": "object",
            "properties": {"x": {"description": "To the right", "type": "integer"}, "y": {"type": "integer"}},
            "required": ["x"],
            "additionalProperties": False,
        }
    }
    assert map_of(NUMBER, *NAMES).schema["patternProperties"] == {"^[a-z]+$": {"type": "integer"}}


def parsed(kind: Kind, text: str, folder: Path) -> tuple[Any, list[Problem]]:
    """Return the value of a text under the key `it`, and the problems."""
    file = folder / "file.yaml"
    file.write_text(f"it: {text}", encoding="utf-8")
    problems: list[Problem] = []
    return kind.parse(read_yaml(file)[0].get("it"), "it", problems), problems
