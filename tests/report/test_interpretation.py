"""The counts that explain the metrics are told in the same words everywhere."""

from checks.report.interpretation import rows
from tests.report.results import interpretation


def test_every_count_is_told() -> None:
    """What the events were, why connections are incomplete or not judged, and which welcome was not believed."""
    found = interpretation(connects=1234, disconnects=2, messages=3, lost=4, headless=5678, unknown=6, contradicted=7)
    assert dict(rows(found)) == {
        "Events of connections": "1,234 connect, 2 disconnect, 3 message",
        "No $disconnect within the 2 h that API Gateway allows": "4",
        "A $disconnect but no $connect": "5,678",
        "Not judged, the logs do not reach back to their beginning": "6",
        "Logged as sent right after a GoneException, so counted as failed": "7",
    }


def test_a_zero_explains_nothing() -> None:
    """But for the events: that there were none is said."""
    assert list(rows(interpretation())) == [("Events of connections", "0 connect, 0 disconnect, 0 message")]
