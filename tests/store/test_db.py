"""Units of work are committed together, fail alone, and are answered after the commit."""

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import Connection, event, select

from bot.store.db import StoreBusyError, StoreInUseError, open_store
from bot.store.sqlite import MOST_WAITING, SqliteStore
from bot.store.tables import person

PATIENCE = 60  # seconds until a test that hangs is a failure


def add(user_id: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(person.insert(), {"user_id": user_id, "number": "+1", "at": 1.0})
        return user_id

    return work


def users(connection: Connection) -> list[str]:
    return list(connection.execute(select(person.c.user_id).order_by(person.c.user_id)).scalars())


def seen_from_outside(store: SqliteStore) -> list[str]:
    """What another process would see in the file."""
    other = sqlite3.connect(str(store._writing.url.database))
    try:
        return [row[0] for row in other.execute("SELECT user_id FROM person ORDER BY user_id")]
    finally:
        other.close()


def pragmas(connection: Connection) -> tuple[str, int, int]:
    mode, flush, keys = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("journal_mode", "synchronous", "foreign_keys")
    )
    return mode, flush, keys


class Held:
    """Holds the writer back, so that what is asked meanwhile goes into one batch behind it."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._held = threading.Event()
        self._free = threading.Event()
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self._store.run(self._wait))
        assert await asyncio.to_thread(self._held.wait, PATIENCE)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.release()
        assert self.task is not None
        await asyncio.wait_for(self.task, PATIENCE)

    def release(self) -> None:
        self._free.set()

    def _wait(self, _connection: Connection) -> None:
        self._held.set()
        assert self._free.wait(PATIENCE)

    async def queue(self, *works: Callable[[Connection], str]) -> list[asyncio.Task[str]]:
        """Ask for these while the writer is held; they wait when this returns."""
        tasks = [asyncio.create_task(self._store.run(work)) for work in works]
        await self.until(lambda: self._store._jobs.qsize() == len(works))
        return tasks

    async def until(self, holds: Callable[[], bool]) -> None:
        async def look() -> None:
            while not holds():  # noqa: ASYNC110  # the store has no event for "it waits now"
                await asyncio.sleep(0)

        await asyncio.wait_for(look(), PATIENCE)


def commits_of(store: SqliteStore) -> list[str]:
    commits: list[str] = []
    event.listen(store._writing, "commit", lambda _connection: commits.append("commit"))
    return commits


async def test_every_commit_is_flushed_to_a_write_ahead_log(store: SqliteStore) -> None:
    assert await store.run(pragmas) == ("wal", 2, 1)
    assert await store.read(pragmas) == ("wal", 2, 1)


async def test_work_is_answered_after_its_commit(store: SqliteStore) -> None:
    assert await store.run(add("U1")) == "U1"
    assert seen_from_outside(store) == ["U1"]
    assert await store.read(users) == ["U1"]


async def test_what_fails_leaves_nothing_behind(store: SqliteStore) -> None:
    def work(connection: Connection) -> None:
        add("U1")(connection)
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        await store.run(work)
    assert await store.read(users) == []


async def test_what_waits_is_committed_at_once(store: SqliteStore) -> None:
    async with Held(store) as held:
        tasks = await held.queue(*(add(f"U{at}") for at in range(9)))
        commits = commits_of(store)
    assert await asyncio.gather(*tasks) == [f"U{at}" for at in range(9)]
    assert len(commits) == 2  # the one that was held, and all the others
    assert len(seen_from_outside(store)) == 9


async def test_one_that_fails_fails_alone(store: SqliteStore) -> None:
    def broken(connection: Connection) -> str:
        add("broken")(connection)
        raise LookupError("no")

    async with Held(store) as held:
        tasks = await held.queue(add("U1"), broken, add("U2"), add("U1"))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert found[0] == "U1"
    assert isinstance(found[1], LookupError)
    assert found[2] == "U2"
    assert isinstance(found[3], Exception)  # the key is taken
    assert seen_from_outside(store) == ["U1", "U2"]


async def test_work_sees_what_was_done_before_it_in_the_same_batch(store: SqliteStore) -> None:
    def count(connection: Connection) -> str:
        return f"{len(users(connection))} there"

    async with Held(store) as held:
        tasks = await held.queue(add("U1"), count, add("U2"), count)
    assert await asyncio.gather(*tasks) == ["U1", "1 there", "U2", "2 there"]


async def test_who_no_longer_waits_for_the_answer_disturbs_nobody(store: SqliteStore) -> None:
    async with Held(store) as held:
        tasks = await held.queue(add("U1"), add("U2"))
        tasks[0].cancel()
    assert await asyncio.wait_for(tasks[1], PATIENCE) == "U2"
    assert await store.run(add("U3")) == "U3"


async def test_a_full_queue_is_busy_until_there_is_room(store: SqliteStore) -> None:
    def nothing(_connection: Connection) -> str:
        return ""

    async with Held(store) as held:
        tasks = await held.queue(*[nothing] * (MOST_WAITING - 1))
        with pytest.raises(StoreBusyError):
            await store.run(nothing)
    await asyncio.gather(*tasks)
    assert await store.run(add("U1")) == "U1"


async def test_reading_does_not_wait_for_the_writer(store: SqliteStore) -> None:
    await store.run(add("U1"))
    async with Held(store) as held:
        tasks = await held.queue(add("U2"))
        assert await asyncio.wait_for(store.read(users), PATIENCE) == ["U1"]
    await asyncio.gather(*tasks)
    assert await store.read(users) == ["U1", "U2"]


async def test_closing_finishes_what_waits(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/confab.db"
    store = SqliteStore(url)
    store.migrate()
    async with Held(store) as held:
        tasks = await held.queue(add("U1"), add("U2"))
        closing: Awaitable[None] = asyncio.create_task(asyncio.to_thread(store.close))
        await held.until(lambda: store._jobs.qsize() == 3)
    await asyncio.wait_for(closing, PATIENCE)
    assert await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE) == ["U1", "U2"]
    again = SqliteStore(url)
    assert await again.read(users) == ["U1", "U2"]
    again.close()


def test_a_file_belongs_to_one_process(store: SqliteStore, tmp_path: Path) -> None:
    with pytest.raises(StoreInUseError, match=r"confab\.db"):
        open_store(f"sqlite:///{tmp_path}/confab.db")
    store.close()
    again = open_store(f"sqlite:///{tmp_path}/confab.db")
    again.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_without_a_file_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a file is needed"):
        open_store(url)
