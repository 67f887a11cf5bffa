"""Misunderstandings: command lines that pytest can't run, each answered by a line with what was probably meant.

pytest would report them as well, but only after loading the conftest.py of the project's own tests, which needs more
packages than the checks do.
"""

import re
from argparse import Namespace
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

import pytest

from checks.places import COMMAND, PACKAGE_FOLDER, is_file_name
from checks.plugin.options import OPTION_GROUP
from checks.text import meant_option, option_without_value

ONE_PROCESS: Final = "the checks share one read of the logs: run them in one process, without -n"
_TESTS: Final = PACKAGE_FOLDER / "tests"


def may_hold_tests(namespace: Namespace, folder: Path) -> bool:
    """Whether a command line names tests, and not only logs or other words that pytest takes for paths."""
    return namespace.pyargs or any(_may_hold_tests(folder / name) for name in _paths(namespace))


def _may_hold_tests(path: Path) -> bool:
    return path.suffix == ".py" or path.is_dir()


def _paths(namespace: Namespace) -> Sequence[str]:
    return [] if namespace.pyargs else [name.partition("::")[0] for name in namespace.file_or_dir]


def misunderstanding(parser: pytest.Parser, arguments: Sequence[str], folder: Path) -> str | None:
    """Return a line on what is wrong with a command line and what was probably meant; None if nothing is."""
    namespace, unknown = parser.parse_known_and_unknown_args(arguments)
    names = _paths(namespace)
    paths = [(folder / name).resolve() for name in names] or ([folder] if folder != PACKAGE_FOLDER else [])
    holds_tests = any(path.is_relative_to(_TESTS) or _TESTS.is_relative_to(path) for path in paths)
    if holds_tests and find_spec("hypothesis") is None:
        install = "the project's own tests need more than the checks: python -m pip install -e '.[test]'"
        return f"{install}; the checks alone are `python -m pytest`"
    options = [name for option in parser.getgroup(OPTION_GROUP).options for name in option.names()]
    no_tests = [name for name in names if not _may_hold_tests(folder / name)]
    problems = (
        [_STRICT] if "--strict" in arguments and not holds_tests else [],
        [f"{option}: '--' is not a value"] if (option := option_without_value(arguments)) in options else [],
        _unknown_options(unknown, arguments, options),
        _leftovers(parser, arguments, no_tests),
        _no_tests(names, folder),
    )
    return next(chain.from_iterable(problems), None)


_STRICT: Final = "--strict is an option of pytest, and changes no verdict; did you mean `--strict-warnings`?"


def _leftovers(parser: pytest.Parser, arguments: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Yield a line on each word left over after the value of one of our options: `--logs a b`."""
    ours = {name: one.attrs() for one in parser.getgroup(OPTION_GROUP).options for name in one.names()}
    option, values = "", list[str]()
    for word in arguments:
        if word.startswith("-"):
            option, _, value = word.partition("=")
            values = [value] if value else []
            continue
        if word in names and values and option in ours and ours[option]["nargs"] is None:
            repeated = " ".join(f"{option} {one}" for one in [*values, word])
            if is_file_name(word) and option != "--logs":
                meant = f"did you mean `--logs {word}`?"
            elif values[0].isdecimal() and _UNIT.fullmatch(word):
                meant = f"did you mean `{option} {values[0]}{word[0]}`?"
            else:
                meant = f"repeat it: `{repeated}`" if "repeatable" in ours[option]["help"] else "put quotes around it"
            yield f"{word} is left over: {option} takes one value; {meant}"
        values.append(word)


_UNIT: Final = re.compile("s(ec(ond)?s?)?|m(in(ute)?s?)?|h(ours?|rs?)?|d(ays?)?")
_VARIABLES: Final = {"--profile": "AWS_PROFILE", "--region": "AWS_DEFAULT_REGION", "--endpoint-url": "AWS_ENDPOINT_URL"}
"""Options of the AWS CLI that are environment variables here, as for all programs that use boto3."""


def _unknown_options(unknown: Sequence[str], arguments: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    following = dict(pairwise([*arguments, ""]))
    for argument in unknown:
        option, _, value = argument.partition("=")
        value = value or following.get(argument, "")
        if option in {"-n", "--numprocesses"}:
            yield f"{option}: {ONE_PROCESS}"
        elif option in _VARIABLES:
            yield f"unknown option {option}; set the variable {_VARIABLES[option]}"
        elif nearest := meant_option(option, options):
            meant = f"{nearest} {value}" if value and not value.startswith("-") else nearest
            yield f"unknown option {option}; did you mean `{meant}`?"
        else:
            yield f"unknown option {option}; `{COMMAND} run --help` lists them all"


def _no_tests(names: Sequence[str], folder: Path) -> Iterator[str]:
    for name in names:
        if not (folder / name).exists():
            meant = f"; the environment is `-E {name}`" if name.isidentifier() else ""
            yield f"no such file or folder: {name}{meant}"
        elif not _may_hold_tests(folder / name):
            yield f"{name} holds no checks; did you mean `--logs {name}`?"
