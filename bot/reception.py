"""Calls that are no legs: somebody who dials in and has not given a PIN yet, or whose number is checked.

All of it happens in the transaction of the caller.
"""

import secrets
from dataclasses import replace

from sqlalchemy import Connection

from bot.core import side as side_calls
from bot.core.budget import Budget
from bot.core.inputs import Fact, Incoming, KeyGiven, News
from bot.core.side import Purpose, SideCall
from bot.habits import Habits
from bot.ports import Clock
from bot.store import budgets, codec, db, ledger, outbox, sides


class Reception:
    def __init__(self, clock: Clock, habits: Habits) -> None:
        self._clock = clock
        self._habits = habits

    def side_of(self, connection: Connection, fact: News) -> SideCall | None:
        """The side call that news is about; a call to our number begins one."""
        known = sides.find(connection, fact.call)
        if known is not None or not isinstance(fact, Incoming):
            return known
        side = SideCall(f"side_{secrets.token_hex(8)}", Purpose.DIAL_IN, fact.number, self._clock.now())
        return replace(side, call_control_id=fact.call.call_control_id, rate=self._habits.tariff.of_caller)

    def apply(self, connection: Connection, side: SideCall, fact: Fact) -> bool:
        """Let the core decide about a side call; whether the courier has something to do because of it."""
        now = self._clock.now()
        if isinstance(fact, Incoming):
            if sides.get(connection, side.id) is not None:
                return False
            welcome = self._may_dial_in(connection, side.number, now) and not self._is_full(connection, side)
            decided = side_calls.incoming(side, side_calls.Doors(open=welcome))
            sides.add(connection, decided.side)
        elif isinstance(fact, side_calls.News):
            decided = side_calls.apply(side, fact, self._doors(connection, side, fact))
            sides.save(connection, decided.side)
        else:
            return False
        if decided.side.leaving and not side.leaving and decided.side.ended_at is None:
            sides.end_by(connection, decided.side, now + side_calls.GOODBYE)
        if decided.wrong:
            sides.note_wrong(connection, side.number, now)
        outbox.enqueue_side(connection, decided.effects, now)
        if decided.let_in:
            scene = ledger.whole_scene(connection, decided.let_in, now)
            assert scene is not None
            scene.budget = Budget(now, self._habits.limits, self._habits.tariff)
            side_calls.let_in(scene, decided.side)
            ledger.save(connection, scene)
        if isinstance(fact, Incoming):
            self._apply_early_news(connection, decided.side)
        return True

    def _apply_early_news(self, connection: Connection, side: SideCall) -> None:
        db.lock(connection, call_ref(side.call_control_id))
        for row in ledger.waiting(connection, call_ref(side.call_control_id)):
            ledger.finish(connection, row.key, body={})
            known, fact = sides.get(connection, side.id), codec.fact(row.kind, row.body)
            if known and fact:
                self.apply(connection, known, fact)

    def _may_dial_in(self, connection: Connection, number: str, now: float) -> bool:
        if not self._habits.dial_in or budgets.stopped_by(connection):
            return False
        return not sides.too_many_wrong(connection, number, now)

    def _doors(self, connection: Connection, side: SideCall, fact: side_calls.News) -> side_calls.Doors:
        digits = fact.digits if isinstance(fact, KeyGiven) else ""
        return side_calls.Doors(
            open=self._may_dial_in(connection, side.number, self._clock.now()),
            any_live=sides.any_open(connection),
            fits=sides.by_pin(connection, digits),
            invited=sides.invited(connection, side.number),
            full=isinstance(fact, KeyGiven) and self._is_full(connection, side),
            most=self._habits.limits.participants,
        )

    def _is_full(self, connection: Connection, side: SideCall) -> bool:
        """Whether as many calls are up without this one as may be."""
        return budgets.up(connection, self._clock.now(), but=side.id) >= self._habits.limits.legs


def call_ref(call_control_id: str) -> str:
    """Under which the journal keeps early news of a call."""
    return f"call:{call_control_id}"
