"""The sweep: Telnyx gives a webhook up after about a minute, so now and then we ask what is true.

What is hung up here is proven ours: the call says that it is of this conference, whose id is random and known to us.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.core import inputs as i
from bot.core import legs as life
from bot.core import seating
from bot.core.conference import LOST, UNREACHABLE, Leg
from bot.core.effects import EndRoom, HangUp, HangUpCall, Says, Sweep
from bot.core.scene import Scene

FRESH = 15.0  # seconds; younger knowledge than this may be younger than Telnyx's answer
STILL_UP = 60.0  # seconds; a call that is up for so long after it can have rung was answered
SEATED_BY = 90.0  # seconds after the key; by then a seat was given or refused, so who has none is sent again
OUTSIDE = 240.0  # seconds after the key; who is not in the room by then does not come in

REPAIRED = "some of Telnyx's news did not arrive. I asked again and put the list right"
GHOST = "a call was still on the line although it was over here. I hung it up"
LEFT_OPEN = "the conference was still open at Telnyx after its end. I closed it"
RESEATED = "somebody was on the line and in no room. I sent them in again"


def due(scene: Scene) -> None:
    """Sweep; again in a while as long as somebody is on a line, and once more after that."""
    scene.do(Sweep(scene.conference.id))
    if scene.conference.alive_legs:
        scene.sweep_later()


def open_room(scene: Scene, swept: i.Swept) -> bool:
    """A room that was found by its name. Returns whether that was a repair."""
    conference = scene.conference
    if not swept.room_id:
        return False
    if conference.ended:
        stays = bool(swept.members) and swept.at - (conference.ended_at or 0) > FRESH
        if stays:
            scene.do(EndRoom(conference.id, swept.room_id))
        return stays and conference.room_id != swept.room_id
    seating.room_is_open(scene, swept.room_id)
    return False


def missed(scene: Scene, swept: i.Swept) -> list[tuple[i.News, Leg]]:
    """The news that must have been lost, given what Telnyx says is true. The scene must be whole."""
    named: dict[str, str] = {}
    for name, call in zip(swept.legs, swept.calls, strict=True):
        named.setdefault(name, call)
    up = set(zip(swept.legs, swept.calls, strict=True))
    calls = frozenset(swept.calls)

    def call_of(leg: Leg) -> str:
        """The call of this leg that is up, "" for none. A call that came in does not name its leg; its own id does."""
        known = leg.call_control_id or ""
        if not known:
            return named.get(leg.id, "")
        return known if (known in calls if leg.came_in else (leg.id, known) in up) else ""

    return [(news, leg) for leg in scene.legs.values() for news in _missed(scene, swept, leg, call_of(leg))]


def reseat(scene: Scene, swept: i.Swept) -> bool:
    """Legs that are let in, paid for, and in no room: send them in again, at last hang them up. Whether there were."""
    if swept.members is None:
        return False
    up, inside = frozenset(swept.calls), frozenset(swept.members)
    outside = up - inside
    found = [leg for leg in scene.legs.values() if leg.call_control_id in outside and _waits(leg, swept.at)]
    for leg in found:
        if swept.at - (leg.passed_at or 0) > OUTSIDE:
            life.stop(scene, scene.put_leg(replace(leg, cause=UNREACHABLE)))
        else:
            seating.want_seat(scene, scene.put_leg(replace(leg, seat_asked=0)))
    return bool(found)


def hang_up_strays(scene: Scene, swept: i.Swept) -> bool:
    """Calls that are up although their leg is over, out of the room, told to end, on another call, or unknown.

    Returns whether one was found for the first time that counted as over here.
    """
    came_in = {leg.call_control_id: leg for leg in scene.legs.values() if leg.came_in}
    ghosts = False
    for name, call in zip(swept.legs, swept.calls, strict=True):
        leg = scene.legs.get(name) or came_in.get(call)
        if leg is None:
            if _of(scene, name):
                scene.do(HangUpCall(call))
                ghosts = True
        elif leg.call_control_id not in {None, call}:
            scene.do(HangUpCall(call))  # a leg has one call; nobody hears of this one
            ghosts = True
        elif (not leg.alive or leg.stop_asked or leg.left_at is not None) and _settled(leg, swept):
            scene.do(HangUp(leg.id, stray=True))
            ghosts |= not leg.alive and leg.ghost_at is None
            if not leg.alive:
                scene.put_leg(replace(leg, ghost_at=leg.ghost_at or swept.at))
    return ghosts


def tell(
    scene: Scene, *, repaired: bool, ghosts: bool = False, left_open: bool = False, reseated: bool = False
) -> None:
    for found, what in ((repaired, REPAIRED), (reseated, RESEATED)):
        if found and not scene.conference.ended:
            scene.say(Says.TROUBLE, detail=what)
    for found, what in ((ghosts, GHOST), (left_open, LEFT_OPEN)):
        if found:
            scene.say(Says.TROUBLE, detail=what)


def _missed(scene: Scene, swept: i.Swept, leg: Leg, call_control_id: str) -> Iterator[i.News]:
    if not leg.alive or not _settled(leg, swept):
        return
    call, at = i.Call(leg.call_control_id or call_control_id, leg.id), swept.at
    if not call_control_id:
        if leg.call_control_id or leg.rang_at is not None:
            yield i.HungUp(call, at, LOST)
        return
    if leg.rang_at is None:
        yield i.Rang(call, at)
    inside = swept.members is not None and call.call_control_id in swept.members
    if inside and leg.joined_at is None:
        yield i.Joined(call, at, scene.conference.room_id)
    elif leg.in_room and swept.members is not None and not inside:
        yield i.Left(call, at, scene.conference.room_id)
    elif leg.answered_at is None and leg.rang_at is not None and at - leg.rang_at > leg.ring_secs + STILL_UP:
        yield i.Answered(call, at)


def _waits(leg: Leg, at: float) -> bool:
    """Whether it was let in long ago and never came into the room."""
    wanted = leg.alive and not leg.stop_asked and not leg.locked_out and leg.joined_at is None
    return wanted and leg.passed_at is not None and at - leg.passed_at > SEATED_BY


def _of(scene: Scene, name: str) -> bool:
    return name.startswith(f"{scene.conference.id}.")


def _settled(leg: Leg, swept: i.Swept) -> bool:
    """Whether what we know of the leg is old enough for Telnyx's answer to be newer."""
    times = (leg.queued_at, leg.tried_at, leg.rang_at, leg.answered_at, leg.passed_at, leg.joined_at, leg.gone_at)
    return max(time for time in times if time is not None) < swept.at - FRESH
