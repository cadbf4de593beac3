"""How a leg ends: on its own, because we stop it, or lost from sight."""

from dataclasses import replace

from bot.core import inputs as i
from bot.core import ladder
from bot.core.conference import LOST, Leg
from bot.core.effects import HangUp, Says
from bot.core.lifecycle import Why
from bot.core.scene import Scene


def earliest(known: float | None, at: float) -> float:
    return at if known is None else min(known, at)


def bind(leg: Leg, call: i.Call) -> Leg:
    return (
        leg if leg.call_control_id or not call.call_control_id else replace(leg, call_control_id=call.call_control_id)
    )


def hang_up_given_up(scene: Scene, leg: Leg) -> None:
    """A call that we had given up on is there after all: nobody must be left on a line that leads nowhere."""
    if leg.given_up and not leg.stop_asked:
        scene.put_leg(replace(leg, stop_asked=True))
        scene.do(HangUp(leg.id))


def cancel_gate(scene: Scene, leg: Leg) -> None:
    if leg.asked_at is not None:
        scene.cancel(f"gate:{leg.id}")


def say_left(scene: Scene, leg: Leg) -> None:
    """Tell that somebody is out of the room, by whose will that may be."""
    until = min(t for t in (leg.left_at, leg.gone_at, scene.now) if t is not None)
    if scene.conference.talking == leg.id:
        scene.change(talking="")
    says = Says.REMOVED if leg.removed_by else Says.LEFT
    scene.say(says, scene.name(leg), by=leg.removed_by, seconds=max(0.0, until - (leg.joined_at or until)))


def over(scene: Scene, leg: Leg, at: float, cause: str, code: str) -> None:
    was_alive, was_in = leg.alive, leg.in_room
    if leg.cause and leg.cause != LOST:
        cause, code = leg.cause, leg.detail or code
    leg = scene.put_leg(replace(leg, gone_at=earliest(leg.gone_at, at), cause=cause, detail=code))
    cancel_gate(scene, leg)
    if not was_alive or scene.conference.ended:
        return
    if was_in:
        say_left(scene, leg)
    elif leg.why not in {Why.LEFT, None}:
        scene.say(Says.MISSED, scene.name(leg), detail=str(leg.why), code=leg.detail)
        ladder.after_miss(scene, leg)


def stop(scene: Scene, leg: Leg) -> None:
    """Hang a leg up, once; one that Telnyx was never asked to ring is simply over."""
    if not leg.alive or leg.stop_asked:
        return
    cancel_gate(scene, leg)
    leg = scene.put_leg(replace(leg, stop_asked=True))
    if leg.tried_at is None and not leg.call_control_id:
        over(scene, leg, scene.now, "cancelled", "")
    else:
        scene.do(HangUp(leg.id))


def hang_up_all(scene: Scene) -> None:
    for leg in list(scene.legs.values()):
        if leg.alive and (leg.call_control_id or leg.tried_at):
            scene.put_leg(replace(leg, stop_asked=True))
            scene.do(HangUp(leg.id))
