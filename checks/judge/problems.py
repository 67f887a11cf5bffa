"""What is wrong with a file, line by line, in words that help to put it right."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from checks.errors import ConfigError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right."""

    line: int
    text: str


def error_for(problems: Iterable[Problem], file: Path) -> ConfigError:
    """All problems at once, each of them once, from the top of the file to its end."""
    ordered = sorted(set(problems))
    return ConfigError("\n".join(f"{display(file)}:{problem.line}: {problem.text}" for problem in ordered))


def display(file: Path) -> str:
    """A path as a person would type it here: relative if the file lies below the current folder."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def unknown(noun: str, name: str, known: Collection[str]) -> str:
    """Say that a name is not one of those that exist, which those are, and which one was probably meant."""
    nearest = "".join(f"; did you mean {match!r}?" for match in get_close_matches(name, known, n=1))
    return f"unknown {noun} {name!r}; allowed: {', '.join(known) or 'none'}{nearest}"
