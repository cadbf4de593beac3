"""Sealing a database: the first time, with newer keys, and finding out whether the keys at hand are the right ones.

The one row of ``seal`` holds the key of the hashes, sealed. Whoever can open it has the right keys.
"""

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from cryptography.fernet import Fernet
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    MetaData,
    RowMapping,
    String,
    Table,
    bindparam,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from bot.store.db import OUT_OF_DATE, StoreError, engine_of
from bot.store.sealed import (
    Hashed,
    Keyring,
    Sealed,
    SealedJSON,
    WrongKeyError,
    keyring_of,
    private,
    provide,
)
from bot.store.tables import seal

log = logging.getLogger("confab.store")

AT_ONCE: Final = 500  # rows
HASH = "_hash"  # a column of this ending is the hash of the one without

Convert = Callable[[Column[Any], RowMapping], Any]  # what shall lie in this column of this row


def unlock(connection: Connection, keys: str, path: Path | None = None) -> None:
    """Take these keys for this database, and seal it when it is not sealed yet.

    ``path`` is the SQLite file: without ``keys``, its key lies beside it. Raises StoreError.
    """
    keyring, sealed = keyring_of(connection.dialect), _is_sealed(connection)
    try:
        keyring.take(keys or _key_beside(path, sealed=sealed))
    except (ValueError, IndexError):
        raise StoreError(f"{_where(keys, path)} holds no key; make one with: python -m web key") from None
    if not sealed:
        _seal_all(connection, keyring)
    try:
        row = connection.execute(select(seal)).one()
    except WrongKeyError:
        raise StoreError(_wrong(keys, path)) from None
    keyring.hash_key = bytes.fromhex(row.hash_key)


def note_newest(connection: Connection) -> None:
    """From now on there are values under the newest key: without it, too, the database must not be opened."""
    connection.execute(update(seal).values(newest="newest"))


def to_clean(connection: Connection) -> bool:
    """Whether what lay open before the sealing may still stand in freed pages of the file."""
    return not connection.execute(select(seal.c.clean)).scalar()


def cleaned(connection: Connection) -> None:
    connection.execute(update(seal).values(clean=True))


def reader(url: str, keys: str) -> Engine:
    """An engine for reading beside a running program. Raises StoreError."""
    engine = provide(engine_of(url), Keyring())
    path = Path(make_url(url).database or "") if engine.dialect.name == "sqlite" else None
    with ExitStack() as refused:
        refused.callback(engine.dispose)
        try:
            opened = engine.connect()
        except DBAPIError:
            raise StoreError("the database cannot be reached") from None
        try:
            with opened as connection:
                if not _is_sealed(connection):
                    raise StoreError("the database is not sealed yet. First say: confab migrate")
                unlock(connection, keys, path)
        except DBAPIError:
            raise StoreError(OUT_OF_DATE) from None
        refused.pop_all()
    return engine


def rotate(engine: Engine) -> int:
    """Seal everything with the newest key; how many rows that took. A run that is cut off is simply run again.

    The row that tells whether keys are right comes last: until all is done, the old key is still needed.
    """
    keyring = keyring_of(engine.dialect)

    def convert(column: Column[Any], row: RowMapping) -> Any:
        lies = row[column.name]
        return keyring.reseal(lies) if lies and not isinstance(column.type, Hashed) else lies

    done = 0
    for table in _tables():
        last: Any = None
        while True:
            with engine.begin() as connection:
                last, seen, changed = _batch(connection, table, convert, last)
            done += changed
            if seen < AT_ONCE:
                break
    return done


def rotation_is_due(connection: Connection) -> bool:
    """Whether something is still sealed with another than the newest key. The seal itself is resealed last."""
    lies: str = connection.execute(select(_bare(seal).c.hash_key)).scalar_one()
    return keyring_of(connection.dialect).reseal(lies) != lies


def _is_sealed(connection: Connection) -> bool:
    return connection.execute(select(seal.c.id)).first() is not None


def _seal_all(connection: Connection, keyring: Keyring) -> None:
    """In one transaction, or a crash would leave a database of which nobody knows what is sealed in it."""
    keyring.hash_key = secrets.token_bytes(32)

    def convert(column: Column[Any], row: RowMapping) -> Any:
        if isinstance(column.type, Hashed):
            return keyring.hash(row[column.name.removesuffix(HASH)])
        assert isinstance(column.type, Sealed | SealedJSON)
        return column.type.process_bind_param(row[column.name], connection.dialect)

    found = False
    for table in _tables():
        last, seen = None, AT_ONCE
        while seen == AT_ONCE:
            last, seen, _ = _batch(connection, table, convert, last)
            found |= seen > 0
    connection.execute(insert(seal), {"id": 1, "hash_key": keyring.hash_key.hex(), "clean": not found, "newest": ""})


def _tables() -> Iterator[Table]:
    """All tables with private columns, the seal last."""
    for table in SQLModel.metadata.sorted_tables:
        if private(table) and table is not seal:
            yield table
    yield seal


def _batch(connection: Connection, table: Table, convert: Convert, after: Any) -> tuple[Any, int, int]:
    """Convert the next rows of a table, as they lie there; the last key, how many were seen, how many changed."""
    bare, columns, (key,) = _bare(table), private(table), table.primary_key.columns
    wanted = select(bare).order_by(bare.c[key.name]).limit(AT_ONCE).with_for_update()
    rows = connection.execute(wanted if after is None else wanted.where(bare.c[key.name] > after)).mappings().all()
    changed = []
    for row in rows:
        new = {column.name: convert(column, row) for column in columns}
        if any(new[name] != row[name] for name in new):
            changed.append({"the_key": row[key.name], **new})
    if changed:
        connection.execute(update(bare).where(bare.c[key.name] == bindparam("the_key")), changed)
    return (rows[-1][key.name] if rows else after), len(rows), len(changed)


def _bare(table: Table) -> Table:
    """The same table without a veil: its columns show what lies in them."""
    plain: dict[type, Any] = {Sealed: String(), Hashed: String(), SealedJSON: JSON()}
    columns = [Column(one.name, plain.get(type(one.type), one.type), primary_key=one.primary_key) for one in table.c]
    return Table(table.name, MetaData(), *columns)


def _key_beside(path: Path | None, *, sealed: bool) -> str:
    """The key that lies beside a SQLite file; it is made when nothing is sealed yet."""
    if path is None:
        raise StoreError(
            "CONFAB_SECRET_KEY is missing, without which numbers cannot be kept. Make one with: python -m web key"
        )
    file = _key_file(path)
    try:
        if not file.exists() and not sealed:
            _make_key(file)
        if file.stat().st_mode & 0o077:
            log.warning("the key %s can be read by others; say: chmod 600 %s", file, file)
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        raise StoreError(
            f"the database {path} is sealed and its key is missing: put {file} back, or set CONFAB_SECRET_KEY"
        ) from None
    except OSError as error:
        raise StoreError(f"the key {file} cannot be used: {error.strerror}") from None


def _make_key(file: Path) -> None:
    """Whole or not at all, and on disk before anything is sealed with it."""
    draft = file.with_name(f"{file.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, Fernet.generate_key() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    log.info("made a key for the database: %s; keep a copy of it, but not beside copies of the database", file)


def _key_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.key")


def _wrong(keys: str, path: Path | None) -> str:
    name = f"the database {path}" if path else "the database"
    hint = f"; perhaps with the one in {_key_file(path)}" if keys and path and _key_file(path).exists() else ""
    return f"{name} is sealed with another key than that in {_where(keys, path)}{hint}"


def _where(keys: str, path: Path | None) -> str:
    return "CONFAB_SECRET_KEY" if keys or path is None else str(_key_file(path))
