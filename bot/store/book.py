"""The phone book: numbers of Slack users, and of others by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from bot.store.tables import contact, person


@dataclass(frozen=True, slots=True)
class Entry:
    """``numbers`` in the order in which they are rung. ``verified``: the first was checked by a call."""

    numbers: tuple[str, ...] = ()
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    numbers: tuple[str, ...]
    added_by: str  # Slack user id


def of_user(connection: Connection, user_id: str) -> Entry:
    row = connection.execute(select(person).where(person.c.user_id == user_id)).first()
    return Entry((row.number, *row.others), row.verified_at is not None) if row else Entry()


def users_of(connection: Connection, number: str) -> list[str]:
    """The Slack users who registered this number first."""
    return list(connection.execute(select(person.c.user_id).where(person.c.number_hash == number)).scalars())


def set_numbers(connection: Connection, user_id: str, numbers: Sequence[str], at: float) -> None:
    """Register numbers in place of those before; none forgets them. A first number that stays is still verified."""
    before = connection.execute(select(person).where(person.c.user_id == user_id)).first()
    connection.execute(delete(person).where(person.c.user_id == user_id))
    if numbers:
        kept = before.verified_at if before is not None and before.number == numbers[0] else None
        values = {"user_id": user_id, "number": numbers[0], "at": at, "others": list(numbers[1:]), "verified_at": kept}
        connection.execute(person.insert(), {**values, "number_hash": numbers[0]})


def verify(connection: Connection, user_id: str, number: str, at: float) -> bool:
    """Note that this number was checked; False when it is no longer theirs."""
    mine = (person.c.user_id == user_id) & (person.c.number_hash == number)
    return bool(connection.execute(update(person).where(mine).values(verified_at=at)).rowcount)


def find(connection: Connection, name: str) -> Contact | None:
    row = connection.execute(select(contact).where(contact.c.name == name.lower())).first()
    return Contact(row.name, tuple(row.numbers), row.added_by) if row else None


def contacts(connection: Connection) -> list[Contact]:
    rows = connection.execute(select(contact).order_by(contact.c.name)).all()
    return [Contact(row.name, tuple(row.numbers), row.added_by) for row in rows]


def put(connection: Connection, one: Contact, at: float) -> None:
    """Write a contact in place of the one of that name."""
    remove(connection, one.name)
    values = {"name": one.name.lower(), "numbers": list(one.numbers), "added_by": one.added_by, "at": at}
    connection.execute(contact.insert(), values)


def remove(connection: Connection, name: str) -> bool:
    return bool(connection.execute(delete(contact).where(contact.c.name == name.lower())).rowcount)
