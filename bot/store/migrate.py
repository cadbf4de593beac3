"""Schema migrations, by Alembic, which is only loaded when there is something to migrate: it is large and slow."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

REVISION = "0008"  # the newest in migrations/versions


class UnknownSchemaError(Exception):
    """The schema is of a revision that we do not have."""


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision, in the transaction of this connection. Raises UnknownSchemaError."""
    if is_current(connection):
        return
    from alembic import command  # noqa: PLC0415  # see above
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise UnknownSchemaError from None


def is_current(connection: Connection) -> bool:
    return revision(connection) == REVISION


def is_usable(connection: Connection) -> bool:
    """Whether this version can work on the schema: it is the newest that we know, or a newer one beside which the
    version before it goes on for a while. Migrations only add, and their names sort.
    """
    return revision(connection) >= REVISION


def revision(connection: Connection) -> str:
    """Which revision the schema is of, "" when there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
