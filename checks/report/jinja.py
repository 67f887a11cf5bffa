"""Jinja, as all pages use it: strict, escaping, and each template compiled once, not at each start."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

from checks import __version__


def jinja_environment(folder: Path, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """The environment of the templates in a folder.

    Args:
        folder: Of the package.
        finalize: Called with each value that is put into a page.
    """
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_bytecode_cache(folder / "__pycache__"),
    )


def _bytecode_cache(folder: Path) -> BytecodeCache | None:
    """Where Python keeps the bytecode of the modules there; none where it may not, or can't."""
    if sys.dont_write_bytecode:
        return None
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder), f"%s-{__version__}.jinja") if os.access(folder, os.W_OK) else None
