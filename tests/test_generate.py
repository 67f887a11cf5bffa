"""Generated files are up to date, and the schemas are valid JSON Schemas."""

import re

from checks.config.thresholds import STARTER
from checks.metrics import METRICS
from tests.generate import GENERATED, RESULT_SCHEMA, ROOT, THRESHOLDS_SCHEMA, metrics_page
from tests.own_process import check_jsonschema


def test_generated_files_are_fresh() -> None:
    """The schemas and the documentation match the metrics, the keys and the result."""
    for file, content in GENERATED.items():
        assert file.read_text(encoding="utf-8") == content(), "write it anew: python -m tests.generate"


def test_the_page_has_every_metric() -> None:
    """Each metric is there with its meaning and what n counts."""
    rows = re.findall(r"^\| `([\w.]+)` \| (.*) \| (.*) \|$", metrics_page(), re.MULTILINE)
    assert rows == [(one.name, one.meaning, one.sample or "\N{EN DASH}") for one in METRICS.values()]


def test_the_schemas_are_schemas() -> None:
    """Each schema is valid by its draft."""
    assert not check_jsonschema("--check-metaschema", THRESHOLDS_SCHEMA, RESULT_SCHEMA)


def test_editors_find_nothing_wrong_with_the_shipped_files() -> None:
    """Both this project's limits and those that `init` writes match the schema."""
    assert not check_jsonschema("--schemafile", THRESHOLDS_SCHEMA, ROOT / "thresholds.yaml", STARTER)
