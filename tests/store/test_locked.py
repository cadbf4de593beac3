import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.store import outbox
from bot.store.db import StoreError
from bot.store.sqlite import SqliteStore


async def test_a_locked_database_is_waited_for_once_and_not_by_each_alone(tmp_path: Path) -> None:
    store = SqliteStore(f"sqlite:///{tmp_path / 'confab.db'}", busy=0.1)
    store.migrate()
    other = sqlite3.connect(tmp_path / "confab.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    waits: list[object] = []
    event.listen(store._writing, "begin", waits.append, insert=True)
    results = await asyncio.gather(*(store.run(outbox.depth) for _ in range(30)), return_exceptions=True)
    assert {type(result) for result in results} == {OperationalError}
    assert len(waits) <= 2
    other.execute("ROLLBACK")
    other.close()
    assert await store.run(outbox.depth) == (0, None)
    store.close()


def test_what_is_no_database_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "confab.db").write_bytes(b"a letter to my aunt" * 99)
    store = SqliteStore(f"sqlite:///{tmp_path / 'confab.db'}")
    with pytest.raises(StoreError, match=r"^the database .*confab\.db cannot be used: file is not a database$"):
        store.migrate()
    store.close()


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"confab\.db\.lock cannot be written: No such file or directory$"):
        SqliteStore(f"sqlite:///{tmp_path / 'nowhere' / 'confab.db'}")


def test_a_schema_of_another_version_is_said_in_one_line(tmp_path: Path) -> None:
    store = SqliteStore(f"sqlite:///{tmp_path / 'confab.db'}")
    store.migrate()
    with store._writing.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"confab\.db was made by another version of Confab$"):
        store.migrate()
    store.close()
