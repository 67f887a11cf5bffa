"""Command lines as pytest's own parser reads them, without a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from checks.plugin.options import OPTION_GROUP, add_options


@dataclass(frozen=True)
class Invocation:
    """How pytest was started, and where."""

    dir: Path
    args: tuple[str, ...]


class CommandLine:
    """The part of pytest's configuration that the checks need.

    Args:
        folder: The project's folder; pytest was started in its subfolder `elsewhere`.
        arguments: Options of the checks.
        inipath: Where pytest found its configuration.
        others: The values of options of pytest and other plugins.
    """

    def __init__(self, folder: Path, *arguments: str, inipath: Path | None = None, **others: Any) -> None:
        parser = pytest.Parser(_ispytest=True)
        add_options(parser.getgroup(OPTION_GROUP).addoption)
        self._values = vars(parser.parse_known_args(arguments)) | others
        self.rootpath = folder
        self.args: list[str] = []
        self.stash = pytest.Stash()
        self.inipath = inipath or folder / "pyproject.toml"
        self.invocation_params = Invocation(folder / "elsewhere", arguments)

    def getoption(self, name: str, default: Any = None) -> Any:
        return self._values.get(name, default)


def command_line(folder: Path, *arguments: str, inipath: Path | None = None, **others: Any) -> pytest.Config:
    return cast("pytest.Config", CommandLine(folder, *arguments, inipath=inipath, **others))
