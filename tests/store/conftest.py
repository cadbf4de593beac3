from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.store.db import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store on a fresh, migrated file."""
    opened = SqliteStore(f"sqlite:///{tmp_path}/confab.db")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def connection(store: SqliteStore) -> Iterator[Connection]:
    """A transaction on that file, for units of work that are called by themselves."""
    with store._writing.begin() as open_connection:
        yield open_connection
