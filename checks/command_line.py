"""The command line of `websocket-health-checks`: its subcommands, their options, help and completion.

Nothing heavy is imported here, because every TAB in a shell loads this module.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

from checks.errors import ConfigError
from checks.places import (
    COMMAND,
    DEFAULT_ENVIRONMENT,
    REPORTS,
    THRESHOLDS,
    expanded,
    expanded_path,
    project_folder,
)

_COMPLETE: Final = f"complete -o default -C '{COMMAND} complete' {COMMAND}"
SHELLS: Final = {
    "bash": _COMPLETE,
    "zsh": f"autoload -U +X bashcompinit && bashcompinit && {_COMPLETE}",
    "fish": f"complete -c {COMMAND} -f -a '(COMP_LINE=(commandline -cp) {COMMAND} complete)'",
}
"""The line that a shell runs when it starts, so that TAB calls this command."""


class Parser(argparse.ArgumentParser):
    """A parser that reports mistakes as ConfigErrors, with the option that was probably meant."""

    def error(self, message: str) -> NoReturn:
        """Raise a ConfigError, which ends the command with exit code 4, and not with argparse's 2."""
        raise ConfigError(message, f"`{self.prog} --help` shows what it takes")

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse arguments.

        Raises:
            ConfigError: They are wrong.
        """
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            noun, meant = self._meant(unknown[0])
            hint = f"did you mean `{meant}`?" if meant else f"`{self.prog} --help` shows what it takes"
            raise ConfigError(f"{noun} {unknown[0]!r}", hint)
        return options

    def _meant(self, word: str) -> tuple[str, str | None]:
        """What an unknown word is, and what was probably meant."""
        from checks.text import meant_option  # noqa: PLC0415 -- few command lines are wrong

        if word.startswith("-"):
            return "unknown option", meant_option(word.partition("=")[0], self.option_names)
        is_environment = "-E" in self.option_names and word in environment_names()
        return "unexpected argument", f"-E {word}" if is_environment else None

    @property
    def option_names(self) -> list[str]:
        """All names of options."""
        return list(self._option_string_actions)


class Subcommand(NamedTuple):
    """A subcommand: its name, a line of help, and its options.

    Attributes:
        summary: A line for the list of all.
        add_options: Adds its own options to a parser.
        description: The introduction of its own help; if empty, the summary.
    """

    name: str
    summary: str
    add_options: Callable[[Parser], object] = lambda _: None
    has_json: bool = False
    description: str = ""

    def parser(self) -> Parser:
        """A parser of its arguments."""
        text = self.description or f"{self.summary[:1].upper()}{self.summary[1:]}."
        parser = Parser(prog=f"{COMMAND} {self.name}", description=text, allow_abbrev=False)
        self.add_options(parser)
        if self.has_json:
            help_text = "text for people, or json for programs (text)"
            parser.add_argument("--format", choices=("text", "json"), default="text", help=help_text)
            parser.add_argument("--json", dest="format", action="store_const", const="json", help="--format json")
        return parser


def overview() -> str:
    """The help of the whole command, which fits a screen."""
    width = max(map(len, SUBCOMMANDS))
    commands = "\n".join(f"  {one.name:<{width}}  {one.summary}" for one in SUBCOMMANDS.values())
    return _OVERVIEW.format(program=COMMAND, commands=commands)


_OVERVIEW: Final = """\
usage: {program} [run] [-E NAME] [OPTION ...]
       {program} COMMAND [OPTION ...]

Judges a WebSocket application on AWS by its logs and the limits of thresholds.yaml.

commands:
{commands}

common options of run (`{program} run --help` lists all):
  -E, --environment NAME  environment of thresholds.yaml (dev); demo and demo-outage need no AWS
  -T, --hours HOURS       length of the window (24)
  --logs PATH             read files instead of CloudWatch
  -q, -v                  print less, or more

  -h, --help     this text; `COMMAND --help` for a command
  -V, --version  the version

exit codes: 0 healthy, 1 unhealthy, 4 wrong usage, 11 too little data, 12 logs not read
"""


class _Once(argparse.Action):
    """An option with a single value: `run` takes several environments, but here the last would silently win."""

    _earlier: str | None = None

    def __call__(self, _: object, namespace: argparse.Namespace, value: Any, option: str | None = None) -> None:
        if self._earlier not in {None, value}:
            raise ConfigError(f"{option} takes one value here, not {self._earlier} and {value}", "run it once for each")
        self._earlier = value
        setattr(namespace, self.dest, value)


def _environment(parser: Parser, text: str = "", default: str | None = DEFAULT_ENVIRONMENT) -> None:
    text = text or f"environment of {THRESHOLDS} ({default})"
    parser.add_argument("-E", "--environment", action=_Once, default=default, metavar="NAME", help=text)


def _thresholds(parser: Parser, text: str = "", default: Path | None = None) -> None:
    text = text or f"limits ({THRESHOLDS} of the current folder, or the nearest above it)"
    parser.add_argument("--thresholds", type=expanded_path, default=default, metavar="FILE", help=text)


def _run(parser: Parser) -> None:
    from checks.plugin.options import add_options  # noqa: PLC0415 -- it loads pytest

    add_options(parser.add_argument)


def _init(parser: Parser) -> None:
    text = "fit it to these logs"
    parser.add_argument("--logs", nargs="+", action="extend", type=expanded, default=[], metavar="PATH", help=text)
    text = "fit it to this log group; repeatable"
    parser.add_argument("--log-group", action="append", default=[], metavar="NAME", help=text)
    parser.add_argument("-T", "--hours", type=hours, default=24, metavar="HOURS", help="how much of the log group (24)")
    _environment(parser, "the name of the environment to write (dev)")
    parser.add_argument("--yes", action="store_true", help="accept each guess, except where a line may be an error")
    _thresholds(parser, f"({THRESHOLDS})", Path(THRESHOLDS))


def _recognise(parser: Parser) -> None:
    text = "file, folder or glob; - for standard input"
    parser.add_argument("paths", nargs="*", type=expanded, metavar="PATH", help=text)
    parser.add_argument("--log-group", action="append", default=[], metavar="NAME", help="read CloudWatch; repeatable")
    parser.add_argument("-T", "--hours", type=hours, default=1, metavar="HOURS", help="how much of the log group (1)")
    text = "show the application's sentences and how often each occurs"
    parser.add_argument("--templates", action="store_true", help=text)
    parser.add_argument("--unknown", action="store_true", help="only the sentences that are not recognised")
    _thresholds(parser, f"also apply the patterns of this file ({THRESHOLDS} of the project, if there is one)")


def _validate(parser: Parser) -> None:
    parser.add_argument("file", nargs="?", type=expanded_path, metavar="FILE", help=f"({THRESHOLDS} of the project)")
    _thresholds(parser, "the same as FILE")


def _explain(parser: Parser) -> None:
    parser.add_argument("metric", metavar="METRIC", help="as in thresholds.yaml: gone.errors")
    text = "explain the verdict of this run, too: a folder of reports, or a file result.json"
    parser.add_argument("result", nargs="?", type=expanded_path, metavar="RUN", help=text)
    _environment(parser, "that of RUN, else dev", None)
    _thresholds(parser)


def _doctor(parser: Parser) -> None:
    _environment(parser)
    parser.add_argument("-T", "--hours", type=hours, default=24, metavar="HOURS", help="length of the window (24)")
    parser.add_argument("--policy", action="store_true", help="print only the minimum IAM policy")
    _thresholds(parser)


def _alarms(parser: Parser) -> None:
    _environment(parser)
    parser.add_argument("--region", metavar="REGION", help="only this region; a template has one region")
    parser.add_argument("--apply", action="store_true", help="show the differences and deploy a CloudFormation stack")
    _thresholds(parser)


def _history(parser: Parser) -> None:
    _environment(parser, "only runs on this one (all)", None)
    parser.add_argument("--metric", metavar="METRIC", help="its value, limit and verdict in each run instead")
    parser.add_argument("-n", type=_number_of_runs, default=20, metavar="RUNS", help="how many runs (20)")
    parser.add_argument("--strike", metavar="ID", help="strike a run out: nothing is compared with it or added to it")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, with --strike; without one it counts again")
    _history_place(parser)


def _diff(parser: Parser) -> None:
    text = "two folders of reports or files result.json (the last two runs that were kept)"
    parser.add_argument("runs", nargs="*", type=expanded_path, metavar="RUN", help=text)
    _environment(parser, "compare the last two runs on this one (the one that ran last)", None)
    _report_folder(parser)


def _history_place(parser: Parser) -> None:
    place = parser.add_mutually_exclusive_group()
    _report_folder(place)
    place.add_argument("--history", type=expanded, metavar="PLACE", help="a folder, or s3://BUCKET/PREFIX, as for run")


def _past_runs(parser: Parser) -> None:
    """Add the options that say where past runs are, or logs in place of them."""
    _environment(parser)
    text = "a log in place of past runs; repeatable"
    parser.add_argument("--logs", action="append", type=expanded, default=[], metavar="PATH", help=text)
    parser.add_argument("-n", type=_number_of_runs, default=90, metavar="RUNS", help="how many runs (90)")
    _history_place(parser)


def _suggest(parser: Parser) -> None:
    _past_runs(parser)
    _thresholds(parser)


def _backtest(parser: Parser) -> None:
    parser.add_argument("thresholds", type=expanded_path, metavar="THRESHOLDS", help="the limits to try out")
    _past_runs(parser)


def _report_folder(parser: "argparse._ActionsContainer") -> None:
    text = f"where the reports are ({REPORTS} beside the nearest {THRESHOLDS})"
    parser.add_argument("--report-dir", type=expanded_path, metavar="FOLDER", help=text)


def _open(parser: Parser) -> None:
    text = "environment whose last report to open (the index of all)"
    parser.add_argument("name", nargs="?", metavar="ENVIRONMENT", help=text)
    _environment(parser, "the same as ENVIRONMENT", None)
    _report_folder(parser)


def _completion(parser: Parser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="bash, zsh or fish")


def hours(text: str) -> float:
    """Read a number of hours, with or without a unit: `24`, `1.5`, `24h`."""
    from checks.window import parse_hours  # noqa: PLC0415 -- few subcommands take hours

    return parse_hours(text, "--hours")


def _number_of_runs(text: str) -> int:
    from checks.units import parse_positive  # noqa: PLC0415 -- few subcommands take a number

    try:
        return parse_positive(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of runs; use 1 or more") from error


_TABLE: Final = (
    Subcommand(
        "run",
        "judge an environment and write the reports (the default)",
        _run,
        description="Judges an environment by its limits and writes the reports. Options of pytest work, too: "
        "-k, -q, -v.",
    ),
    Subcommand("init", "write a thresholds.yaml that fits your logs", _init),
    Subcommand("validate", "check thresholds.yaml without running anything", _validate, has_json=True),
    Subcommand("doctor", "check credentials, region, permissions and log groups", _doctor, has_json=True),
    Subcommand("metrics", "list the metrics that a limit can name", has_json=True),
    Subcommand("explain", "explain a metric, its limit, and what would change its verdict", _explain, has_json=True),
    Subcommand(
        "recognise",
        "show how log events are classified",
        _recognise,
        has_json=True,
        description="Shows for each event, as JSON Lines, its line number, signal kinds, connection id and Lambda "
        "request id; with --templates the application's sentences, how often each occurs, and its kind.",
    ),
    Subcommand("waivers", "list waivers and when they end", _thresholds, has_json=True),
    Subcommand("history", "list the last runs and what changed", _history, has_json=True),
    Subcommand("diff", "show what differs between two runs", _diff, has_json=True),
    Subcommand("suggest", "suggest limits from past runs, as a patch of thresholds.yaml", _suggest, has_json=True),
    Subcommand("backtest", "judge past runs by other limits", _backtest, has_json=True),
    Subcommand("open", "open the last report in the browser", _open),
    Subcommand("alarms", "print CloudWatch alarms made from the limits, or deploy them", _alarms),
    Subcommand(
        "completion",
        "print the line that lets a shell complete commands, options and names",
        _completion,
        description="Prints a line for your shell's start-up file. Try it at once: eval \"$("
        f'{COMMAND} completion bash)"',
    ),
)

SUBCOMMANDS: Final = {one.name: one for one in _TABLE}


def candidates(line: str) -> Iterator[str]:
    """Yield the words that may stand at the end of a command line."""
    words = line.split()[1:]
    current = "" if not words or line[-1:].isspace() else words.pop()
    possible: Iterable[str] = _values(words)
    if not possible and current.startswith("-"):
        name = words[0] if words and words[0] in SUBCOMMANDS else "run"
        possible = SUBCOMMANDS[name].parser().option_names
    elif not possible and not words:
        possible = SUBCOMMANDS
    yield from (word for word in possible if word.startswith(current))


def _values(words: Sequence[str]) -> Sequence[str]:
    """The values that may follow the last word, if they can be listed."""
    match words[-1:]:
        case ["-E" | "--environment"] | ["open"]:
            return environment_names()
        case ["explain" | "--metric"]:
            from checks.metrics import METRICS  # noqa: PLC0415 -- few completions need them

            return list(METRICS)
        case ["completion"]:
            return list(SHELLS)
        case ["--format"]:
            return ("text", "json")
    return ()


def environment_names() -> list[str]:
    """The demos, and the environments of the project's thresholds.yaml, unless it can't be read."""
    from checks.config.document import read_yaml  # noqa: PLC0415 -- few completions need it

    names: Iterable[str] = ()
    with suppress(ConfigError):
        names = read_yaml(project_folder() / THRESHOLDS)[0].get("environments").items
    return list(dict.fromkeys(("demo", "demo-outage", *names)))
