"""Expressions of Logs Insights QL: functions of the fields of a row, and aggregates of rows.

They are written as Python writes them, but for `@` and `count(*)`, so Python's own parser reads them.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import floor, log
from operator import add, mul, sub
from typing import Any, Final, TypeAlias

from tests.endpoint.behaviour import ServiceError

Row: TypeAlias = dict[str, Any]

_OPERATORS: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {ast.Add: add, ast.Sub: sub, ast.Mult: mul}

_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "concat": lambda *values: "".join(values),
    "floor": floor,
    "greatest": max,
    "least": min,
    "log": log,
    "strcontains": lambda text, part: int(part in text),
    "strlen": len,
    "toMillis": int,
}
_AGGREGATES: Final[Mapping[str, Callable[[list[Any]], Any]]] = {
    "count": len,
    "count_distinct": lambda values: len(set(values)),
    "max": lambda values: max(values, default=None),
    "min": lambda values: min(values, default=None),
    "sum": sum,
}


def value_of(expression: str, row: Row) -> Any:
    """The value of an expression of a row's fields; None where it lacks one that is needed."""
    return _value(_parsed(expression), [row], is_aggregate=False)


def aggregated(stats: str, rows: Sequence[Row]) -> list[Row]:
    """The rows of a `stats` command: `expression as name, … by expression`."""
    aggregates, _, key = stats.rpartition(" by ")
    columns = [(one.rpartition(" as ")[2].strip(), _parsed(one.rpartition(" as ")[0])) for one in _split(aggregates)]
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(value_of(key, row), []).append(row)
    return [
        {key: value, **{name: _value(tree, some, is_aggregate=True) for name, tree in columns}}
        for value, some in groups.items()
    ]


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


@cache
def _parsed(expression: str) -> ast.expr:
    text = expression.strip().replace("count(*)", "count(1)").replace("@", "at_")
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ServiceError("MalformedQueryException", f"unexpected: {expression}") from error


def _value(tree: ast.expr, rows: Sequence[Row], *, is_aggregate: bool) -> Any:
    """The value of a tree: of one row, or of aggregates of some."""
    match tree:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) if not is_aggregate:
            return rows[0].get(name.replace("at_", "@", 1) if name.startswith("at_") else name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, rows, is_aggregate=is_aggregate)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            values = [_value(one, rows, is_aggregate=is_aggregate) for one in (left, right)]
            return None if None in values else _OPERATORS[type(operator)](*values)
        case ast.Call(func=ast.Name(id=name), args=[inner]) if is_aggregate and name in _AGGREGATES:
            values = [_value(inner, [row], is_aggregate=False) for row in rows]
            return _AGGREGATES[name]([value for value in values if value is not None])
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in _FUNCTIONS:
            values = [_value(one, rows, is_aggregate=is_aggregate) for one in arguments]
            return None if None in values and name != "coalesce" else _FUNCTIONS[name](*values)
    raise ServiceError("MalformedQueryException", f"unexpected: {ast.unparse(tree)}")
