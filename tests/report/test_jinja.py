"""Pages escape what they show, and their templates are compiled once."""

import sys
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from checks.report.html import page
from checks.report.html.page import jinja_environment


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html.j2").write_text("<p>{{ name }}</p>")
    return tmp_path


def rendered(folder: Path, **values: str) -> str:
    return jinja_environment(folder).get_template("page.html.j2").render(**values)


def test_values_are_escaped(folder: Path) -> None:
    """A missing value is an error, not an empty text."""
    assert rendered(folder, name="<b>") == "<p>&lt;b&gt;</p>"
    with pytest.raises(UndefinedError):
        rendered(folder)


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytecode is where Python's own is; a changed template is compiled again."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    rendered(folder, name="a")
    (compiled,) = (folder / "__pycache__").iterdir()
    before = compiled.stat().st_mtime_ns
    assert rendered(folder, name="b") == "<p>b</p>"
    assert compiled.stat().st_mtime_ns == before
    (folder / "page.html.j2").write_text("<i>{{ name }}</i>")
    assert rendered(folder, name="b") == "<i>b</i>"


def test_where_nothing_can_be_cached(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The template is compiled each time."""
    monkeypatch.setattr(page, "cache_folder", lambda _: None)
    assert rendered(folder, name="a") == "<p>a</p>"
    assert [path.name for path in folder.iterdir()] == ["page.html.j2"]
