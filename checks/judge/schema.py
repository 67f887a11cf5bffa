"""The JSON Schema of thresholds.yaml, which lets editors complete and check it."""

import json
from pathlib import Path
from typing import Any, Final

from checks.judge.models import File

SCHEMA_FILE: Final = Path(__file__).with_name("thresholds.schema.json")


def schema() -> dict[str, Any]:
    """The schema as editors read it: in draft 7, the last that the YAML language server knows well."""
    published = File.model_json_schema(ref_template="#/definitions/{model}")
    published["definitions"] = published.pop("$defs")
    return {"$schema": "http://json-schema.org/draft-07/schema#", **_draft_7(published)}


def schema_text() -> str:
    """The content that the published file must have."""
    return json.dumps(schema(), indent=2) + "\n"


def _draft_7(part: Any) -> Any:
    """The same without what draft 7 reads otherwise (it skips all that stands beside a $ref), and without noise."""
    if isinstance(part, list):
        return [_draft_7(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _draft_7(value) for key, value in part.items() if key not in {"title", "default"}}
    if "$ref" in kept and len(kept) > 1:
        kept["allOf"] = [{"$ref": kept.pop("$ref")}]
    return kept
