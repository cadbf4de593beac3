"""What is watched while a conference is live: one person left alone, and Telnyx's end of four hours."""

from bot.core import inputs as i
from bot.core.conference import Leg
from bot.core.effects import Says, SayTo, SayToAll
from bot.core.scene import ALONE_AFTER, Scene

WARN_AFTER = 3.75 * 3600  # seconds; Telnyx ends a conference four hours after it was created, whatever happens


def alone(scene: Scene) -> bool:
    """One person may be alone: tell them, later end. Returns whether it is time to end. The scene must be whole."""
    since = scene.conference.alone_since
    if since is None or scene.conference.ended:
        return False
    one = next((leg for leg in scene.legs.values() if leg.in_room), None)
    if one is None:
        return False
    if _company_comes(scene):  # the time alone begins when nobody is being rung any more
        scene.change(visible=False, alone_since=scene.now)
        _look_again(scene, scene.now + ALONE_AFTER)
        return False
    if scene.now - since >= scene.conference.alone_secs:
        return True
    _tell(scene, one)
    _look_again(scene, since + scene.conference.alone_secs)
    return False


def room_opened(scene: Scene) -> None:
    due = scene.now + WARN_AFTER
    scene.wake(f"limit:{scene.conference.id}", due, i.LimitNear(scene.conference.id, due, scene.conference.room))


def room_over(scene: Scene) -> None:
    scene.cancel(f"limit:{scene.conference.id}")


def limit_near(scene: Scene, fact: i.LimitNear) -> None:
    conference = scene.conference
    if not conference.ended and fact.room == conference.room and conference.in_room:
        scene.say(Says.LIMIT)
        scene.do(SayToAll(conference.id, "limit"))


def _company_comes(scene: Scene) -> bool:
    return scene.conference.alive_legs > 1 or any(who.next for who in scene.participants.values())


def _tell(scene: Scene, leg: Leg) -> None:
    scene.say(Says.ALONE, scene.name(leg), seconds=float(scene.conference.alone_secs))
    scene.do(SayTo(leg.id, "alone"))


def _look_again(scene: Scene, due: float) -> None:
    scene.wake(f"alone:{scene.conference.id}", due, i.AloneDue(scene.conference.id, due))
