"""`python -m checks history` prints the outcomes of the last runs."""

import json
from pathlib import Path

import pytest

from checks.__main__ import main
from checks.history.store import open_store
from checks.report.result import MetricResult
from checks.verdicts.verdict import Verdict
from tests.history.records import check, record


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history of three runs in the current folder."""
    monkeypatch.chdir(tmp_path)
    store = open_store("reports/history")
    for run in (record(), record(environment="prod", day=1), record(check(verdict=Verdict.FAIL, value=7), day=2)):
        store.add(run)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["history", *arguments]) == 0
    printed = capsys.readouterr()
    assert not printed.err
    return printed.out.splitlines()


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["history", *arguments]) == 4
    printed = capsys.readouterr()
    assert not printed.out
    return printed.err


def test_all_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Runs of all environments are listed, the newest last, each with what it changed."""
    lines = printed(capsys)
    assert [line.split()[2:4] for line in lines[1:4]] == [["dev", "PASS"], ["prod", "PASS"], ["dev", "FAIL"]]
    assert lines[4:] == [
        "Since the previous run on dev:",
        "  verdict changed: PASS → FAIL",
        "  gone.errors: pass 3 → fail 7 (max 5)",
    ]


def test_one_environment(capsys: pytest.CaptureFixture[str]) -> None:
    """-E leaves out the other environments; a first run has changed nothing."""
    lines = printed(capsys, "-E", "prod")
    assert [line.split()[2:4] for line in lines[1:]] == [["prod", "PASS"]]


def test_so_many_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """-n limits the list to the newest runs; the first of them is still compared with the run before it."""
    lines = printed(capsys, "-n", "1")
    assert lines[1].endswith("FAIL     0     7 gone.errors")
    assert lines[2] == "Since the previous run on dev:"


def test_a_metric(capsys: pytest.CaptureFixture[str]) -> None:
    """--metric shows the values of one metric."""
    lines = printed(capsys, "--metric", "gone.errors", "-E", "dev")
    assert [line.split()[3:] for line in lines[1:3]] == [["3", "max", "5", "PASS"], ["7", "max", "5", "FAIL"]]


@pytest.mark.parametrize("option", [["--report-dir", "elsewhere"], ["--history", "elsewhere/history"]])
def test_another_place(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The options that a run was started with also find its history."""
    Path("reports").rename("elsewhere")
    assert printed(capsys, *option)[1:]
    assert complaint(capsys).startswith(
        "error: reports/history holds no run\nhint: `websocket-health-checks -E NAME` adds one"
    )


def test_a_run_is_struck_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A run struck out with a reason is still shown, but not compared with; without a reason it counts again."""
    lines = printed(capsys, "--strike", record().id, "--reason", "a load test")
    assert lines[1].endswith("struck out: a load test")
    assert not any(line.startswith("Since the previous run on dev") for line in lines)
    reinstated = printed(capsys, "--strike", record().id[:10])
    assert any(line.startswith("Since the previous run on dev") for line in reinstated)


@pytest.mark.parametrize(("run", "why"), [("2026060", "3 runs begin with"), ("1999", "no run is called")])
def test_which_run_is_struck_out(run: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The id must name exactly one run; the command does not guess."""
    assert complaint(capsys, "--strike", run, "--reason", "x").startswith(f"error: --strike: {why} {run!r}\n")


def test_no_such_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """An environment without runs is an error that says so."""
    assert complaint(capsys, "-E", "demo").startswith("error: reports/history holds no run on 'demo'\n")


def test_an_unknown_metric(capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest name is given."""
    assert complaint(capsys, "--metric", "gone.erors").endswith("; did you mean 'gone.errors'?\n")


@pytest.mark.parametrize("number", ["0", "-3", "x"])
def test_no_number_of_runs(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The number of runs must be at least one."""
    assert f"argument -n: {number!r} is not a number of runs; use 1 or more" in complaint(capsys, f"-n={number}")


def test_damage(capsys: pytest.CaptureFixture[str]) -> None:
    """Files that could not be read are reported beside the runs that could."""
    damaged = f"dev/{record(day=1).id}.json"
    (Path("reports/history") / damaged).write_text("x\n")
    assert main(["history"]) == 0
    printed = capsys.readouterr()
    assert printed.err == f"note: 1 file of reports/history could not be read: file {damaged}\n"
    assert len(printed.out.splitlines()) > 3


def test_what_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    """A history that exists but can't be read is exit code 12, as for logs."""
    Path("reports/history.jsonl").mkdir()
    assert main(["history"]) == 12
    assert capsys.readouterr().err == "error: reports/history.jsonl: Is a directory\n"


RATE = "welcome.failure_rate"
LIMITS = f"environments: {{dev: {{logs: x.jsonl, limits: {{{RATE}: 2%}}}}}}\n"


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the output of another subcommand, after two nights of 1,000 welcome messages: 1 % and 5 % failed."""
    store = open_store("history")
    for day, share in enumerate((0.01, 0.05)):
        store.add(record(day=day, metrics={"data.events": MetricResult(9000.0), RATE: MetricResult(share, 1000)}))
    Path("thresholds.yaml").write_text(LIMITS, encoding="utf-8")
    assert main([*arguments, "-E", "dev", "--history", "history"]) == 0
    return capsys.readouterr().out


def test_a_backtest_judges_past_runs_by_other_limits(capsys: pytest.CaptureFixture[str]) -> None:
    """The text says how many runs would have failed, and lists them."""
    assert outcome(capsys, "backtest", "thresholds.yaml").startswith("1 of the last 2 runs would have failed\n1 PASS")


def test_a_backtest_is_for_programs_too(capsys: pytest.CaptureFixture[str]) -> None:
    """The output is one document, with each run and each of its checks."""
    document = json.loads(outcome(capsys, "backtest", "thresholds.yaml", "--format", "json"))
    assert [(run["verdict"], len(run["checks"])) for run in document] == [("pass", 1), ("fail", 1)]


def test_limits_are_suggested_as_a_patch(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line has a limit, and what the verdicts of the past runs would have been."""
    text = outcome(capsys, "suggest")
    assert text.startswith(f"# {RATE}: {{warn: 1.5%, max: 2%}}: 1 of 2 runs would have failed, 0 warned; now max 2 %")


def test_runs_that_measured_nothing_suggest_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The command says so, and names the alternatives."""
    Path("thresholds.yaml").write_text(LIMITS, encoding="utf-8")
    open_store("history").add(record(metrics={}))
    assert main(["suggest", "-E", "dev", "--history", "history"]) == 0
    printed = capsys.readouterr()
    reason = "1 past run of dev, of which none measured anything"
    assert printed.err.startswith(f"note: nothing to suggest: {reason}; --logs FILE suggests from a log\n")
    assert not printed.out


def test_without_runs_there_is_no_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    """The command names the alternatives."""
    Path("thresholds.yaml").write_text(LIMITS, encoding="utf-8")
    assert main(["suggest", "-E", "dev", "--history", "empty"]) == 4
    assert "empty holds no run on 'dev'" in capsys.readouterr().err
