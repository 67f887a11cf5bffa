"""Internals of pytest and its plugins that have no public API still work in the installed versions."""

import sys
from pathlib import Path

import pytest
from pytest_metadata.plugin import metadata_key

from checks.plugin.pytest_internals import end_line, replace_metadata, show_final_names, without_idle_plugins


def test_the_machine_is_not_described(pytester: pytest.Pytester) -> None:
    """pytest-metadata's description of the machine and of CI variables is replaced."""
    config = pytester.parseconfigure()
    assert "Platform" in config.stash[metadata_key]
    replace_metadata(config, {"Environment": "dev"})
    assert config.stash[metadata_key] == {"Environment": "dev"}


def test_what_follows_the_marks_begins_a_line(pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    """Otherwise an error would follow the marks of the checks on the same line."""
    config = pytester.parseconfigure()
    terminal = config.pluginmanager.getplugin("terminalreporter")
    assert terminal is not None
    terminal.write("..F")
    end_line(config)
    end_line(config)
    assert capsys.readouterr().out == "..F\n"


class Plugin:
    """A plugin that names a file."""

    def __init__(self, **attributes: str | Path) -> None:
        vars(self).update(attributes)


def test_files_are_called_by_their_final_names(pytester: pytest.Pytester) -> None:
    """pytest and pytest-html name them so in the terminal; other files keep their names."""
    xml = Plugin(logfile="reports/dev/junit.xml.unfinished")
    html = Plugin(_report_path=Path("reports/dev/report.html.unfinished"))
    other = Plugin(logfile="other.log")
    config = pytester.parseconfigure()
    for plugin in (xml, html, other):
        config.pluginmanager.register(plugin)
    show_final_names(config)
    assert vars(xml)["logfile"] == Path("reports/dev/junit.xml")
    assert vars(html)["_report_path"] == Path("reports/dev/report.html")
    assert vars(other)["logfile"] == "other.log"


@pytest.mark.parametrize("is_loaded", [False, True])
def test_hypothesis_is_not_loaded_for_its_summary(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *, is_loaded: bool
) -> None:
    """Its plugin is unregistered, unless tests use it."""
    config = pytester.parseconfigure("-p", "hypothesispytest")
    modules = {name: module for name, module in sys.modules.items() if is_loaded or name != "hypothesis"}
    monkeypatch.setattr(sys, "modules", modules)
    without_idle_plugins(config)
    assert config.pluginmanager.hasplugin("hypothesispytest") is is_loaded
