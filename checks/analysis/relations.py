"""What the logs said, as DuckDB relations for a team's own checks: connections, welcomes, signals, events."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from checks.analysis.engine import Engine
from checks.definitions import Metric, measured
from checks.text import one_line

if TYPE_CHECKING:
    import duckdb

Relation: TypeAlias = "duckdb.DuckDBPyRelation"
"""A table or a query of DuckDB: `.df()` and `.pl()` for pandas and Polars, `.filter()`, `.aggregate()`, `.fetchall()`.

https://duckdb.org/docs/stable/clients/python/relational_api
"""

Query: TypeAlias = Callable[[str], Relation]
"""Makes the relation of an SQL query."""

_READS_EVENTS: Final = re.compile(r"\bevents\b", re.IGNORECASE)


class Relations:
    """The tables `connections`, `welcomes`, `signals` and `events` of one analysis, on a connection of their own.

    Args:
        engine: That has analysed the logs; its files must still be there when `events` is read for the first time.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._database = engine.cursor()
        engine.run("relations")

    def table(self, name: str) -> Relation:
        """The table of a name."""
        if name == "events":
            self._make_events()
        return self._database.table(name)

    def query(self, sql: str) -> Relation:
        """The relation of a query, which may name all of the tables.

        Raises:
            duckdb.Error: It is none, or cannot be run.
        """
        if _READS_EVENTS.search(sql):
            self._make_events()
        return self._database.sql(sql)

    def _make_events(self) -> None:
        self._engine.run_once("relation_events")

    def measure(self, metric: str, file: Path) -> Metric:
        """The metric of a team's own that a query measures.

        Args:
            metric: Its name.
            file: Holds one SELECT of one row, with the columns `value` and, for a sample, `n`.

        Raises:
            ValueError: The query cannot be run, or says something else.
        """
        rows = self._rows(file)
        if len(rows) != 1 or not {"value"} <= rows[0].keys() <= {"value", "n"}:
            columns = ", ".join(rows[0]) if rows else "none"
            raise ValueError(
                f"expected one row with the columns value and n, or value alone; found {len(rows):,} with {columns}"
            )
        value, n = rows[0]["value"], rows[0].get("n")
        return measured(metric, None if value is None else float(value), None if n is None else int(n))

    def _rows(self, file: Path) -> list[dict[str, Any]]:
        import duckdb  # noqa: PLC0415

        try:
            statements = self._database.extract_statements(file.read_text(encoding="utf-8"))
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise ValueError("expected one SELECT, and nothing else")
            relation = self.query(statements[0].query)
            columns = relation.columns
            return [dict(zip(columns, row, strict=True)) for row in relation.limit(_FEW_ROWS).fetchall()]
        except duckdb.Error as error:
            raise ValueError(self._engine.redacted(one_line(str(error)))) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"cannot be read: {error}") from error


_FEW_ROWS: Final = 1000
