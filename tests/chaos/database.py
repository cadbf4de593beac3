"""The programs' database, looked at and broken from outside.

What may have to wait for it waits in a thread: the stand-ins' loop must go on, or every provider is silent meanwhile.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.store.db import engine_of, is_postgres

T = TypeVar("T")

PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # real seconds
ORDERED = "chaos_ordered"  # every effect that was ever put into the outbox
_DUE = """
SELECT (SELECT count(*) FROM outbox LEFT JOIN gate ON gate.key = outbox.pace
        WHERE due <= :now AND coalesce(not_before, 0) <= :now + 3)
     + (SELECT count(*) FROM timer WHERE due <= :now)
     + (SELECT count(*) FROM journal WHERE ref = 'heard' AND NOT done)
     + (SELECT count(*) FROM journal WHERE ref = 'owed' AND NOT done AND at < :now - 120)
"""
_COPY = f"INSERT INTO {ORDERED} VALUES (NEW.id, NEW.conference_id, NEW.kind, NEW.body)"


class Database:
    """``url`` is a migrated database that nobody uses yet."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.postgres = is_postgres(url)
        self._path = Path(url.removeprefix("sqlite:///"))
        self._engine = engine_of(url, pool_pre_ping=True)

    def remember_orders(self) -> None:
        """From now on keep a copy of all that is put into the outbox."""
        with self._engine.begin() as connection:
            kind = "JSON" if self.postgres else "TEXT"
            connection.execute(
                text(f"CREATE TABLE {ORDERED} (id BIGINT, conference_id TEXT, kind TEXT, body {self._body_type(kind)})")
            )
            if self.postgres:
                function = (
                    f"CREATE FUNCTION chaos() RETURNS trigger AS $$BEGIN {_COPY}; RETURN NEW; END$$ LANGUAGE plpgsql"
                )
                connection.execute(text(function))
                connection.execute(
                    text("CREATE TRIGGER chaos AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION chaos()")
                )
            else:
                connection.execute(text(f"CREATE TRIGGER chaos AFTER INSERT ON outbox BEGIN {_COPY}; END"))

    async def due(self, now: float) -> int:
        """How much could be done at this moment."""
        return int((await self.ask(_DUE, now=now))[0][0])

    async def ask(self, question: str, **values: Any) -> list[Any]:
        return await self._try(lambda connection: list(connection.execute(text(question), values).all()))

    def lock(self, seconds: float) -> None:
        """Let somebody else hold it for so long, in the background."""
        threading.Thread(target=self._hold, args=(seconds,), daemon=True).start()

    @asynccontextmanager
    async def without_outbox(self) -> AsyncIterator[None]:
        """A table that everything needs has gone for a while."""
        await self._say("ALTER TABLE outbox RENAME TO elsewhere")
        yield
        await self._say("ALTER TABLE elsewhere RENAME TO outbox")

    async def cut(self) -> None:
        """End every connection, as a PostgreSQL that restarts does."""
        if self.postgres:
            await self.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    @property
    def size(self) -> int:
        """Bytes of the largest of its files, for SQLite."""
        return max(one.stat().st_size for one in self._path.parent.glob(f"{self._path.name}*"))

    def close(self) -> None:
        self._engine.dispose()

    def _hold(self, seconds: float) -> None:
        if self.postgres:
            with suppress(DBAPIError), self._engine.begin() as connection:
                connection.execute(text("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE"))
                time.sleep(seconds)
            return
        other = sqlite3.connect(self._path, isolation_level=None, timeout=20)
        other.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        other.execute("ROLLBACK")
        other.close()

    async def _say(self, statement: str) -> None:
        await self._try(lambda connection: connection.execute(text(statement)))

    async def _try(self, work: Callable[[Connection], T]) -> T:
        """Again for a while, when the server is just being restarted."""
        for pause in PAUSES:
            try:
                return await asyncio.to_thread(self._do, work)
            except OperationalError:
                await asyncio.sleep(pause)
        return await asyncio.to_thread(self._do, work)

    def _do(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    def _body_type(self, plain: str) -> str:
        if not self.postgres:
            return plain
        with self._engine.begin() as connection:
            asked = (
                "SELECT data_type FROM information_schema.columns WHERE (table_name, column_name) = ('outbox', 'body')"
            )
            return str(connection.execute(text(asked)).scalar_one())
