"""Side calls and wrong PINs, as rows."""

import hmac
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from bot.core.conference import Conference
from bot.core.effects import SideDial, SideHangUp
from bot.core.inputs import Call, SideTimedOut
from bot.core.scene import Timer
from bot.core.side import LONGEST, PIN_DIGITS, Purpose, SideCall
from bot.store import codec, ledger, outbox
from bot.store.tables import conference, participant, pin_try, side_call

HOUR = 3600.0
MOST_WRONG = 6  # wrong PINs an hour from one number; calls without a number count as one
MOST_WRONG_IN_ALL = 60
CODE_LIVES = 600.0  # seconds
CODE_TRIES = 5

_COLUMNS = [side_call.c[name] for name in SideCall.__dataclass_fields__]


def find(connection: Connection, call: Call) -> SideCall | None:
    """By our own id if the call carried it, else by Telnyx's; locked where others write at the same time."""
    for wanted in (
        side_call.c.id == call.leg_id if call.leg_id else None,
        side_call.c.call_control_id == call.call_control_id if call.call_control_id else None,
    ):
        if wanted is not None and (
            row := connection.execute(select(*_COLUMNS).where(wanted).with_for_update()).first()
        ):
            return _side(row)
    return None


def get(connection: Connection, side_id: str) -> SideCall | None:
    return find(connection, Call(leg_id=side_id))


def known(connection: Connection, names: Sequence[str]) -> list[SideCall]:
    """Those of these names, and all that are not over."""
    wanted = or_(side_call.c.id.in_(list(names)), side_call.c.ended_at.is_(None))
    return [_side(row) for row in connection.execute(select(*_COLUMNS).where(wanted))]


def add(connection: Connection, side: SideCall) -> None:
    """Write a new one, and a timer that ends it whatever happens."""
    connection.execute(insert(side_call), {**codec.body(side), "number_hash": side.number})
    end_by(connection, side, side.begun_at + LONGEST)


def save(connection: Connection, side: SideCall) -> None:
    cost = 0 if side.ended_at is None else side.cost_by(side.ended_at)
    connection.execute(update(side_call).where(side_call.c.id == side.id).values(**codec.body(side), cost=cost))


def end_by(connection: Connection, side: SideCall, due: float) -> None:
    ledger.set_timers(connection, [Timer(f"side:{side.id}", due, SideTimedOut(side.id, due))])


def up(connection: Connection, now: float) -> list[SideCall]:
    """Those that may be up."""
    young = side_call.c.begun_at > now - 2 * LONGEST
    rows = connection.execute(select(*_COLUMNS).where(side_call.c.ended_at.is_(None), young))
    return [_side(row) for row in rows]


def spent_since(connection: Connection, since: float) -> int:
    """Micros, of those that ended since then."""
    total = select(func.coalesce(func.sum(side_call.c.cost), 0)).where(side_call.c.ended_at >= since)
    return int(connection.execute(total).scalar() or 0)


def note_wrong(connection: Connection, number: str, at: float) -> None:
    connection.execute(delete(pin_try).where(pin_try.c.at < at - HOUR))
    connection.execute(insert(pin_try), {"number": number, "at": at})


def too_many_wrong(connection: Connection, number: str, now: float) -> bool:
    recent = pin_try.c.at > now - HOUR
    count = select(func.count()).select_from(pin_try)
    from_here = connection.execute(count.where(recent, pin_try.c.number == number)).scalar() or 0
    in_all = connection.execute(count.where(recent)).scalar() or 0
    return from_here >= MOST_WRONG or in_all >= MOST_WRONG_IN_ALL


def any_open(connection: Connection) -> bool:
    """Whether any conference can be dialled into; one that is over has no PIN."""
    return connection.execute(select(conference.c.id).where(conference.c.pin != "").limit(1)).first() is not None


def by_pin(connection: Connection, digits: str) -> Conference | None:
    """Compared in constant time with every PIN there is: how long it takes tells nothing."""
    if len(digits) != PIN_DIGITS:
        return None
    known = connection.execute(select(conference.c.id, conference.c.pin).where(conference.c.pin != "")).all()
    fitting = [row.id for row in known if hmac.compare_digest(row.pin, digits)]
    return ledger.get(connection, fitting[0]) if fitting else None


def invited(connection: Connection, number: str) -> Conference | None:
    """The one conference that can be dialled into and that this number was invited to; None for none or several."""
    if not number:
        return None
    mine = (participant.c.number_hash == number) & (conference.c.pin != "")
    joined = participant.join(conference, participant.c.conference_id == conference.c.id)
    found = list(connection.execute(select(conference.c.id).select_from(joined).where(mine).distinct()).scalars())
    return ledger.get(connection, found[0]) if len(found) == 1 else None


def begin_check(connection: Connection, user_id: str, number: str, code: str, now: float, rate: int) -> None:
    """Ring somebody to read them a code; only the newest code counts. ``rate``: micros a minute."""
    older = (side_call.c.user_id == user_id) & (side_call.c.purpose == Purpose.CHECK.value)
    left = connection.execute(select(side_call.c.id).where(older, side_call.c.ended_at.is_(None))).scalars()
    outbox.enqueue_side(connection, [SideHangUp(one) for one in left], now)
    connection.execute(update(side_call).where(older).values(user_id="", code=""))
    side = SideCall(f"side_{code_id(user_id, now)}", Purpose.CHECK, number, now, user_id=user_id, code=code, rate=rate)
    add(connection, side)
    outbox.enqueue_side(connection, [SideDial(side.id)], now)


def check(connection: Connection, user_id: str, code: str, now: float) -> bool:
    """Whether this is the code that was read to them lately. Each wrong one counts; the right one is used up."""
    mine = (side_call.c.user_id == user_id) & (side_call.c.purpose == Purpose.CHECK.value)
    row = connection.execute(select(*_COLUMNS).where(mine, side_call.c.begun_at > now - CODE_LIVES)).first()
    if row is None or (side := _side(row)).tries >= CODE_TRIES or not side.code:
        return False
    right = hmac.compare_digest(side.code, code)
    values: dict[str, Any] = {"code": ""} if right else {"tries": side.tries + 1}
    connection.execute(update(side_call).where(side_call.c.id == side.id).values(**values))
    return right


def code_id(user_id: str, now: float) -> str:
    """An id that no other check has: a person has one check at a time."""
    return f"{user_id.lower()}{int(now * 1000):x}"


def _side(row: Any) -> SideCall:
    made = dict(zip(SideCall.__dataclass_fields__, row, strict=True))
    return SideCall(**made | {"purpose": Purpose(made["purpose"])})
