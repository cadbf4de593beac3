"""What has been kept for long enough goes, a little at a time, so that nobody has to wait for it.

A timer drives it: one of several processes fires it, and each part is committed together with the timer for the next.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, select, update

from bot.core.inputs import PurgeDue
from bot.core.scene import Timer
from bot.store import codec, db, ledger
from bot.store.tables import conference, dial, gate, journal, leg, participant, pin_try, side_call, speech, timer

DAY: Final = 86400.0
HOUR: Final = 3600.0
KEYS_KEPT: Final = 365 * DAY  # after that an input that comes again would count as new; providers repeat for an hour
FIRST: Final = 60.0  # seconds after a start
NEXT_PART: Final = 1.0
NEXT_LOOK: Final = 6 * HOUR
CONFERENCES: Final = 5  # in one part, of up to 800 people each
ROWS: Final = 500

_KEY: Final = "purge"
NO_NUMBERS: Final = {"number": "", "numbers": [], "deputies": [], "number_hash": ""}


def plan(connection: Connection, now: float) -> None:
    """See that the timer is set; one that is stays as it is."""
    due = PurgeDue(now + FIRST)
    body = {"kind": type(due).__name__, "fact": codec.body(due)}
    set_once = db.insert(timer).on_conflict_do_nothing(index_elements=["key"])
    connection.execute(set_once, {"key": _KEY, "due": due.at, "body": body})


def purge(connection: Connection, fact: PurgeDue, now: float, days: int) -> None:
    """Purge a part, and plan the next."""
    cutoff = now - days * DAY
    upto, more = _journal(connection, fact.upto, cutoff)
    more |= _conferences(connection, cutoff, now)
    more |= _short_lived(connection, now)
    due = now + (NEXT_PART if more else NEXT_LOOK)
    ledger.set_timers(connection, [Timer(_KEY, due, PurgeDue(due, upto))])


def _conferences(connection: Connection, cutoff: float, now: float) -> bool:
    """Those that ended before ``cutoff`` lose every number and every word; names and times stay."""
    old = (conference.c.ended_at < cutoff) & conference.c.purged_at.is_(None)
    wanted = select(conference.c.id).where(old).order_by(conference.c.ended_at).limit(CONFERENCES)
    ids = connection.execute(wanted.with_for_update()).scalars().all()
    if ids:
        connection.execute(update(participant).where(participant.c.conference_id.in_(ids)).values(NO_NUMBERS))
        connection.execute(update(leg).where(leg.c.conference_id.in_(ids)).values(number=""))
        connection.execute(delete(speech).where(speech.c.conference_id.in_(ids)))
        connection.execute(update(conference).where(conference.c.id.in_(ids)).values(purged_at=now))
    return len(ids) == CONFERENCES


def _journal(connection: Connection, upto: int, cutoff: float) -> tuple[int, bool]:
    """Entries behind ``upto`` from before ``cutoff`` are emptied, the oldest of all are deleted."""
    columns = (journal.c.id, journal.c.at)
    rows = connection.execute(select(*columns).where(journal.c.id > upto).order_by(journal.c.id).limit(ROWS)).all()
    old = [row.id for row in rows if row.at < cutoff]
    empty(connection, old)
    first = connection.execute(select(*columns).order_by(journal.c.id).limit(ROWS)).all()
    oldest = [row.id for row in first if row.at < cutoff - KEYS_KEPT]
    if oldest:
        connection.execute(delete(journal).where(journal.c.id.in_(oldest)))
    return max(old, default=upto), ROWS in {len(old), len(oldest)}


def empty(connection: Connection, ids: Sequence[int]) -> None:
    """Leave of these journal entries only that, when and of which kind they were."""
    if ids:
        nothing: dict[str, Any] = {"body": {}, "answer": None, "done": True, "ref": ""}
        connection.execute(update(journal).where(journal.c.id.in_(ids)).values(nothing))


def _short_lived(connection: Connection, now: float) -> bool:
    """What means nothing any more after an hour or a day."""
    parts = [
        _delete(connection, side_call, side_call.c.begun_at < now - DAY),
        _delete(connection, pin_try, pin_try.c.at < now - HOUR),
        _delete(connection, dial, dial.c.at < now - HOUR),
        _delete(connection, gate, gate.c.not_before < now - DAY),
    ]
    return ROWS in parts


def _delete(connection: Connection, table: Table, old: Any) -> int:
    (key,) = table.primary_key.columns
    return connection.execute(delete(table).where(key.in_(select(key).where(old).limit(ROWS)))).rowcount
