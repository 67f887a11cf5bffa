"""The README and the pages of the documentation, with the commands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Final

from tests.health_run import ROOT

README: Final = ROOT / "README.md"
PAGES: Final = (README, *sorted((ROOT / ".docs").glob("*.md")))
SHELL: Final = {"sh", "bash", "console", "shell"}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, and its language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a page.

    Attributes:
        text: As typed.
        exit_code: What it ends with: 0, unless a comment behind it says `exit code N`.
    """

    text: str
    exit_code: int


@cache
def content(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *languages: str) -> list[Block]:
    """Return the fenced blocks of a page, or those in some languages."""
    fenced = re.findall(r"^( *)```(\w*)\n(.*?)^\1```$", content(page), re.MULTILINE | re.DOTALL)
    return [Block(language, dedent(text)) for _, language, text in fenced if language in languages or not languages]


def commands(page: Path) -> Iterator[Command]:
    """Yield every command of every shell block; those joined by && one by one."""
    for block in blocks(page, *SHELL):
        for line in block.text.replace("\\\n", " ").splitlines():
            typed, _, comment = f" {line.removeprefix('$ ')}".partition(" #")
            code = re.search(r"exit code (\d+)", comment)
            for text in filter(None, map(str.strip, typed.split(" && "))):
                yield Command(text, int(code[1]) if code else 0)
