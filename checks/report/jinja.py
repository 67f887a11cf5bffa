"""Jinja, as all pages use it: strict, escaping, and each template compiled once, not at each start."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

from checks import __version__
from checks.places import bytecode_folder


def jinja_environment(folder: Path, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """The environment of the templates in a folder.

    Args:
        folder: Of the package.
        finalize: Called with each value that is put into a page.
    """
    bytecode = bytecode_folder(folder)
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=FileSystemBytecodeCache(str(bytecode), f"%s-{__version__}.jinja") if bytecode else None,
    )
