"""Fixtures that load texts as thresholds.yaml."""

from pathlib import Path
from textwrap import dedent

import pytest

from checks.config.thresholds import Thresholds, load
from checks.errors import ConfigError
from tests.config.loading import Complain, Load


@pytest.fixture(name="load_text")
def _load_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)

    def load_text(text: str) -> Thresholds:
        file = tmp_path / "thresholds.yaml"
        file.write_text(dedent(text), encoding="utf-8")
        return load(file)

    return load_text


@pytest.fixture(name="complaints")
def _complaints(load_text: Load) -> Complain:
    def complaints(text: str) -> list[str]:
        with pytest.raises(ConfigError) as error:
            load_text(text)
        return str(error.value).splitlines()

    return complaints
