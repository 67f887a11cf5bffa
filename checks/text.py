"""Text made safe to show: log text, untrusted words, file names, Markdown, errors."""

import html
import os
import re
import sys
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from checks.errors import HealthCheckError

_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)

_RUNNER_COMMAND: Final = re.compile(r"#(?=#\w*\[)")
"""In the log of GitHub Actions or Azure Pipelines, `##[add-mask]` or `##vso[…]` works anywhere in a line."""


def one_line(text: str, width: int | None = None) -> str:
    """Return `text` on one line, without control characters or commands to a CI runner, cut to `width` characters."""
    line = _RUNNER_COMMAND.sub("# ", _UNPRINTABLE.sub(" ", text).strip())
    return line if width is None or len(line) <= width else line[: width - 1] + "…"


_LINE_COMMAND: Final = re.compile(r"^(\s*:)(?=:)")


def without_command(line: str) -> str:
    """Return a line that no CI runner obeys: `::add-mask::` at the beginning of a line is a command."""
    return _LINE_COMMAND.sub(r"\1 ", line)


def without_control_characters(text: str) -> str:
    """Return `text` with its lines as they are, but without control characters and direction marks."""
    return "\n".join(_UNPRINTABLE.sub(" ", line) for line in text.split("\n"))


def utc(instant: datetime) -> str:
    """Return a time as people read it, to the second."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def sentence_case(text: str) -> str:
    """Return a clause as a sentence of its own; one that begins with the name of a metric stays as it is."""
    first = text.partition(" ")[0]
    return text if "." in first or "_" in first else text[:1].upper() + text[1:]


def counted(number: int, noun: str) -> str:
    """Return a number with its noun in the singular or the plural: `1 connection`, `1,067 connections`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


_ZERO_WIDTH_SPACE: Final = "\u200b"
"""It is invisible to people, but not to programs."""
_ACTIVE: Final = re.compile(r"(?<=[@#])(?=\w)|(?<=<)(?=[!/@#\w])|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where `@channel`, `#12`, `<!here>`, `https://` and `www.` take effect in chat channels and on GitHub."""


def without_mentions(text: str) -> str:
    """Return a text that looks the same, with an invisible break in each mention or link that a program would find."""
    return _ACTIVE.sub(_ZERO_WIDTH_SPACE, text)


_MOST_CHARACTERS: Final = 1000
_SPECIAL: Final = re.compile(r"[\\`*~\[\]<>&|$]|(?<![^\W_])_|_(?![^\W_])")
"""What begins markup within a line; an underscore does so only if exactly one side of it is a letter or digit."""


def markdown_inline(text: str) -> str:
    """Escape a text for use within a line of Markdown, or a cell of a table; it must not come first in its line."""
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", without_mentions(one_line(text, _MOST_CHARACTERS)))


def markdown_block(lines: Iterable[str]) -> str:
    """Return lines as they are, as an HTML block: GitHub looks for no mentions there, and only its end tag ends it."""
    return "<pre>" + "\n".join(html.escape(one_line(line, _MOST_CHARACTERS)) for line in lines) + "</pre>"


def printable_line(text: str) -> str:
    """Return untrusted text on one line, with single spaces, and only characters that can be printed."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


_SHORTEST_SECRET: Final = 16
_ARN: Final = r"(arn:aws[\w-]{0,20}:[\w-]{0,40}:[\w-]{0,40}:\d{0,12}:[^\s\"',;]{1,700})"

_REDACTED: Final = (
    # AWS answers a wrong signature with the headers of the request, session token and all
    (re.compile(r"(?i)(?:authorization[\"']?\s?[:=]|AWS4-HMAC-SHA256|the canonical string|the string-to-sign).*"), "…"),
    (re.compile(r"(://)[^\s\"'<>]{0,500}@"), r"\1"),
    (re.compile(r"(://[^\s\"'<>?#]{0,500})[?#][^\s\"'<>]*"), r"\1"),
    (
        re.compile(
            r"(?i)(token|secret|passw(?:or)?d|signature|credentials?|(?:access|secret)_?key(?:_?id)?)[\"']?\s?"
            r"(?:=\s?[\"']?[^\s\"',;&]+|:(?:\s[\"']?|[\"'])[^\s\"',;&]{16,})"
        ),
        r"\1=…",
    ),
    (re.compile(r"(?i)\bbearer\s[^\s\"',;]{16,}|\b(?:eyJ|aoa)[\w.:/+=-]{36,}"), "…"),
    (
        re.compile(_ARN + r"|(?<![A-Za-z0-9/+=])(?=[A-Z0-9/+=]*[a-z])(?=[a-z0-9/+=]*[A-Z])[A-Za-z0-9/+=]{40,}"),
        lambda match: match[1] or "…",
    ),
    (re.compile(r"A[KS]IA[A-Z0-9]{12,}"), "…"),
)
"""Secret keys have 40 characters and session tokens more, without the `-`, `_` or `.` of names and ARNs."""


def without_secrets(text: str) -> str:
    """Return untrusted text on one line, without credentials and other secrets: errors may quote them."""
    for name, value in os.environ.items():
        if name.startswith("AWS_") and re.search(r"KEY|TOKEN", name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "…")
    line = printable_line(text)
    for pattern, replacement in _REDACTED:
        line = pattern.sub(replacement, line)
    return line


def display_path(file: Path) -> str:
    """Return a path as a person would type it here: relative if the file lies below the current folder."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


_MOST_LISTED: Final = 15
"""The most names in a message: longer lists, such as all metrics, do not help."""


def unknown_name(noun: str, name: str, known: Collection[str]) -> str:
    """Return a message on an unknown name: which one was probably meant, and all known names if there are few."""
    nearest = nearest_name(name, known)
    meant = f"did you mean {str(nearest)!r}?" if nearest else ""
    if len(known) <= _MOST_LISTED:
        allowed = f"allowed: {', '.join(known) or 'none'}"
        return f"unknown {noun} {name!r}; " + (f"{meant} ({allowed})" if meant else allowed)
    return f"unknown {noun} {name!r}; {meant or f'`websocket-health-checks {noun}s` lists all'}"


_NEAR: Final = 0.65
"""How similar two names must be if one may be meant for the other: `bda` and `bad` have 0.67."""
_NEAR_OPTION: Final = 0.7
"""The same for options: other programs have many that are not ours, and `--tail` and `--until` have 0.67."""


def nearest_name(name: str, known: Collection[str], cutoff: float = _NEAR) -> str | None:
    """Return the known name that was probably meant, such as `prod` for `Production`; None if none is near."""
    by_lower_case = {one.lower(): one for one in known}
    written = name.lower()
    begins = [one for one in by_lower_case if written.startswith(one) and written[len(one) :].isalnum()]
    ends = [one for one in by_lower_case if one.endswith(f".{written}")]
    longer = [one for one in by_lower_case if len(written) > 1 and one.startswith(written)]
    exact = [written] if written in by_lower_case else []
    matches = (*exact, *longer, *get_close_matches(written, by_lower_case, n=1, cutoff=cutoff), *begins, *ends)
    return by_lower_case[matches[0]] if matches else None


_NAMES_ELSEWHERE: Final = {
    **dict.fromkeys(("--from", "--start", "--start-time"), "--since"),
    **dict.fromkeys(("--to", "--end", "--end-time"), "--until"),
    **dict.fromkeys(("--file", "--input", "--log"), "--logs"),
    "--stage": "--environment",
    "--log-group-name": "--log-group",
}
"""What other commands call our options."""


def meant_option(option: str, known: Collection[str]) -> str | None:
    """Return the known option that was probably meant; None if none is near."""
    names = {name.lstrip("-"): name for name in known if name.startswith("--") or not option.startswith("--")}
    nearest = nearest_name(_NAMES_ELSEWHERE.get(option, option).lstrip("-"), names, _NEAR_OPTION)
    return names[nearest] if nearest else None


def option_without_value(arguments: Iterable[str]) -> str | None:
    """Return the option whose value is `--`, of which argparse makes an empty list; None if there is none."""
    return next((word[:-2].rstrip("=") for word in arguments if re.fullmatch(r"--[a-z-]+=--|-[A-Za-z]--", word)), None)


LONGEST_HINT: Final = 400
"""The most characters of a hint: a list of all formats of logs would push the error out of sight."""


def print_error(error: HealthCheckError) -> None:
    """Print an error as the last words of a command: what is wrong, and the next step below it."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()  # if both go into one file, earlier output would come after
    red, plain = ("\033[1;31m", "\033[0m") if sys.stderr.isatty() and "NO_COLOR" not in os.environ else ("", "")
    lines = [f"{red}error:{plain} {without_control_characters(line)}" for line in error.problem.split("\n")]
    hint = [f"hint: {one_line(error.hint, LONGEST_HINT)}"] if error.hint else []
    with suppress(OSError, ValueError):  # stderr may be closed: the exit code says it, too
        print(*lines, *hint, sep="\n", file=sys.stderr)  # noqa: T201 -- a command speaks to its user
