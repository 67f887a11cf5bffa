"""Generated files: `python -m tests.generate` rewrites what repeats the code, such as schemas and tables."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import msgspec
from msgspec import inspect

from checks.config import sections
from checks.metrics import METRICS
from checks.report.result import Result

ROOT: Final = Path(__file__).parents[1]

THRESHOLDS_SCHEMA: Final = ROOT / "checks/config/thresholds.schema.json"

RESULT_SCHEMA: Final = ROOT / "checks/report/result.schema.json"

METRICS_PAGE: Final = ROOT / ".docs/metrics.md"

_TABLE: Final = re.compile(r"(?<=\| metric \| meaning \| n \|\n\|---\|---\|---\|\n)(?:\|.*\n)*")


def thresholds_schema() -> str:
    """Return what editors know about thresholds.yaml."""
    return json.dumps(sections.schema(), indent=2) + "\n"


def result_schema() -> str:
    """Return what readers of result.json may rely on."""
    return json.dumps(schema_of_result(), indent=2) + "\n"


def schema_of_result() -> dict[str, Any]:
    """Return the JSON Schema of result.json. All keys are written, so all are required, except those left unset.

    It is the same for all versions of msgspec, some of which write whole docstrings and names of keys.
    """
    _, parts = msgspec.json.schema_components([Result], ref_template="#/$defs/{name}")
    for schema in parts.values():
        schema["description"] = schema["description"].partition("\n")[0]
    for part in classes(inspect.type_info(Result)):
        schema, texts = parts[part.cls.__name__], attributes(part.cls)
        schema["required"] = [field.encode_name for field in part.fields if not may_be_unset(part.cls, field.name)]
        for field in part.fields:
            properties = schema["properties"]
            properties[field.encode_name] = {"description": texts.get(field.name, ""), **properties[field.encode_name]}
            properties[field.encode_name].pop("default", None)
            properties[field.encode_name].pop("propertyNames", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **parts.pop("Result"), "$defs": parts}


def may_be_unset(cls: type, name: str) -> bool:
    """Whether a key is left out if it has no value."""
    return msgspec.UnsetType in get_args(get_type_hints(cls, include_extras=True)[name])


def classes(kind: Any) -> Iterator[inspect.StructType | inspect.DataclassType]:
    """Yield the classes that a type is made of, including itself."""
    if isinstance(kind, inspect.StructType | inspect.DataclassType):
        yield kind
    parts = [*getattr(kind, "types", ()), *(field.type for field in getattr(kind, "fields", ()))]
    parts += [getattr(kind, name) for name in ("item_type", "value_type") if hasattr(kind, name)]
    for part in parts:
        yield from classes(part)


def attributes(cls: type) -> dict[str, str]:
    """Return what the docstrings of a class and its bases say about each attribute."""
    texts = "\n".join(cleandoc(base.__doc__ or "") for base in cls.__mro__)
    lines = re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", texts, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in lines}


def metrics_page() -> str:
    """Return the page on metrics, with its table."""
    rows = (f"| `{one.name}` | {one.meaning} | {one.sample or chr(0x2013)} |\n" for one in METRICS.values())
    table = "".join(rows)
    return _TABLE.sub(lambda _: table, METRICS_PAGE.read_text(encoding="utf-8"))


GENERATED: Final[Mapping[Path, Callable[[], str]]] = {
    THRESHOLDS_SCHEMA: thresholds_schema,
    RESULT_SCHEMA: result_schema,
    METRICS_PAGE: metrics_page,
}


if __name__ == "__main__":
    for file, content in GENERATED.items():
        file.write_text(content(), encoding="utf-8")
