"""Misunderstandings: command lines that pytest can't run, and what was meant by them.

pytest would tell of them, too, but only after it has loaded the conftest.py of the project's own tests, which needs
more than the checks do.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import Final

import pytest

from checks.places import PACKAGE_FOLDER
from checks.plugin.options import OPTION_GROUP

ONE_PROCESS: Final = "the checks share one read of the logs: run them in one process, without -n"
_TESTS: Final = PACKAGE_FOLDER / "tests"
_TESTS_MISSING: Final = (
    "the project's own tests need more than the checks: python -m pip install -e '.[test]'; "
    "the checks alone are `python -m pytest`"
)


def misunderstanding(parser: pytest.Parser, arguments: Sequence[str], folder: Path) -> str | None:
    """One line that says what is wrong with a command line, and what was probably meant; None where nothing is.

    Args:
        parser: Of pytest, with the options of all plugins.
        arguments: Of the command line and of the configuration.
        folder: In which pytest was started.
    """
    namespace, unknown = parser.parse_known_and_unknown_args(arguments)
    names = [] if namespace.pyargs else [name.partition("::")[0] for name in namespace.file_or_dir]
    paths = [(folder / name).resolve() for name in names] or ([folder] if folder != PACKAGE_FOLDER else [])
    if any(map(_holds_tests, paths)) and find_spec("hypothesis") is None:
        return _TESTS_MISSING
    options = [name for option in parser.getgroup(OPTION_GROUP).options for name in option.names()]
    problems = (
        _unknown_options(unknown, arguments, options),
        _leftovers(parser, arguments, [name for name in names if not _holds_checks(folder / name)]),
        _missing_paths(names, folder),
    )
    return next(chain.from_iterable(problems), None)


def _holds_tests(path: Path) -> bool:
    """Whether a path is one of the project's own tests, or holds them."""
    return path.is_relative_to(_TESTS) or _TESTS.is_relative_to(path)


def _holds_checks(path: Path) -> bool:
    """Whether pytest finds something in a path: our checks, or anybody's modules."""
    return path.suffix == ".py" or path.is_dir()


def _leftovers(parser: pytest.Parser, arguments: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Yield what stands behind the value of one of our options, and is left over: `--logs a b`."""
    ours = {name: one.attrs() for one in parser.getgroup(OPTION_GROUP).options for name in one.names()}
    for name in names:
        before = list(arguments[: _last_index(arguments, name)]) if name in arguments else []
        place = next((place for place in reversed(range(len(before))) if before[place].startswith("-")), len(before))
        option, _, value = "".join(before[place : place + 1]).partition("=")
        values = [*filter(None, [value]), *before[place + 1 :]]
        if values and option in ours and ours[option]["nargs"] is None:
            repeated = " ".join(f"{option} {one}" for one in [*values, name])
            meant = f"repeat it: `{repeated}`" if "repeatable" in ours[option]["help"] else "put quotes around it"
            yield f"{name} is left over, for {option} takes one value; {meant}"


def _last_index(arguments: Sequence[str], name: str) -> int:
    """Where a name stands for the last time: the first time it may be the value that it was meant to be."""
    return len(arguments) - 1 - arguments[::-1].index(name)


def _unknown_options(unknown: Sequence[str], arguments: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    for argument in unknown:
        option, _, value = argument.partition("=")
        if option in {"-n", "--numprocesses"}:
            yield f"{option}: {ONE_PROCESS}"
        elif nearest := _nearest(option, options):
            meant = [nearest, value or _value_after(argument, arguments)]
            yield f"unknown option {option}; did you mean `{' '.join(filter(None, meant))}`?"
        else:
            yield f"unknown option {option}; `python -m pytest --help` lists them all"


def _value_after(argument: str, arguments: Sequence[str]) -> str:
    """What follows an argument, if it is no option."""
    following = next(islice(arguments, list(arguments).index(argument) + 1, None), "")
    return "" if following.startswith("-") else following


def _nearest(option: str, options: Sequence[str]) -> str | None:
    """The option that was probably meant: `-E` by `-e`, `--environment` by `--env`."""
    same_letters = (one for one in options if one.lower() == option.lower())
    longer = (one for one in options if option.startswith("--") and one.startswith(option))
    return next(chain(same_letters, longer, get_close_matches(option, options, n=1, cutoff=0.7)), None)


def _missing_paths(names: Sequence[str], folder: Path) -> Iterator[str]:
    for name in names:
        if not (folder / name).exists():
            meant = f"; the environment is `-E {name}`" if name.isidentifier() else ""
            yield f"no such file or folder: {name}{meant}"
