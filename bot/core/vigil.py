"""What is watched while a conference is live: one person left alone, and how long it may last."""

from bot.core import inputs as i
from bot.core.conference import Leg
from bot.core.effects import Says, SayTo, SayToAll
from bot.core.scene import ALONE_AFTER, Scene

QUARTER = 900.0  # seconds


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


def live(scene: Scene) -> None:
    """Somebody has joined: from the first who did on, a conference may last so long."""
    _minutes_later(scene, _over_at(scene) - _lead(scene))


def minutes_over(scene: Scene) -> bool:
    """Warn before the time is over. Returns whether it is over."""
    conference = scene.conference
    if conference.ended or conference.live_at is None:
        return False
    left = _over_at(scene) - scene.now
    if left < 1:
        return True
    minutes = max(1, round(left / 60))
    scene.say(Says.LIMIT, detail=str(conference.most_secs), seconds=60 * minutes)
    scene.do(SayToAll(conference.id, "limit", f"{minutes} minutes" if minutes > 1 else "one minute"))
    _minutes_later(scene, _over_at(scene))
    return False


def _over_at(scene: Scene) -> float:
    return (scene.conference.live_at or scene.now) + scene.conference.most_secs


def _lead(scene: Scene) -> float:
    """How long before the end it warns: a quarter of an hour, less for a short one."""
    return min(QUARTER, scene.conference.most_secs / 5)


def _minutes_later(scene: Scene, due: float) -> None:
    scene.wake(f"minutes:{scene.conference.id}", due, i.MinutesDue(scene.conference.id, due))


def _company_comes(scene: Scene) -> bool:
    return scene.conference.alive_legs > 1 or any(who.next for who in scene.participants.values())


def _tell(scene: Scene, leg: Leg) -> None:
    scene.say(Says.ALONE, scene.name(leg), seconds=float(scene.conference.alone_secs))
    scene.do(SayTo(leg.id, "alone"))


def _look_again(scene: Scene, due: float) -> None:
    scene.wake(f"alone:{scene.conference.id}", due, i.AloneDue(scene.conference.id, due))
