"""The macros of the SQL files: what DuckDB makes of them is stored, for to make it anew takes a tenth of a second.

They are stored as Python stores the bytecode of modules: where it does, if it may write there, and under a name that
changes with the files and with DuckDB.
"""

import hashlib
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from checks.places import bytecode_folder


def define_macros(database: duckdb.DuckDBPyConnection, statements: str) -> None:
    """Define macros in a database.

    Args:
        database: Of one run.
        statements: The text of SQL files that hold nothing but macros.
    """
    with suppress(OSError, duckdb.Error):  # a full disk, a file that was damaged: nothing that a run depends on
        if file := _compiled(statements):
            path = str(file).replace("'", "''")
            database.execute(f"ATTACH '{path}' AS macros (READ_ONLY)")
            database.execute("SET search_path = 'memory.main,macros.main'")
            return
    database.execute(statements)


def _compiled(statements: str) -> Path | None:
    """The database that holds the macros, made if there is none yet; None where nothing can be stored."""
    folder = bytecode_folder(Path(__file__).parent)
    if folder is None:
        return None
    digest = hashlib.sha256(f"{duckdb.__version__}\n{statements}".encode()).hexdigest()
    file = folder / f"macros-{digest[:16]}.duckdb"
    if not file.exists():
        with TemporaryDirectory(dir=folder) as temporary:
            made = Path(temporary, file.name)
            with duckdb.connect(made) as database:
                database.execute(statements)
            for former in folder.glob("macros-*.duckdb"):
                former.unlink(missing_ok=True)
            made.replace(file)  # whole or not at all: other runs may look for it
    return file
