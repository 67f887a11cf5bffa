"""People are told of a change of verdict, and of nothing else."""

from time import monotonic

import pytest

from checks.judge.verdict import Verdict
from checks.outputs.notify.delivery import deliver
from checks.outputs.notify.message import Message
from checks.outputs.notify.telling import tell
from checks.outputs.notify.webhook import Webhook
from checks.report.result import Result
from tests.outputs.notify.channel import Channel
from tests.report.results import failing, result

BAD = result(failing(), exit_code=1)


@pytest.mark.parametrize(
    ("found", "previous", "line"),
    [
        (BAD, Verdict.PASS, "Notified 1 of 1: the verdict was PASS, is FAIL"),
        (result(), Verdict.FAIL, "Notified 1 of 1: the verdict was FAIL, is PASS"),
        (BAD, None, "Notified 1 of 1: the verdict is FAIL, and no earlier run is remembered"),
        (BAD, Verdict.FAIL, "Nobody was notified: the verdict is FAIL, as in the run before"),
        (result(), Verdict.PASS, "Nobody was notified: the verdict is PASS, as in the run before"),
        (result(), None, "Nobody was notified: no earlier run of dev is remembered, and this one is well"),
    ],
)
def test_news(found: Result, previous: Verdict | None, line: str) -> None:
    """What is told is said, and what is not told, too."""
    with Channel() as channel:
        given = tell(found, previous, [Webhook(channel.url)], "")
    assert (given.lines, given.problems) == ((line,), ())
    assert bool(channel.received) == line.startswith("Notified")


def test_all_targets_are_told() -> None:
    """One that refuses keeps the message from no other."""
    with Channel() as well, Channel(403) as refusing:
        given = tell(BAD, None, [Webhook(refusing.url), Webhook(well.url)], "https://ci.example/1")
    (told,) = well.received
    assert told["text"].startswith("dev: FAIL — gone.errors 67 &gt; max 5")
    assert told["text"].endswith("\nhttps://ci.example/1")
    assert given.lines[0].startswith("Notified 1 of 2: ")
    assert given.problems == ("http://127.0.0.1 was not notified: it answers with status 403 (1 attempt)",)


def test_time_is_bounded_in_all() -> None:
    """Whatever a target does."""
    begin = monotonic()
    with Channel(is_silent=True) as silent, Channel() as well:
        targets = [Webhook(silent.url), Webhook(silent.url), Webhook(well.url)]
        problems = list(deliver(Message("", "dev: FAIL", ""), targets, most_seconds=0.3))
    assert monotonic() - begin < 2
    assert problems == ["http://127.0.0.1 was not notified: no answer in time"] * 2
    assert well.received
