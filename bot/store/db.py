"""The database: who runs a unit of work, and how it is committed.

A unit of work is a plain function of a connection, written once for both databases. What differs between them is here
and in ``sqlite.py`` and ``postgres.py``.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Float, Table, create_engine, func, make_url, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.dml import Insert
from sqlalchemy.ext.compiler import compiles

T = TypeVar("T")
Work = Callable[[Connection], T]

LOCKS: Final = "confab_locks"  # execution option of connections on which others may write at the same time

OUT_OF_DATE: Final = "the database's schema is not up to date. First say: confab migrate"


class StoreBusyError(Exception):
    """More units of work are waiting than can be taken soon, or the store is closing."""


class StoreError(Exception):
    """The database cannot be used as it is; one plain line says why."""


class StoreInUseError(StoreError):
    """Another process works on this SQLite file."""


class Hold(Protocol):
    """Something in hand that no other process takes meanwhile; when this process dies it is free at once.

    Exactly one of ``run`` and ``drop`` ends it.
    """

    async def run(self, work: Work[T]) -> T:
        """Do this, commit it, and let go in the same moment."""
        ...

    async def drop(self) -> None:
        """Let go; nothing was done."""
        ...


class Store(Protocol):
    """Runs units of work. ``run`` returns once the work is committed; ``read`` sees the last commit."""

    @property
    def poll(self) -> float:
        """Seconds after which to look although nothing rang: another process died, or our clock was set back."""
        ...

    @property
    def most_in_hand(self) -> int:
        """How many effects one process may hold at once."""
        ...

    async def run(self, work: Work[T]) -> T: ...

    async def read(self, work: Work[T]) -> T: ...

    async def hold(self, mine: Work[bool]) -> Hold | None:
        """Take what ``mine`` locks and keep it; None when ``mine`` says that it is not to be had."""
        ...

    def ring(self) -> None:
        """Wake the other processes: there is something to do. It may get lost; ``poll`` is the truth."""
        ...

    def listen(self, woken: Callable[[], None]) -> None:
        """Call ``woken``, in the running loop, when another process rings."""
        ...

    def prepare(self) -> None:
        """Called once, before anything else runs. Raises StoreError when the database cannot be used."""
        ...

    def migrate(self) -> None:
        """Bring the schema up to date. Raises StoreError."""
        ...

    def rotate(self) -> int:
        """Seal everything with the newest key; how many rows that took."""
        ...

    def close(self) -> None: ...


def open_store(url: str, keys: str = "") -> Store:
    """Open the database behind a SQLAlchemy URL, sealed with these keys (CONFAB_SECRET_KEY). Raises StoreError."""
    if is_postgres(url):
        from bot.store.postgres import PostgresStore  # noqa: PLC0415  # its driver need not be loaded for SQLite

        return PostgresStore(url, keys)
    from bot.store.sqlite import SqliteStore  # noqa: PLC0415  # it imports this file

    return SqliteStore(url, keys)


def is_postgres(url: str) -> bool:
    return url.startswith(("postgresql://", "postgres://"))


def is_missing(url: str) -> bool:
    """Whether the SQLite file is not there yet; whether a server is, only asking it tells."""
    return not is_postgres(url) and not Path(make_url(url).database or "").exists()


def engine_of(url: str, **options: Any) -> Engine:
    """An engine for either kind of URL; SQLAlchemy would take another driver for PostgreSQL by itself."""
    if not is_postgres(url):
        return create_engine(url, **options)
    return create_engine(make_url(url).set(drivername="postgresql+psycopg"), **options)


def insert(table: Table) -> Insert:
    """An INSERT that can say ON CONFLICT. PostgreSQL's is also understood by SQLite's compiler, but not the reverse."""
    return postgresql.insert(table)


def shared(connection: Connection) -> bool:
    """Whether others may write at the same time, so that what is read to be changed must be locked first."""
    return bool(connection.get_execution_options().get(LOCKS))


def lock(connection: Connection, name: str) -> None:
    """Let nobody else past this name until the end of the transaction, where others write at the same time."""
    if shared(connection):
        connection.execute(select(func.pg_advisory_xact_lock(_number(name))))


def try_lock(connection: Connection, name: str) -> bool:
    """Like ``lock``, but False at once when somebody else has it."""
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(_number(name)))).scalar())


class clock(ColumnElement[float]):  # noqa: N801  # used like a function of SQL
    """Seconds by the clock that all processes on one database share; NULL on SQLite, where there is one process."""

    inherit_cache = True
    type = Float()


@compiles(clock)
def _no_clock(*_: Any, **__: Any) -> str:
    return "NULL"


@compiles(clock, "postgresql")
def _their_clock(*_: Any, **__: Any) -> str:
    return "extract(epoch FROM clock_timestamp())::float8"


def _number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
