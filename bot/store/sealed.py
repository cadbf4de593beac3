"""Private values as they lie in the database: sealed with Fernet, and numbers hashed with a key to be looked up by.

The keys hang on the engine's dialect, where the column types find them; the rest of the program sees plain values. What
is empty stays empty, so that "none" can be asked for.
"""

import hashlib
import hmac
import json
import re
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import JSON, Column, Dialect, Engine, String, Table
from sqlalchemy.types import TypeDecorator

MOST_REMEMBERED: Final = 16384  # values that need not be opened again, some 5 MiB
SHORT: Final = 300  # characters; longer ones are not remembered


class WrongKeyError(Exception):
    """A value was sealed with a key that we do not have."""


class Keyring:
    """The keys of one database. Locked until ``take``; numbers can be looked up by once ``hash_key`` is known too."""

    def __init__(self) -> None:
        self._all: MultiFernet | None = None
        self._newest: Fernet | None = None
        self._known: dict[str, str] = {}
        self.hash_key = b""

    def take(self, keys: str) -> None:
        """Fernet keys, newest first, between commas or spaces: the first seals, all open. Raises ValueError."""
        fernets = [Fernet(key) for key in split(keys)]
        self._newest, self._all = fernets[0], MultiFernet(fernets)

    def seal(self, text: str) -> str:
        if not text:
            return ""
        assert self._newest, "the database is locked"
        return self._remember(self._newest.encrypt(text.encode()).decode(), text)[0]

    def open(self, sealed: str) -> str:
        """Raises WrongKeyError."""
        if not sealed:
            return ""
        known = self._known.get(sealed)
        return self._remember(sealed, self._open(sealed))[1] if known is None else known

    def reseal(self, sealed: str) -> str:
        """The same value under the newest key. Raises WrongKeyError."""
        assert self._newest, "the database is locked"
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return self.seal(self.open(sealed))
        return sealed

    def hash(self, text: str) -> str:
        """HMAC-SHA256, cut to 128 bits. Its key is kept in the database, sealed, so it outlives every other key."""
        assert self.hash_key, "the database is locked"
        return hmac.new(self.hash_key, text.encode(), hashlib.sha256).hexdigest()[:32] if text else ""

    def _open(self, sealed: str) -> str:
        assert self._all, "the database is locked"
        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken:
            raise WrongKeyError from None

    def _remember(self, sealed: str, text: str) -> tuple[str, str]:
        if len(sealed) <= SHORT:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[sealed] = text
        return sealed, text


def split(keys: str) -> list[str]:
    return [key for key in re.split(r"[,\s]+", keys) if key]


def provide(engine: Engine, keyring: Keyring) -> Engine:
    """Give an engine the keys for its sealed columns, and keep values out of its errors."""
    engine.hide_parameters = True
    engine.dialect.keyring = keyring  # type: ignore[attr-defined]  # ours; types are only ever handed the dialect
    return engine


def keyring_of(dialect: Dialect) -> Keyring:
    found = getattr(dialect, "keyring", None)
    assert isinstance(found, Keyring), "this engine was not provided with keys"
    return found


class _Incomparable(TypeDecorator.Comparator[Any]):
    """The same value is sealed differently each time, so a comparison would quietly find nothing."""

    def operate(self, op: Any, *other: Any, **options: Any) -> Any:
        if other != ("",):
            raise TypeError("a sealed column cannot be compared with a value; ask for its hash")
        return super().operate(op, *other, **options)


class Sealed(TypeDecorator[str]):
    """A text."""

    impl = String
    cache_ok = True
    comparator_factory = _Incomparable

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return keyring_of(dialect).seal(value) if value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return keyring_of(dialect).open(value) if value else value


class SealedJSON(TypeDecorator[Any]):
    """Any JSON; it lies in the column as one JSON string."""

    impl = JSON
    cache_ok = True
    comparator_factory = _Incomparable

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return keyring_of(dialect).seal(json.dumps(value, separators=(",", ":"))) if value else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(keyring_of(dialect).open(value)) if value else value


class Hashed(TypeDecorator[str]):
    """Plain text goes in, also where it is compared; only its hash comes out."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return keyring_of(dialect).hash(value) if value else value


def private(table: Table) -> list[Column[Any]]:
    """The columns of this table that do not lie open."""
    return [one for one in table.c if isinstance(one.type, Sealed | SealedJSON | Hashed)]
