"""One input, one transaction: seen before? load, decide, save, enqueue, commit.

Requests come from the desk and from the HTTP API, facts from Telnyx's webhooks, from the courier and from timers.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, assert_never

from sqlalchemy import Connection

from bot.core import account as account_rules
from bot.core import facts
from bot.core.budget import Budget
from bot.core.conference import LOST, Conference, Picture
from bot.core.effects import PostTranscript, SideEffect
from bot.core.inputs import (
    AccountSweepDue,
    AccountSwept,
    Call,
    CardDrawn,
    ConferenceFact,
    Delivery,
    Fact,
    ForgetDue,
    HungUp,
    Incoming,
    News,
    PurgeDue,
    RecordingSaved,
    Request,
    RoomEnded,
    RoomOpened,
    SideTimedOut,
    StepDue,
    Swept,
    Transcribed,
    Upkeep,
)
from bot.core.phone import masked
from bot.core.policy import at_all_numbers
from bot.core.replies import Nothing, Refusal, Refused, Reply, Told
from bot.core.scene import Reach, Scene
from bot.decisions import Decisions
from bot.habits import Habits
from bot.ports import Clock
from bot.reception import Reception, call_ref
from bot.store import account, budgets, codec, db, ledger, oblivion, outbox, retention, sides
from bot.store.db import Store

log = logging.getLogger("confab.service")


LIVE_AT_HOME = 11
RECENT_AT_HOME = 10


class Service:
    def __init__(self, store: Store, clock: Clock, habits: Habits) -> None:
        self.store = store
        self._clock = clock
        self._habits = habits
        self._decisions = Decisions(clock, habits)
        self._reception = Reception(clock, habits)
        self.wake: Callable[[], None] = lambda: None  # the courier's bell

    async def request(self, request: Request) -> Reply:
        """Decide a request and commit the decision. A refusal is returned, not raised."""
        reply = await self.store.run(partial(self._request, request))
        self.wake()
        return reply

    async def rehearse(self, request: Request) -> Reply:
        """What would be answered; nothing is kept and nobody is rung."""
        return await self.store.run(partial(self._rehearse, request))

    async def hosts(self, request: Request) -> frozenset[str]:
        """User ids of those who host the conferences that this may be about."""
        return await self.store.read(partial(self._decisions.hosts, request))

    async def note_refusal(self, key: str, verb: str, by: str, code: str, conference_id: str = "") -> None:
        """Keep in the journal what was refused before it became a request. ``by`` is a Slack user or a name."""
        now, answer = self._clock.now(), {"kind": "Refused", "code": code}

        def note(connection: Connection) -> None:
            if ledger.remember(connection, key, verb, now, {"by": by}, conference_id=conference_id):
                ledger.finish(connection, key, answer=answer)

        await self.store.run(note)

    async def overview(self, request: Request) -> Reply:
        """What a sentence without words shows: the conference here, or the most used sentences."""
        return await self.store.read(partial(self._decisions.overview, request))

    async def take(self, delivery: Delivery) -> bool:
        """Take in news from Telnyx; False when it was known. Returns after the commit."""
        fresh, ordered = await self.store.run(partial(self._take, delivery))
        if ordered:
            self.wake()
        return fresh

    async def settle(self, hold: db.Hold, parcels: Sequence[outbox.Parcel], fact: Fact | None) -> None:
        """Take effects out of the outbox together with what came of them, and let go of them."""
        await hold.run(partial(self._settle, parcels, fact))
        self.wake()

    async def note(self, fact: ConferenceFact) -> None:
        """Take in something that the courier noticed about a conference."""
        await self.store.run(lambda connection: self._apply(connection, fact, None, fact.conference_id))
        self.wake()

    async def fire(self, key: str, fact: Fact) -> None:
        """Handle a timer that is due, unless it was cancelled meanwhile."""
        await self.store.run(partial(self._fire, key, fact))

    async def mark(self) -> str:
        """By which our calls are told from those of another Confab on the same connection."""
        return await self.store.run(account.mark)

    async def look_around(self) -> None:
        """Let the whole Telnyx account be looked at soon, and from then on now and then."""
        due = self._clock.now() + account_rules.AFTER_START
        await self.store.run(lambda connection: account.look_at(connection, due))
        self.wake()

    async def plan_upkeep(self) -> None:
        """See that what is old enough will be deleted."""
        await self.store.run(partial(retention.plan, now=self._clock.now()))

    async def put_off(self, key: str, pause: float) -> None:
        """Fire a timer ``pause`` seconds from now instead."""
        due = self._clock.now() + pause
        await self.store.run(lambda connection: ledger.move_timer(connection, key, due))

    async def picture(self, conference_id: str) -> Picture | None:
        now = self._clock.now()
        scene = await self.store.read(lambda connection: ledger.whole_scene(connection, conference_id, now))
        return scene.picture() if scene else None

    async def home(self, user_id: str) -> tuple[tuple[Picture, ...], tuple[Conference, ...]]:
        """Somebody's live conferences, and their last ones that are over."""
        return await self.store.read(partial(self._home, user_id))

    def _home(self, user_id: str, connection: Connection) -> tuple[tuple[Picture, ...], tuple[Conference, ...]]:
        live = ledger.of_person(connection, user_id, ended=False, most=LIVE_AT_HOME)
        recent = ledger.of_person(connection, user_id, ended=True, most=RECENT_AT_HOME)
        return tuple(self._decisions.whole(connection, one.id).picture() for one in live), tuple(recent)

    def _request(self, request: Request, connection: Connection) -> Reply:
        db.lock(connection, f"request:{request.key}")
        seen = ledger.entry(connection, request.key)
        if seen is not None and not ledger.is_unanswered(seen):
            return Nothing()
        if seen is None:
            ledger.remember(connection, request.key, request.verb, self._clock.now(), {})
        try:
            reply = self._decisions.decide(connection, request)
        except Refusal as refusal:
            reply = Refused(refusal.wrong, refusal.example, refusal.code)
        close = ledger.answered if seen else ledger.finish
        close(connection, request.key, **_audit(request, reply))
        return reply

    def _rehearse(self, request: Request, connection: Connection) -> Reply:
        attempt = connection.begin_nested()
        try:
            return self._decisions.decide(connection, request)
        except Refusal as refusal:
            return Refused(refusal.wrong, refusal.example, refusal.code)
        finally:
            attempt.rollback()

    def _budget_of_step(self, connection: Connection, scene: Scene, participant_id: str) -> Budget:
        """What may be rung because of a step that was planned for somebody."""
        who = scene.participants[participant_id]
        numbers = {who.number, *who.numbers, *(one.number for one in at_all_numbers(who.deputies))}
        habits = self._habits
        return budgets.load(connection, {who.asked_by}, numbers, scene.now, habits.limits, habits.tariff)

    def _take(self, delivery: Delivery, connection: Connection) -> tuple[bool, bool]:
        """Whether the news is new, and whether the courier has something to do because of it."""
        fact, now = delivery.fact, self._clock.now()
        assert isinstance(fact, News)
        if not fact.at:  # Telnyx did not say when
            fact = replace(fact, at=now)
        scene = ledger.call_scene(connection, fact.call, now)
        if scene is None and fact.call.call_control_id and db.shared(connection):
            # Whoever binds this call right now has either told us with its commit, or will find our news waiting.
            db.lock(connection, call_ref(fact.call.call_control_id))
            scene = ledger.call_scene(connection, fact.call, now)
        if scene is None and (side := self._reception.side_of(connection, fact)):
            # Without its body: the digits of a PIN must not be kept.
            fresh = ledger.remember(connection, delivery.key, type(fact).__name__, now, {})
            return fresh, fresh and self._reception.apply(connection, side, fact)
        conference_id = scene.conference.id if scene else self._by_room(connection, fact)
        fresh = ledger.remember(
            connection,
            delivery.key,
            type(fact).__name__,
            now,
            {}
            if isinstance(fact, Transcribed | Incoming)
            else codec.body(fact),  # the words are kept until they are posted
            conference_id=conference_id,
            ref="" if conference_id else call_ref(fact.call.call_control_id),
            done=bool(conference_id),
        )
        if not fresh or not conference_id or isinstance(fact, Incoming):  # a call that we made does not come in
            return fresh, False
        return fresh, self._apply(connection, fact, next(iter(scene.legs)) if scene else None, conference_id, scene)

    def _by_room(self, connection: Connection, fact: News) -> str:
        if isinstance(fact, RoomOpened | RoomEnded | RecordingSaved):
            return ledger.find_by_room(connection, fact.room_id) or ""
        return ""

    def _settle(self, parcels: Sequence[outbox.Parcel], fact: Fact | None, connection: Connection) -> None:
        outbox.settle(connection, [parcel.id for parcel in parcels])
        if fact is None:
            if isinstance(parcels[0].effect, PostTranscript):
                ledger.forget_speech(connection, parcels[0].conference_id)
            return
        if isinstance(fact, AccountSwept):
            self._account_swept(connection, fact)
            return
        leg_id: str | None = getattr(fact, "leg_id", None) or getattr(getattr(fact, "call", None), "leg_id", None)
        conference_id = parcels[0].conference_id
        if isinstance(parcels[0].effect, SideEffect):
            if side := sides.get(connection, parcels[0].effect.side_id):
                self._reception.apply(connection, side, fact)
            return
        if not isinstance(fact, CardDrawn | Swept):  # neither is news
            key, now = f"outbox:{parcels[0].id}", self._clock.now()
            kind = type(fact).__name__
            ledger.remember(connection, key, kind, now, codec.body(fact), conference_id=conference_id)
        self._apply(connection, fact, leg_id, conference_id)

    def _account_swept(self, connection: Connection, swept: AccountSwept) -> None:
        now = self._clock.now()
        verdict = account_rules.judge(swept, account.known(connection, swept))
        for lost in verdict.lost:
            log.warning("a call of ours that nothing here stands for is hung up: %s", lost.call_control_id)
        outbox.enqueue(connection, outbox.NOWHERE, verdict.lost, now)
        account.sweep(connection, verdict.sweeps, now)
        for side_id in verdict.over:
            if side := sides.get(connection, side_id):
                self._reception.apply(connection, side, HungUp(Call(side.call_control_id, side.id), swept.at, LOST))

    def _fire(self, key: str, fact: Fact, connection: Connection) -> None:
        """What the timer is about is locked before the timer: whoever cancels one does it in this order too."""
        now = self._clock.now()
        if isinstance(fact, AccountSweepDue):
            if ledger.take_timer(connection, key, now):
                account.look(connection, now)
                account.look_at(connection, now + account_rules.EVERY)
            return
        if isinstance(fact, Upkeep):
            if ledger.take_timer(connection, key, now):
                self._keep_house(connection, fact, now)
            return
        if isinstance(fact, SideTimedOut):
            side = sides.get(connection, fact.side_id)
            if ledger.take_timer(connection, key, now) and side:
                self._reception.apply(connection, side, fact)
            return
        leg_id = getattr(fact, "leg_id", None)
        conference_id = ledger.conference_of(leg_id) if leg_id else getattr(fact, "conference_id", "")
        ledger.lock(connection, conference_id)
        if ledger.take_timer(connection, key, now):
            self._apply(connection, fact, leg_id, conference_id)

    def _keep_house(self, connection: Connection, fact: Upkeep, now: float) -> None:
        match fact:
            case PurgeDue():
                retention.purge(connection, fact, now, self._habits.retention_days)
            case ForgetDue():
                oblivion.forget_more(connection, fact, now)
            case _:
                assert_never(fact)

    def _apply(
        self,
        connection: Connection,
        fact: Fact,
        leg_id: str | None,
        conference_id: str,
        scene: Scene | None = None,
    ) -> bool:
        """Let the core decide and save that; whether the courier has something to do because of it."""
        reach = facts.reach(fact) if leg_id or not isinstance(fact, News) else Reach.WAITING
        if scene is None or scene.reach is not reach:
            scene = ledger.scene_of(connection, reach, conference_id, leg_id, self._clock.now())
        if scene is None or (leg_id and _is_stray(fact, scene, leg_id)):
            return False
        if isinstance(fact, StepDue):
            scene.budget = self._budget_of_step(connection, scene, fact.participant_id)
        elif isinstance(fact, Swept):
            scene.budget = budgets.look(connection, scene.now, self._habits.limits, self._habits.tariff)
        unbound = leg_id is not None and scene.legs[leg_id].call_control_id is None
        if isinstance(fact, Transcribed) and leg_id:
            who = scene.legs[leg_id].participant_id
            ledger.add_speech(connection, conference_id, who, fact.at, fact.text)
        facts.apply(scene, fact, scene.legs[leg_id] if leg_id else None)
        ordered = ledger.save(connection, scene)
        if leg_id and unbound and (call_id := scene.legs[leg_id].call_control_id):
            ordered |= self._apply_early_news(connection, call_id, leg_id)
        return ordered

    def _apply_early_news(self, connection: Connection, call_control_id: str, leg_id: str) -> bool:
        """News that came before we knew whose call it was about has waited in the journal."""
        conference_id, ordered = ledger.conference_of(leg_id), False
        db.lock(connection, call_ref(call_control_id))
        for row in ledger.waiting(connection, call_ref(call_control_id)):
            ledger.finish(connection, row.key, conference_id=conference_id)
            if fact := codec.fact(row.kind, row.body):
                ordered |= self._apply(connection, fact, leg_id, conference_id)
        return ordered


def _is_stray(fact: Fact, scene: Scene, leg_id: str) -> bool:
    """Whether the news is about another call than the one this leg is bound to."""
    call = getattr(fact, "call", None)
    bound = scene.legs[leg_id].call_control_id
    stray = bool(call and bound and call.call_control_id and call.call_control_id != bound)
    if stray:
        log.warning("news of a second call of leg %s", leg_id)
    return stray


def _audit(request: Request, reply: Reply) -> dict[str, Any]:
    """What the journal keeps of a request: who asked for what, never a number in full."""
    rings = [one.user_id or masked(one.number) for one in request.people]
    answer: dict[str, Any] = {"kind": type(reply).__name__}
    if isinstance(reply, Told):
        answer |= {"conference_id": reply.conference_id, "leg_ids": list(reply.leg_ids)}
    elif isinstance(reply, Refused):
        answer |= {"code": reply.code}
    return {
        "kind": request.verb,
        "conference_id": getattr(reply, "conference_id", "") or request.where.conference_id,
        "body": {
            "by": request.actor.user_id or request.actor.name,
            "as": request.standing.name.lower(),
            "people": rings,
            "print": request.fingerprint,
        },
        "answer": answer,
    }
