from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.store import db, sealing
from bot.store.sqlite import SqliteStore
from tests.postgres import KEY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store on a fresh, migrated file."""
    opened = SqliteStore(f"sqlite:///{tmp_path}/confab.db")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def connection(request: pytest.FixtureRequest, database_url: str) -> Iterator[Connection]:
    """A transaction on a fresh database of either kind, for units of work that are called by themselves."""
    if not db.is_postgres(database_url):
        with request.getfixturevalue("store")._writing.begin() as on_sqlite:
            yield on_sqlite
        return
    engine = sealing.reader(database_url, KEY)
    with engine.begin() as on_postgres:
        yield on_postgres.execution_options(**{db.LOCKS: True})
    engine.dispose()
