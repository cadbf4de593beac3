"""SQLite: one file, one process. One writer thread takes all that waits and commits it at once, so that a hundred
webhooks cost one disk flush; nobody is answered before that commit.
"""

import asyncio
import fcntl
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from bot.store import sealing
from bot.store.db import Hold, StoreBusyError, StoreError, StoreInUseError, Work
from bot.store.migrate import UnknownSchemaError, upgrade
from bot.store.sealed import Keyring, provide

T = TypeVar("T")
log = logging.getLogger("confab.store")

MOST_WAITING = 2000  # units of work; more are refused, so that the sender asks again
MOST_AT_ONCE = 500
BUSY_SECONDS = 5.0  # how long a transaction waits for somebody else's to end
# While more than CROWD units come at once, a commit first waits until nobody else comes, looking again after GATHERING
# seconds: the two threads then take turns instead of fighting for the interpreter, and the disk is flushed less often.
CROWD = 2
GATHERING = 0.0003


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def attempt(self, connection: Connection) -> None:
        self.result = self.work(connection)

    def answer(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _InHand:
    def __init__(self, store: "SqliteStore") -> None:
        self._store = store

    async def run(self, work: Work[T]) -> T:
        return await self._store.run(work)

    async def drop(self) -> None:
        pass


class SqliteStore:
    """One file, one process, one writer thread."""

    poll = 5.0
    most_in_hand = 64

    def __init__(self, url: str, keys: str = "", *, busy: float = BUSY_SECONDS) -> None:
        path = make_url(url).database
        if not path or path == ":memory:":
            raise ValueError("a file is needed: sqlite:///confab.db")
        self._path = path
        self._lock_file = _claim(Path(f"{path}.lock"))
        self._keys, keyring = keys, Keyring()
        self._writing = provide(_engine(url, "BEGIN IMMEDIATE", busy), keyring)
        self._reading = provide(_engine(url, "BEGIN", busy), keyring)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._closed = False
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="store-read")
        self._writer = threading.Thread(target=self._write, name="store-write", daemon=True)
        self._writer.start()

    async def run(self, work: Work[T]) -> T:
        if self._waiting >= MOST_WAITING or self._closed:
            raise StoreBusyError
        self._waiting += 1
        try:
            job = _Job(work, asyncio.get_running_loop().create_future())
            self._jobs.put(job)
            result: T = await job.future
            return result
        finally:
            self._waiting -= 1

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def hold(self, _mine: Work[bool]) -> Hold | None:
        """There is no other process, and within this one the courier keeps track itself."""
        return _InHand(self)

    def ring(self) -> None:
        """There is nobody else to wake."""

    def listen(self, woken: Callable[[], None]) -> None:
        """Nobody else rings."""

    def prepare(self) -> None:
        """Bring the schema up to date at every start: there is nobody else whom this could surprise."""
        self.migrate()

    def migrate(self) -> None:
        try:
            with self._writing.begin() as connection:
                upgrade(connection)
                sealing.unlock(connection, self._keys, Path(self._path))
                sealing.note_newest(connection)
                to_clean = sealing.to_clean(connection)
                mode = connection.exec_driver_sql("PRAGMA synchronous").scalar()
            if to_clean:
                self._clean()
        except DBAPIError as error:
            raise StoreError(f"the database {self._path} cannot be used: {error.orig}") from None
        except UnknownSchemaError:
            raise StoreError(f"the database {self._path} was made by another version of Confab") from None
        assert mode == 2, "SQLite must flush each commit to disk (synchronous=FULL)"

    def rotate(self) -> int:
        return sealing.rotate(self._writing)

    def close(self) -> None:
        """Finish what waits and let go of the file."""
        self._closed = True
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()
        self._lock_file.close()

    def _clean(self) -> None:
        """Write the file anew, so that no freed page holds what lay open before."""
        bare = self._writing.raw_connection()
        try:
            bare.cursor().execute("VACUUM")
            busy = bare.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.Error as error:
            busy = str(error)
        finally:
            bare.close()
        if busy:
            log.warning("old numbers may still be read in freed pages of %s; the next start tries again", self._path)
            return
        with self._writing.begin() as connection:
            sealing.cleaned(connection)

    def _read(self, work: Work[T]) -> T:
        with self._reading.begin() as connection:
            return work(connection)

    def _write(self) -> None:
        crowded = False
        while (job := self._jobs.get()) is not None:
            if crowded:
                self._gather()
            batch, stop = self._drain(job)
            crowded = len(batch) > CROWD
            self._commit(batch)
            batch[0].future.get_loop().call_soon_threadsafe(_answer_all, batch)
            if stop:
                return

    def _gather(self) -> None:
        """Wait until nobody else comes."""
        there = -1
        while there < (there := self._jobs.qsize()) and there < MOST_AT_ONCE:
            time.sleep(GATHERING)

    def _drain(self, first: _Job) -> tuple[list[_Job], bool]:
        batch = [first]
        with suppress(queue.Empty):
            while len(batch) < MOST_AT_ONCE:
                job = self._jobs.get_nowait()
                if job is None:
                    return batch, True
                batch.append(job)
        return batch, False

    def _commit(self, batch: list[_Job]) -> None:
        begun = False
        try:
            with self._writing.begin() as connection:
                begun = True
                for job in batch:
                    job.attempt(connection)
        except Exception as error:  # noqa: BLE001  # whoever is to blame gets it below
            for job in batch:
                if begun:
                    self._commit_alone(job)
                else:  # the database is locked for all of them; each alone would wait as long again
                    job.error = error

    def _commit_alone(self, job: _Job) -> None:
        job.result = None
        try:
            with self._writing.begin() as connection:
                job.attempt(connection)
        except Exception as error:  # noqa: BLE001  # handed to the one who asked
            job.error = error


def _answer_all(batch: list[_Job]) -> None:
    for job in batch:
        job.answer()


def _engine(url: str, begin: str, busy: float) -> Engine:
    """An engine whose transactions start with ``begin``: a late upgrade from reading to writing would fail at once."""
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": busy})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _claim(path: Path) -> IO[str]:
    try:
        file = path.open("w")
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise StoreInUseError(f"another process is using {path.with_suffix('')}") from None
    return file
