"""Templates: each sentence of an application is judged once, by a few of its lines; its other lines mean the same."""

from collections.abc import Mapping
from typing import Final

from checks.analysis.engine import Engine, match_patterns

_LABELLED: Final = range(1, 6)
_RECORD: Final = 6
"""The slots of sql/14_slots.sql: behind labels and in quotation marks, and the message of a record."""
_FEWEST_FORMS: Final = 30
"""So many endings that have little in common are no sentences of an application."""


def understand(engine: Engine, signals: Mapping[str, Mapping[str, str]], *, wants_every_line: bool = False) -> None:
    """Make the tables `lines` and `signals` of the lines that were scanned.

    Args:
        engine: After the scan.
        signals: Patterns taught in thresholds.yaml: signal kind -> name -> RE2 pattern.
        wants_every_line: Whether `lines` holds those that say nothing, too.
    """
    engine.set(wants_every_line=wants_every_line)
    engine.run("candidates", "templates")
    _set_users_words_aside(engine)
    match_patterns(engine, signals)
    engine.run("meanings")
    if engine.rows("FROM meanings WHERE NOT is_sure LIMIT 1"):  # to prepare it takes longer than a small log does
        engine.execute("INSERT INTO unsure_lines FROM classified('unsure')")
    engine.run("lines", "signals")


def _set_users_words_aside(engine: Engine) -> None:
    """Let templates that differ in somebody's words be one; where there are too few templates, nothing shows that."""
    rare = engine.row("SELECT count(*) FILTER (lines = 1) AS rare FROM templates")["rare"]
    if rare < _FEWEST_FORMS // 2:
        return
    engine.run("sentences")
    for slot in (*_LABELLED, _RECORD):
        fewest = 2 * _FEWEST_FORMS if slot == _RECORD else _FEWEST_FORMS  # the sentences of all the code stand there
        engine.set(slot=slot, fewest_forms=fewest)
        engine.run("users_words")
    if engine.rows("FROM users_words LIMIT 1"):
        engine.run("templates")
