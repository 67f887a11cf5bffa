"""The properties in junit.xml."""

from checks.plugin.pytest_internals import case_properties, suite_properties
from checks.verdicts.verdict import Verdict
from tests.report.results import HOSTILE, UNPRINTABLE, check, failing, result, unread


def test_a_check() -> None:
    """It has everything that its verdict is based on, with numbers as in result.json."""
    failed = failing("welcome.failure_rate", 0.0625, n=32, limit=0.05, sentence="too many")
    assert dict(case_properties(failed)) == {
        "verdict": "fail",
        "sentence": "too many",
        "value": "0.0625",
        "operator": ">",
        "limit": "0.05",
        "n": "32",
        "place": "thresholds.yaml:12",
    }


def test_what_there_is_not_is_left_out() -> None:
    """A missing value is not `None`."""
    properties = dict(case_properties(check(verdict=Verdict.ERROR, value=None, operator=None)))
    assert set(properties) == {"verdict", "sentence", "limit", "place"}


def test_a_run() -> None:
    """It has the environment, the window, and the outcome."""
    assert dict(suite_properties(result(failing(), exit_code=1))) == {
        "environment": "dev",
        "since": "2026-06-02T00:00:00+00:00",
        "until": "2026-06-03T00:00:00+00:00",
        "verdict": "fail",
        "exit_code": "1",
    }
    assert "since" not in dict(suite_properties(unread("access denied")))


def test_hostile_text_is_harmless() -> None:
    """XML allows many control characters that readers should not get."""
    of_check, of_run = check(sentence=HOSTILE, place=HOSTILE), result(environment=HOSTILE)
    properties = [*case_properties(of_check), *suite_properties(of_run)]
    assert not set(UNPRINTABLE) & set("".join(value for _, value in properties))
