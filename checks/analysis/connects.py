"""How many connections the logs saw begin in a part of the window: API Gateway's own count is compared with it."""

from checks.analysis.engine import Engine
from checks.logs.window import Window


def count_connects(engine: Engine, window: Window) -> int:
    """Count connections by their first connect, each once however many lines tell of it.

    Args:
        engine: That has analysed the logs.
        window: A part of what it analysed.
    """
    query = "FROM connects_between($since, $until)"
    connects: int = engine.row(query, since=window.since_ms, until=window.until_ms)["connects"]
    return connects
