"""Breaking the database under a running program, and mending it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from bot.store import db


@contextmanager
def without_table(url: str, table: str) -> Iterator[None]:
    """A table that everything needs has gone for a while."""
    _execute(url, f"ALTER TABLE {table} RENAME TO elsewhere")
    yield
    _execute(url, f"ALTER TABLE elsewhere RENAME TO {table}")


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else writes for a while; what is there can be read."""
    with _connected(url) as connection:
        if db.is_postgres(url):
            connection.execute(text("LOCK TABLE conference, leg, journal, outbox IN EXCLUSIVE MODE"))
        else:
            connection.connection.driver_connection.execute("BEGIN EXCLUSIVE")  # type: ignore[union-attr]  # it is open
        yield
        connection.rollback()


def _execute(url: str, statement: str) -> None:
    with _connected(url) as connection:
        connection.execute(text(statement))
        connection.commit()


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = db.engine_of(url) if db.is_postgres(url) else db.engine_of(url, connect_args={"timeout": 20})
    with engine.connect() as connection:
        yield connection
    engine.dispose()
