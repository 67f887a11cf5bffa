"""The subcommands of `websocket-health-checks`. Each imports only what it needs, because imports take time."""

# ruff: noqa: PLC0415 -- see above

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checks import command_line
from checks.errors import ConfigError, SourceError
from checks.places import COMMAND, DEFAULT_ENVIRONMENT, REPORTS, THRESHOLDS, project_folder, temporary_folder
from checks.text import counted, display_path, one_line, unknown_name, without_control_characters

if TYPE_CHECKING:
    from checks.config.environment import Environment
    from checks.config.limit import Waiver
    from checks.history.backtest import MeasuredRun
    from checks.history.store import Store


def _print(*lines: str) -> None:
    print(*lines, sep="\n")  # noqa: T201 -- a command speaks to its user


def _print_json(document: object) -> None:
    from msgspec import to_builtins

    _print(json.dumps(to_builtins(document), indent=2, ensure_ascii=False))


def _show(options: argparse.Namespace, document: object, lines: Iterable[str]) -> None:
    """Print a document for programs, or lines for people, as `--format` asks."""
    if options.format == "json":
        _print_json(document)
    else:
        _print(*lines)


def _remark(lines: Iterable[str], noun: str = "note") -> None:
    """Print remarks to stderr, because the command's own output may go into a file."""
    for line in lines:
        print(f"{noun}: {one_line(line)}", file=sys.stderr)  # noqa: T201


def _thresholds(options: argparse.Namespace) -> Path:
    file: Path = options.thresholds or project_folder() / THRESHOLDS
    return file


def _environment(options: argparse.Namespace, name: str) -> "Environment":
    """The environment of that name, as it is now."""
    from checks.config.thresholds import find_environment

    known = find_environment(_thresholds(options), name, must_exist=bool(options.thresholds))
    return known.at(datetime.now(UTC))


def _report_dir(options: argparse.Namespace) -> Path:
    folder: Path = options.report_dir or project_folder() / REPORTS
    return Path(display_path(folder))


def _init(options: argparse.Namespace) -> None:
    from checks.config.sections import check_environment_name
    from checks.init_command import LogOrigin, init, init_without_logs
    from checks.run.log_reader import read_named_logs

    check_environment_name(options.environment)
    if options.thresholds.exists():
        raise ConfigError(f"{options.thresholds} exists, and was not changed", "name another file by --thresholds")
    if not options.logs and not options.log_group:
        lines, remarks = init_without_logs(options.thresholds)
        _print(*lines)
        _remark(remarks)
        return
    key, names = ("logs", options.logs) if options.logs else ("log_group", options.log_group)
    source = LogOrigin(key, names, options.environment)
    with temporary_folder() as folder:
        spool = read_named_logs(options.logs, options.log_group, options.hours, folder)
        _remark((*spool.gaps, *spool.notes))
        _print(*init(spool, source, options.thresholds, folder, takes_guesses=options.yes))


def _validate(options: argparse.Namespace) -> None:
    from checks.config.thresholds import load

    if options.file and options.thresholds:
        raise ConfigError("the file is given twice", "leave out --thresholds")
    file = options.file or _thresholds(options)
    is_json, document = options.format == "json", {"file": display_path(file)}
    try:
        thresholds = load(file)
    except ConfigError as error:
        if is_json:
            _print_json({**document, "valid": False, "problems": str(error).splitlines()})
        raise
    warnings, inventory = thresholds.warnings(datetime.now(UTC)), thresholds.inventory
    if is_json:
        _print_json({**document, "valid": True, **inventory, "warnings": warnings})
        return
    _remark(warnings, "warning")
    holds = ", ".join(counted(number, noun.removesuffix("s")) for noun, number in inventory.items())
    _print(f"{display_path(file)}: {holds}: valid")


def _metrics(options: argparse.Namespace) -> None:
    from checks.metrics import METRICS

    keys = ("name", "unit", "meaning", "sample")
    document = [
        {**{key: getattr(metric, key) for key in keys}, "builds_on": sorted(metric.builds_on)}
        for metric in METRICS.values()
    ]
    width = max(map(len, METRICS))
    _show(options, document, (f"{one.name:<{width}}  {one.unit:<7}  {one.meaning}" for one in METRICS.values()))


def _explain(options: argparse.Namespace) -> None:
    from checks.metrics import METRICS
    from checks.report.explain import explain, explain_verdict, explanation, find_metric

    metric, run = find_metric(options.metric), None
    if options.result:
        from checks.report.result import read_result, result_file

        run = read_result(result_file(options.result))
    recorded = run.environment if run else DEFAULT_ENVIRONMENT
    name = options.environment or recorded
    if run and name != recorded:
        raise ConfigError(f"{options.result} is a run on {recorded!r}, not on {name!r}")
    environment = _environment(options, name)
    known = {*METRICS, *environment.limits, *environment.queries, *(run.metrics if run else ())}
    if metric.name not in known and not metric.name.startswith("own.test_"):  # only a run knows which tests there are
        raise ConfigError(unknown_name("metric", metric.name, sorted(known)))
    if options.format == "json":
        _print_json(explanation(metric, environment, run))
        return
    _print(*explain(metric, environment))
    if run:
        _print("", *explain_verdict(metric, environment, run))


def _waivers(options: argparse.Namespace) -> None:
    from checks.config.thresholds import load
    from checks.report.terminal import table_lines

    waivers, now = load(_thresholds(options)).waivers, datetime.now(UTC)
    keys = ("metric", "environment", "until", "owner", "reason", "max", "min")
    document = [{**{key: getattr(one, key) for key in keys}, "expired": not one.holds(now)} for one in waivers]
    head = ("ends", "", "environment", "metric", "owner", "reason")
    table = table_lines([head, *(_waiver_row(waiver, now) for waiver in waivers)])
    _show(options, document, table if waivers else ["no waivers"])


def _waiver_row(waiver: "Waiver", now: datetime) -> tuple[str, ...]:
    left = f"in {counted((waiver.end - now).days, 'day')}" if waiver.holds(now) else "expired"
    return waiver.until, left, waiver.environment, waiver.metric, one_line(waiver.owner), one_line(waiver.reason)


def _doctor(options: argparse.Namespace) -> None:
    from checks.doctor import examine, policy_for

    environment = _environment(options, options.environment)
    if options.policy:
        _print(policy_for(environment))
        return
    is_json, findings = options.format == "json", []
    with temporary_folder() as folder:
        for finding in examine(environment, options.hours, datetime.now(UTC), folder):
            findings.append(finding)
            if not is_json:
                _print(f"{finding.sign} {one_line(finding.text)}")
    failed = sum(finding.is_fine is False for finding in findings)
    if is_json:
        _print_json({"environment": environment.name, "is_fine": not failed, "findings": findings})
    if failed:
        policy = f"`{COMMAND} doctor -E {environment.name} --policy` prints the minimum IAM policy"
        hint = "" if environment.logs else policy
        raise SourceError(f"{failed} of {counted(len(findings), 'check')} failed; fix the items marked ✗", hint)


def _alarms(options: argparse.Namespace) -> None:
    from checks.alarms.deploy import deploy_alarms, notes, template_and_plan
    from checks.config.thresholds import load

    environment = load(_thresholds(options)).environment(options.environment)
    if options.apply:
        for line in deploy_alarms(environment, options.region):
            _print(without_control_characters(line))
        return
    template, plan = template_and_plan(environment, options.region)
    _remark(notes(environment, plan))
    _print(json.dumps(template, indent=2))


def _history(options: argparse.Namespace) -> None:
    from checks.history.history import MOST_SHOWN
    from checks.history.index_page import budget_lines
    from checks.history.record import last_change, runs, runs_on
    from checks.report.explain import find_metric

    metric = find_metric(options.metric).name if options.metric else None
    store = _store(options)
    if options.strike:
        store.strike(options.strike, options.reason, options.environment)
    past = store.newest(max(options.n, MOST_SHOWN), options.environment)  # error budgets span many runs
    _remark(past.problems)
    if not past.records:
        of = f" on {options.environment!r}" if options.environment else ""
        raise ConfigError(f"{store.place} holds no run{of}", f"`{COMMAND} -E NAME` adds one")
    shown = past.records[-options.n :]
    document = [record for record in shown if metric is None or metric in record.metrics]
    table = runs_on(metric, shown) if metric else runs(shown)
    _show(options, document, chain(table, last_change(past.records), budget_lines(past.records)))


def _diff(options: argparse.Namespace) -> None:
    from checks.history.diff import compare, difference_lines, read_runs
    from checks.report.terminal import terminal_width

    difference = compare(*read_runs(options.runs, _report_dir(options), options.environment))
    _show(options, difference, difference_lines(difference, terminal_width()))


def _store(options: argparse.Namespace) -> "Store":
    """The history that is named, or the one beside the reports."""
    from checks.history.store import FOLDER_NAME, open_store

    return open_store(options.history or str(_report_dir(options) / FOLDER_NAME))


def _past_runs(options: argparse.Namespace, environment: "Environment") -> "list[MeasuredRun]":
    """The runs of the history, or the logs that are named in place of them."""
    from checks.history.backtest import run_on_logs, runs_of_history

    if options.logs:
        with temporary_folder() as folder:
            return [run_on_logs(path, environment, folder) for path in options.logs]
    store = _store(options)
    past = store.newest(options.n, environment.name)
    _remark(past.problems)
    if not past.records:
        raise ConfigError(f"{store.place} holds no run on {environment.name!r}", "name a log by --logs, or a --history")
    return list(runs_of_history(past.records))


def _suggest(options: argparse.Namespace) -> None:
    from checks.history.suggest import PastMeasurements, patch, repeated_defaults

    file = _thresholds(options)
    environment = _environment(options, options.environment)
    past = PastMeasurements(_past_runs(options, environment), environment, file)
    suggestions = list(past.suggestions())
    remarks = [*past.remarks(), *repeated_defaults(file, environment.name)]
    if options.format == "json":
        _print_json({"suggestions": suggestions, "remarks": remarks})
        return
    if suggestions:
        _print(*(f"# {one.metric}: {one.written}: {one.outcome}" for one in suggestions))
    else:
        runs = f"{counted(len(past.runs), 'past run')} of {environment.name}"
        why = runs if any(run.metrics for run in past.runs) else f"{runs}, of which none measured anything"
        remarks.insert(0, f"nothing to suggest: {why}; --logs FILE suggests from a log")
    _remark(remarks)
    if suggestions:
        _print(patch(file, environment.name, suggestions))


def _backtest(options: argparse.Namespace) -> None:
    from checks.history.backtest import backtest, backtest_lines, replay_document

    environment = _environment(options, options.environment)
    replays = backtest(_past_runs(options, environment), environment)
    _show(options, list(map(replay_document, replays)), map(one_line, backtest_lines(replays)))


def _recognise(options: argparse.Namespace) -> None:
    from msgspec import to_builtins

    from checks.analysis.dictionary import every_sentence
    from checks.analysis.recognise import Dialect, recognise
    from checks.config.thresholds import Thresholds, load
    from checks.report.phrases import sentence_lines
    from checks.run.log_reader import read_named_logs

    file = _thresholds(options)
    taught = load(file) if options.thresholds or file.is_file() else Thresholds()
    with temporary_folder() as folder:
        spool = read_named_logs(options.paths, options.log_group, options.hours, folder)
        _remark((*spool.gaps, *spool.notes))
        if options.templates or options.unknown:
            dialect = Dialect(0, taught.signals, taught.redact, taught.ignore)
            sentences = every_sentence(spool, dialect, folder)
            shown = [one for one in sentences if one.is_unknown or not options.unknown]
            is_json = options.format == "json"
            lines = map(json.dumps, map(to_builtins, shown)) if is_json else sentence_lines(shown)
        else:
            lines = map(json.dumps, map(to_builtins, recognise(spool, taught.signals, folder)))
        for line in lines:
            _print(line)


def _open(options: argparse.Namespace) -> None:
    import webbrowser

    folder = _report_dir(options)
    name = options.name or options.environment
    page = folder / name / "report.html" if name else folder / "index.html"
    if not page.is_file():
        reported = sorted(report.parent.name for report in folder.glob("*/report.html"))
        hint = f"there are reports of {', '.join(reported)}" if reported else f"`{COMMAND} -E demo` writes one"
        raise ConfigError(f"{page}: no such report", hint)
    _print(str(page))
    webbrowser.open(page.resolve().as_uri())


def _completion(options: argparse.Namespace) -> None:
    _print(command_line.SHELLS[options.shell])


HANDLERS: Final[Mapping[str, Callable[[argparse.Namespace], None]]] = {
    "init": _init,
    "validate": _validate,
    "doctor": _doctor,
    "metrics": _metrics,
    "explain": _explain,
    "recognise": _recognise,
    "waivers": _waivers,
    "history": _history,
    "diff": _diff,
    "suggest": _suggest,
    "backtest": _backtest,
    "open": _open,
    "alarms": _alarms,
    "completion": _completion,
}
"""The function of each subcommand; it raises HealthCheckError if it has nothing to show, or finds something wrong."""
