"""A session of the checks, from its options to its reports."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from checks.errors import ConfigError
from checks.history.store import open_store
from checks.plugin.health_session import HealthSession
from checks.run.run import Run
from checks.run.snapshot import Snapshot
from tests.run.making import analysis, log_read, settings
from tests.verdicts.making import limit

LIMIT = limit("gone.errors", max=5)


def session(folder: Path, value: float | None = None) -> HealthSession:
    """Return a session whose one check measured a value; without one, no check was completed."""
    own = settings(LIMIT, report_folder=folder / "dev", subjects=())  # whose analyses are printed: none
    run = Run(own, open_store(str(folder / "history")))
    if value is not None:
        run.snapshot = Snapshot(run.settings, log_read(analysis({"gone.errors": value})))
        run.judge(LIMIT)
    return HealthSession(run, ())


def prepared(pytester: pytest.Pytester, health: HealthSession) -> pytest.Config:
    config = pytester.parseconfigure()
    health.prepare(config)
    return config


def conclude(health: HealthSession, config: pytest.Config, failed: int) -> None:
    health.conclude(
        cast("pytest.Session", SimpleNamespace(config=config, testsfailed=failed, shouldfail=False, shouldstop=False))
    )


def written(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "dev" / "result.json").read_text(encoding="utf-8"))
    return document


def test_reports_have_other_names_until_they_are_whole(pytester: pytest.Pytester) -> None:
    """The reports of an earlier run are removed, finished or not."""
    health = session(pytester.path, 7)
    (pytester.path / "dev").mkdir()
    for name in ("report.html", "junit.xml.unfinished"):
        (pytester.path / "dev" / name).write_text("of yesterday")
    config = prepared(pytester, health)
    assert config.option.htmlpath == str(pytester.path / "dev" / "report.html.unfinished")
    assert config.option.xmlpath == str(pytester.path / "dev" / "junit.xml.unfinished")
    assert list((pytester.path / "dev").iterdir()) == []


def test_a_folder_that_can_not_be_written_to(pytester: pytest.Pytester) -> None:
    (pytester.path / "dev").write_text("a file")
    with pytest.raises(ConfigError, match=r"cannot be written to: .*; name another folder with --report-dir"):
        prepared(pytester, session(pytester.path))


def test_the_end_of_a_run(pytester: pytest.Pytester) -> None:
    """Its result is written and remembered, and its lines are printed, with failures in colour."""
    health = session(pytester.path, 7)
    config = prepared(pytester, health)
    conclude(health, config, failed=1)
    health.publish(config)
    assert (written(pytester.path)["exit_code"], config.option.tbstyle) == (1, "no")
    assert len(list((pytester.path / "history" / "dev").iterdir())) == 1
    lines = dict(health.summary(verbosity=0))
    assert lines["FAIL  gone.errors 7 > max 5"] == ("red",)
    assert f"Report: {(pytester.path / 'dev').relative_to(Path.cwd())}" in lines


def test_an_odd_name_of_the_folder_cannot_command_the_terminal(pytester: pytest.Pytester) -> None:
    """The name of a branch may be part of it."""
    folder = pytester.path / "a\x1b[2J\u202eb"
    folder.mkdir()
    health = session(folder, 7)
    config = prepared(pytester, health)
    conclude(health, config, failed=1)
    health.publish(config)
    assert [line for line, _ in health.summary(verbosity=0) if not line.isprintable()] == []


def test_a_check_that_is_broken_itself(pytester: pytest.Pytester) -> None:
    """More tests failed than limits were broken: pytest reports this, and there is no verdict."""
    health = session(pytester.path, 3)
    config = prepared(pytester, health)
    conclude(health, config, failed=1)
    assert health.result is not None
    assert (health.result.exit_code, health.result.verdict) == (3, "error")
    assert config.option.tbstyle != "no"


def test_where_no_check_was_completed(pytester: pytest.Pytester) -> None:
    """There is no result, and no file is left that looks like one."""
    health = session(pytester.path)
    config = prepared(pytester, health)
    (pytester.path / "dev" / "report.html.unfinished").write_text("half")
    conclude(health, config, failed=0)
    health.publish(config)
    assert health.result is None
    assert list((pytester.path / "dev").iterdir()) == []
    assert list(health.page(config)) == []
    ((line, style),) = health.summary(verbosity=0)
    assert (line.partition(",")[0], style) == ("No check ran; no report was written", ())
