"""The build backend: setuptools, which gives pytest an entry point in editable installs only.

A wheel goes into environments of other projects, whose pytest must not even see it. An editable install belongs to a
checkout: there the checks' options have to be known before pytest looks for a conftest.py (see entry.py).
https://peps.python.org/pep-0660/ has the hooks that build frontends call.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

_ENTRY_POINT: Final = """
[pytest11]
websocket-health-checks = websocket_health_checks.checks.entry
"""


def prepare_metadata_for_build_editable(metadata_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """Write the metadata of an editable install; return the name of its folder."""
    name: str = build_meta.prepare_metadata_for_build_editable(metadata_directory, config_settings)
    with Path(metadata_directory, name, "entry_points.txt").open("a", encoding="utf-8") as file:
        file.write(_ENTRY_POINT)
    return name


def build_editable(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,  # noqa: ARG001 -- setuptools looks for the metadata within it, pip means itself
) -> str:
    """Build the wheel of an editable install; return its file name."""
    with TemporaryDirectory() as folder:
        prepare_metadata_for_build_editable(folder, config_settings)
        name: str = build_meta.build_editable(wheel_directory, config_settings, folder)
    return name
