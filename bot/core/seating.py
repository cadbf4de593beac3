"""How legs that passed the gate come into the room.

Telnyx has no empty rooms: the first leg creates one, by our stored name, and the others join it by that name. A room is
over when its last leg leaves, so a conference may need several, one after the other, each with a name of its own.
"""

from dataclasses import replace

from bot.core import inputs as i
from bot.core import legs, recording
from bot.core.conference import LOST, Leg
from bot.core.effects import EndRoom, Seat
from bot.core.scene import Reach, Scene

UNNAMED = "unnamed-"  # stands for the id of a room that was over before we knew it


def want_seat(scene: Scene, leg: Leg) -> None:
    """Send a leg that passed the gate into the room; one leg at a time opens it, the others wait."""
    conference = scene.conference
    if leg.seat_asked >= conference.room or leg.joined_at is not None:
        return
    if not conference.room_id and conference.opener:
        return
    opens = not conference.room_id
    if opens:
        scene.change(opener=leg.id)
    scene.put_leg(replace(leg, seat_asked=conference.room))
    scene.do(Seat(leg.id, conference.room, opens))


def seat_waiting(scene: Scene) -> None:
    for leg in list(scene.legs.values()):
        if leg.passed_at is not None and leg.alive and not leg.stop_asked and not leg.locked_out:
            want_seat(scene, leg)


def room_is_open(scene: Scene, room_id: str) -> None:
    conference = scene.conference
    if room_id in conference.gone_rooms:
        return
    if not conference.room_id:
        scene.change(room_id=room_id, opener="")
        if conference.ended:
            scene.do(EndRoom(conference.id, room_id))
            return
    if scene.reach is not Reach.LEG and not conference.ended:
        seat_waiting(scene)


def room_is_over(scene: Scene, room_id: str) -> None:
    conference = scene.conference
    if room_id in conference.gone_rooms:
        return
    unnamed = next((one for one in conference.gone_rooms if one.startswith(UNNAMED)), None)
    if unnamed and room_id != conference.room_id:  # the room that we found over before we knew its id
        scene.change(gone_rooms=tuple(sorted({*conference.gone_rooms, room_id} - {unnamed})))
        return
    current = conference.room_id in {"", room_id}
    gone = tuple(sorted((*conference.gone_rooms, room_id)))
    if not current:
        scene.change(gone_rooms=gone)
        return
    scene.change(gone_rooms=gone, room_id="", opener="", talking="")
    recording.room_over(scene, room_id)
    if not conference.ended:
        seat_waiting(scene)


def seated(scene: Scene, fact: i.Seated) -> None:
    if fact.room != scene.conference.room:
        return
    if fact.room_id:
        room_is_open(scene, fact.room_id)
    elif scene.conference.opener == fact.leg_id:
        scene.change(opener="")
    if scene.conference.ended:
        legs.stop(scene, scene.legs[fact.leg_id])
    else:
        seat_waiting(scene)


def seat_refused(scene: Scene, leg: Leg, fact: i.SeatRefused) -> None:
    if scene.conference.opener == leg.id and fact.room == leg.seat_asked:
        scene.change(opener="")
    if fact.reason == "leg_gone":
        legs.over(scene, leg, fact.at, LOST, fact.code)
    elif fact.reason == "room_gone":
        reseat(scene, leg, fact.room)
    elif fact.reason != "cancelled":
        cause = {"full": "limit", "unreachable": "unreachable"}.get(fact.reason, "refused")
        leg = scene.put_leg(replace(leg, cause=cause, detail=fact.code))
        legs.stop(scene, leg)
    if not scene.conference.ended:
        seat_waiting(scene)


def reseat(scene: Scene, leg: Leg, room: int) -> None:
    conference = scene.conference
    if room == leg.seat_asked:  # else it was sent to the next room meanwhile
        scene.put_leg(replace(leg, seat_asked=0))
    if room == conference.room:
        gone = tuple(sorted((*conference.gone_rooms, conference.room_id or f"{UNNAMED}{room}")))
        scene.change(gone_rooms=gone, room_id="", opener="")
