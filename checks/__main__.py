"""Helper commands: `python -m checks …`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from checks.analysis.engine import pattern_error
from checks.config.thresholds import DEFAULT_ENVIRONMENT, Thresholds, find_environment, load, write_starter
from checks.errors import ConfigError, HealthCheckError, SourceError
from checks.history.listing import last_change, runs, runs_on
from checks.history.store import FOLDER_NAME, open_store
from checks.report.explain import explain, explain_verdict, find_metric, inventory_sentence
from checks.report.result import read_result
from checks.text import one_line, without_control_characters
from checks.verdicts.verdict import ExitCode

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 -- it has no public name


def main(arguments: Sequence[str] | None = None, program: str = "python -m checks") -> int:
    """Run the command that the arguments name; return the exit code."""
    options = _parser(program).parse_args(arguments)
    try:
        options.handler(options)
        sys.stdout.flush()
    except BrokenPipeError:  # `… | head` has seen enough: https://docs.python.org/3/library/signal.html#note-on-sigpipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except HealthCheckError as error:
        print(f"ERROR: {without_control_characters(str(error))}", file=sys.stderr)  # noqa: T201 -- a command speaks to its user
        return ExitCode.USAGE if isinstance(error, ConfigError) else ExitCode.ERROR
    return 0


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (_add_init, _add_recognise, _add_validate, _add_explain, _add_doctor, _add_alarms, _add_history):
        add(commands)
    return parser


def _add_init(commands: _Commands) -> None:
    command = commands.add_parser(
        "init",
        help="write a thresholds.yaml to begin with",
        description="Writes a commented thresholds.yaml into the current folder, where there is none.",
    )
    _add_thresholds(command)
    command.set_defaults(handler=_init)


def _add_recognise(commands: _Commands) -> None:
    command = commands.add_parser(
        "recognise",
        help="print what each log event says, or the sentences of an application",
        description="Prints for each event its line number, signal kinds, connection id and Lambda request id; "
        "or with --templates the application's sentences: how often each is said, and what it is taken for.",
    )
    command.add_argument("paths", nargs="*", metavar="PATH", help="file, folder or glob; - for standard input")
    command.add_argument("--log-group", action="append", default=[], metavar="NAME", help="read CloudWatch; repeatable")
    command.add_argument("-T", "--hours", type=float, default=1, metavar="HOURS", help="of the log group (1)")
    command.add_argument("--templates", action="store_true", help="print the sentences, those that matter first")
    command.add_argument("--unknown", action="store_true", help="only the sentences that nobody understands")
    command.add_argument("--json", action="store_true", help="print a JSON line a sentence")
    command.add_argument("--thresholds", type=Path, metavar="FILE", help="use the patterns taught in this file, too")
    command.set_defaults(handler=_recognise)


def _add_validate(commands: _Commands) -> None:
    command = commands.add_parser(
        "validate",
        help="check thresholds.yaml without running anything",
        description="Prints one line where the file is valid, else all that is wrong with it.",
    )
    _add_thresholds(command)
    command.set_defaults(handler=_validate)


def _add_explain(commands: _Commands) -> None:
    command = commands.add_parser(
        "explain",
        help="print what a metric means, its limit, and what would flip its verdict",
        description="Prints what a metric means, which limit an environment sets and where that is written.",
    )
    command.add_argument("metric", metavar="METRIC", help="as in thresholds.yaml: gone.errors")
    command.add_argument("result", nargs="?", type=Path, metavar="RESULT.json", help="explain this run's verdict, too")
    command.add_argument("-E", "--environment", metavar="NAME", help="that of RESULT.json, else dev")
    _add_thresholds(command)
    command.set_defaults(handler=_explain)


def _add_doctor(commands: _Commands) -> None:
    command = commands.add_parser(
        "doctor",
        help="try all that reading an environment's logs needs",
        description="Tries every permission and setting, prints what is missing, and the least IAM policy.",
    )
    command.add_argument("-E", "--environment", default=DEFAULT_ENVIRONMENT, metavar="NAME", help="(dev)")
    command.add_argument("-T", "--hours", type=float, default=24, metavar="HOURS", help="length of the window (24)")
    _add_thresholds(command)
    command.set_defaults(handler=_doctor)


def _add_alarms(commands: _Commands) -> None:
    command = commands.add_parser(
        "alarms",
        help="print the CloudWatch alarms that an environment's limits call for, or apply them",
        description="Prints a CloudFormation template of metric filters and alarms; notes say what is left out.",
    )
    command.add_argument("-E", "--environment", default=DEFAULT_ENVIRONMENT, metavar="NAME", help="(dev)")
    command.add_argument("--region", metavar="REGION", help="only what lives there; a template is of one region")
    command.add_argument(
        "--apply", action="store_true", help="show what would change, and deploy it as a CloudFormation stack"
    )
    _add_thresholds(command)
    command.set_defaults(handler=_alarms)


def _add_history(commands: _Commands) -> None:
    command = commands.add_parser(
        "history",
        help="print what the last runs came to, and what changed since the one before",
        description="Prints a line a run, the newest last, and what the newest changed.",
    )
    command.add_argument("-E", "--environment", metavar="NAME", help="only the runs on this one (all)")
    command.add_argument("--metric", metavar="METRIC", help="print its value, limit and verdict in each run instead")
    command.add_argument("-n", type=_number_of_runs, default=20, metavar="RUNS", help="how many runs (20)")
    place = command.add_mutually_exclusive_group()
    reports = Path("reports")
    place.add_argument("--report-dir", type=Path, default=reports, metavar="FOLDER", help=f"of the runs ({reports})")
    place.add_argument("--history", metavar="PLACE", help="a folder, or s3://BUCKET/PREFIX, as given to pytest")
    command.set_defaults(handler=_history)


def _add_thresholds(command: argparse.ArgumentParser) -> None:
    default = Path("thresholds.yaml")
    command.add_argument("--thresholds", type=Path, default=default, metavar="FILE", help=f"limits ({default})")


def _init(options: argparse.Namespace) -> None:
    write_starter(options.thresholds)
    print(f"{options.thresholds} is written: put in your log groups and limits")  # noqa: T201


def _validate(options: argparse.Namespace) -> None:
    print(inventory_sentence(load(options.thresholds, pattern_error), options.thresholds))  # noqa: T201


def _explain(options: argparse.Namespace) -> None:
    metric = find_metric(options.metric)
    run = read_result(options.result) if options.result else None
    recorded = run.environment if run else DEFAULT_ENVIRONMENT
    name = options.environment or recorded
    if run and name != recorded:
        raise ConfigError(f"{options.result} is a run on {recorded!r}, not on {name!r}")
    environment = find_environment(options.thresholds, name, pattern_error)
    now = datetime.now(UTC)
    print(*explain(metric, environment, now), sep="\n")  # noqa: T201
    if run:
        print("", *explain_verdict(metric, environment, run, now), sep="\n")  # noqa: T201


def _doctor(options: argparse.Namespace) -> None:
    from checks.doctor import examine, with_log_groups  # noqa: PLC0415 -- boto3 takes half a second
    from checks.resources.policy import least_policy  # noqa: PLC0415

    environment = find_environment(options.thresholds, options.environment, pattern_error)
    if environment.logs:
        print(f"✓ {environment.name} reads {environment.logs}: it needs nothing of AWS")  # noqa: T201
        return
    environment, now = with_log_groups(environment), datetime.now(UTC)
    with TemporaryDirectory(prefix="websocket-health-") as folder:
        findings = []
        for finding in examine(environment, options.hours, now, Path(folder)):
            print("✓" if finding.is_fine else "✗", one_line(finding.text))  # noqa: T201
            findings.append(finding)
        print("\nThe least IAM policy:\n" + least_policy(environment))  # noqa: T201
    failed = sum(not finding.is_fine for finding in findings)
    if failed:
        raise SourceError(
            f"the checks cannot see until what is marked ✗ is put right ({failed} of {len(findings)} findings)"
        )


def _alarms(options: argparse.Namespace) -> None:
    from checks.alarms.deploy import deploy_alarms  # noqa: PLC0415 -- boto3 takes half a second
    from checks.alarms.template import notes, template_and_plan  # noqa: PLC0415

    environment = load(options.thresholds, pattern_error).environment(options.environment)
    if options.apply:
        for line in deploy_alarms(environment, options.region):
            print(without_control_characters(line))  # noqa: T201
        return
    template, plan = template_and_plan(environment, options.region)
    for note in notes(environment, plan):
        print(f"NOTE: {one_line(note)}", file=sys.stderr)  # noqa: T201
    print(json.dumps(template, indent=2))  # noqa: T201


def _history(options: argparse.Namespace) -> None:
    metric = find_metric(options.metric).name if options.metric else None
    store = open_store(options.history or str(options.report_dir / FOLDER_NAME))
    past = store.newest(max(options.n, 2), options.environment)  # the run before tells what changed
    for problem in past.problems:
        print(f"NOTE: {one_line(problem)}", file=sys.stderr)  # noqa: T201
    if not past.records:
        of = f" on {options.environment!r}" if options.environment else ""
        raise ConfigError(f"{store.place} holds no run{of}: `python -m pytest` adds one; is it the right place?")
    shown = past.records[-options.n :]
    table = runs_on(metric, shown) if metric else runs(shown)
    print(*table, *last_change(past.records), sep="\n")  # noqa: T201


def _number_of_runs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of runs: 1 or more")
    return int(text)


def _recognise(options: argparse.Namespace) -> None:
    from checks.recognise_command import events_of, read_logs, sentences_of  # noqa: PLC0415 -- so does DuckDB

    file = load(options.thresholds, pattern_error) if options.thresholds else Thresholds()
    with TemporaryDirectory(prefix="websocket-health-") as name:
        folder = Path(name)
        spool = read_logs(options.paths, options.log_group, options.hours, folder)
        for remark in (*spool.gaps, *spool.notes):
            print(f"NOTE: {one_line(remark)}", file=sys.stderr)  # noqa: T201
        if options.templates or options.unknown:
            lines = sentences_of(spool, file, folder, is_unknown=options.unknown, is_json=options.json)
        else:
            lines = events_of(spool, file, folder)
        for line in lines:
            print(line)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
