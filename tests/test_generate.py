"""Generated files are fresh, and valid JSON Schemas."""

import re

from checks.config.thresholds import STARTER
from checks.metrics import METRICS
from tests.generate import GENERATED, RESULT_SCHEMA, ROOT, THRESHOLDS_SCHEMA, metrics_page
from tests.own_process import check_jsonschema


def test_generated_files_are_fresh() -> None:
    """A change of a metric, of a key or of the result stands in the schemas and in the documentation, too."""
    for file, content in GENERATED.items():
        assert file.read_text(encoding="utf-8") == content(), "write it anew: python -m tests.generate"


def test_the_page_has_every_metric() -> None:
    """With its meaning and what n counts."""
    rows = re.findall(r"^\| `([\w.]+)` \| (.*) \| (.*) \|$", metrics_page(), re.MULTILINE)
    assert rows == [(one.name, one.meaning, one.sample or "\N{EN DASH}") for one in METRICS.values()]


def test_the_schemas_are_schemas() -> None:
    """Each in its draft."""
    assert not check_jsonschema("--check-metaschema", THRESHOLDS_SCHEMA, RESULT_SCHEMA)


def test_editors_find_nothing_wrong_with_the_shipped_files() -> None:
    """Neither with this project's limits nor with those that `init` writes."""
    assert not check_jsonschema("--schemafile", THRESHOLDS_SCHEMA, ROOT / "thresholds.yaml", STARTER)
