"""Expressions of Logs Insights QL: functions of the fields of a row, and aggregates of rows.

Their syntax is Python's, except for `@` and `count(*)`. So Python's own parser parses them, and its compiler compiles
those trees that contain nothing unknown.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import floor, log
from types import CodeType
from typing import Any, Final, TypeAlias

from tests.endpoint.behaviour import ServiceError

Row: TypeAlias = dict[str, Any]

_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "concat": lambda *values: "".join(values),
    "floor": floor,
    "greatest": max,
    "isempty": lambda text: int(not text),
    "least": min,
    "log": log,
    "replace": lambda text, part, other: text.replace(part, other),
    "toMillis": int,
}
_AGGREGATES: Final[Mapping[str, Callable[[list[Any]], Any]]] = {
    "count": len,
    "count_distinct": lambda values: len(set(values)),
    "max": lambda values: max(values, default=None),
    "min": lambda values: min(values, default=None),
    "sum": sum,
}
_KNOWN: Final = (ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Call, ast.UnaryOp, ast.USub)
_OPERATORS: Final = (ast.BinOp, ast.Add, ast.Sub, ast.Mult)


_NAMES: Final[dict[str, Any]] = {"__builtins__": {}, **_FUNCTIONS}


class Fields(dict[str, Any]):
    """The fields of a row; a missing one is None."""

    def __missing__(self, name: str) -> None:
        if name in _FUNCTIONS:
            raise KeyError(name)


@dataclass(frozen=True)
class _Aggregate(ast.NodeTransformer):
    """Replaces the aggregates of an expression by names.

    Attributes:
        inner: By such a name, the function, and its argument, an expression of each row.
    """

    inner: dict[str, tuple[str, CodeType]]

    def visit_Call(self, tree: ast.Call) -> ast.AST:
        """Replace an aggregate, or visit the arguments."""
        if isinstance(tree.func, ast.Name) and tree.func.id in _AGGREGATES and len(tree.args) == 1:
            name = f"aggregate{len(self.inner)}"
            self.inner[name] = tree.func.id, _compiled(tree.args[0])
            return ast.Name(name, ast.Load())
        return self.generic_visit(tree)


def value_of(expression: str, row: Row) -> Any:
    """Return the value of an expression of a row's fields; None if a needed field is missing."""
    return _value(_code(expression), row)


def aggregated(stats: str, rows: Sequence[Row]) -> list[Row]:
    """Return the rows of a `stats` command: `expression as name, … by expression`."""
    aggregates, _, key = stats.rpartition(" by ")
    columns = [one.rpartition(" as ") for one in _split(aggregates)]
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(value_of(key, row), []).append(row)
    return [
        {key: value, **{name.strip(): _of_rows(expression, some) for expression, _, name in columns}}
        for value, some in groups.items()
    ]


def _of_rows(expression: str, rows: Sequence[Row]) -> Any:
    code, inner = _aggregate(expression)
    values = {}
    for name, (function, part) in inner.items():
        each = (_value(part, row) for row in rows)
        values[name] = _AGGREGATES[function]([value for value in each if value is not None])
    return _value(code, values)


def _value(code: CodeType, row: Row) -> Any:
    try:
        return eval(code, _NAMES, row if isinstance(row, Fields) else Fields(row))
    except TypeError:  # a part of it is None
        return None


def _split(text: str) -> list[str]:
    """Return the parts between commas that are not in parentheses."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


@cache
def _code(expression: str) -> CodeType:
    return _compiled(_tree(expression))


@cache
def _aggregate(expression: str) -> tuple[CodeType, Mapping[str, tuple[str, CodeType]]]:
    inner: dict[str, tuple[str, CodeType]] = {}
    tree = _Aggregate(inner).visit(_tree(expression))
    return _compiled(tree), inner


def _tree(expression: str) -> ast.expr:
    try:
        tree = ast.parse(expression.strip().replace("count(*)", "count(1)").replace("@", "at_"), mode="eval").body
    except SyntaxError as error:
        raise ServiceError("MalformedQueryException", f"unexpected: {expression}") from error
    return tree


def _compiled(tree: ast.expr) -> CodeType:
    """Compile a tree, which must contain only fields, constants and known functions."""
    for node in ast.walk(tree):
        is_known = isinstance(node, (*_KNOWN, *_OPERATORS))
        if isinstance(node, ast.Call):
            is_known = isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
        if not is_known:
            raise ServiceError("MalformedQueryException", f"unexpected: {ast.unparse(tree)}")
    return compile(ast.fix_missing_locations(ast.Expression(tree)), "<query>", "eval")
