"""Muted and held: what is wanted stands on the leg, Telnyx is told, and asked later whether it took.

Telnyx sends no news of mute and hold (its conference actions "mute" and "hold"), so the sweep reads them back.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.core import inputs as i
from bot.core.conference import Leg
from bot.core.effects import Hold, Mute, Says, SayTo, Transcribe
from bot.core.lifecycle import RecordingState
from bot.core.scene import READ_BACK, Scene

SETTLED = 2.0  # seconds; what was changed later than this before Telnyx was asked may be newer than its answer


def mute(scene: Scene, leg: Leg, *, muted: bool, by: str) -> bool:
    """Mute or unmute a leg that is in the room; whether that changed anything. A listener is let speak by unmuting."""
    listen = leg.listen and muted
    if leg.muted == muted and leg.listen == listen:
        return False
    leg = scene.put_leg(
        replace(leg, muted=muted, muted_by=by if muted else "", listen=listen, audio_at=scene.now, corrected=False)
    )
    _tell_telnyx(scene, leg, Mute(leg.id))
    scene.do(SayTo(leg.id, "muted" if muted else "unmuted"))
    return True


def hold(scene: Scene, leg: Leg, *, held: bool) -> bool:
    if leg.held == held:
        return False
    leg = scene.put_leg(replace(leg, held=held, audio_at=scene.now, corrected=False))
    _tell_telnyx(scene, leg, Hold(leg.id))
    return True


def far_hold(scene: Scene, leg: Leg, fact: i.FarHeld) -> None:
    """Their own phone plays its hold music into the room: mute it for as long."""
    if leg.far_held == fact.held or not leg.in_room:
        return
    leg = scene.put_leg(replace(leg, far_held=fact.held, audio_at=scene.now, corrected=False))
    _tell_telnyx(scene, leg, Mute(leg.id))
    scene.say(Says.FAR_HELD if fact.held else Says.FAR_BACK, scene.name(leg))


def on_joining(scene: Scene, leg: Leg) -> None:
    """What somebody who comes into the room must hear, and how they come in."""
    conference = scene.conference
    if leg.silent:
        scene.do(Mute(leg.id))
        scene.do(SayTo(leg.id, "listening" if leg.listen else "muted"))
    if leg.held:
        scene.do(Hold(leg.id))
    if conference.recording is RecordingState.ON:
        scene.do(SayTo(leg.id, "recording"))
    if conference.transcribed:
        scene.do(SayTo(leg.id, "transcribed"))
        scene.do(Transcribe(leg.id))


def read_back(scene: Scene, swept: i.Swept) -> None:
    """Ask again for every mute or hold that did not take, and say so once. The scene must be whole."""
    for leg, effect in _differing(scene, swept):
        scene.do(effect)
        if not leg.corrected:
            scene.put_leg(replace(scene.legs[leg.id], corrected=True))
            scene.say(Says.CORRECTED, scene.name(leg), detail="mute" if isinstance(effect, Mute) else "hold")


def _differing(scene: Scene, swept: i.Swept) -> Iterator[tuple[Leg, Mute | Hold]]:
    for leg in list(scene.legs.values()):
        if not leg.in_room or leg.call_control_id not in (swept.members or ()):
            continue
        if max(leg.audio_at or 0, leg.joined_at or 0) > swept.at - SETTLED:
            continue
        if (leg.call_control_id in swept.muted) != leg.silent:
            yield leg, Mute(leg.id)
        if (leg.call_control_id in swept.held) != leg.held:
            yield leg, Hold(leg.id)


def _tell_telnyx(scene: Scene, leg: Leg, effect: Mute | Hold) -> None:
    if leg.in_room:
        scene.do(effect)
        scene.sweep_later(READ_BACK)
