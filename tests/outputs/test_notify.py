"""Notifications are sent if the verdict has changed, and say so."""

from collections.abc import Mapping
from pathlib import Path
from time import monotonic

import pytest
from msgspec import structs

from checks.outputs import FinishedRun, OutputLog
from checks.outputs.notify import Message, Notifications, Webhook, deliver
from checks.report.pipeline import run_origin
from checks.report.result import Result
from checks.verdicts.verdict import Verdict
from tests.outputs.channel import Channel
from tests.outputs.settings import GITHUB
from tests.report.results import SINCE, at, evidence, failing, result, unread

BAD = result(failing(), exit_code=1)


def in_pipeline(variables: Mapping[str, str]) -> Result:
    return structs.replace(BAD, run=run_origin(SINCE, 1.0, "0.1.0", variables))


def notify(run: Result, previous: Verdict | None, *channels: Channel) -> OutputLog:
    output = Notifications(tuple(Webhook(channel.url) for channel in channels))
    return output.write(FinishedRun(run, SINCE, previous, Path()))


@pytest.mark.parametrize(
    ("run", "previous", "line"),
    [
        (BAD, Verdict.PASS, "Notified 1 of 1: verdict changed: PASS → FAIL"),
        (result(), Verdict.FAIL, "Notified 1 of 1: verdict changed: FAIL → PASS"),
        (BAD, None, "Notified 1 of 1: the verdict is FAIL, and no earlier run is remembered"),
        (BAD, Verdict.FAIL, "Nobody was notified: the verdict is FAIL, as in the previous run"),
        (result(), Verdict.PASS, "Nobody was notified: the verdict is PASS, as in the previous run"),
        (result(), None, "Nobody was notified: no earlier run of dev is remembered, and this run is healthy"),
    ],
)
def test_news(run: Result, previous: Verdict | None, line: str) -> None:
    """The run prints that somebody was notified, or why nobody was."""
    with Channel() as channel:
        log = notify(run, previous, channel)
    assert log == OutputLog((line,))
    assert bool(channel.received) == line.startswith("Notified")


def test_all_targets_are_notified() -> None:
    """A target that refuses does not keep the message from the others."""
    with Channel() as well, Channel(403) as refusing:
        log = notify(in_pipeline({"BUILD_URL": "https://ci.example/1"}), None, refusing, well)
    (message,) = well.received
    assert message["text"].startswith(
        "dev: FAIL — 67 posts to connections failed with 410 GoneException (gone.errors 67 &gt; max 5)"
    )
    assert message["text"].endswith("\nhttps://ci.example/1")
    assert log.lines[0].startswith("Notified 1 of 2: ")
    assert log.problems == ("http://127.0.0.1 was not notified: it answers with status 403 (1 attempt)",)


@pytest.mark.parametrize(
    ("variables", "page"),
    [
        (GITHUB, "https://github.example/team/chat/actions/runs/7"),
        ({"GITHUB_RUN_ID": "7"}, ""),
        ({"CI_JOB_URL": "https://gitlab.example/7"}, "https://gitlab.example/7"),
        ({"BUILD_URL": "https://jenkins.example/7"}, "https://jenkins.example/7"),
        ({}, ""),
    ],
)
def test_the_page_of_the_run(variables: Mapping[str, str], page: str) -> None:
    """It is the page of the pipeline."""
    with Channel() as channel:
        notify(in_pipeline(variables), None, channel)
    (message,) = channel.received
    assert message["text"].partition("\n")[2] == page


@pytest.mark.parametrize(
    ("run", "line"),
    [
        (
            result(failing(), evidence=(evidence(cases=9, began=at(hours=3)),), deployed=at(hours=3), exit_code=1),
            "Next: Roll back the deploy, or read what it changed.",
        ),
        (unread("no region; set @here"), "Next: Set @\u200bhere."),
        (BAD, ""),
    ],
)
def test_what_to_do_next(run: Result, line: str) -> None:
    """It mentions nobody, and what takes the report to do is left to the report."""
    with Channel() as channel:
        notify(run, Verdict.PASS, channel)
    (message,) = channel.received
    assert message["text"].partition("\n")[2] == line


def test_time_is_bounded_in_all() -> None:
    """This holds whatever a target does."""
    begin = monotonic()
    with Channel(is_silent=True) as silent, Channel() as well:
        targets = [Webhook(silent.url), Webhook(silent.url), Webhook(well.url)]
        problems = list(deliver(Message("", "dev: FAIL"), targets, most_seconds=0.3))
    assert monotonic() - begin < 2
    assert problems == ["http://127.0.0.1 was not notified: no answer in time"] * 2
    assert well.received
