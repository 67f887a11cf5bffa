"""The entry point of pytest loads the plugin in the checkout, and nowhere else."""

import sys
from pathlib import Path

import pytest

from checks import plugin
from checks.entry import CHECKOUT, pytest_addoption


@pytest.fixture(autouse=True)
def _same_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", sys.path.copy())


def loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.PytestPluginManager:
    """Return the plugins of a pytest that is started in a folder."""
    monkeypatch.chdir(folder)
    manager = pytest.PytestPluginManager()
    pytest_addoption(manager)
    return manager


def test_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin is also loaded in a folder of the checkout, which is then on the path."""
    for folder in (CHECKOUT, CHECKOUT / "tests"):
        assert loaded(folder, monkeypatch).get_plugin("checks.plugin") is plugin
    assert sys.path[0] == str(CHECKOUT)


def test_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.path.copy()
    assert not loaded(tmp_path, monkeypatch).hasplugin("checks.plugin")
    assert sys.path == before


def test_where_it_is_loaded_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """After `-p checks.plugin` it is not loaded again, since pytest refuses to load a plugin twice."""
    manager = loaded(CHECKOUT, monkeypatch)
    pytest_addoption(manager)
    assert manager.get_plugin("checks.plugin") is plugin
