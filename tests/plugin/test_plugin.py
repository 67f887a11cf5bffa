"""The plugin tells runs of the checks from all others, and verdicts from failures of a test."""

from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from checks.metrics import Metric
from checks.places import CHECKOUT_CONFIGURATION, CHECKS_FOLDER, PACKAGE_FOLDER
from checks.plugin import assert_within_limit, pytest_configure
from checks.plugin.misunderstandings import ONE_PROCESS
from checks.verdicts.rules import judge
from checks.verdicts.verdict import Judgement, Verdict
from tests.verdicts.making import ALIVE, COUNT, RATE, limit, share, under, waiver

LOOKS = ("help", "markers", "showfixtures", "show_fixtures_per_test")


class Configuration(SimpleNamespace):
    """pytest's view of a command line, with several processes, which a run of the checks refuses."""

    def __init__(self, *args: str, inipath: Path = CHECKOUT_CONFIGURATION, look: str = "") -> None:
        option = Namespace(**{name: name == look for name in LOOKS})
        where = {"inipath": inipath, "rootpath": PACKAGE_FOLDER, "invocation_params": Namespace(dir=PACKAGE_FOLDER)}
        super().__init__(args=args, option=option, **where)

    def addinivalue_line(self, *_: str) -> None:
        """Register nothing."""

    def getoption(self, name: str, *_: Any) -> int | None:
        return {"numprocesses": 2}.get(name)


def is_refused(configuration: Configuration) -> bool:
    """Whether this is a run of the checks, which refuses several processes; other runs don't."""
    try:
        pytest_configure(cast("pytest.Config", configuration))
    except pytest.UsageError as error:
        return str(error) == ONE_PROCESS
    return False


def test_checks_refuse_a_second_process() -> None:
    """Each pytest-xdist worker would read the logs again, without knowing what the others judged."""
    elsewhere = Path("/elsewhere/pyproject.toml")
    selected = {
        ("checks",): True,
        (".",): True,
        ("checks/test_gone.py::test_gone[gone.errors]",): True,
        ("tests",): False,
        ("tests", "checks"): True,
    }
    assert {args: is_refused(Configuration(*args)) for args in selected} == selected
    assert is_refused(Configuration(str(CHECKS_FOLDER), inipath=elsewhere))
    assert not is_refused(Configuration(".", inipath=elsewhere))


def test_a_look_is_no_run() -> None:
    """Options that only list the tests start nothing."""
    assert [look for look in LOOKS if is_refused(Configuration("checks", look=look))] == []


def test_an_outcome_for_each_verdict() -> None:
    """A pass and a warning pass, a blocking failure fails; whatever proves nothing is skipped, and says why."""
    few, tried = limit(COUNT, max=5), limit(COUNT, max=5, shadow=True)
    rate = limit(RATE, max=0.05)
    judgements: dict[Verdict | str, tuple[Judgement, type[BaseException] | None]] = {
        Verdict.PASS: (judge(Metric(COUNT, 1), few, ALIVE), None),
        Verdict.WARN: (judge(Metric(COUNT, 3), limit(COUNT, warn=2, max=5), ALIVE), None),
        Verdict.FAIL: (judge(Metric(COUNT, 9), few, ALIVE), pytest.fail.Exception),
        "shadow": (judge(Metric(COUNT, 9), tried, ALIVE), pytest.skip.Exception),
        Verdict.WAIVED: (judge(Metric(COUNT, 9), under(few, waiver(COUNT)), ALIVE), pytest.skip.Exception),
        Verdict.INCONCLUSIVE: (judge(share(0, 5), rate, ALIVE), pytest.skip.Exception),
    }
    assert [name for name, (judgement, _) in judgements.items() if name not in {judgement.verdict, "shadow"}] == []
    assert {name: raised_by(one) for name, (one, _) in judgements.items()} == {
        name: (expected, one.sentence.partition(" ")[2] if expected else "")  # the test's name begins with the metric
        for name, (one, expected) in judgements.items()
    }


def raised_by(judgement: Judgement) -> tuple[type[BaseException] | None, str]:
    """Return the outcome of a check's test, and its message."""
    try:
        assert_within_limit(judgement)
    except (pytest.fail.Exception, pytest.skip.Exception) as outcome:
        return type(outcome), str(outcome)
    return None, ""
