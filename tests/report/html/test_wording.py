"""Numbers, times and limits are written as people say them."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from checks.analysis.evidence import FunctionVersion
from checks.report.html import figures
from checks.window import Window
from tests.report.results import SINCE, UNTIL, at, evidence, timeline

SetZone = Callable[[str], None]


@pytest.fixture
def set_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[SetZone]:
    """Sets the time zone of the machine."""

    def put(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


def test_local_time_stands_beside_utc(set_zone: SetZone) -> None:
    """A reader need not calculate it."""
    set_zone("Europe/Berlin")
    assert figures.local_window(Window(SINCE, UNTIL)) == ("local time 2026-06-02 02:00 CEST to 2026-06-03 02:00 CEST")


def test_a_window_over_the_change_of_the_clocks(set_zone: SetZone) -> None:
    """Each end has its own zone, one of which may be UTC."""
    set_zone("Europe/London")
    assert figures.local_window(
        Window(datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC))
    ) == ("local time 2026-03-28 12:00 GMT to 2026-03-29 13:00 BST")


@pytest.mark.parametrize("zone", ["UTC", "Africa/Abidjan"])
def test_local_time_that_is_utc_is_left_out(set_zone: SetZone, zone: str) -> None:
    """This holds whatever the zone is called."""
    set_zone(zone)
    assert figures.local_window(Window(SINCE, UNTIL)) == ""


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Europe/Berlin"])
def test_local_time_beyond_the_calendar_is_left_out(set_zone: SetZone, zone: str) -> None:
    """The years 10000 and 0 do not exist."""
    set_zone(zone)
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert figures.local_window(Window(first, last)) == ""


def test_no_window_has_no_local_time() -> None:
    """Logs that could not be read have none."""
    assert figures.local_window(None) == ""


def test_versions_have_the_names_of_their_functions() -> None:
    """Cases without a version are counted; if no case has one, there is no text."""
    versions = (FunctionVersion("42", "/aws/lambda/chat", 1075), FunctionVersion("$LATEST", None, 1))
    assert figures.versions_text(evidence(cases=1079, versions=versions)) == (
        "1,075 by version 42 of /aws/lambda/chat, 1 by version $LATEST, 3 by an unknown version"
    )
    assert figures.versions_text(evidence(cases=1, versions=versions[1:])) == "1 by version $LATEST"
    assert figures.versions_text(evidence()) == ""


def test_an_entry_before_the_connect_has_a_minus() -> None:
    """Lines of a request may be logged before the request's connect."""
    connection = timeline(began=at(hours=3, seconds=5))
    assert figures.since_connect(connection.entries[0], connection) == "-2.6 s"


def test_only_text_is_cleaned() -> None:
    """Markup, numbers and None stay as they are."""
    assert figures.clean("a\x1b[0m") == "a [0m"
    assert figures.clean(None) is None
    assert figures.clean(7) == 7


def test_the_state_of_a_connection_is_said_in_words() -> None:
    """States that only the analysis knows are not shown; `complete` and `open` are."""
    states = {
        state: figures.state_text(timeline(state=state)) for state in ("complete", "open", "elsewhere", "lost", None)
    }
    assert states == {
        "complete": "complete",
        "open": "open",
        "elsewhere": "of another version",
        "lost": "no $disconnect",
        None: "not known",
    }
