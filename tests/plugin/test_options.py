"""The options of the command line become the settings of a run; options that make no sense are refused with advice."""

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from checks.config.environment import LogGroup
from checks.errors import ConfigError
from checks.metrics import Subject
from checks.places import COMMAND, COMMAND_CONFIGURATION
from checks.plugin.options import (
    environment_names,
    history_store,
    reports_folder,
    settings_from_options,
    thresholds_path,
)
from checks.run.settings import Gate, Settings
from checks.text import display_path
from checks.window import Window, parse_instant, utc_now
from tests.plugin.command_line import command_line

THRESHOLDS = """\
    environments:
      dev: {log_group: /aws/lambda/dev-chat, limits: {gone.errors: 5}}
      recorded: {logs: demo.jsonl}
      chat: {log_group: /aws/lambda/chat, function: chat}
      lake: {logs: "s3://lake/{environment}/", function: chat}
      both: {logs: "s3://lake/{environment}/", log_group: /x}
      groups: {logs: s3://lake, log_group: /x, source: insights}
    """
AFTER = ("--since", "2026-06-02T14:00Z", "--until", "2026-06-02T15:00Z")
LONG = f"{10**15}d"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "thresholds.yaml").write_text(dedent(THRESHOLDS))
    return tmp_path


def settings(folder: Path, *arguments: str, environment: str = "dev") -> Settings:
    return settings_from_options(command_line(folder, *arguments), environment)


def complaint(folder: Path, environment: str, *arguments: str) -> str:
    """Return the error about a command line, in one line, without argparse's usage before it."""
    with pytest.raises((ConfigError, pytest.UsageError)) as error:
        settings(folder, *arguments, environment=environment)
    text = str(error.value)
    return text.splitlines()[-1] if isinstance(error.value, pytest.UsageError) else text


MISTAKES = [
    ("dev", ["--hours", "0"], "--hours: invalid number of hours '0'"),
    ("dev", ["-T", "-3"], "--hours: invalid number of hours '-3'"),
    ("dev", ["--hours", "nan"], "--hours"),
    ("dev", ["--hours", "x"], "--hours"),
    ("dev", ["--since", "2026-06-03", "--until", "2026-06-02"], "the window is empty"),
    ("dev", ["--since", "yesterday"], "--since: invalid time 'yesterday'"),
    ("dev", ["--until", "2026-06-02"], "--until needs a start"),
    ("dev", ["--since", "2h", "--hours", "2"], "--since and --hours both set the start of the window"),
    ("dev", ["-A", "gnoe"], "--analysis: unknown analysis 'gnoe'; did you mean 'gone'?"),
    ("demon", [], "unknown environment 'demon'; allowed: dev, recorded, chat, lake, both, groups"),
    ("dev", ["--thresholds", "missing.yaml"], "missing.yaml"),
    ("dev", ["--logs", "x", "--log-group", "/x"], "--logs is read instead of CloudWatch; it excludes --log-group"),
    ("dev", ["--logs", "x", "--keep-logs", "y"], "--logs is read instead of CloudWatch; it excludes --log-group and"),
    ("recorded", ["--keep-logs", "y"], "--keep-logs keeps events read from CloudWatch, but 'recorded' reads "),
    ("demo", ["--thresholds", "missing.yaml"], "missing.yaml: no such file"),
    ("dev", ["--since", "last-run", "--logs", "x"], "the environment's own log groups or lake only"),
    ("dev", ["--since", "last-run", "--log-group", "/x"], "the environment's own log groups or lake only"),
    ("recorded", ["--since", "last-run"], "the environment's own log groups or lake only"),
    ("dev", ["--since", "last-run", "-T", "6"], "--since and --hours both set the start of the window"),
    ("recorded", ["--since-deploy"], "--since-deploy asks AWS Lambda, but this run reads files"),
    ("dev", ["--since-deploy"], "--since-deploy: 'dev' has no 'function' in thresholds.yaml"),
    ("chat", ["--since-deploy", "--until", "1h"], "--since-deploy: the window ends now, so --until has no effect"),
    ("recorded", ["--wait", "5m"], "--wait: files don't grow"),
    ("dev", ["--wait", "5m", "--until", "1h"], "--wait and --until both say when to stop looking"),
    ("dev", ["--wait", LONG], "--wait"),
    ("recorded", ["--warm-up", "2m"], "--warm-up leaves out the time after a deploy"),
    ("recorded", ["--deployed-at", "noon"], "invalid time 'noon'"),
    ("dev", ["--hold", "2"], "--hold 2 counts the polls of --wait; say how long to poll"),
    ("dev", ["--keep-reports", "-1"], "--keep-reports: invalid number of runs -1; use 0 or more"),
    ("dev,prod", [], "-E dev,prod is one name; repeat it: `-E dev -E prod`"),
    ("dev", ["--log-group", "has space"], "--log-group: 'has space' holds ' '; a log group's name has"),
    ("dev", ["--log-group", "https://a.example/x"], "--log-group: 'https://a.example/x' holds ':'"),
    ("dev", ["--logs", "s3:/lake/x"], "--logs: 's3:/lake/x' is not a lake; did you mean s3://lake/x?"),
    ("dev", ["--hold", "0", "--wait", "5m"], "--hold: invalid number of polls"),
    ("dev", ["--hold", "9" * 5000, "--wait", "5m"], "--hold: invalid number of polls '999"),
    ("dev", ["--deployed-at", "2h", "--since", "3h"], "--deployed-at and --since each set the start of the window"),
    ("dev", ["--deployed-at", "noon"], "invalid time 'noon'"),
    ("dev", ["--function-version", "v42"], "--function-version: invalid version 'v42'"),
    ("dev", ["--baseline", "version", "--since", "2h"], "--baseline version compares a version with the others"),
    ("dev", ["--baseline", "yesterday"], "'yesterday' is neither previous, version, an age such as 24h"),
    ("dev", ["--baseline", "a" * 300], "is neither previous, version, an age such as 24h"),
    ("dev", ["--baseline", "0h"], "'0h' before is the window itself"),
    ("dev", ["--baseline", "400d"], "invalid length of time '400d'"),
    ("dev", ["--baseline", LONG], "is neither previous, version, an age such as 24h, nor a result.json that exists"),
    ("recorded", ["--baseline", "previous"], "nothing is left before it; give --since"),
    ("dev", ["--logs", "s3://"], "--logs: 's3://' names no bucket; write s3://BUCKET/PREFIX"),
    ("dev", ["--logs", "s3:///logs"], "--logs: 's3:///logs' names no bucket"),
    (
        "dev",
        ["--logs", "https://a.example/x?sig=1"],
        "--logs: https://a.example… is neither a file nor a lake; download it",
    ),
    ("dev", ["--logs", "https://ann:pw@a.example/x"], "--logs: https://… is neither a file nor a lake; download it"),
    ("dev", ["--logs", "s3://lake/x", "--logs", "y"], "--logs: s3://lake/x and files can't be read together"),
    ("lake", ["--wait", "5m"], "--wait: a lake has new events minutes later; read the log groups, with --log-group"),
    ("dev", ["--logs", "s3://lake/x", "--probe", "wss://x/prod"], "--probe: a lake has new events minutes later"),
    ("lake", ["--keep-logs", "y"], "--keep-logs keeps events read from CloudWatch, but 'lake' reads s3://lake/lake"),
    ("dev", ["--deployed-at", ""], "--deployed-at is empty: is the variable that it comes from set?"),
    ("dev", ["--thresholds="], "--thresholds is empty"),
    ("dev", ["--logs", "a", "--logs", ""], "--logs is empty"),
    ("dev", ["--emf", ""], "--emf is empty"),
    ("dev", ["-T", ""], "--hours is empty"),
    ("dev", ["--since", "last-run", "--logs", "s3://lake/x"], "the environment's own log groups or lake only"),
]


def test_options_that_make_no_sense(folder: Path) -> None:
    """Each is refused in one line, which names the option or says what is allowed."""
    wrong = [
        (environment, arguments, text)
        for environment, arguments, expected in MISTAKES
        if expected not in (text := complaint(folder, environment, *arguments)) or "\n" in text.strip()
    ]
    assert wrong == []


def test_nothing_is_asked_for(folder: Path) -> None:
    """The defaults are the environment's own log groups, all analyses, the usual window, and no gate."""
    plain = settings(folder)
    assert (plain.environment.name, plain.logs, plain.groups) == ("dev", (), (LogGroup("/aws/lambda/dev-chat", None),))
    assert (plain.window, plain.continued) == (None, None)
    assert (plain.subjects, plain.gate, plain.strict_warnings) == (tuple(Subject), Gate(), False)
    assert plain.report_folder == folder / "reports" / "dev"


def test_analyses(folder: Path) -> None:
    """They are in the order of the catalogue, each once, and all of them include the checks of the data."""
    assert settings(folder, "-A", "welcome", "-A", "gone", "-A", "gone").subjects == (Subject.GONE, Subject.WELCOME)
    assert settings(folder, "-A", "gone", "-A", "all").subjects == tuple(Subject)


def test_a_window(folder: Path) -> None:
    """It is given by its two ends, or by its length and its end."""
    until = parse_instant("2026-06-02T15:00Z", "--until", utc_now())
    assert settings(folder, *AFTER).window == Window(until - timedelta(hours=1), until)
    assert settings(folder, "-T", "1.5", "--until", "2026-06-02T15:00Z").window == Window(
        until - timedelta(hours=1.5), until
    )


def test_files(folder: Path) -> None:
    """They are the environment's own, unless the command line names other files or log groups."""
    assert settings(folder).files == ()
    assert settings(folder, "--logs", "log.jsonl").files == ("log.jsonl",)
    assert settings(folder, environment="recorded").files == (display_path(folder / "demo.jsonl"),)
    assert settings(folder, "--logs", "log.jsonl", environment="recorded").files == ("log.jsonl",)
    assert settings(folder, "--log-group", "/x", environment="recorded").files == ()


def test_a_lake(folder: Path) -> None:
    """It has the windows of CloudWatch, because a lake holds years of events."""
    own = settings(folder, *AFTER, environment="lake")
    assert (own.files, own.lake) == ((), ("s3://lake/lake/",))
    named = settings(folder, *AFTER, "--logs", "s3://lake/x")
    assert (named.files, named.lake) == ((), ("s3://lake/x",))
    assert own.window == named.window == settings(folder, *AFTER).window
    assert own.file_window is named.file_window is None
    assert own.is_in_a_row
    groups = settings(folder, "--log-group", "/x", environment="lake")
    assert (groups.files, groups.lake) == ((), ())
    assert settings(folder, "--since-deploy", environment="lake").gate.since_deploy
    assert settings(folder, environment="both").lake == ("s3://lake/both/",)
    assert settings(folder, environment="groups").lake == ()
    for at_once in (("--wait", "5m"), ("--keep-logs", "x")):
        assert settings(folder, *at_once, environment="both").lake == ()


def test_a_deploy(folder: Path) -> None:
    """The window begins with it, even if it was just now or is still to come and `--wait` is given."""
    gate = settings(folder, "--deployed-at", *AFTER[1:], "--function-version", "42", "--baseline", "24h")
    assert gate.window == settings(folder, *AFTER).window
    assert (gate.gate.version, gate.gate.baseline, gate.gate.wait) == ("42", "24h", timedelta())
    waiting = settings(folder, "--deployed-at", "0s", "--wait", "15m", "--hold", "2")
    assert (waiting.gate.wait, waiting.gate.hold) == (timedelta(minutes=15), 2)
    assert waiting.window == Window(waiting.now, waiting.now + timedelta(seconds=1))
    assert settings(folder, "--since-deploy", environment="chat").gate.since_deploy


def test_places(folder: Path) -> None:
    """Limits, reports and history are in the project, unless an option names other places."""
    plain = command_line(folder)
    assert thresholds_path(plain) == folder / "thresholds.yaml"
    assert reports_folder(plain) == folder / "reports"
    assert history_store(plain).place == str(folder / "reports" / "history")
    named = command_line(folder, "--thresholds", "limits.yaml", "--report-dir", "out", "--history", "s3://runs/x")
    assert (thresholds_path(named), reports_folder(named)) == (Path("limits.yaml"), Path("out"))
    assert history_store(named).place == "s3://runs/x/"
    with pytest.raises(ConfigError, match="name a folder or s3://BUCKET/PREFIX"):
        history_store(command_line(folder, "--history", "s3://"))


def test_the_command_of_the_wheel(folder: Path) -> None:
    """It finds the project nearest to the current folder, and reports name it in the command to run again."""
    assert settings(folder).program == ("python", "-m", "pytest")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "thresholds.yaml").touch()
    config = command_line(folder, "--thresholds", str(folder / "thresholds.yaml"), inipath=COMMAND_CONFIGURATION)
    assert reports_folder(config) == folder / "elsewhere" / "reports"
    assert settings_from_options(config, "dev").program == (COMMAND,)


def test_environments(folder: Path) -> None:
    """Each is judged once, in the order given; the default is `dev`."""
    assert environment_names(command_line(folder)) == ["dev"]
    assert environment_names(command_line(folder, "-E", "prod", "-E", "dev", "-E", "prod")) == ["prod", "dev"]
