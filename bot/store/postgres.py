"""PostgreSQL: several processes on one database. Units of work run side by side and lock the conference they change.

What is in hand is a row lock held by an open transaction, so whatever a dead process had is free at once.
"""

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from bot.store import db, sealing
from bot.store.db import Hold, StoreBusyError, StoreError, Work
from bot.store.migrate import UnknownSchemaError, is_usable, upgrade
from bot.store.sealed import Keyring, provide

T = TypeVar("T")
log = logging.getLogger("confab.store")

MOST_WAITING = 2000  # units of work; more are refused, so that the sender asks again
WORKERS = 8
READERS = 2
TRIES = 6
PAUSE = 0.05  # seconds before a unit of work that others got in the way of is tried again; doubled each time
CHANNEL = "confab"
# Not its fault: a serialization failure, a deadlock, a key that somebody else wrote a moment earlier, a lock time-out.
_IN_THE_WAY = frozenset({"40001", "40P01", "23505", "55P03"})
# A machine that vanishes must not keep its locks; a lock that does not come must not keep a webhook waiting for ever.
_SESSION = (
    "-c lock_timeout=10s -c idle_in_transaction_session_timeout=600s"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)


class PostgresStore:
    poll = 1.0
    most_in_hand = 16

    def __init__(self, url: str, keys: str = "") -> None:
        self._keys, keyring = keys, Keyring()
        self._engine = provide(_engine(url, WORKERS), keyring)
        self._shared = self._engine.execution_options(**{db.LOCKS: True})
        self._reading = provide(_engine(url, READERS), keyring)
        # Each effect in hand keeps a connection, and so does each sentence that is being answered.
        holding = provide(_engine(url, 2 * self.most_in_hand), keyring)
        self._holding = holding.execution_options(**{db.LOCKS: True})
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="store-work")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._waiting = 0
        self._closed = False
        self._bell = _Bell(_engine(url, 2))

    async def run(self, work: Work[T]) -> T:
        done: T = await self._in_thread(self._run, work)
        return done

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, _once, self._reading, work)

    async def hold(self, mine: Work[bool]) -> Hold | None:
        held: Hold | None = await self._in_thread(self._hold, mine)
        return held

    def ring(self) -> None:
        self._bell.ring()

    def listen(self, woken: Callable[[], None]) -> None:
        self._bell.listen(woken)

    def prepare(self) -> None:
        if not self._ask(is_usable):
            raise StoreError(db.OUT_OF_DATE)
        self._ask(self._unlock)

    def migrate(self) -> None:
        def work(connection: Connection) -> None:
            connection.execute(select(func.pg_advisory_xact_lock(0)))  # two that migrate at once do it one by one
            upgrade(connection)
            self._unlock(connection)

        try:
            self._ask(work)
        except UnknownSchemaError:
            raise StoreError("the database was made by another version of Confab") from None

    def rotate(self) -> int:
        return sealing.rotate(self._engine)

    def _unlock(self, connection: Connection) -> None:
        sealing.unlock(connection, self._keys)
        sealing.note_newest(connection)

    def close(self) -> None:
        self._closed = True
        self._bell.close()
        self._workers.shutdown()
        self._readers.shutdown()
        for engine in (self._engine, self._reading, self._holding):
            engine.dispose()

    async def _in_thread(self, work: Callable[[Work[Any]], Any], unit: Work[Any]) -> Any:
        if self._waiting >= MOST_WAITING or self._closed:
            raise StoreBusyError
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._workers, work, unit)
        finally:
            self._waiting -= 1

    def _run(self, work: Work[T]) -> T:
        return again(lambda: _once(self._shared, work))

    def _hold(self, mine: Work[bool]) -> Hold | None:
        try:
            connection = self._holding.connect()
        except PoolTimeoutError:
            return None  # too much is in hand already
        try:
            if mine(connection):
                return _InHand(self, connection, mine)
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None

    def _ask(self, work: Work[T]) -> T:
        try:
            return _once(self._engine, work)
        except DBAPIError as error:
            where = self._engine.url.set(query={}).render_as_string()
            why = str(error.orig).strip().splitlines()[0]
            raise StoreError(f"the database {where} cannot be used: {why}") from None


class _InHand:
    """An open transaction that has locked what ``mine`` says."""

    def __init__(self, store: PostgresStore, connection: Connection, mine: Work[bool]) -> None:
        self._store = store
        self._connection: Connection | None = connection
        self._mine = mine

    async def run(self, work: Work[T]) -> T:
        done: T = await self._store._in_thread(lambda unit: again(lambda: self._finish(unit)), work)  # noqa: SLF001  # its own
        return done

    async def drop(self) -> None:
        await self._store._in_thread(lambda _: self._let_go(), lambda _: None)  # noqa: SLF001  # its own

    def _finish(self, work: Work[T]) -> T | None:
        """In the transaction that holds the lock; where that one was lost, in another that takes the lock again.

        When it is not to be had again, the work was committed after all, or somebody else has taken over.
        """
        connection, self._connection = self._connection, None
        if connection is None:
            return _once(self._store._holding, lambda fresh: work(fresh) if self._mine(fresh) else None)  # noqa: SLF001  # its own
        try:
            done = work(connection)
            connection.commit()
        finally:
            connection.close()
        return done

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _Bell:
    """LISTEN and NOTIFY, outside of all transactions: a NOTIFY in one would hold up every other commit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._name = secrets.token_hex(8)  # our own ringing need not wake us
        self._ringer = ThreadPoolExecutor(1, thread_name_prefix="store-ring")
        self._to_ring = False
        self._closed = threading.Event()
        self._listener: threading.Thread | None = None

    def ring(self) -> None:
        if not self._to_ring and not self._closed.is_set():
            self._to_ring = True
            self._ringer.submit(self._notify)

    def listen(self, woken: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop is over
                loop.call_soon_threadsafe(woken)

        self._listener = threading.Thread(target=self._listen, args=(wake,), name="store-listen", daemon=True)
        self._listener.start()

    def close(self) -> None:
        self._closed.set()
        self._ringer.shutdown()
        if self._listener:
            self._listener.join()
        self._engine.dispose()

    def _notify(self) -> None:
        self._to_ring = False
        try:
            with self._engine.connect() as connection:
                connection.execute(select(func.pg_notify(CHANNEL, self._name)))
        except DBAPIError as error:
            log.warning("the other processes could not be woken: %s", type(error).__name__)

    def _listen(self, wake: Callable[[], None]) -> None:
        while not self._closed.is_set():
            try:
                with self._engine.connect() as connection:
                    connection.execute(text(f"LISTEN {CHANNEL}"))
                    self._hear(connection.connection.driver_connection, wake)
            except Exception as error:  # noqa: BLE001  # whatever it is: work is looked for every second all the same
                log.warning("other processes are not heard for the moment: %s", type(error).__name__)
                self._closed.wait(1)

    def _hear(self, driver: Any, wake: Callable[[], None]) -> None:
        while not self._closed.is_set():
            for news in driver.notifies(timeout=0.5):
                if news.payload != self._name:
                    wake()


def again(attempt: Callable[[], T]) -> T:
    """Try until nobody is in the way and the database is there; the last error is raised."""
    pause = PAUSE
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except DBAPIError as error:
            if not (getattr(error.orig, "sqlstate", None) in _IN_THE_WAY or _was_lost(error)):
                raise
        time.sleep(pause)
        pause *= 2
    return attempt()


def _was_lost(error: DBAPIError) -> bool:
    """The connection broke, or there was none to be had: the server restarts, say."""
    return error.connection_invalidated or (isinstance(error, OperationalError) and error.statement is None)


def _once(engine: Engine, work: Work[T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _engine(url: str, size: int) -> Engine:
    arguments = {"options": _SESSION, "connect_timeout": 5, "application_name": "confab"}
    return db.engine_of(url, pool_size=size, max_overflow=0, pool_timeout=5, pool_pre_ping=True, connect_args=arguments)
