"""What a request means: which conference it is about, whether it is allowed, what its verb decides.

All of it happens in the transaction of the caller.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection

from bot import book, brake
from bot.core import managing, policy, verbs
from bot.core.budget import Budget, payer, stopped_words
from bot.core.conference import Conference
from bot.core.effects import PostCard
from bot.core.inputs import Request, Where
from bot.core.policy import at_all_numbers
from bot.core.replies import Ask, Choice, HelpOn, Refusal, Reply, Status, Which
from bot.core.scene import Scene
from bot.habits import Habits
from bot.ports import Clock
from bot.store import budgets, db, ledger


class Decisions:
    def __init__(self, clock: Clock, habits: Habits) -> None:
        self._clock = clock
        self._habits = habits

    def decide(self, connection: Connection, request: Request) -> Reply:
        """Do what was asked and answer it. Raises Refusal; what was done until then is then not to be committed."""
        verb, scene = verbs.VERBS[request.verb], None
        if verb.needs.one:
            found = self._which(connection, request, ended_too=verb.needs is verbs.Needs.ANY_CONFERENCE)
            if len(found) > 1:
                return _ask_which(request, found)
            scene = self.whole(connection, found[0].id)
            if verb.needs is not verbs.Needs.ANY_CONFERENCE:
                _live(scene.conference)  # it may have ended while we waited for it
        policy.allow(verb, request, scene)
        return self._do(connection, request, verb, scene)

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

    def overview(self, request: Request, connection: Connection) -> Reply:
        """The conference here, or the most used sentences."""
        try:
            found = self._which(connection, request)
        except Refusal:
            return HelpOn(short=True)
        if len(found) > 1:
            return _ask_which(replace(request, verb="status", rest=""), found)
        return Status(self.whole(connection, found[0].id).picture())

    def hosts(self, request: Request, connection: Connection) -> frozenset[str]:
        """User ids of those who host the conferences that this may be about."""
        with suppress(Refusal):
            return frozenset(one.host_id for one in self._which(connection, request)) - {""}
        return frozenset()

    def whole(self, connection: Connection, conference_id: str) -> Scene:
        """A conference that is known to be there, with everybody in it."""
        scene = ledger.whole_scene(connection, conference_id, self._clock.now())
        assert scene is not None
        return scene


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
