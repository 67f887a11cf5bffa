"""`init` reads an application's logs, and writes a thresholds.yaml that fits them."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from checks import init_command
from checks.__main__ import main
from checks.config.environment import Environment
from checks.config.thresholds import load
from checks.history.backtest import backtest, run_on_logs
from checks.logs.cloudwatch.insights_stats import countable_sentences
from checks.metrics import Metric, Subject
from checks.verdicts.verdict import Verdict
from checks.window import Window, from_epoch_ms
from tests.analysis.playing import SINCE_MS, Event, event
from tests.endpoint.reach import reached
from tests.endpoint.store import Group
from tests.logs.cloudwatch.insights_stats.test_query import counted, differences, read
from tests.simulator import connection_events, scenarios
from tests.simulator.timeline import Kind
from tests.simulator.wordings import NODE_SENTENCES

REQUEST = "8f2c9a01-0000-4000-8000-000000000001"
ROOT = Path(__file__).parents[1]

CONNECTED, MESSAGE, GONE, LEFT = "Kapcsolódott: {}", "Üzenet tőle: {}: {}", "Nem küldhető {}: 410 Gone", "Elment: {}"
"""An application whose words nobody here knows, and which greets nobody."""


FINNISH = ("Yhteys avattu", "Viesti saatu", "Viesti saatu", "Yhteys suljettu")


def life(number: int, *, is_gone: bool = False, is_lost: bool = False) -> Iterator[Event]:
    """Yield all lines about a connection, each of its own invocation."""
    connection = f"Ab3dE{number:06d}Cw5Q="
    texts = [CONNECTED.format(connection), *(MESSAGE.format(connection, said) for said in ("szia", "jó napot", "na"))]
    texts += [GONE.format(connection)] * is_gone + [LEFT.format(connection)] * (not is_lost)
    begin_ms = SINCE_MS + number * 1000
    for step, text in enumerate(texts):
        request, at_ms = f"8f2c9a01-0000-4000-8000-{number:06d}{step:06d}", begin_ms + step * 60_000
        yield event(f"START RequestId: {request} Version: 7\n", at_ms)
        yield event(f"2026-06-02T00:00:00.000Z\t{request}\tINFO\t{text}\n", at_ms + 1)


def log(folder: Path, name: str, *, gone: int = 2) -> str:
    """Return a log of eighty connections."""
    events = [one for number in range(80) for one in life(number, is_gone=number < gone)]
    ordered = sorted(events, key=lambda one: int(str(one["timestamp"])))
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in ordered), encoding="utf-8")
    return str(folder / name)


def made(folder: Path, *arguments: str) -> Environment:
    """Return the environment that `init` writes."""
    file = folder / "made.yaml"
    file.unlink(missing_ok=True)
    assert main(["init", *arguments, "--thresholds", str(file), "-E", "chat"]) == 0
    return load(file).environment("chat")


def judged(environment: Environment, path: str, folder: Path) -> tuple[Verdict, Mapping[str, Metric]]:
    """Return the verdict and the metrics of a run on a log."""
    [replay] = backtest([run_on_logs(path, environment, folder)], environment)
    return replay.verdict, replay.run.metrics


def verdict(environment: Environment, path: str, folder: Path) -> Verdict:
    """Return the verdict of a run on a log."""
    return judged(environment, path, folder)[0]


def test_words_that_nobody_knows_are_taught_by_their_place(tmp_path: Path) -> None:
    """Unknown sentences are guessed: first line of a connection, last line, or in between; then a run passes."""
    path = log(tmp_path, "log.jsonl")
    chat = made(tmp_path, "--yes", "--logs", path)
    text = (tmp_path / "made.yaml").read_text(encoding="utf-8")
    assert "    sentence-1: 'Kapcsolódott: {connection_id}'\n" in text
    assert "    sentence-1: 'Üzenet tőle: {connection_id}:'\n" in text
    assert "    sentence-1: 'Elment: {connection_id}'\n" in text
    assert "  welcome: none # no welcome message was seen\n" in text
    assert "gone.connection_rate: {warn: 4%, max: 5%} # 2.5 % of 80 connections seen here\n" in text
    outcome, metrics = judged(chat, path, tmp_path)
    numbers = [metrics[f"lifecycle.{name}"].value for name in ("complete", "incomplete", "events")]
    assert numbers == [80, 0, 5 * 80]
    assert outcome is Verdict.PASS


def test_a_sentence_that_is_first_and_last_is_no_message(tmp_path: Path) -> None:
    """Every function may log its connection alone: nobody can say from its place what such a line means."""
    named = ("connectionId: {}", "connectionId: {}")
    lines = [
        event(text.format(f"Ab3dE{number:06d}Cw5Q="), SINCE_MS + number * 1000 + step * 60_000)
        for number in range(20)
        for step, text in enumerate(named)
    ]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    assert not made(tmp_path, "--yes", "--logs", str(path)).signals


@pytest.mark.parametrize(
    ("after", "taught", "left"),
    [
        ("", {"Kapcsolódott", "Elment"}, "#   gone: 'Nincs itt: {connection_id}' # 4 times\n"),
        (MESSAGE, {"Kapcsolódott"}, "#   gone: 'Elment: {connection_id}' # 40 times\n"),
    ],
)
def test_what_a_post_met_is_not_taught_as_a_disconnect(tmp_path: Path, after: str, taught: set[str], left: str) -> None:
    """It is the last line of a lost connection, in rarer words than a disconnect, or in a request of somebody else."""
    lines = []
    for number in range(40):
        connection, ends = f"Ab3dE{number:06d}Cw5Q=", number >= 4
        last = LEFT if ends or after else "Nincs itt: {}"
        other = [after.format("Zb3dE999999Cw5Q=", "szia")] if after and not ends else []
        for step, texts in enumerate([[CONNECTED.format(connection)], [*other, last.format(connection)]]):
            request = f"8f2c9a01-0000-4000-8000-{number:06d}{step:06d}"
            for place, text in enumerate(texts):
                at_ms = SINCE_MS + number * 1000 + step * 60_000 + place
                lines.append(event(f"2026-06-02T00:00:00.000Z\t{request}\tINFO\t{text}\n", at_ms))
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    chat = made(tmp_path, "--yes", "--logs", str(path))
    text = (tmp_path / "made.yaml").read_text(encoding="utf-8")
    sentences = [pattern for patterns in chat.signals.values() for pattern in patterns.values()]
    assert {word for word in taught if any(word.split()[0] in sentence for sentence in sentences)} == taught
    assert len(sentences) == len(taught)
    assert left in text


def test_a_recurring_line_may_be_no_message(tmp_path: Path) -> None:
    """It may stand beside lines that are understood, or be about posts to connections that are gone."""
    lines = []
    for number in range(40):
        connection = f"Ab3dE{number % 20:06d}Cw5Q="
        texts = [f"Message from {connection}"] * (number % 20 > 1) + [f"Vendég {connection}"]
        for step, said in enumerate([texts, [f"Sweep of gone ones: {connection}"]]):
            request = f"8f2c9a01-0000-4000-8000-{number:06d}{step:06d}"
            at_ms = SINCE_MS + number * 1000 + step * 60_000
            lines += [event(f"2026-06-02T00:00:00.000Z\t{request}\tINFO\t{text}\n", at_ms) for text in said]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    assert not made(tmp_path, "--yes", "--logs", str(path)).signals
    assert "#   gone: 'Sweep of gone ones: {connection_id}' # 40 times\n" in (tmp_path / "made.yaml").read_text("utf-8")


def test_an_error_that_is_not_understood_is_not_ignored(tmp_path: Path) -> None:
    """It is left for a person to classify: it may be a welcome that failed."""
    path = log(tmp_path, "log.jsonl")
    errors = [
        event(
            f"[ERROR]\t2026-06-02T00:00:00.000Z\t-\tNem ment el: Ab3dE{number:06d}Cw5Q=\n",
            SINCE_MS + number * 1000 + 500,
        )
        for number in range(3)
    ]
    with Path(path).open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(error)}\n" for error in errors)
    chat = made(tmp_path, "--yes", "--logs", path)
    assert not chat.ignore
    assert "#   ignore: 'Nem ment el: {connection_id}' # 3 times\n" in (tmp_path / "made.yaml").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("text", ["Failed to send to {}: GoneException", "Score of {} saved"])
def test_limits_stay_where_no_line_tells_of_connections(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run then says what is missing. With the limits switched off it would judge nothing, and pass for ever."""
    lines = [event(text.format(f"Ab3dE{number:06d}Cw5Q="), SINCE_MS + number * 1000) for number in range(20)]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    chat = made(tmp_path, "--yes", "--logs", str(path))
    says_nothing = "can't count these sentences: none of them says anything about connections"
    assert (says_nothing in capsys.readouterr().out) == (text == "Score of {} saved")
    assert chat.absent == {Subject.WELCOME}
    assert {"gone.connection_rate", "gone.max_per_connection", "lifecycle.complete"} < set(chat.limits)
    assert "gone.max_per_connection: {warn: 10, max: 50} # no connect line was seen\n" in (
        (tmp_path / "made.yaml").read_text(encoding="utf-8")
    )


def test_words_that_are_known_are_written_for_logs_insights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are comments, with similar sentences, or with the reason why Logs Insights can't count them."""
    lines = []
    for number in range(20):
        said = ("Client connected: {}", "Connected to the cache", "Client disconnected: {}")
        for step, text in enumerate(said):
            message = text.format(f"Ab3dE{number:06d}Cw5Q=")
            lines.append(json.dumps(event(message, SINCE_MS + number * 1000 + step * 10_000)))
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    chat = made(tmp_path, "--logs", str(path))
    assert not chat.signals
    text = (tmp_path / "made.yaml").read_text(encoding="utf-8")
    block = text[text.index("# If there is too much to read") :].splitlines()[1:]
    names = ", ".join(f"gone.{name}" for name in ("max_per_connection", "errors_per_connection", "connection_rate"))
    assert block[0] == f"# It can't count {names}, gone.welcome_rate: to have it count, switch these limits off."
    assert [line.removeprefix("# ") for line in block[1:] if line != "#"] == [
        "signals:",
        "  connect:",
        "    sentence-1: 'Client connected: {connection_id}'",
        "  disconnect:",
        "    sentence-1: 'Client disconnected: {connection_id}'",
        "ignore: # lines that only look as if they were about connections",
        "  - 'Connected to the cache'",
    ]
    assert "Logs Insights can count these sentences" in capsys.readouterr().out
    gone = "Client Ab3dE000001Cw5Q= is gone", "GoneException for connection Ab3dE000001Cw5Q="
    twice = [json.dumps(event(f"2026-06-02T00:00:00.000Z\t{REQUEST}\tINFO\t{text}", SINCE_MS)) for text in gone]
    path.write_text("\n".join([*lines, *twice]), encoding="utf-8")
    made(tmp_path, "--logs", str(path))
    assert "several lines report one GoneException" in capsys.readouterr().out
    path.write_text("\n".join([*lines, json.dumps(event("A client connected", SINCE_MS))]), encoding="utf-8")
    made(tmp_path, "--logs", str(path))
    assert "Logs Insights can't count these sentences: gone.max_per_connection: source:" in (capsys.readouterr().out)


def test_what_is_written_for_logs_insights_counts_what_a_read_does(tmp_path: Path) -> None:
    """The counts equal a read, for an application with known words in JSON records (tests' endpoint)."""
    scenario = scenarios.unhealthy(60, seed=7)

    def record(said: re.Match[str]) -> str:
        words = NODE_SENTENCES[Kind(said[3])].format(id=said[2], error="GoneException: UnknownError", attempt=2)
        return json.dumps({"time": "2026-06-02T00:00:00Z", "message": words, "requestId": said[1], "level": "INFO"})

    pattern = re.compile(r'.*\t(\S{36})\tCONNECTION_EVENT: \{"connection_id": "([^"]+)", "event_type": "(\w+)".*')
    events = [{**one, "message": pattern.sub(record, one["message"])} for one in connection_events.events(scenario)]
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    made(tmp_path, "--logs", str(path))
    text = (tmp_path / "made.yaml").read_text(encoding="utf-8")
    head, _, block = text.partition("# If there is too much to read")
    (tmp_path / "made.yaml").write_text(head + "\n".join(line[2:] for line in block.splitlines()[1:]), encoding="utf-8")
    chat = load(tmp_path / "made.yaml").environment("chat")
    since = from_epoch_ms(scenario.since_ms)
    window = Window(since + timedelta(hours=6), since + timedelta(hours=15))
    analysis = counted(events, window, sentences=countable_sentences(chat))
    assert analysis.metrics["gone.errors"].value
    assert differences(analysis, read(events, window, tmp_path / "read")) == []


def test_an_unhealthy_log_fails_by_what_is_written(tmp_path: Path) -> None:
    """A value beyond a limit of the starter does not loosen that limit."""
    path = log(tmp_path, "bad.jsonl", gone=60)
    assert verdict(made(tmp_path, "--yes", "--logs", path), path, tmp_path) is Verdict.FAIL
    assert "75 % of 80 connections seen here: beyond it\n" in (tmp_path / "made.yaml").read_text(encoding="utf-8")


def test_records_in_unknown_words_are_taught_whole(tmp_path: Path) -> None:
    """Their varying parts become placeholders, both in the file and on the screen."""
    lines = []
    for number in range(40):
        connection = f"Ab3dE{number:06d}Cw5Q="
        for step, text in enumerate(FINNISH):
            record = {"time": f"2026-06-02T00:{number:02d}:0{step}Z", "message": text, "connectionId": connection}
            lines.append(json.dumps(event(json.dumps(record), SINCE_MS + number * 1000 + step * 10_000)))
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    chat = made(tmp_path, "--yes", "--logs", str(path))
    assert set(chat.signals) == {"connect", "message", "disconnect"}
    outcome, metrics = judged(chat, str(path), tmp_path)
    assert metrics["lifecycle.complete"].value == 40
    assert outcome is Verdict.PASS


def test_without_a_terminal_nothing_is_asked_and_nothing_taken(tmp_path: Path) -> None:
    """The guesses are written as comments, ready to be pasted."""
    path = log(tmp_path, "log.jsonl")
    chat = made(tmp_path, "--logs", path)
    text = (tmp_path / "made.yaml").read_text(encoding="utf-8")
    assert not chat.signals
    assert "#   connect: 'Kapcsolódott: {connection_id}' # 80 times\n" in text


def test_a_person_at_the_terminal_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sentence is shown with an example; Enter accepts the guess, and a dash skips the sentence."""
    path = log(tmp_path, "log.jsonl")
    answers = {"Kapcsolódott": "", "Elment": "ignore", "Üzenet": "-"}
    questions: list[str] = []

    def answer(_: str) -> str:
        return next(said for word, said in answers.items() if word in questions[-1])

    monkeypatch.setattr("builtins.input", answer)
    monkeypatch.setattr("builtins.print", lambda *words, **_: questions.append(str(words[0])))
    monkeypatch.setattr(init_command, "is_interactive", lambda: True)
    chat = made(tmp_path, "--logs", path)
    assert set(chat.signals) == {"connect"}
    assert len(chat.ignore) == 1
    assert "#   message: 'Üzenet tőle: {connection_id}:'" in (tmp_path / "made.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["recording.jsonl", "outage.jsonl.gz"])
def test_the_recordings_that_ship_fit(tmp_path: Path, name: str) -> None:
    """The healthy recording passes and the outage fails; known words need no teaching."""
    path = str(ROOT / "checks" / "demo" / name)
    chat = made(tmp_path, "--yes", "--logs", path)
    assert not chat.signals
    assert chat.logs == Path(path)
    assert verdict(chat, path, tmp_path) is (Verdict.PASS if name == "recording.jsonl" else Verdict.FAIL)


def test_the_file_may_be_in_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is made, and the path of the log is written as seen from there; standard input has no path."""
    monkeypatch.chdir(tmp_path)
    Path("log.jsonl").write_text(json.dumps(event("Line gone away: lobby")), encoding="utf-8")
    file = Path("health", "thresholds.yaml")
    assert main(["init", "--logs", "log.jsonl", "--thresholds", str(file)]) == 0
    assert "    logs: '../log.jsonl' #" in file.read_text(encoding="utf-8")
    logs = load(file).environment("dev").logs
    assert logs
    assert logs.resolve() == tmp_path / "log.jsonl"
    with (tmp_path / "log.jsonl").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert main(["init", "--logs", "-", "--thresholds", "piped.yaml"]) == 0
    assert "    log_group: /aws/lambda/NAME # put in yours" in Path("piped.yaml").read_text(encoding="utf-8")


def test_logs_come_from_one_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files and log groups together are a mistake, which the message does not blame on another command."""
    file = str(tmp_path / "made.yaml")
    assert main(["init", "--logs", "log.jsonl", "--log-group", "/chat", "--thresholds", file]) == 4
    assert "name the logs to read: either files, or log groups by `--log-group NAME`" in capsys.readouterr().err


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An existing file is noticed before a long read."""
    file = tmp_path / "thresholds.yaml"
    file.write_text("mine")
    assert main(["init", "--yes", "--logs", "nowhere.jsonl", "--thresholds", str(file)]) == 4
    assert "exists, and was not changed" in capsys.readouterr().err
    assert file.read_text() == "mine"


def test_without_logs_the_groups_that_look_right_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, because a name is needed."""
    monkeypatch.chdir(tmp_path)
    names = ("/aws/lambda/prod-chat-handler", "/aws/apigateway/abc123/prod", "/aws/lambda/invoices")
    with reached(monkeypatch, *map(Group, names)):
        assert main(["init"]) == 0
    listed = capsys.readouterr().out
    assert [name for name in names if f"  {name}\n" in listed] == list(names[:2])
    assert "3 log groups in us-east-1; these look right:" in listed
    assert not list(tmp_path.iterdir())
