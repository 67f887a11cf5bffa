"""Patterns that the user teaches in thresholds.yaml: they recognise lines that the grammar does not."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from checks.analysis.engine import Engine

_ID_GROUP: Final = "(?P<connection_id>"


def teach(engine: Engine, signals: Mapping[str, Mapping[str, str]]) -> None:
    """Make the engine's candidates include the lines that any of the patterns matches.

    Args:
        engine: Before the events are scanned.
        signals: Signal kind -> name -> RE2 pattern, which may name the group `connection_id`.
    """
    everything = "|".join(f"(?:{_without_group(pattern)})" for _, pattern in _patterns(signals))
    engine.set(taught_anything=everything or None)


def apply(engine: Engine, signals: Mapping[str, Mapping[str, str]]) -> None:
    """Fill the table `taught(seq, kind, connection_id)` with the candidates that each pattern matches."""
    engine.execute("CREATE OR REPLACE TEMP TABLE taught (seq BIGINT, kind VARCHAR, connection_id VARCHAR)")
    for kind, pattern in _patterns(signals):
        identify = "nullif(regexp_extract(message, $pattern, 1), '')" if _ID_GROUP in pattern else "NULL"
        engine.execute(
            f"INSERT INTO taught SELECT seq, $kind, {identify} FROM candidates WHERE regexp_matches(message, $pattern)",  # noqa: S608 -- both texts are this function's own
            kind=kind,
            pattern=pattern,
        )


def broad_patterns(signals: Mapping[str, Mapping[str, str]], *, wants_errors: bool = False) -> tuple[str, ...]:
    """Regular expressions that together match every line the analysis may understand, and others.

    Args:
        signals: As for `teach`; their patterns are among them, without names for groups.
        wants_errors: Whether lines that report an error are wanted, too.
    """
    row = Engine(Path()).row("SELECT broad_patterns() AS patterns, error_line_pattern() AS errors")
    own: list[str] = [*row["patterns"], *([row["errors"]] if wants_errors else [])]
    return (*own, *(_without_group(pattern) for _, pattern in _patterns(signals)))


def _patterns(signals: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for kind, named in signals.items():
        for pattern in named.values():
            yield kind, pattern


def _without_group(pattern: str) -> str:
    return pattern.replace(_ID_GROUP, "(?:")
