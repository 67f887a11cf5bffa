"""A reader is told where to look further."""

from checks.analysis.metrics import Cases
from checks.report.html.places import places
from checks.report.result import Result
from tests.report.results import HOSTILE, UNPRINTABLE, evidence, fetch, group, reading, receipt, result


def read_from(*names: str) -> Result:
    return result(receipt=receipt(reading(), fetch=fetch(*map(group, names))))


def test_files_are_read_again_by_a_command() -> None:
    """It prints what was recognised in each line."""
    (place,) = places(result(receipt=receipt(reading(), asked=("my log.jsonl", "b"))), evidence())
    assert (place.name, place.link) == ("the files", "")
    assert place.command == "python -m checks recognise 'my log.jsonl' b"


def test_a_file_name_gives_no_command_of_its_own() -> None:
    """Whatever it is, it is one word to the shell, and none to the terminal."""
    (place,) = places(result(receipt=receipt(reading(), asked=("; rm -r ~", HOSTILE))), evidence())
    assert "recognise '; rm -r ~' '<script>" in place.command
    assert not {"\n", *UNPRINTABLE} & set(place.command)


def test_each_log_group_has_a_link_and_a_command() -> None:
    """Of the window, and of the connection that was hit most."""
    first, second = places(read_from("one", "two"), evidence())
    assert (first.name, second.name) == ("one", "two")
    assert first.link.startswith("https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1")
    assert "~start~'2026-06-02T00*3a00*3a00.000Z" in first.link
    assert "--log-group-name=one --start-time=1780358400000 --end-time=1780444799999" in first.command
    assert '"Qw7LmXa9oAMCKbg="' in first.command


def test_the_query_is_of_the_subject() -> None:
    """Whoever looks into retries is not shown GoneExceptions."""
    (gone,), (retried,) = (list(places(read_from("one"), evidence(kind))) for kind in (Cases.GONE, Cases.RETRIED))
    assert gone.link != retried.link


def test_cases_of_no_connection_are_looked_for_by_the_window_alone() -> None:
    """Lines that were not understood name nobody."""
    (place,) = places(read_from("one"), evidence(Cases.NEAR_MISS, stories=()))
    assert place.command.endswith("--filter-pattern=")
