"""What the keys of a phone do while it is in the room: a star and one key more."""

from dataclasses import replace
from typing import Final

from bot.core import audio
from bot.core import inputs as i
from bot.core.conference import Leg
from bot.core.effects import Says, SayTo
from bot.core.scene import Scene

STAR_SECONDS = 6.0  # the second key must come within this long
MOST_NAMES = 12  # spoken

NAMES: Final = "3"  # the one key that needs to see everybody


def pressed(scene: Scene, leg: Leg, fact: i.KeyPressed) -> None:  # noqa: C901  # one arm per key
    if not leg.in_room or scene.conference.ended:
        return
    if fact.digit == "*":
        scene.put_leg(replace(leg, star_at=fact.at))
        return
    begun, leg = leg.star_at, scene.put_leg(replace(leg, star_at=None))
    if begun is None or not 0 <= fact.at - begun <= STAR_SECONDS:
        return
    match fact.digit:
        case "6":
            _mute(scene, leg)
        case "1":
            _hand(scene, leg)
        case "2":
            _count(scene, leg)
        case "3":
            scene.do(SayTo(leg.id, "names", _names(scene)))
        case "0":
            _call_host(scene, leg)
        case "#":
            scene.do(SayTo(leg.id, "keys"))
        case _:
            pass


def _mute(scene: Scene, leg: Leg) -> None:
    if leg.listen:
        scene.do(SayTo(leg.id, "listening"))
        return
    audio.mute(scene, leg, muted=not leg.muted, by="")
    scene.say(Says.UNMUTED if leg.muted else Says.MUTED, scene.name(leg))


def _hand(scene: Scene, leg: Leg) -> None:
    up = leg.hand_at is None
    scene.put_leg(replace(leg, hand_at=scene.now if up else None))
    scene.do(SayTo(leg.id, "hand" if up else "hand_down"))
    scene.say(Says.HAND if up else Says.HAND_DOWN, scene.name(leg))


def _count(scene: Scene, leg: Leg) -> None:
    many = scene.conference.in_room
    scene.do(SayTo(leg.id, "count", "You are alone" if many == 1 else f"{many} people are"))


def _names(scene: Scene) -> str:
    here = [_spoken(scene.name(leg)) for leg in scene.legs.values() if leg.in_room]
    shown, more = here[:MOST_NAMES], len(here) - MOST_NAMES
    return ", ".join(shown) + (f", and {more} more" if more > 0 else "")


def _spoken(name: str) -> str:
    """A guest is known by the last digits of a number, which are read one by one."""
    return f"a guest ending in {' '.join(name.lstrip('…'))}" if name.startswith("…") else name


def _call_host(scene: Scene, leg: Leg) -> None:
    scene.do(SayTo(leg.id, "host_called"))
    scene.say(Says.HOST_WANTED, scene.name(leg), detail=scene.conference.host_id)
