"""The SQL files: DuckDB copies an argument to each use of a macro's parameter, and prepares each copy anew."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\w+|\S")
_OF_DUCKDB: Final = ("nullif", "array_to_string", "split_part")
"""These are macros of DuckDB's own that name their first parameter twice."""


class Macro(NamedTuple):
    """A macro: the names of its parameters, and the tokens of its body."""

    parameters: list[str]
    body: list[str]


class Call(NamedTuple):
    """A call of a macro: its name, the tokens of each argument, and its length in tokens."""

    name: str
    arguments: list[list[str]]
    length: int


def statements() -> Iterator[list[str]]:
    """Yield the tokens of each statement of each file, without comments."""
    folder = Path(str(files("checks.analysis") / "sql"))
    for file in sorted(folder.rglob("*.sql")):
        tokens = [token for token in _TOKEN.findall(file.read_text(encoding="utf-8")) if not token.startswith("--")]
        while ";" in tokens:
            end = tokens.index(";")
            yield tokens[:end]
            tokens = tokens[end + 1 :]


def macros() -> Mapping[str, Macro]:
    """Return the macros by name; if one is defined again, the later definition."""
    named = {name: Macro(["first"], ["first", "first"]) for name in _OF_DUCKDB}
    for tokens in statements():
        if tokens[:4] == ["CREATE", "OR", "REPLACE", "MACRO"]:
            end = tokens.index(")")
            named[tokens[4]] = Macro([token for token in tokens[6:end] if token != ","], tokens[end + 2 :])
    return named


MACROS: Final = macros()


def call_at(tokens: list[str], place: int) -> Call | None:
    """Return the call of a macro that begins at a place; None if there is none."""
    if tokens[place] not in MACROS or tokens[place + 1 : place + 2] != ["("]:
        return None
    arguments, depth, end = [list[str]()], 1, place + 2
    while depth:
        token = tokens[end]
        depth += (token in "([{") - (token in ")]}")
        if token == "," and depth == 1:
            arguments.append([])
        elif depth:
            arguments[-1].append(token)
        end += 1
    return Call(tokens[place], arguments, end - place)


def expanded(tokens: list[str], bound: Mapping[str, list[str]]) -> list[str]:
    """Replace macros and parameters by what they stand for."""
    result, place = list[str](), 0
    while place < len(tokens):
        call = call_at(tokens, place)
        if call:
            macro, arguments = MACROS[call.name], (expanded(one, bound) for one in call.arguments)
            result += expanded(macro.body, dict(zip(macro.parameters, arguments, strict=False)))
        else:
            result += bound.get(tokens[place], [tokens[place]])
        place += call.length if call else 1
    return result


def faults(tokens: list[str]) -> Iterator[str]:
    """Yield the arguments that contain a regular expression search and would be prepared more than once."""
    for call in filter(None, (call_at(tokens, place) for place in range(len(tokens)))):
        macro = MACROS[call.name]
        for parameter, argument in zip(macro.parameters, call.arguments, strict=False):
            times = expanded(macro.body, {parameter: ["HERE"]}).count("HERE")
            if times > 1 and any(token.startswith("regexp_") for token in expanded(argument, {})):
                yield f"{call.name}({parameter}) names {times} times: {' '.join(argument)[:80]}"


def test_what_is_searched_for_once_is_prepared_once() -> None:
    """A step makes an argument with a search, before a macro that uses it more than once."""
    assert not list(chain.from_iterable(map(faults, statements())))
