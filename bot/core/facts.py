"""What each fact means for a conference.

Facts may come in any order, twice or late: evidence is set once and the earliest time wins, so the same facts always
end in the same state. Lines and commands are only ordered when they still make sense.
"""

from dataclasses import replace
from typing import assert_never

from bot.core import audio, keypad, ladder, legs, recording, seating, spending, sweep, vigil
from bot.core import inputs as i
from bot.core.conference import LOST, Leg
from bot.core.effects import AskKey, EndRoom, PostCard, Says, SayTo, TellHost
from bot.core.lifecycle import ConferencePhase, LegPhase
from bot.core.scene import Reach, Scene

GATE_SECONDS = 60.0  # no answer from the gate after this long means no key
GOODBYE_SECONDS = 15.0  # a spoken goodbye is over by then, even if that news is lost
MACHINES = frozenset({"machine", "fax_detected"})  # results of Telnyx's machine detection; "not_sure" counts as human
ENDING_SECONDS = 15.0  # after the end, this long until every leg that is still up is hung up one by one


def reach(fact: i.Fact) -> Reach:
    """How much of the conference ``apply`` needs to see for this fact."""
    if isinstance(fact, i.RoomOpened | i.RoomEnded | i.Seated | i.SeatRefused):
        return Reach.WAITING
    if isinstance(fact, i.RoomEndFailed | i.EndTimedOut | i.IdleTimedOut | i.Swept | i.StepDue):
        return Reach.WHOLE
    if isinstance(fact, i.AloneDue | i.MinutesDue | i.CarriedOver | i.StoppedAll):
        return Reach.WHOLE
    if isinstance(fact, i.KeyPressed):
        return Reach.WHOLE if fact.digit == keypad.NAMES else Reach.LEG
    return Reach.CONFERENCE if isinstance(fact, i.ConferenceFact) else Reach.LEG


def apply(scene: Scene, fact: i.Fact, leg: Leg | None) -> None:
    """Take in a fact. ``leg`` is the leg it is about, loaded into the scene; None for facts about the conference."""
    if leg is not None:
        _about_leg(scene, fact, leg)
        ladder.think_again(scene, leg, scene.legs[leg.id])
    else:
        _about_conference(scene, fact)


def _about_leg(scene: Scene, fact: i.Fact, leg: Leg) -> None:  # noqa: C901, PLR0912  # one arm per fact, nothing else
    match fact:
        case i.Rang():
            _rang(scene, leg, fact)
        case i.Answered():
            _answered(scene, legs.bind(leg, fact.call), fact.at)
        case i.KeyGiven():
            _key_given(scene, legs.bind(leg, fact.call), fact)
        case i.HungUp():
            legs.over(scene, legs.bind(leg, fact.call), fact.at, fact.cause, fact.code)
        case i.Joined():
            _joined(scene, leg, fact)
        case i.Left():
            _left(scene, leg, fact.at)
        case i.RoomOpened():
            seating.room_is_open(scene, fact.room_id)
        case i.RoomEnded():
            seating.room_is_over(scene, fact.room_id)
        case i.DialTried():
            scene.put_leg(replace(leg, tried_at=legs.earliest(leg.tried_at, fact.at)))
        case i.DialRefused():
            legs.over(scene, replace(leg, refused_status=fact.status), fact.at, fact.cause, fact.code)
        case i.Seated():
            seating.seated(scene, fact)
        case i.SeatRefused():
            seating.seat_refused(scene, leg, fact)
        case i.LegLost():
            legs.over(scene, leg, fact.at, LOST, fact.code)
        case i.GateTimedOut():
            _gate_timed_out(scene, leg, fact.at)
        case i.KeyPressed():
            keypad.pressed(scene, leg, fact)
        case i.MachineHeard():
            _machine_heard(scene, legs.bind(leg, fact.call), fact)
        case i.FarHeld():
            audio.far_hold(scene, leg, fact)
        case i.SpeechEnded():
            _speech_ended(scene, leg)
        case i.FloorTaken():
            if leg.in_room:
                scene.change(talking=leg.id)
        case i.RecordingSaved():
            recording.found(scene, (fact.recording_id,))
        case i.Priced():
            spending.priced(scene, legs.bind(leg, fact.call), fact)
        case i.Transcribed():
            pass  # the ledger keeps the words
        case _:
            raise AssertionError(f"{type(fact).__name__} is not about a leg")


def _about_conference(scene: Scene, fact: i.Fact) -> None:  # noqa: C901, PLR0912, PLR0915  # one arm per fact, nothing else
    match fact:
        case i.RoomOpened():
            seating.room_is_open(scene, fact.room_id)
        case i.RoomEnded():
            seating.room_is_over(scene, fact.room_id)
        case i.RoomEndFailed() | i.EndTimedOut():
            legs.hang_up_all(scene)
        case i.SweepDue():
            sweep.due(scene)
        case i.Swept():
            _swept(scene, fact)
        case i.CardPosted():
            _card_posted(scene, fact)
        case i.CardDrawn():
            scene.change(visible=False, card_print=fact.fingerprint)
        case i.CardLost():
            _card_lost(scene)
        case i.ChatLost():
            _chat_lost(scene, fact.reason)
        case i.TroubleSeen():
            scene.change(trouble=fact.trouble)
        case i.IdleTimedOut():
            _idle(scene)
        case i.StepDue():
            ladder.due(scene, fact)
        case i.AloneDue():
            if vigil.alone(scene):
                end(scene, by="", why="alone")
        case i.MinutesDue():
            if vigil.minutes_over(scene):
                end(scene, by="", why="minutes")
        case i.StoppedAll():
            if not scene.conference.ended:
                end(scene, by=fact.by, why="stopped")
        case i.CarriedOver():
            if not scene.conference.ended:
                end(scene, by=fact.by, why="carried")
        case i.RecordDone():
            recording.done(scene, fact)
        case i.RecordFailed():
            recording.failed(scene, fact)
        case i.RecordingsDue():
            recording.look(scene, fact)
        case i.RecordingsFound():
            recording.found(scene, fact.ids)
        case i.RecordingSaved():
            recording.found(scene, (fact.recording_id,))
        case i.TranscriptDue():
            recording.transcript_due(scene)
        case i.FileFailed():
            recording.file_failed(scene, fact)
        case i.SoundFailed():
            recording.unheard(scene, fact)
        case i.CallMirrored():
            scene.change(slack_call=fact.call_id)
        case i.Joined() | i.Left() | i.FloorTaken() | i.Priced():
            pass  # somebody we did not ring ourselves
        case i.Incoming() | i.KeyPressed() | i.MachineHeard() | i.FarHeld() | i.SpeechEnded() | i.Transcribed():
            raise AssertionError(f"{type(fact).__name__} is about a leg")
        case i.Rang() | i.Answered() | i.KeyGiven() | i.HungUp() | i.DialTried() | i.DialRefused() | i.Seated():
            raise AssertionError(f"{type(fact).__name__} is about a leg")
        case i.PurgeDue() | i.ForgetDue():
            raise AssertionError(f"{type(fact).__name__} is about no conference")
        case i.SeatRefused() | i.LegLost() | i.GateTimedOut() | i.SideTimedOut():
            raise AssertionError(f"{type(fact).__name__} is about a leg")
        case i.AccountSweepDue() | i.AccountSwept():
            raise AssertionError(f"{type(fact).__name__} is about no conference")
        case _:
            assert_never(fact)


def end(scene: Scene, *, by: str, why: str = "") -> None:
    """End the conference: close the room, and hang up every leg that is not in it. The scene must be whole.

    ``why`` is "alone" when it ends because one person was left, "minutes" when it has lasted as long as one may,
    "stopped" when an admin has stopped all calls.
    """
    conference = scene.conference
    was_in = {leg.participant_id for leg in scene.legs.values() if leg.joined_at is not None}
    names = [person.name for person in scene.participants.values() if person.id in was_in]
    length = scene.now - conference.live_at if conference.live_at else 0
    scene.change(phase=ConferencePhase.ENDED, ended_at=scene.now, ended_by=by, trouble="", talking="", pin="")
    scene.say(Says.ENDED, *names, by=by, detail=why, code=spending.words(scene.bill()), seconds=length)
    recording.room_over(scene, conference.room_id)
    recording.transcript_later(scene)
    for who in list(scene.participants.values()):
        scene.no_step(who)
    if conference.room_id:
        scene.do(EndRoom(conference.id, conference.room_id))
    for leg in list(scene.legs.values()):
        if not (leg.in_room and conference.room_id):
            legs.stop(scene, leg)
    scene.cancel(f"idle:{conference.id}")
    scene.cancel(f"alone:{conference.id}")
    scene.cancel(f"minutes:{conference.id}")
    if scene.conference.alive_legs:
        due = scene.now + ENDING_SECONDS
        scene.wake(f"ending:{conference.id}", due, i.EndTimedOut(conference.id, due))


def _rang(scene: Scene, leg: Leg, fact: i.Rang) -> None:
    first = leg.rang_at is None and leg.phase in {LegPhase.QUEUED, LegPhase.DIALING}
    leg = scene.put_leg(replace(legs.bind(leg, fact.call), rang_at=legs.earliest(leg.rang_at, fact.at)))
    if scene.conference.ended:
        legs.stop(scene, leg)
    elif first and not leg.stop_asked:
        scene.say(Says.RINGING, scene.name(leg))
    legs.hang_up_given_up(scene, leg)


def _answered(scene: Scene, leg: Leg, at: float) -> None:
    first = leg.answered_at is None
    leg = scene.put_leg(replace(leg, answered_at=legs.earliest(leg.answered_at, at)))
    legs.hang_up_given_up(scene, leg)
    leg = scene.legs[leg.id]
    if not leg.gated:
        _pass(scene, leg, at)
    elif scene.conference.ended:
        legs.stop(scene, leg)
    elif leg.phase is not LegPhase.ANSWERED or leg.stop_asked or not first:
        return
    elif leg.passed_at is None and leg.asked_at is None:
        scene.put_leg(replace(leg, asked_at=at))
        scene.do(AskKey(leg.id))
        due = scene.now + GATE_SECONDS
        scene.wake(f"gate:{leg.id}", due, i.GateTimedOut(leg.id, due))


def _key_given(scene: Scene, leg: Leg, fact: i.KeyGiven) -> None:
    leg = scene.put_leg(replace(leg, answered_at=legs.earliest(leg.answered_at, fact.at)))
    if fact.status == "valid" and fact.digits == "1":
        _pass(scene, leg, fact.at)
    elif fact.status == "valid" and fact.digits == "2":
        _refused(scene, replace(leg, declined_at=legs.earliest(leg.declined_at, fact.at)))
    elif fact.status == "valid" and fact.digits == "9":
        _refused(scene, replace(leg, call_back_at=legs.earliest(leg.call_back_at, fact.at)))
    elif fact.status == "cancelled_amd" and leg.alive and not leg.stop_asked and leg.passed_at is None:
        scene.do(AskKey(leg.id))  # machine detection cut the question off
    elif fact.status in {"valid", "invalid", "timeout"}:
        _no_key(scene, leg, fact.at)


def _pass(scene: Scene, leg: Leg, at: float) -> None:
    first = leg.passed_at is None
    leg = scene.put_leg(replace(leg, passed_at=legs.earliest(leg.passed_at, at)))
    if leg.locked_out:
        return  # they hear why, and the timer that hangs up after that must stand
    legs.cancel_gate(scene, leg)
    if scene.conference.ended:
        legs.stop(scene, leg)
    elif leg.stop_asked or not leg.alive:
        return
    elif scene.conference.locked and first and leg.joined_at is None:
        lock_out(scene, leg)
    else:
        seating.want_seat(scene, leg)


def lock_out(scene: Scene, leg: Leg) -> None:
    """Tell somebody who comes to a locked room so, and hang up when that is said."""
    if leg.seat_asked or leg.locked_out:
        return
    scene.put_leg(replace(leg, locked_out=True))
    scene.do(SayTo(leg.id, "locked"))
    due = scene.now + GOODBYE_SECONDS
    scene.wake(f"gate:{leg.id}", due, i.GateTimedOut(leg.id, due))


def _speech_ended(scene: Scene, leg: Leg) -> None:
    if leg.locked_out:
        legs.stop(scene, leg)


def _gate_timed_out(scene: Scene, leg: Leg, at: float) -> None:
    if leg.locked_out:
        legs.stop(scene, leg)
    else:
        _no_key(scene, leg, at)


def _refused(scene: Scene, leg: Leg) -> None:
    """They pressed a key that says no, or not now."""
    if leg.passed_at is None and leg.joined_at is None:
        legs.stop(scene, scene.put_leg(leg))


def _machine_heard(scene: Scene, leg: Leg, fact: i.MachineHeard) -> None:
    """A hint to hang up sooner; who presses 1 is in, whatever was heard."""
    if fact.result in MACHINES and leg.passed_at is None and leg.joined_at is None and leg.gated:
        leg = scene.put_leg(replace(leg, machine_at=legs.earliest(leg.machine_at, fact.at)))
        legs.stop(scene, leg)


def _idle(scene: Scene) -> None:
    conference = scene.conference
    if conference.ended or conference.alive_legs:
        return
    if any(who.next for who in scene.participants.values()):
        scene.await_company()
    else:
        end(scene, by="")


def _no_key(scene: Scene, leg: Leg, at: float) -> None:
    if leg.passed_at is None and leg.joined_at is None:
        leg = scene.put_leg(replace(leg, no_key_at=legs.earliest(leg.no_key_at, at)))
        legs.stop(scene, leg)


def _joined(scene: Scene, leg: Leg, fact: i.Joined) -> None:
    first = leg.joined_at is None
    leg = scene.put_leg(replace(leg, joined_at=legs.earliest(leg.joined_at, fact.at)))
    if first:
        legs.cancel_gate(scene, leg)
    _note_live(scene, fact.at)
    seating.room_is_open(scene, fact.room_id)
    if scene.conference.ended:
        legs.stop(scene, leg)
    elif not first:
        return
    elif leg.in_room:
        scene.say(Says.JOINED, scene.name(leg))
        audio.on_joining(scene, leg)
    else:
        legs.say_left(scene, leg)


def _note_live(scene: Scene, at: float) -> None:
    conference = scene.conference
    phase = ConferencePhase.LIVE if conference.phase is ConferencePhase.OPEN else conference.phase
    scene.change(phase=phase, live_at=legs.earliest(conference.live_at, at))
    if scene.conference.live_at != conference.live_at and not conference.ended:
        vigil.live(scene)


def _left(scene: Scene, leg: Leg, at: float) -> None:
    was_in = leg.in_room
    leg = scene.put_leg(replace(leg, left_at=legs.earliest(leg.left_at, at)))
    if was_in and not scene.conference.ended:
        legs.say_left(scene, leg)


def _swept(scene: Scene, fact: i.Swept) -> None:
    left_open = sweep.open_room(scene, fact)
    found = sweep.missed(scene, fact)
    for news, leg in found:
        _about_leg(scene, news, scene.legs[leg.id])
    audio.read_back(scene, fact)
    reseated = sweep.reseat(scene, fact)
    ghosts = sweep.hang_up_strays(scene, fact)
    sweep.tell(scene, repaired=bool(found), reseated=reseated, ghosts=ghosts, left_open=left_open)
    spending.watch(scene)
    spending.refresh(scene)


def _card_posted(scene: Scene, fact: i.CardPosted) -> None:
    scene.change(card_ts=fact.ts, thread_ts=scene.conference.thread_ts or fact.ts, card_print=fact.fingerprint)


def _card_lost(scene: Scene) -> None:
    conference = scene.conference
    own_thread = conference.thread_ts == conference.card_ts
    scene.change(visible=False, card_ts="", card_print="", thread_ts="" if own_thread else conference.thread_ts)
    scene.do(PostCard(conference.id))


def _chat_lost(scene: Scene, reason: str) -> None:
    if scene.conference.chat_lost:
        return
    scene.change(visible=False, chat_lost=reason)
    if scene.conference.host_id:
        scene.do(TellHost(scene.conference.id, reason))
