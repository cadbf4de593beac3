"""What we know of what is up in our Telnyx account, and the mark by which our calls are told from others'."""

import secrets
from collections.abc import Iterable

from sqlalchemy import Connection, or_, select

from bot.core import inputs as i
from bot.core.account import Known, conference_of
from bot.core.effects import Sweep, SweepAccount
from bot.core.scene import Timer
from bot.store import db, ledger, outbox, sides
from bot.store.tables import conference, installation, leg, timer

_TIMER = "account"
_SWEEP = "sweep:"


def mark(connection: Connection) -> str:
    """The mark of this installation, made by whoever asks first."""
    values = {"id": 1, "mark": secrets.token_hex(8)}
    connection.execute(db.insert(installation).on_conflict_do_nothing(index_elements=["id"]), values)
    return str(connection.execute(select(installation.c.mark)).scalar_one())


def look_at(connection: Connection, due: float) -> None:
    """Look at the whole account at this moment."""
    ledger.set_timers(connection, [Timer(_TIMER, due, i.AccountSweepDue(due))])


def look(connection: Connection, now: float) -> None:
    outbox.enqueue(connection, outbox.NOWHERE, [SweepAccount()], now)


def sweep(connection: Connection, conferences: Iterable[str], now: float) -> None:
    for conference_id in conferences:
        if one := ledger.get(connection, conference_id):
            outbox.enqueue(connection, one, [Sweep(one.id)], now)


def known(connection: Connection, swept: i.AccountSwept) -> Known:
    named = {conference_of(name) for name in swept.names} | set(swept.conferences)
    wanted = or_(conference.c.id.in_(named), conference.c.alive_legs > 0)
    rows = connection.execute(select(conference.c.id, conference.c.alive_legs).where(wanted)).all()
    return Known(
        conferences=frozenset(row.id for row in rows),
        going_on=frozenset(row.id for row in rows if row.alive_legs),
        watched=_watched(connection),
        lines=_lines(connection, swept.calls),
        sides={side.id: side for side in sides.known(connection, swept.names)},
    )


def _watched(connection: Connection) -> frozenset[str]:
    keys = connection.execute(select(timer.c.key).where(timer.c.key.startswith(_SWEEP))).scalars()
    return frozenset(key.removeprefix(_SWEEP) for key in keys)


def _lines(connection: Connection, calls: Iterable[str]) -> frozenset[str]:
    mine = leg.c.call_control_id.in_(list(calls)) & leg.c.gone_at.is_(None)
    return frozenset(str(call) for call in connection.execute(select(leg.c.call_control_id).where(mine)).scalars())
