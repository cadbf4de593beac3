"""The migrations make exactly the schema that the tables describe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlmodel import SQLModel

from bot.store import migrate, tables
from bot.store.sealed import provide
from tests.store.made import open_keyring


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path}/empty.db")
    yield provide(engine, open_keyring())
    engine.dispose()


def schema(connection: Connection) -> dict[str, Any]:
    """What SQLite knows of our tables, with the constraints that Alembic's comparison leaves out."""
    found = inspect(connection)
    return {
        name: {
            "columns": [{**column, "type": str(column["type"])} for column in found.get_columns(name)],
            "key": found.get_pk_constraint(name),
            "checks": sorted(str(check) for check in found.get_check_constraints(name)),
            "unique": found.get_unique_constraints(name),
            "foreign": found.get_foreign_keys(name),
            "indexes": sorted((str(one["name"]), one["column_names"]) for one in found.get_indexes(name)),
            "where": sorted(sql for sql in _index_sql(connection, name) if " WHERE " in sql),
        }
        for name in SQLModel.metadata.tables
    }


def _index_sql(connection: Connection, table: str) -> list[str]:
    found = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql IS NOT NULL"),
        {"name": table},
    )
    return [" ".join(sql.replace('"', "").split()) for sql in found.scalars()]


def test_from_nothing_they_make_what_the_tables_describe(empty: Engine) -> None:
    with empty.begin() as connection:
        migrate.upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
        migrated = schema(connection)
    described = create_engine("sqlite://")
    with described.begin() as connection:
        SQLModel.metadata.create_all(connection)
        assert migrated == schema(connection)
    described.dispose()


def test_a_table_that_is_forgotten_is_noticed(empty: Engine) -> None:
    with empty.begin() as connection:
        migrate.upgrade(connection)
        tables.person.drop(connection)
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)


def test_a_database_is_current_once_it_is_migrated(empty: Engine) -> None:
    with empty.begin() as connection:
        assert not migrate.is_current(connection)
        migrate.upgrade(connection)
        assert migrate.is_current(connection)


def test_to_migrate_again_changes_nothing(empty: Engine) -> None:
    with empty.begin() as connection:
        migrate.upgrade(connection)
        connection.execute(tables.person.insert(), {"user_id": "U1", "number": "+12125550199", "at": 1.0})
        before = schema(connection)
        migrate.upgrade(connection)
        assert schema(connection) == before
        assert connection.execute(tables.person.select()).one().number == "+12125550199"
