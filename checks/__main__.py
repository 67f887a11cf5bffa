"""The command `websocket-health-checks`, or `python -m checks`: runs the checks, or a subcommand."""

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from checks import __version__, command_line
from checks.errors import ConfigError, HealthCheckError, SourceError
from checks.places import (
    CHECKS_FOLDER,
    COMMAND,
    COMMAND_CONFIGURATION,
    PACKAGE_FOLDER,
    THRESHOLDS,
    is_file_name,
    own_check_files,
    project_folder,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks, or the subcommand that comes first; return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = 0
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:  # `… | head` has seen enough: https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 -- it is reported in one line, with its place
        from checks.text import print_error  # noqa: PLC0415 -- needed only after an error
        from checks.verdicts.verdict import exit_code_and_reason  # noqa: PLC0415 -- needed only after an error

        code, line = exit_code_and_reason(error)
        print_error(error if isinstance(error, HealthCheckError) else HealthCheckError(line))
    return code


def _run(words: list[str]) -> int:
    """Run what the words ask for; return the exit code."""
    match words:
        case ["-h" | "--help"] | ["help"]:
            sys.stdout.write(command_line.overview())
        case ["-V" | "--version"] | ["version"]:
            sys.stdout.write(f"{COMMAND} {__version__}\n")
        case ["help", name]:
            return _run([name, "--help"])
        case ["complete", *_]:
            sys.stdout.writelines(f"{word}\n" for word in command_line.candidates(os.environ.get("COMP_LINE", "")))
        case ["run", *others] if {"-h", "--help"} & set(others):
            sys.stdout.write(command_line.SUBCOMMANDS["run"].parser().format_help())
        case ["run", *others]:
            return _run_checks(others)
        case [name, *rest] if not name.startswith("-"):
            subcommand = _find_subcommand(name)
            _refuse_no_value(rest)
            options = subcommand.parser().parse(rest)
            from checks.subcommands import HANDLERS  # noqa: PLC0415 -- neither help nor a mistake needs it

            HANDLERS[subcommand.name](options)
        case _:
            return _run(["run", *words])
    return 0


_ALIASES: Final = {"recognize": "recognise"}
_NAMES_ELSEWHERE: Final = {"check": "run", "test": "run", "report": "open", "status": "history"}
"""What other programs call such commands."""


def _find_subcommand(name: str) -> command_line.Subcommand:
    """Find the subcommand of that name; if there is none, the error says which was probably meant."""
    name = _ALIASES.get(name, name)
    if name in command_line.SUBCOMMANDS:
        return command_line.SUBCOMMANDS[name]
    from checks.text import nearest_name  # noqa: PLC0415 -- few commands are wrong

    hint = f"`{COMMAND} --help` lists all"
    if name in command_line.environment_names():
        hint = f"{hint}; an environment is `-E {name}`"
    elif is_file_name(name):
        hint = f"{hint}; logs are `--logs {name}`"
    elif nearest := _NAMES_ELSEWHERE.get(name) or nearest_name(name, command_line.SUBCOMMANDS):
        hint = f"did you mean `{nearest}`?"
    raise ConfigError(f"unknown command {name!r}", hint)


def _refuse_no_value(options: Sequence[str]) -> None:
    from checks.text import option_without_value  # noqa: PLC0415 -- completion needs no texts

    if option := option_without_value(options):
        raise ConfigError(f"{option}: '--' is not a value")


_OF_PYTEST: Final = {"-c": "--thresholds", "-o": "--report-dir"}
"""Options of pytest that in other programs name a file of settings and a folder for output."""


def _refuse_misplaced(options: Sequence[str], unknown: Sequence[str]) -> None:
    """Refuse a subcommand that comes after its options, and options that mean something else to pytest."""
    for before, word in pairwise(["", *options]):
        if word in unknown and word in command_line.SUBCOMMANDS and not before.startswith("-"):
            meant = " ".join([COMMAND, word, *(one for one in options if one != word)])
            raise ConfigError(f"the command {word!r} must come before its options", f"did you mean `{meant}`?")
        if before in _OF_PYTEST and "=" not in word:
            meant = f"{_OF_PYTEST[before]} {word}"
            raise ConfigError(f"{before} {word}: {before} is an option of pytest", f"did you mean `{meant}`?")


def _run_checks(options: Sequence[str]) -> int:
    """Run the checks by pytest; return its exit code."""
    import shlex  # noqa: PLC0415 -- no subcommand needs them

    import pytest  # noqa: PLC0415

    try:
        shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    except ValueError as error:
        raise ConfigError(f"PYTEST_ADDOPTS: {error}") from error
    parser = command_line.SUBCOMMANDS["run"].parser()
    named, unknown = parser.parse_known_args(options)  # pytest answers a mistake with its whole usage
    _refuse_misplaced(options, unknown)
    settings = ["-c", str(COMMAND_CONFIGURATION), "--rootdir", str(PACKAGE_FOLDER)]
    if own_check_files(Path(named.thresholds or project_folder() / THRESHOLDS)):  # they have bare asserts
        settings.append("--assert=rewrite")
    try:
        return int(pytest.main([*settings, str(CHECKS_FOLDER), *options]))
    except BrokenPipeError as error:
        raise SourceError("the output could not be written") from error


if __name__ == "__main__":
    sys.exit(main())
