"""The analyses show every number under its traditional name."""

from collections.abc import Collection

import pytest

from checks.metrics import Subject
from checks.report.phrases import analysis_lines
from checks.report.result import Result
from tests.report.results import gone, interpretation, result

SECTIONS = {
    Subject.GONE: "=== GoneException Analysis ===",
    Subject.LIFECYCLE: "=== Connection Lifecycle Analysis ===",
    Subject.WELCOME: "=== Welcome Message Analysis ===",
}
MOST_LINES = 10


def lines(run: Result, subjects: Collection[Subject] = tuple(Subject)) -> list[str]:
    return list(analysis_lines(run, subjects, 80, MOST_LINES))


def numbers(run: Result, subject: Subject) -> dict[str, str]:
    """Return the numbers of a section by their names."""
    (*_, rows) = (block for block in "\n".join(lines(run)).split("\n\n") if SECTIONS[subject] in block)
    named = (row.partition(":") for row in rows.splitlines() if ":" in row and not row.startswith(" "))
    return {name: text.strip() for name, _, text in named}


@pytest.mark.parametrize("subject", SECTIONS)
def test_a_section_is_printed_with_its_analysis(subject: Subject) -> None:
    """With one analysis, only its section is printed."""
    printed = lines(result(), [subject])
    assert [heading for heading in SECTIONS.values() if heading in printed] == [SECTIONS[subject]]


def test_numbers_of_gone() -> None:
    """They have the names of the original script, and a share says what it is of."""
    run = result(
        metrics={
            "gone.errors": (1234, None),
            "gone.connections": (3, None),
            "gone.connection_rate": (3 / 128, 128),
            "gone.max_per_connection": (7, None),
            "gone.welcome_errors": (2, None),
        }
    )
    assert numbers(run, Subject.GONE) == {
        "Errors": "1,234",
        "Connections": "3 (2.3 % of 128 connections seen)",
        "Worst connection": "7",
        "Welcome errors": "2",
    }


def test_numbers_of_lifecycle() -> None:
    """These are events by kind, and the outcomes of the connections."""
    run = result(
        metrics={
            "lifecycle.events": (6, None),
            "lifecycle.complete": (4, None),
            "lifecycle.open": (1, None),
            "lifecycle.incomplete": (1, None),
            "lifecycle.incomplete_rate": (0.2, 5),
            "lifecycle.short_lived": (2, None),
            "lifecycle.short_lived_rate": (0.5, 4),
            "lifecycle.median_duration_seconds": (90, 4),
        },
        interpretation=interpretation(connects=3, disconnects=2, messages=1),
    )
    assert numbers(run, Subject.LIFECYCLE) == {
        "Events": "6 (3 connect, 2 disconnect, 1 message)",
        "Complete": "4, median 1.5 min",
        "Incomplete": "1 (20 % of 5 connections that ended)",
        "Still open": "1",
        "Short-lived": "2 (50 % of 4 complete connections)",
    }


def test_numbers_of_welcome() -> None:
    """These are successful, failed and retried ones, and the two shares."""
    run = result(
        metrics={
            "welcome.events": (29, None),
            "welcome.sent": (15, None),
            "welcome.failed": (8, None),
            "welcome.retries": (6, None),
            "welcome.failure_rate": (8 / 23, 23),
            "welcome.average_retries": (6 / 23, 23),
            "welcome.undelivered_rate": (0.25, 20),
        }
    )
    assert numbers(run, Subject.WELCOME) == {
        "Events": "29",
        "Successful": "15",
        "Failed": "8",
        "Retry attempts": "6",
        "Failure rate": "34.8 % of 23 welcome messages",
        "Average retries": "0.26",
        "Undelivered": "25 % of 20 connections with a welcome signal",
    }


def test_no_sample_is_not_zero() -> None:
    """0/0 is shown as no sample."""
    run = result(metrics={"welcome.failure_rate": (None, 0), "lifecycle.median_duration_seconds": (None, 0)})
    assert numbers(run, Subject.WELCOME)["Failure rate"] == "no sample"
    assert numbers(run, Subject.LIFECYCLE)["Complete"] == "0, median no sample"


@pytest.mark.parametrize("name", ["lost", "headless", "unknown", "contradicted", "unwelcomed"])
def test_counts_of_the_interpretation_stand_where_they_are_not_0(name: str) -> None:
    """A count that explains a number is below it; a zero explains nothing."""
    silent = lines(result())
    printed = lines(result(interpretation=interpretation(**{name: 4321})))
    (extra,) = [line for line in printed if line not in silent]
    assert "4,321" in extra


def test_a_connection_that_was_gone() -> None:
    """It has id, errors, those of the welcome, and the first one's time and message."""
    printed = lines(result(gone_connections=(gone(errors=12, welcome_errors=2, sample="GoneException: 410"),)))
    place = printed.index("  Qw7LmXa9oAMCKbg=: 12 errors (2 welcome), first 2026-06-02 00:00:00 UTC")
    assert printed[place + 1] == "    GoneException: 410"


def test_errors_without_a_connection() -> None:
    """Errors that can't be attributed are still shown."""
    printed = lines(result(gone_connections=(gone(None),)))
    assert "  no connection known: 1 error, first 2026-06-02 00:00:00 UTC" in printed


def test_many_connections_are_counted_not_listed() -> None:
    """The list ends with the number of those left out."""
    run = result(
        gone_connections=tuple(gone(f"{number:015}=") for number in range(MOST_LINES + 5)),
        metrics={"gone.connections": (1010, None)},
    )
    printed = lines(run)
    assert sum("first 2026-06-02" in line for line in printed) == MOST_LINES
    assert "  … and 1,000 more connections" in printed
