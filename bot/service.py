"""One input, one transaction: seen before? load, decide, save, enqueue, commit.

Requests come from the desk and from the HTTP API, facts from Telnyx's webhooks, from the courier and from timers.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, assert_never

from sqlalchemy import Connection

from bot import book, brake
from bot.core import account as account_rules
from bot.core import facts, managing, policy, verbs
from bot.core import side as side_calls
from bot.core.budget import Budget, Limits, payer, stopped_words
from bot.core.conference import LOST, Conference, Picture
from bot.core.effects import PostCard, PostTranscript, SideEffect
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
    KeyGiven,
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
    Where,
)
from bot.core.phone import masked
from bot.core.policy import at_all_numbers
from bot.core.replies import Ask, Choice, HelpOn, Nothing, Refusal, Refused, Reply, Status, Told, Which
from bot.core.scene import Reach, Scene
from bot.core.side import Purpose, SideCall
from bot.core.tariff import Tariff
from bot.ports import Clock
from bot.store import account, budgets, codec, db, ledger, oblivion, outbox, retention, sides
from bot.store.db import Store

log = logging.getLogger("confab.service")


LIVE_AT_HOME = 11
RECENT_AT_HOME = 10


@dataclass(frozen=True, slots=True)
class Habits:
    """What every new conference takes over from the settings."""

    gated: bool = True
    alone_secs: int = 600
    recordings_in: str = "telnyx"  # slack, telnyx, or off
    transcribed: bool = False
    dial_in: str = ""  # our number, E.164, when people may dial in
    slack_call: str = ""  # "wanted": each conference is mirrored as a Slack call
    limits: Limits = field(default_factory=Limits)
    tariff: Tariff = field(default_factory=Tariff)
    most_secs: int = 14400  # of a conference
    retention_days: int = 30  # after its end


class Service:
    def __init__(self, store: Store, clock: Clock, habits: Habits) -> None:
        self.store = store
        self._clock = clock
        self._habits = habits
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
        return await self.store.read(partial(self._hosts, request))

    async def note_refusal(self, key: str, verb: str, by: str, code: str, conference_id: str = "") -> None:
        """Keep in the journal what was refused before it became a request. ``by`` is a Slack user or a name."""
        now, answer = self._clock.now(), {"kind": "Refused", "code": code}

        def note(connection: Connection) -> None:
            if ledger.remember(connection, key, verb, now, {"by": by}, conference_id=conference_id):
                ledger.finish(connection, key, answer=answer)

        await self.store.run(note)

    async def overview(self, request: Request) -> Reply:
        """What a sentence without words shows: the conference here, or the most used sentences."""
        return await self.store.read(partial(self._overview, request))

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
        return tuple(self._whole(connection, one.id).picture() for one in live), tuple(recent)

    def _request(self, request: Request, connection: Connection) -> Reply:
        db.lock(connection, f"request:{request.key}")
        seen = ledger.entry(connection, request.key)
        if seen is not None and seen.done:
            return Nothing()
        if seen is None:
            ledger.remember(connection, request.key, request.verb, self._clock.now(), {})
        try:
            reply = self._decide(connection, request)
        except Refusal as refusal:
            reply = Refused(refusal.wrong, refusal.example, refusal.code)
        ledger.finish(connection, request.key, **_audit(request, reply))
        return reply

    def _rehearse(self, request: Request, connection: Connection) -> Reply:
        attempt = connection.begin_nested()
        try:
            return self._decide(connection, request)
        except Refusal as refusal:
            return Refused(refusal.wrong, refusal.example, refusal.code)
        finally:
            attempt.rollback()

    def _decide(self, connection: Connection, request: Request) -> Reply:
        verb, scene = verbs.VERBS[request.verb], None
        if verb.needs.one:
            found = self._which(connection, request, ended_too=verb.needs is verbs.Needs.ANY_CONFERENCE)
            if len(found) > 1:
                return _ask_which(request, found)
            scene = self._whole(connection, found[0].id)
            if verb.needs is not verbs.Needs.ANY_CONFERENCE:
                _live(scene.conference)  # it may have ended while we waited for it
        policy.allow(verb, request, scene)
        return self._do(connection, request, verb, scene)

    def _hosts(self, request: Request, connection: Connection) -> frozenset[str]:
        with suppress(Refusal):
            return frozenset(one.host_id for one in self._which(connection, request)) - {""}
        return frozenset()

    def _do(self, connection: Connection, request: Request, verb: verbs.Verb, scene: Scene | None) -> Reply:
        """What was allowed. ``scene`` is the conference it is about."""
        match verb.needs:
            case verbs.Needs.CONFERENCE | verbs.Needs.ANY_CONFERENCE:
                assert scene is not None
                return self._about_one(connection, request, verb, scene)
            case verbs.Needs.NEXT:
                assert scene is not None
                return self._carry_over(connection, request, scene)
            case verbs.Needs.NEW:
                return self._create(connection, request)
            case verbs.Needs.BOOK:
                return book.decide(connection, request, self._clock.now(), self._budget(connection, request))
            case verbs.Needs.ALL:
                return brake.decide(connection, request, self._clock.now())
            case verbs.Needs.NOTHING:
                return verb.decide(self._new_scene(connection, request), request)

    def _create(self, connection: Connection, request: Request) -> Reply:
        where = request.where
        db.lock(connection, f"thread:{where.channel}:{where.thread_ts}")
        if where.thread_ts and (live := ledger.live_in(connection, where.channel, where.thread_ts)):
            return _offer_invite(live[0], request)
        scene = self._new_scene(connection, request)
        scene.budget = self._budget(connection, request, scene)
        scene.budget.check_open()
        scene.do(PostCard(scene.conference.id))
        reply = verbs.VERBS["create"].decide(scene, request)
        ledger.save(connection, scene, new=True)
        return reply

    def _new_scene(self, connection: Connection, request: Request) -> Scene:
        now, habits = self._clock.now(), self._habits
        conference = Conference(
            id=f"conf_{secrets.token_hex(6)}",
            topic=request.topic or f"{request.actor.name}'s conference",
            host=request.actor.name,
            host_id=request.actor.user_id,
            channel=request.where.channel,
            created_at=now,
            team=request.where.team,
            thread_ts=request.where.thread_ts,
            gated=habits.gated,
            alone_secs=habits.alone_secs,
            recordings_in=habits.recordings_in,
            transcribed=habits.transcribed,
            pin=self._spare_pin(connection) if habits.dial_in else "",
            slack_call=habits.slack_call,
            currency=habits.tariff.currency,
            most_secs=habits.most_secs,
        )
        return Scene(conference, now)

    def _budget(self, connection: Connection, request: Request, scene: Scene | None = None) -> Budget:
        """What may be rung because of this request."""
        people = at_all_numbers((*request.people, request.actor))
        numbers = {one.number for one in (*people, *(scene.participants.values() if scene else ()))}
        now, habits = self._clock.now(), self._habits
        return budgets.load(connection, {payer(request.actor)}, numbers, now, habits.limits, habits.tariff)

    def _budget_of_step(self, connection: Connection, scene: Scene, participant_id: str) -> Budget:
        """What may be rung because of a step that was planned for somebody."""
        who = scene.participants[participant_id]
        numbers = {who.number, *who.numbers, *(one.number for one in at_all_numbers(who.deputies))}
        habits = self._habits
        return budgets.load(connection, {who.asked_by}, numbers, scene.now, habits.limits, habits.tariff)

    def _spare_pin(self, connection: Connection) -> str:
        """Six random digits that no live conference has."""
        db.lock(connection, "pins")
        while ledger.has_pin(connection, pin := f"{secrets.randbelow(1_000_000):06d}"):
            pass
        return pin

    def _carry_over(self, connection: Connection, request: Request, scene: Scene) -> Reply:
        old = scene.conference
        where = Where(old.team, old.channel, old.thread_ts)
        following = self._new_scene(connection, replace(request, topic=old.topic, where=where))
        following.change(host=old.host, host_id=old.host_id, gated=old.gated)
        scene.budget = following.budget = self._budget(connection, request, scene)
        scene.budget.check_open()
        following.do(PostCard(following.conference.id))
        reply = managing.carry_over(scene, following, request)
        if isinstance(reply, Ask):
            return reply
        ledger.save(connection, scene)
        ledger.save(connection, following, new=True)
        return reply

    def _whole(self, connection: Connection, conference_id: str) -> Scene:
        scene = ledger.whole_scene(connection, conference_id, self._clock.now())
        assert scene is not None
        return scene

    def _about_one(self, connection: Connection, request: Request, verb: verbs.Verb, scene: Scene) -> Reply:
        scene.dial_in = self._habits.dial_in
        if request.verb == "pin":
            scene.spare_pin = self._spare_pin(connection)
        scene.budget = self._budget(connection, request, scene)
        reply = verb.decide(scene, request)
        ledger.save(connection, scene)
        return reply

    def _which(self, connection: Connection, request: Request, *, ended_too: bool = False) -> list[Conference]:
        """The live conferences that this request may mean; at least one, else Refusal.

        With ``ended_too`` the last one here that is over may be meant, when none is live.
        """
        where = request.where
        if where.conference_id:
            named = ledger.get(connection, where.conference_id)
            return [named] if ended_too and named else [_live(named)]
        found = ledger.live_in(connection, where.channel, where.thread_ts) if where.thread_ts else []
        found = found or ledger.live_in(connection, where.channel)
        if not found and where.direct:
            found = ledger.live_of_host(connection, request.actor.user_id)
        if not found and ended_too:
            found = ledger.last_in(connection, where.channel, where.thread_ts)
        if not found and (by := budgets.stopped_by(connection)):
            raise Refusal(f"There is no live conference here. {stopped_words(by)}", code="unknown")
        if not found:
            raise Refusal(
                "There is no live conference here.", example="/conf create payments down @ana", code="unknown"
            )
        return found

    def _overview(self, request: Request, connection: Connection) -> Reply:
        try:
            found = self._which(connection, request)
        except Refusal:
            return HelpOn(short=True)
        if len(found) > 1:
            return _ask_which(replace(request, verb="status", rest=""), found)
        return Status(self._whole(connection, found[0].id).picture())

    def _take(self, delivery: Delivery, connection: Connection) -> tuple[bool, bool]:
        """Whether the news is new, and whether the courier has something to do because of it."""
        fact, now = delivery.fact, self._clock.now()
        assert isinstance(fact, News)
        if not fact.at:  # Telnyx did not say when
            fact = replace(fact, at=now)
        scene = ledger.call_scene(connection, fact.call, now)
        if scene is None and fact.call.call_control_id and db.shared(connection):
            # Whoever binds this call right now has either told us with its commit, or will find our news waiting.
            db.lock(connection, _call_ref(fact.call.call_control_id))
            scene = ledger.call_scene(connection, fact.call, now)
        if scene is None and (side := self._side_of(connection, fact)):
            # Without its body: the digits of a PIN must not be kept.
            fresh = ledger.remember(connection, delivery.key, type(fact).__name__, now, {})
            return fresh, fresh and self._apply_side(connection, side, fact)
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
            ref="" if conference_id else _call_ref(fact.call.call_control_id),
            done=bool(conference_id),
        )
        if not fresh or not conference_id or isinstance(fact, Incoming):  # a call that we made does not come in
            return fresh, False
        return fresh, self._apply(connection, fact, next(iter(scene.legs)) if scene else None, conference_id, scene)

    def _side_of(self, connection: Connection, fact: News) -> SideCall | None:
        """The side call that news is about; a call to our number begins one."""
        known = sides.find(connection, fact.call)
        if known is not None or not isinstance(fact, Incoming):
            return known
        side = SideCall(f"side_{secrets.token_hex(8)}", Purpose.DIAL_IN, fact.number, self._clock.now())
        return replace(side, call_control_id=fact.call.call_control_id)

    def _apply_side(self, connection: Connection, side: SideCall, fact: Fact) -> bool:
        """Let the core decide about a side call; whether the courier has something to do because of it."""
        now = self._clock.now()
        if isinstance(fact, Incoming):
            if sides.get(connection, side.id) is not None:
                return False
            decided = side_calls.incoming(side, side_calls.Doors(open=self._may_dial_in(connection, side.number, now)))
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
            scene = self._whole(connection, decided.let_in)
            scene.budget = Budget(now, self._habits.limits, self._habits.tariff)
            side_calls.let_in(scene, decided.side)
            ledger.save(connection, scene)
        if isinstance(fact, Incoming):
            self._apply_early_side_news(connection, decided.side)
        return True

    def _apply_early_side_news(self, connection: Connection, side: SideCall) -> None:
        db.lock(connection, _call_ref(side.call_control_id))
        for row in ledger.waiting(connection, _call_ref(side.call_control_id)):
            ledger.finish(connection, row.key, ref="", body={})
            known, fact = sides.get(connection, side.id), codec.fact(row.kind, row.body)
            if known and fact:
                self._apply_side(connection, known, fact)

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
            full=isinstance(fact, KeyGiven) and budgets.is_full(connection, self._habits.limits.legs),
            most=self._habits.limits.participants,
        )

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
                self._apply_side(connection, side, fact)
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
                self._apply_side(connection, side, HungUp(Call(side.call_control_id, side.id), swept.at, LOST))

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
                self._apply_side(connection, side, fact)
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
        db.lock(connection, _call_ref(call_control_id))
        for row in ledger.waiting(connection, _call_ref(call_control_id)):
            ledger.finish(connection, row.key, conference_id=conference_id, ref="")
            if fact := codec.fact(row.kind, row.body):
                ordered |= self._apply(connection, fact, leg_id, conference_id)
        return ordered


def _call_ref(call_control_id: str) -> str:
    return f"call:{call_control_id}"


def _is_stray(fact: Fact, scene: Scene, leg_id: str) -> bool:
    """Whether the news is about another call than the one this leg is bound to."""
    call = getattr(fact, "call", None)
    bound = scene.legs[leg_id].call_control_id
    stray = bool(call and bound and call.call_control_id and call.call_control_id != bound)
    if stray:
        log.warning("news of a second call of leg %s", leg_id)
    return stray


def _ask_which(request: Request, found: Sequence[Conference]) -> Reply:
    return Which(request.verb, request.rest, tuple(Choice(one.id, one.topic, one.created_at) for one in found))


def _live(conference: Conference | None) -> Conference:
    if conference is None:
        raise Refusal("I know no such conference.", code="unknown")
    if conference.ended:
        raise Refusal(f"{conference.topic} is already over.", example="/conf create payments down @ana", code="over")
    return conference


def _offer_invite(live: Conference, request: Request) -> Reply:
    if not request.people:
        raise Refusal(f"This thread already has a live conference, {live.topic}.", example="/conf join")
    who = " ".join(f"<@{one.user_id}>" if one.user_id else one.number for one in request.people)
    question = f"This thread already has a live conference, {live.topic}. Ring these people into it instead?"
    return Ask(question, "Ring them", "invite", who, live.id)


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
        "ref": "",
    }
