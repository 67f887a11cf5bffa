"""Templates: each sentence of an application is judged once, by a few of its lines; its other lines mean the same."""

from collections.abc import Mapping

from checks.analysis.engine import Engine, match_patterns


def understand(engine: Engine, signals: Mapping[str, Mapping[str, str]], *, wants_every_line: bool = False) -> None:
    """Make the tables `lines` and `signals` of the lines that were scanned.

    Args:
        engine: After the scan.
        signals: Patterns taught in thresholds.yaml: signal kind -> name -> RE2 pattern.
        wants_every_line: Whether `lines` holds those that say nothing, too.
    """
    engine.set(wants_every_line=wants_every_line)
    engine.run("templates")
    match_patterns(engine, signals)
    engine.run("meanings")
    if engine.rows("FROM meanings WHERE NOT is_sure LIMIT 1"):  # to prepare it takes longer than a small log does
        engine.execute("INSERT INTO unsure_lines FROM classified('unsure')")
    engine.run("lines", "signals")
