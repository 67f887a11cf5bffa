"""A team's own checks run beside the shipped ones, with numbers and asserts; the examples of the page work."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from textwrap import dedent
from types import MappingProxyType
from typing import Any

import pytest

from checks.history.store import open_store
from tests.documents import blocks
from tests.health_run import ROOT, HealthRun, health_run

PAGE = ROOT / ".docs/own-checks.md"
BEGIN = round(datetime.fromisoformat("2026-06-02T12:00:00+00:00").timestamp() * 1000)


def line(at: int, text: str) -> str:
    return json.dumps({"timestamp": BEGIN + at, "message": text, "logGroup": "chat", "logStreamName": "[1]ab"})


def event(at: int, connection: str, kind: str) -> str:
    return line(at, f'CONNECTION_EVENT: {{"connection_id": "{connection}", "event_type": "{kind}"}}')


def day(*, greeting: int = 200, messages: int = 2, tenant: str = "acme", clients: int = 80, orders: int = 3) -> str:
    """Return the log of 80 connections: the time until each is greeted (ms), what it sends, and whose it is."""

    def lines() -> Iterator[str]:
        for number in range(80):
            connection, at = f"Conn{number:04}Ab1=", number * 1000
            yield event(at, connection, "connect")
            yield line(at, f"user=u{number % clients} connection={connection} connected")
            yield line(at, f"tenant={tenant} connection={connection} plan=pro")
            yield event(at + greeting, connection, "welcome_sent")
            yield from (event(at + 20_000 + step, connection, "message") for step in range(messages))
            yield event(at + 60_000, connection, "disconnect")
        yield from (line(70_000 + step, f"Order confirmed: {step}") for step in range(orders))

    return "\n".join(lines()) + "\n"


GOOD = day()
BAD = day(greeting=5_000, messages=90, tenant="other", clients=4, orders=0)


def own_folder(  # noqa: PLR0913 -- a file each
    pytester: pytest.Pytester,
    log: str,
    limits: str,
    tests: str,
    *,
    settings: str = "",
    queries: Mapping[str, str] = MappingProxyType({}),
    name: str = "health",
) -> Path:
    """Make a team's own folder: thresholds.yaml, a log, and tests."""
    folder = pytester.mkdir(name)
    (folder / "log.jsonl").write_text(log)
    (folder / "thresholds.yaml").write_text(
        f"{settings}\nenvironments: {{dev: {{logs: log.jsonl, limits: {{{limits}}}}}}}"
    )
    for file, text in {"test_mine.py": dedent(tests), **queries}.items():
        (folder / file).write_text(text)
    return folder


def own_run(pytester: pytest.Pytester, log: str, limits: str, tests: str, **more: Any) -> HealthRun:
    """Run the checks with such a folder; takes the arguments of `own_folder`."""
    folder = own_folder(pytester, log, limits, tests, **more)
    return health_run(pytester, "--thresholds", folder / "thresholds.yaml")


@pytest.fixture(name="examples")
def _examples(pytester: pytest.Pytester) -> Path:
    """The page's examples, as files."""
    folder = pytester.mkdir("page")
    for block in blocks(PAGE, "python", "sql"):
        name = re.match(r"(?:#|--) (\S+)", block.text)
        assert name, "an example begins with the name of its file"
        (folder / name[1]).write_text(block.text)
    (settings,) = blocks(PAGE, "yaml")
    (folder / "thresholds.yaml").write_text(
        settings.text.replace("log_group: /aws/lambda/dev-chat-handler", "logs: log.jsonl")
    )
    return folder


def test_the_pages_examples_tell_a_good_day_from_a_bad_one(pytester: pytest.Pytester, examples: Path) -> None:
    """All five pass or all five fail, with the right numbers in result.json and the history."""
    values = {}
    for name, log, code in (("good", GOOD, 0), ("bad", BAD, 1)):
        (examples / "log.jsonl").write_text(log)
        run = health_run(pytester, "--thresholds", examples / "thresholds.yaml")
        assert run.code == code, run.text
        verdict = {"good": "pass", "bad": "fail"}[name]
        assert set(run.verdicts.values()) == {verdict}, run.verdicts
        checks = {check["id"].removeprefix("own."): check for check in run.result["checks"]}
        values[name] = {own: (check["value"], check["n"]) for own, check in checks.items()}
        stormy = checks["storm_rate"]["findings"]
    assert values["good"] == {
        "acme_connections": (80, None),
        "messages_per_connection": (2, 80),
        "greeting_median_seconds": (0.2, 80),
        "storm_rate": (0, 80),
        "test_orders_are_confirmed": (0, None),
    }
    assert values["bad"] == {
        "acme_connections": (0, None),
        "messages_per_connection": (90, 80),
        "greeting_median_seconds": (5, 80),
        "storm_rate": (1, 4),
        "test_orders_are_confirmed": (1, None),
    }
    assert sorted(stormy) == [f"u{number}: 20 times in an hour" for number in range(4)]
    past = open_store(str(pytester.path / "reports/history")).newest(9).records
    assert [check.value for record in past for check in record.checks if check.id == "own.storm_rate"] == [0, 1]


OUTCOMES = """\
    import pytest

    def test_numbers(judge, connections, welcomes, signals, events, metrics, window, environment):
        assert (len(connections), len(welcomes), len(signals), len(events)) == (80, 80, 480, 563)
        assert signals.columns == ["timestamp", "kind", "connection_id", "request_id"]
        assert (metrics["welcome.undelivered_rate"].value, metrics["welcome.undelivered_rate"].n) == (0, 80)
        assert environment.name == "dev" and window.since < window.until
        assert judge("storm_rate", 0.5, n=80, findings=["by ann@example.org"]).verdict == "fail"
        judge("own.steady", 3)

    def test_without_a_limit(judge):
        judge("loose", 3)

    @pytest.mark.parametrize("tenant", ["Acme", "Beta"])
    def test_tenant(tenant):
        assert tenant == "Acme", "password=hunter2"

    @pytest.mark.xfail
    def test_waived():
        assert 0, "gone"

    def test_misnamed(judge):
        judge("storm_share", 0.5)

    async def test_later():
        assert 0
"""

VERDICTS = {
    "gone.connection_rate": "pass",
    "own.broken": "error",
    "own.several": "error",
    "own.text": "error",
    "own.no_number": "error",
    "own.storm_rate": "fail",
    "own.steady": "pass",
    "own.test_tenant_acme": "pass",
    "own.test_tenant_beta": "fail",
    "own.test_waived": "waived",
    "own.test_misnamed": "error",
    "own.test_later": "error",
    "own.steadi": "error",
}

SETTINGS = """\
own:
  broken: {sql: broken.sql, unit: count}
  several: {sql: several.sql, unit: count}
  text: {sql: text.sql, unit: count}
  no_number: {sql: no_number.sql, unit: count}
waivers: [{metric: own.test_waived, environment: dev, reason: known, owner: me, until: 2099-01-01}]
"""


def test_numbers_and_asserts_become_verdicts_everywhere(pytester: pytest.Pytester) -> None:
    """A number, an assert, a forgotten limit and an invalid query are in terminal, result and JUnit."""
    queries = {
        "broken.sql": "SELECT nothing FROM connections",
        "several.sql": "SELECT 1 AS value; SELECT 2",
        "text.sql": "SELECT max(message) AS value FROM events WHERE message LIKE '%welcome%'",
        "no_number.sql": "SELECT max(message)::DOUBLE AS value FROM events WHERE message LIKE '%welcome%'",
    }
    shipped = "gone.connection_rate: 20%"
    own = "own.broken: 0, own.several: 0, own.text: 0, own.no_number: 0, own.storm_rate: 10%, own.steady: 5"
    run = own_run(pytester, GOOD, f"{shipped}, {own}, own.steadi: 1", OUTCOMES, settings=SETTINGS, queries=queries)
    assert (run.code, run.verdicts) == (1, VERDICTS), run.text
    assert "nothing" in run.sentences["own.broken"]
    assert "one SELECT" in run.sentences["own.several"]
    assert "found something else" in run.sentences["own.text"]
    assert "sent" not in run.sentences["own.text"] + run.sentences["own.no_number"]  # in the line that they found
    assert run.sentences["own.steadi"].endswith("no test judged it; did you mean own.steady?")
    assert "not read completely" not in run.text  # a check that is wrong says nothing of the logs
    assert "storm_share" in run.sentences["own.test_misnamed"]
    assert run.sentences["own.test_tenant_beta"].endswith("failed: password=[redacted]")
    assert run.result["metrics"]["own.loose"]["value"] == 3
    assert run.result["unused_waivers"] == []
    assert "FAIL    own.storm_rate 50 % > max 10 % (40 of 80)" in run.lines
    assert re.search(r"test_mine.py:\d+: in test_tenant", run.text)
    for secret in ("hunter2", "ann@example.org"):
        assert all(secret not in text for text in (run.text, run.html, (run.folder / "junit.xml").read_text()))
    properties = [one.attrib for one in run.cases["Beta"].iter("property")]
    assert {"name": "verdict", "value": "fail"} in properties
    part = health_run(pytester, "--thresholds", "health/thresholds.yaml", "-k", "Acme")
    assert (part.code, part.verdicts) == (0, {"own.test_tenant_acme": "pass"}), part.text


def test_limits_that_do_not_block_let_a_test_go(pytester: pytest.Pytester) -> None:
    """A warning passes; a shadow's failure or error is only shown."""
    tests = """\
        def test_warned():
            assert 0

        def test_shadow():
            assert 0

        def test_broken():
            raise ValueError("odd")
    """
    shadow = "{max: 0, shadow: true}"
    limits = f"own.test_warned: {{warn: 0}}, own.test_shadow: {shadow}, own.test_broken: {shadow}"
    run = own_run(pytester, GOOD, f"gone.errors: 0, {limits}", tests)
    shown = {"own.test_warned": "warn", "own.test_shadow": "fail", "own.test_broken": "error"}
    assert (run.code, run.verdicts) == (0, {"gone.errors": "pass", **shown}), run.text
    assert "own.test_broken not measured: ValueError: odd" in run.sentences["own.test_broken"]


def test_without_logs_a_fixture_is_an_error(pytester: pytest.Pytester) -> None:
    """The error says why; if the read is incomplete, what a test looks for may be in the missing part."""
    tests = "def test_lost(connections):\n    pass\n"
    run = own_run(pytester, "no log at all\n", "own.test_lost: 0", tests)
    assert (run.code, run.verdicts) == (12, {"own.test_lost": "error"}), run.text
    assert "there are no logs to look into" in run.sentences["own.test_lost"]
    (pytester.path / "health/log.jsonl").write_text(GOOD + "torn\n" * 40)
    (pytester.path / "health/test_mine.py").write_text("def test_lost(events):\n    assert not len(events)\n")
    run = health_run(pytester, "--thresholds", "health/thresholds.yaml")
    assert (run.code, run.verdicts) == (11, {"own.test_lost": "inconclusive"}), run.text


def test_a_file_that_can_not_be_imported_is_a_mistake(pytester: pytest.Pytester) -> None:
    """Nothing is checked, and the last line says so."""
    run = own_run(pytester, GOOD, "gone.errors: 0", "def test_lost(: pass")
    assert (run.code, run.reports) == (4, []), run.text
    assert "SyntaxError" in run.text
    assert run.lines[-1] == "error: a file of checks can't be imported, as shown above; nothing was checked"


def test_a_limit_without_any_test_is_an_error(pytester: pytest.Pytester) -> None:
    """This holds even without a test_*.py, which may be missing or misnamed. A partial run needs no test."""
    folder = own_folder(pytester, GOOD, "gone.errors: 0, own.storm_rate: 10%", "")
    (folder / "test_mine.py").rename(folder / "Test_Mine.py")
    run = health_run(pytester, "--thresholds", "health/thresholds.yaml")
    assert (run.code, run.verdicts) == (12, {"gone.errors": "pass", "own.storm_rate": "error"}), run.text
    assert "no test judged it; put one in a file test_*.py beside thresholds.yaml" in run.sentences["own.storm_rate"]
    alone = own_run(pytester, GOOD, "own.storm_rate: 10%", "", name="alone")
    assert (alone.code, alone.reports) == (4, []), alone.text
    assert "no test judges own.storm_rate; put one in a file test_*.py beside thresholds.yaml" in alone.text
    (part_of_folder, part_of_analyses) = (
        health_run(pytester, "--thresholds", "health/thresholds.yaml", targets=(ROOT / "checks/test_gone.py",)),
        health_run(pytester, "--thresholds", "health/thresholds.yaml", "-A", "gone"),
    )
    assert part_of_folder.verdicts == part_of_analyses.verdicts == {"gone.errors": "pass"}


MISTAKES = """\
    def test_fixture(conections):
        pass

    def test_sql(query):
        query("SELECT connection_ids FROM connections")
"""


def test_a_mistake_in_a_test_is_shown_where_it_is(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the file's path, what was probably meant, and no code of others."""
    own_folder(pytester, GOOD, "gone.errors: 0", MISTAKES)
    monkeypatch.chdir(pytester.mkdir("elsewhere"))
    run = health_run(pytester, "--thresholds", "../health/thresholds.yaml")
    assert run.code == 12, run.text
    fixture, sql = (run.sentences[f"own.test_{name}"] for name in ("fixture", "sql"))
    assert fixture.endswith("not measured: no fixture 'conections'; did you mean 'connections'?")
    assert "connection_id" in sql.partition("FROM clause")[2]
    assert "../health/test_mine.py:5: in test_sql" in run.lines
    assert "recognise.py" not in run.text
    assert f"{pytester.path}/health/test_mine.py::test_sql" in run.text
