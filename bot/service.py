"""One input, one transaction: seen before? load, decide, save, enqueue, commit.

Requests come from the desk and from the HTTP API, facts from Telnyx's webhooks, from the courier and from timers.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.core import facts, verbs
from bot.core.conference import Conference, Picture
from bot.core.effects import PostCard
from bot.core.grammar import FORGET
from bot.core.inputs import CardDrawn, ConferenceFact, Delivery, Fact, News, Request, RoomEnded, RoomOpened, Swept
from bot.core.phone import masked
from bot.core.replies import Ask, Choice, HelpOn, Nothing, Refusal, Refused, Reply, Status, Told, Which
from bot.core.scene import Reach, Scene
from bot.ports import Clock
from bot.store import codec, ledger, outbox
from bot.store.db import Store

log = logging.getLogger("confab.service")


class Service:
    def __init__(self, store: Store, clock: Clock, *, gated: bool) -> None:
        self.store = store
        self._clock = clock
        self._gated = gated
        self.wake: Callable[[], None] = lambda: None  # the courier's bell

    async def request(self, request: Request) -> Reply:
        """Decide a request and commit the decision. A refusal is returned, not raised."""
        reply = await self.store.run(partial(self._request, request))
        self.wake()
        return reply

    async def overview(self, request: Request) -> Reply:
        """What a sentence without words shows: the conference here, or the most used sentences."""
        return await self.store.read(partial(self._overview, request))

    async def take(self, delivery: Delivery) -> bool:
        """Take in news from Telnyx; False when it was known. Returns after the commit."""
        fresh, ordered = await self.store.run(partial(self._take, delivery))
        if ordered:
            self.wake()
        return fresh

    async def settle(self, parcels: Sequence[outbox.Parcel], fact: Fact | None) -> None:
        """Take effects out of the outbox together with what came of them."""
        await self.store.run(partial(self._settle, parcels, fact))
        self.wake()

    async def note(self, fact: ConferenceFact) -> None:
        """Take in something that the courier noticed about a conference."""
        await self.store.run(lambda connection: self._apply(connection, fact, None, fact.conference_id))
        self.wake()

    async def fire(self, key: str, fact: Fact) -> None:
        """Handle a timer that is due, unless it was cancelled meanwhile."""
        await self.store.run(partial(self._fire, key, fact))

    async def put_off(self, key: str, pause: float) -> None:
        """Fire a timer ``pause`` seconds from now instead."""
        due = self._clock.now() + pause
        await self.store.run(lambda connection: ledger.move_timer(connection, key, due))

    async def picture(self, conference_id: str) -> Picture | None:
        now = self._clock.now()
        scene = await self.store.read(lambda connection: ledger.whole_scene(connection, conference_id, now))
        return scene.picture() if scene else None

    def _request(self, request: Request, connection: Connection) -> Reply:
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

    def _decide(self, connection: Connection, request: Request) -> Reply:
        verb = verbs.VERBS[request.verb]
        match verb.needs:
            case verbs.Needs.NEW:
                return self._create(connection, request)
            case verbs.Needs.CONFERENCE:
                return self._about_one(connection, request, verb)
            case verbs.Needs.BOOK:
                return self._number(connection, request)
            case verbs.Needs.NOTHING:
                return verb.decide(self._new_scene(request), request)

    def _create(self, connection: Connection, request: Request) -> Reply:
        where = request.where
        if where.thread_ts and (live := ledger.live_in(connection, where.channel, where.thread_ts)):
            return _offer_invite(live[0], request)
        scene = self._new_scene(request)
        scene.do(PostCard(scene.conference.id))
        reply = verbs.create(scene, request)
        ledger.save(connection, scene, new=True)
        return reply

    def _new_scene(self, request: Request) -> Scene:
        now = self._clock.now()
        conference = Conference(
            id=f"conf_{secrets.token_hex(6)}",
            topic=request.topic or f"{request.actor.name}'s conference",
            host=request.actor.name,
            host_id=request.actor.user_id,
            channel=request.where.channel,
            created_at=now,
            team=request.where.team,
            thread_ts=request.where.thread_ts,
            gated=self._gated,
        )
        return Scene(conference, now)

    def _about_one(self, connection: Connection, request: Request, verb: verbs.Verb) -> Reply:
        found = self._which(connection, request)
        if len(found) > 1:
            choices = tuple(Choice(one.id, one.topic, one.created_at) for one in found)
            return Which(request.verb, request.rest, choices)
        scene = ledger.whole_scene(connection, found[0].id, self._clock.now())
        assert scene is not None
        reply = verb.decide(scene, request)
        ledger.save(connection, scene)
        return reply

    def _which(self, connection: Connection, request: Request) -> list[Conference]:
        """The live conferences that this request may mean; at least one, else Refusal."""
        where = request.where
        if where.conference_id:
            return [_live(ledger.get(connection, where.conference_id))]
        found = ledger.live_in(connection, where.channel, where.thread_ts) if where.thread_ts else []
        found = found or ledger.live_in(connection, where.channel)
        if not found and where.direct:
            found = ledger.live_of_host(connection, request.actor.user_id)
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
            return Which("status", "", tuple(Choice(one.id, one.topic, one.created_at) for one in found))
        scene = ledger.whole_scene(connection, found[0].id, self._clock.now())
        assert scene is not None
        return Status(scene.picture())

    def _number(self, connection: Connection, request: Request) -> Reply:
        user_id = request.actor.user_id
        if request.rest.lower() == FORGET:
            ledger.set_number(connection, user_id, "", self._clock.now())
            return Told(("Forgotten. If your Slack profile has a number, that one rings you now.",))
        if request.people:
            ledger.set_number(connection, user_id, request.people[0].number, self._clock.now())
            return Told((f"Noted: you are rung at {request.people[0].number}. Only you see it in full.",))
        if not request.actor.number:
            raise Refusal("I do not know a number for you.", example="/conf number +1 212 555 0199")
        return Told((f"You are rung at {request.actor.number}.",))

    def _take(self, delivery: Delivery, connection: Connection) -> tuple[bool, bool]:
        """Whether the news is new, and whether the courier has something to do because of it."""
        fact, now = delivery.fact, self._clock.now()
        assert isinstance(fact, News)
        if not fact.at:  # Telnyx did not say when
            fact = replace(fact, at=now)
        scene = ledger.call_scene(connection, fact.call, now)
        conference_id = scene.conference.id if scene else self._by_room(connection, fact)
        fresh = ledger.remember(
            connection,
            delivery.key,
            type(fact).__name__,
            now,
            codec.body(fact),
            conference_id=conference_id,
            ref="" if conference_id else _call_ref(fact.call.call_control_id),
            done=bool(conference_id),
        )
        if not fresh or not conference_id:
            return fresh, False
        return fresh, self._apply(connection, fact, next(iter(scene.legs)) if scene else None, conference_id, scene)

    def _by_room(self, connection: Connection, fact: News) -> str:
        if isinstance(fact, RoomOpened | RoomEnded):
            return ledger.find_by_room(connection, fact.room_id) or ""
        return ""

    def _settle(self, parcels: Sequence[outbox.Parcel], fact: Fact | None, connection: Connection) -> None:
        outbox.settle(connection, [parcel.id for parcel in parcels])
        if fact is None:
            return
        leg_id: str | None = getattr(fact, "leg_id", None) or getattr(getattr(fact, "call", None), "leg_id", None)
        conference_id = parcels[0].conference_id
        if not isinstance(fact, CardDrawn | Swept):  # neither is news
            key, now = f"outbox:{parcels[0].id}", self._clock.now()
            kind = type(fact).__name__
            ledger.remember(connection, key, kind, now, codec.body(fact), conference_id=conference_id)
        self._apply(connection, fact, leg_id, conference_id)

    def _fire(self, key: str, fact: Fact, connection: Connection) -> None:
        if ledger.take_timer(connection, key, self._clock.now()):
            leg_id = getattr(fact, "leg_id", None)
            conference_id = _conference_of(leg_id) if leg_id else getattr(fact, "conference_id", "")
            self._apply(connection, fact, leg_id, conference_id)

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
        unbound = leg_id is not None and scene.legs[leg_id].call_control_id is None
        facts.apply(scene, fact, scene.legs[leg_id] if leg_id else None)
        ordered = ledger.save(connection, scene)
        if leg_id and unbound and (call_id := scene.legs[leg_id].call_control_id):
            ordered |= self._apply_early_news(connection, call_id, leg_id)
        return ordered

    def _apply_early_news(self, connection: Connection, call_control_id: str, leg_id: str) -> bool:
        """News that came before we knew whose call it was about has waited in the journal."""
        conference_id, ordered = _conference_of(leg_id), False
        for row in ledger.waiting(connection, _call_ref(call_control_id)):
            ledger.finish(connection, row.key, conference_id=conference_id, ref="")
            ordered |= self._apply(connection, codec.fact(row.kind, row.body), leg_id, conference_id)
        return ordered


def _conference_of(leg_id: str) -> str:
    return leg_id.split(".", 1)[0]


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
        "body": {"by": request.actor.user_id or request.actor.name, "people": rings, "print": request.fingerprint},
        "answer": answer,
        "ref": "",
    }
