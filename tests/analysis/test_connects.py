"""Connections that began in a part of the window, as API Gateway counts them."""

from pathlib import Path

from checks.analysis.connects import count_connects
from checks.logs.window import Window, from_epoch_ms
from tests.analysis.playing import ANN, BOB, HOUR_MS, SINCE_MS, engine_over, event, printed

MINUTE_MS = 60_000
HOUR = Window(from_epoch_ms(SINCE_MS + HOUR_MS), from_epoch_ms(SINCE_MS + 2 * HOUR_MS))


def test_a_connection_counts_once(tmp_path: Path) -> None:
    """Two lines tell of it; a line that names no connection is one."""
    events = [
        event(f"Client connected: {ANN}", SINCE_MS + HOUR_MS),
        event(f"New connection {ANN}", SINCE_MS + HOUR_MS + 5),
        event(f"Client connected: {BOB}", SINCE_MS + HOUR_MS + 6),
        printed("Client connected", SINCE_MS + HOUR_MS + 7),
    ]
    assert count_connects(engine_over(tmp_path, events), HOUR) == 3


def test_only_the_time_that_was_asked_about(tmp_path: Path) -> None:
    """Its end is exclusive, and a line after the first makes no connection begin anew."""
    events = [
        event(f"Client connected: {ANN}", SINCE_MS + HOUR_MS - 1),
        event(f"New connection {ANN}", SINCE_MS + HOUR_MS + MINUTE_MS),
        event(f"Client connected: {BOB}", SINCE_MS + 2 * HOUR_MS),
    ]
    assert count_connects(engine_over(tmp_path, events), HOUR) == 0
