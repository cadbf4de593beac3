"""Breaking the database under a running program, and mending it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def without_table(folder: Path, table: str) -> Iterator[None]:
    """A table that everything needs has gone for a while."""
    _execute(folder, f"ALTER TABLE {table} RENAME TO elsewhere")
    yield
    _execute(folder, f"ALTER TABLE elsewhere RENAME TO {table}")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Somebody else writes for a while."""
    other = sqlite3.connect(folder / "confab.db", isolation_level=None, timeout=20)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


def _execute(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "confab.db", timeout=20)
    connection.execute(statement)
    connection.close()
