"""What an effect needs before it goes out: whether it is still wanted, and the values it speaks of.

``begin`` runs in one transaction. It notes that the effect is about to be tried, so that after a crash we know that it
may have been done.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from sqlalchemy import Connection

from bot.core import effects as e
from bot.core import facts, policy
from bot.core import inputs as i
from bot.core.conference import FORBIDDEN, Conference, Leg, Picture
from bot.core.policy import Rules
from bot.core.scene import Scene
from bot.core.side import SideCall
from bot.core.spoken import Texts
from bot.core.transcript import transcript
from bot.store import budgets, ledger, outbox, sides
from bot.store.outbox import Parcel

# Seconds between two starts of the same pace.
DIAL_PACE = 1 / 25  # Telnyx takes fewer than 30 dials per second; with the burst, at most 28
DIAL_BURST = 0.08
POST_PACE = 1.0  # Slack allows about one message per second and channel, and short bursts
POST_BURST = 2.0
BURSTS = {DIAL_PACE: DIAL_BURST, POST_PACE: POST_BURST}  # seconds' worth that may come at once
CARD_PACE = 2.0  # Slack allows some 50 edits per minute and workspace
MIRROR_PACE = 3.0


@dataclass(frozen=True, slots=True)
class Errand:
    """An effect that is wanted now. ``parcels`` are all outbox rows it settles.

    ``doubt`` is when an earlier try with unknown fate was made, None if there was none; ``first`` when the first was.
    """

    parcels: tuple[Parcel, ...]
    conference: Conference
    started: float
    first: float
    doubt: float | None = None
    leg: Leg | None = None
    picture: Picture | None = None
    side: SideCall | None = None
    text: str = ""  # what is to be spoken, or the whole transcript
    wanted: bool = True  # False: only find out what became of the earlier try

    @property
    def effect(self) -> e.Effect:
        return self.parcels[0].effect

    @property
    def phone_leg(self) -> Leg:
        assert self.leg is not None
        return self.leg

    @property
    def whole_picture(self) -> Picture:
        assert self.picture is not None
        return self.picture


def begin(connection: Connection, parcel: Parcel, now: float, texts: Texts, rules: Rules) -> Errand | None:
    """Take an effect in hand; None when it is no longer wanted (and then settled), must wait, or is another's."""
    taken = outbox.take(connection, parcel, now)
    return _begin(connection, taken, now, texts, rules) if taken else None


def _begin(  # noqa: C901, PLR0911  # one arm per kind of effect
    connection: Connection, parcel: Parcel, now: float, texts: Texts, rules: Rules
) -> Errand | None:
    match parcel.effect:
        case e.Dial() | e.AskKey() | e.Seat() | e.HangUp():
            return _begin_on_leg(connection, parcel, parcel.effect, now, texts, rules)
        case e.Mute() | e.Hold() | e.SayTo() | e.SendKeys() | e.Transcribe():
            return _begin_with_leg(connection, parcel, parcel.effect, now, texts)
        case e.SayToAll() | e.Play() | e.StopSound() | e.Record():
            return _begin_in_room(connection, parcel, parcel.effect, now, texts)
        case e.EndRoom() | e.Sweep() | e.TellHost() | e.FindRecordings() | e.KeepRecording():
            return _send(connection, parcel, _conference(connection, parcel), now)
        case e.SweepAccount() | e.HangUpCall():
            return _send(connection, parcel, outbox.NOWHERE, now)
        case e.PostTranscript():
            return _begin_transcript(connection, parcel, now)
        case e.MirrorCall():
            return _begin_mirror(connection, parcel, now)
        case e.SideDial() | e.SideAnswer() | e.SideReject() | e.SideAsk() | e.SideSay() | e.SideHangUp():
            return _begin_side(connection, parcel, parcel.effect, now, texts, rules)
        case e.PostCard():
            return _begin_card(connection, parcel, now)
        case e.DrawCard():
            return _begin_drawing(connection, parcel, now)
        case e.Line():
            return _begin_lines(connection, parcel, now)
        case _:
            assert_never(parcel.effect)


def _begin_on_leg(
    connection: Connection,
    parcel: Parcel,
    effect: e.Dial | e.AskKey | e.Seat | e.HangUp,
    now: float,
    texts: Texts,
    rules: Rules,
) -> Errand | None:
    scene = ledger.leg_scene(connection, effect.leg_id, now)
    assert scene is not None
    leg = scene.legs[effect.leg_id]
    match effect:
        case e.Dial():
            return _begin_dial(connection, parcel, scene, leg, rules)
        case e.AskKey() if leg.alive and not leg.stop_asked and leg.passed_at is None:
            text = texts.gate_prompt(scene.conference, scene.participants[leg.participant_id])
            return replace(_send(connection, parcel, scene.conference, now), leg=leg, text=text)
        case e.Seat() if leg.alive and not leg.stop_asked:
            return replace(_send(connection, parcel, scene.conference, now), leg=leg)
        case e.HangUp() if leg.alive or leg.given_up or effect.stray:
            return replace(_send(connection, parcel, scene.conference, now), leg=leg)
        case e.Seat():
            return _drop(connection, parcel, i.SeatRefused(leg.id, now, effect.room, "cancelled"), now)
        case e.AskKey() | e.HangUp():
            return _drop(connection, parcel, None, now)


def _begin_dial(connection: Connection, parcel: Parcel, scene: Scene, leg: Leg, rules: Rules) -> Errand | None:
    """The last look before a phone rings: what was decided may be long ago, and the rules may have changed since."""
    known = leg.call_control_id or leg.rang_at is not None
    if known or not leg.alive:
        return _drop(connection, parcel, None, scene.now)
    allowed = policy.last_objection(rules, leg.number, gated=leg.gated) is None
    stopped = leg.stop_asked or scene.conference.ended or budgets.stopped_by(connection)
    if (stopped or not allowed) and outbox.doubt(connection, parcel) is None:
        cause = "cancelled" if stopped else FORBIDDEN
        return _drop(connection, parcel, i.DialRefused(leg.id, scene.now, cause, ""), scene.now)
    errand = _send(connection, parcel, scene.conference, scene.now, DIAL_PACE)
    _apply(connection, scene, i.DialTried(leg.id, scene.now), leg)
    return replace(errand, leg=scene.legs[leg.id], wanted=allowed and not stopped)


def _begin_with_leg(
    connection: Connection,
    parcel: Parcel,
    effect: e.Mute | e.Hold | e.SayTo | e.SendKeys | e.Transcribe,
    now: float,
    texts: Texts,
) -> Errand | None:
    """What only makes sense while the leg is up; a text also for one that is at the gate."""
    scene = ledger.leg_scene(connection, effect.leg_id, now)
    assert scene is not None
    leg = scene.legs[effect.leg_id]
    up = leg.answered_at is not None and leg.alive
    if not (up if isinstance(effect, e.SayTo) else leg.in_room):
        return _drop(connection, parcel, None, now)
    text = ""
    if isinstance(effect, e.SayTo):
        text = texts.render(effect.text, topic=scene.conference.topic, detail=effect.detail)
    return replace(_send(connection, parcel, scene.conference, now), leg=leg, text=text)


def _begin_in_room(
    connection: Connection,
    parcel: Parcel,
    effect: e.SayToAll | e.Play | e.StopSound | e.Record,
    now: float,
    texts: Texts,
) -> Errand | None:
    conference = _conference(connection, parcel)
    if conference.ended or not conference.in_room:
        return _drop(connection, parcel, None, now)
    text = ""
    if isinstance(effect, e.SayToAll):
        text = texts.render(effect.text, topic=conference.topic, detail=effect.detail)
    if isinstance(effect, e.Record) and effect.action in {"start", "resume"}:
        text = texts.render("recording", topic=conference.topic)
    return replace(_send(connection, parcel, conference, now), text=text)


def _begin_transcript(connection: Connection, parcel: Parcel, now: float) -> Errand | None:
    scene = _whole(connection, parcel, now)
    said = ledger.speech(connection, scene.conference.id)
    if not said or not scene.conference.in_slack:
        return _drop(connection, parcel, None, now)
    text = transcript(scene.conference, scene.participants, said)
    return replace(_send(connection, parcel, scene.conference, now), text=text)


def _begin_mirror(connection: Connection, parcel: Parcel, now: float) -> Errand | None:
    parcels = tuple(outbox.batch(connection, parcel, now, None))
    scene = _whole(connection, parcel, now)
    errand = _send(connection, parcel, scene.conference, now, MIRROR_PACE)
    return replace(errand, parcels=parcels, picture=scene.picture())


def _begin_side(
    connection: Connection, parcel: Parcel, effect: e.SideEffect, now: float, texts: Texts, rules: Rules
) -> Errand | None:
    side = sides.get(connection, effect.side_id)
    over = side is None or (side.ended_at is not None and not isinstance(effect, e.SideReject))
    if side is None or over or (isinstance(effect, e.SideDial) and side.call_control_id):
        return _drop(connection, parcel, None, now)
    if isinstance(effect, e.SideHangUp) and not side.call_control_id:
        return _drop(connection, parcel, None, now)  # it never rang, as far as we know
    unsent = isinstance(effect, e.SideDial) and outbox.doubt(connection, parcel) is None
    if unsent and not _may_check(connection, rules, side):
        sides.save(connection, replace(side, ended_at=now))
        return _drop(connection, parcel, None, now)
    text = ""
    if isinstance(effect, e.SideAsk | e.SideSay):
        text = texts.render(effect.text, detail=effect.detail)
    return replace(_send(connection, parcel, outbox.NOWHERE, now), side=side, text=text)


def _may_check(connection: Connection, rules: Rules, side: SideCall) -> bool:
    return not budgets.stopped_by(connection) and policy.last_objection(rules, side.number, gated=False) is None


def _begin_card(connection: Connection, parcel: Parcel, now: float) -> Errand | None:
    scene = _whole(connection, parcel, now)
    if scene.conference.card_ts or not scene.conference.in_slack:
        return _drop(connection, parcel, None, now)
    return replace(_send(connection, parcel, scene.conference, now, POST_PACE), picture=scene.picture())


def _begin_drawing(connection: Connection, parcel: Parcel, now: float) -> Errand | None:
    parcels = tuple(outbox.batch(connection, parcel, now, None))
    scene = _whole(connection, parcel, now)
    if not scene.conference.card_ts or not scene.conference.in_slack:
        outbox.settle(connection, [one.id for one in parcels])
        return None
    errand = _send(connection, parcel, scene.conference, now, CARD_PACE)
    return replace(errand, parcels=parcels, picture=scene.picture())


def _begin_lines(connection: Connection, parcel: Parcel, now: float) -> Errand | None:
    conference = _conference(connection, parcel)
    doubt = outbox.doubt(connection, parcel)
    parcels = tuple(outbox.batch(connection, parcel, now, doubt[1] if doubt else None))
    if not conference.in_slack:
        outbox.settle(connection, [one.id for one in parcels])
        return None
    if not conference.thread_ts:  # the card was deleted and is being posted anew behind us
        outbox.move_behind(connection, parcels)
        return None
    errand = _send(connection, parcel, conference, now, POST_PACE, upto=parcels[-1].id)
    return replace(errand, parcels=parcels)


def _send(
    connection: Connection,
    parcel: Parcel,
    conference: Conference,
    now: float,
    pace: float = 0.0,
    upto: int | None = None,
) -> Errand:
    doubt = outbox.doubt(connection, parcel)
    outbox.mark_attempt(connection, parcel, now, upto or parcel.id)
    if pace:
        outbox.start_paced(connection, parcel.pace, now, pace, BURSTS.get(pace, 0.0))
    started = parcel.since if parcel.tries else now
    return Errand((parcel,), conference, started, doubt[0] if doubt else now, doubt[0] if doubt else None)


def _drop(connection: Connection, parcel: Parcel, fact: i.LegFact | None, now: float) -> Errand | None:
    """Settle an effect that is no longer wanted, with the fact that this is."""
    outbox.settle(connection, [parcel.id])
    if fact is not None:
        scene = ledger.scene_of(connection, facts.reach(fact), parcel.conference_id, fact.leg_id, now)
        assert scene is not None
        _apply(connection, scene, fact, scene.legs[fact.leg_id])
    return None


def _apply(connection: Connection, scene: Scene, fact: i.Fact, leg: Leg) -> None:
    facts.apply(scene, fact, leg)
    ledger.save(connection, scene)


def _conference(connection: Connection, parcel: Parcel) -> Conference:
    found = ledger.get(connection, parcel.conference_id)
    assert found is not None
    return found


def _whole(connection: Connection, parcel: Parcel, now: float) -> Scene:
    scene = ledger.whole_scene(connection, parcel.conference_id, now)
    assert scene is not None
    return scene
