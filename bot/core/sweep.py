"""The sweep: Telnyx gives a webhook up after about a minute, so now and then we ask what is true."""

from collections.abc import Iterator

from bot.core import inputs as i
from bot.core.conference import LOST, Leg
from bot.core.effects import HangUp, Says, Sweep
from bot.core.scene import Scene

FRESH = 15.0  # seconds; younger knowledge than this may be younger than Telnyx's answer
STILL_UP = 60.0  # seconds; a call that is up for so long after it can have rung was answered

REPAIRED = "some of Telnyx's news did not arrive. I asked again and put the list right"


def due(scene: Scene) -> None:
    """Sweep, and again in a while, as long as somebody is on a line."""
    conference = scene.conference
    if conference.alive_legs:
        scene.do(Sweep(conference.id))
        scene.sweep_later()


def missed(scene: Scene, swept: i.Swept) -> list[tuple[i.News, Leg]]:
    """The news that must have been lost, given what Telnyx says is true. The scene must be whole."""
    alive, up = dict(zip(swept.legs, swept.calls, strict=True)), frozenset(swept.calls)

    def call_of(leg: Leg) -> str:
        """A call that came in does not name its leg; its own id does."""
        known = leg.call_control_id or ""
        return alive.get(leg.id, "") or (known if leg.came_in and known in up else "")

    return [(news, leg) for leg in scene.legs.values() for news in _missed(scene, swept, leg, call_of(leg))]


def hang_up_strays(scene: Scene, swept: i.Swept) -> None:
    """Calls that are up although their leg is over, is out of the room, or was told to end."""
    came_in = {leg.call_control_id: leg for leg in scene.legs.values() if leg.came_in}
    for leg_id, call in zip(swept.legs, swept.calls, strict=True):
        leg = scene.legs.get(leg_id) or came_in.get(call)
        if leg is not None and (not leg.alive or leg.stop_asked or leg.left_at is not None) and _settled(leg, swept):
            scene.do(HangUp(leg.id, stray=True))


def tell(scene: Scene, *, repaired: bool) -> None:
    if repaired and not scene.conference.ended:
        scene.say(Says.TROUBLE, detail=REPAIRED)


def _missed(scene: Scene, swept: i.Swept, leg: Leg, call_control_id: str) -> Iterator[i.News]:
    if not leg.alive or not _settled(leg, swept):
        return
    call, at = i.Call(leg.call_control_id or call_control_id, leg.id), swept.at
    if not call_control_id:
        if leg.call_control_id:
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


def _settled(leg: Leg, swept: i.Swept) -> bool:
    """Whether what we know of the leg is old enough for Telnyx's answer to be newer."""
    times = (leg.queued_at, leg.tried_at, leg.rang_at, leg.answered_at, leg.passed_at, leg.joined_at, leg.gone_at)
    return max(time for time in times if time is not None) < swept.at - FRESH
