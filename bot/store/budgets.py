"""What was rung and spent, as rows, and the brake that stops all calls."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, func, insert, or_, select

from bot.core.budget import DAY, HOUR, Budget, Dialled, Limits
from bot.core.conference import call_cost
from bot.core.effects import Dial
from bot.core.scene import Scene
from bot.core.tariff import Tariff
from bot.store import db, sides
from bot.store.tables import brake, dial, leg

DIALS = "dials"  # whoever decides about dials takes this lock
_THE_BRAKE = 1
_SET_BRAKE = db.insert(brake)
_SET_BRAKE = _SET_BRAKE.on_conflict_do_update(
    index_elements=["id"],
    set_={"stopped_by": _SET_BRAKE.excluded.stopped_by, "stopped_at": _SET_BRAKE.excluded.stopped_at},
)
_BRAKE = select(brake).where(brake.c.id == _THE_BRAKE)
_UP = select(leg.c.rate, leg.c.answered_at).where(leg.c.gone_at.is_(None))
_HOW_MANY_UP = select(func.count()).where(leg.c.gone_at.is_(None))
_OVER_TODAY = select(func.coalesce(func.sum(leg.c.cost), 0))


def load(
    connection: Connection, users: Collection[str], numbers: Collection[str], now: float, limits: Limits, tariff: Tariff
) -> Budget:
    """The budget for a decision about dials for these users to these numbers.

    Such decisions come one after the other: each waits here until the one before is committed.
    """
    db.lock(connection, DIALS)
    theirs = or_(dial.c.by.in_(users), dial.c.number_hash.in_(numbers))
    rows = connection.execute(select(dial.c.by, dial.c.number, dial.c.at).where(dial.c.at > now - HOUR, theirs))
    dialled = [Dialled(row.by, row.number, row.at) for row in rows]
    legs, spent = today(connection, now)
    return Budget(now, limits, tariff, dialled, legs, spent, stopped_by(connection))


def look(connection: Connection, now: float, limits: Limits, tariff: Tariff) -> Budget:
    """What was spent today, for those who only tell of it and decide about no dial."""
    legs, spent = today(connection, now)
    return Budget(now, limits, tariff, legs=legs, spent_today=spent)


def today(connection: Connection, now: float) -> tuple[int, int]:
    """How many calls are up, and what was spent since midnight UTC, in micros.

    A call counts on the day on which it ends; one that is up counts on this one.
    """
    legs, others = connection.execute(_UP).all(), sides.up(connection, now)
    since = now - now % DAY
    over = connection.execute(_OVER_TODAY.where(leg.c.gone_at >= since)).scalar() or 0
    talking = sum(call_cost(row.rate, row.answered_at, now, None) for row in legs)
    talking += sum(side.cost_by(now) for side in others)
    return len(legs) + len(others), int(over) + sides.spent_since(connection, since) + talking


def up(connection: Connection, now: float, but: str = "") -> int:
    """How many calls are up, legs and side calls, without one side call."""
    legs = connection.execute(_HOW_MANY_UP).scalar() or 0
    return legs + sum(side.id != but for side in sides.up(connection, now))


def note_dials(connection: Connection, scene: Scene) -> None:
    """Remember the dials that were decided in this scene, for an hour."""
    legs = [scene.legs[effect.leg_id] for effect in scene.effects if isinstance(effect, Dial)]
    for one in legs:
        note_dial(connection, scene.participants[one.participant_id].asked_by, one.number, scene.now)


def note_dial(connection: Connection, by: str, number: str, now: float) -> None:
    connection.execute(delete(dial).where(dial.c.at < now - HOUR))
    connection.execute(insert(dial), {"by": by, "number": number, "number_hash": number, "at": now})


def stopped_by(connection: Connection) -> str:
    """Who has stopped all calls, "" when nobody has."""
    row = connection.execute(_BRAKE).first()
    return str(row.stopped_by) if row else ""


def set_brake(connection: Connection, by: str, at: float | None) -> None:
    """Stop all calls, or with ``by`` = "" let them go again."""
    db.lock(connection, DIALS)
    connection.execute(_SET_BRAKE, {"id": _THE_BRAKE, "stopped_by": by, "stopped_at": at})
