"""The build backend: setuptools, with three additions to editable installs.

A wheel goes into environments of other projects, whose pytest must not even see it. An editable install belongs to a
checkout, where pytest must know the checks' options before it looks for a conftest.py; so it has an entry point for
pytest (see entry.py). It also has the extra `test`, made from the dependency group of that name: pip supports groups
since 25.1, and a new virtual environment of Python 3.11 has an older pip. And its modules are compiled, as pip compiles
those of a wheel: otherwise each run would compile them if Python is told to write no bytecode.
https://peps.python.org/pep-0660/ has the hooks that build frontends call.
"""

import compileall
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from setuptools import build_meta
from setuptools.build_meta import (  # noqa: F401 -- hooks that stay as they are
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)

_ENTRY_POINT: Final = """
[pytest11]
websocket-health-checks = websocket_health_checks.checks.entry
"""


def prepare_metadata_for_build_editable(metadata_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """Write the metadata of an editable install; return the name of its folder."""
    name: str = build_meta.prepare_metadata_for_build_editable(metadata_directory, config_settings)
    with Path(metadata_directory, name, "entry_points.txt").open("a", encoding="utf-8") as entry_points:
        entry_points.write(_ENTRY_POINT)
    metadata = Path(metadata_directory, name, "METADATA")
    head = metadata.read_text(encoding="utf-8").partition("\n\n")[0]
    metadata.write_text("\n".join((head, *_test_extra(), "")), encoding="utf-8")  # without the README: pytest parses it
    return name


def build_editable(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,  # noqa: ARG001 -- setuptools expects the folder around what pip passes
) -> str:
    """Build the wheel of an editable install; return its file name."""
    with TemporaryDirectory() as folder:
        prepare_metadata_for_build_editable(folder, config_settings)
        name: str = build_meta.build_editable(wheel_directory, config_settings, folder)
    compileall.compile_dir("checks", quiet=2)
    return name


def _test_extra() -> Iterator[str]:
    """Yield the lines of metadata that make an extra of the dependency group `test`."""
    groups = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    yield "Provides-Extra: test"
    for requirement in groups["test"]:
        yield f'Requires-Dist: {requirement}; extra == "test"'
