"""What fixtures that load thresholds.yaml return, and the engine that checks its patterns."""

from collections.abc import Callable

import duckdb

from checks.config.environment import Environment
from checks.config.thresholds import Thresholds

Load = Callable[[str], Thresholds]


Complain = Callable[[str], list[str]]


def re2(pattern: str) -> str | None:
    """What the real engine says."""
    try:
        row = duckdb.execute("SELECT regexp_matches('', ?)", [pattern]).fetchone()
    except duckdb.Error as error:
        return str(error)
    return "it matches the empty text" if row == (True,) else None


def bounds(environment: Environment) -> dict[str, str]:
    """The limits of an environment, as people read them."""
    return {name: ", ".join(map(limit.show, limit.bounds)) for name, limit in environment.limits.items()}
