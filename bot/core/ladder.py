"""Who was not reached is rung again, at their next number, or somebody else is rung instead."""

from dataclasses import replace
from typing import Final

from bot.core import inputs as i
from bot.core.budget import OverLimit
from bot.core.conference import Leg, Participant
from bot.core.effects import Says
from bot.core.lifecycle import MISSED, Step, Why
from bot.core.scene import Scene

CALL_BACK_SECONDS = 120.0  # after key 9
AT_ONCE = 2.0  # news that somebody was in after all may still be on its way

REDIALED: Final = frozenset({Why.NO_ANSWER, Why.BUSY})
# After these nobody is rung by itself: they said so, or we did.
SETTLED: Final = frozenset({Why.LEFT, Why.CANCELLED, Why.LOCKED})


def after_miss(scene: Scene, leg: Leg) -> None:
    """Plan what happens next for the person of a leg that is over and was never in the room."""
    who = scene.participants[leg.participant_id]
    if who.leg_id != leg.id or leg.why is None or scene.conference.locked:
        return
    step = None if leg.removed_by else _step(who, leg.why)
    if step is None:
        scene.no_step(who)
        return
    if who.next == step:
        return
    wait = {Step.REDIAL: float(who.redial_secs), Step.CALL_BACK: CALL_BACK_SECONDS}.get(step, AT_ONCE)
    scene.step_later(who, step, scene.now + wait)
    instead = who.deputies[0].name if step is Step.DEPUTY else ""
    scene.say(Says.STEP, who.name, by=instead, detail=step.value, seconds=wait)


def think_again(scene: Scene, before: Leg, leg: Leg) -> None:
    """Late news may tell another reason why a leg is gone: plan by that one."""
    if not before.alive and leg.why is not before.why and not scene.conference.ended:
        after_miss(scene, leg)


def due(scene: Scene, fact: i.StepDue) -> None:
    """Take the step that was planned. The scene must be whole."""
    who = scene.participants[fact.participant_id]
    if not who.next or scene.conference.ended:
        return
    step, who = Step(who.next), scene.no_step(who)
    latest = scene.latest(who)
    if scene.conference.locked or (latest is not None and latest.why not in MISSED):
        return
    try:
        _take(scene, who, step)
    except OverLimit as limit:
        scene.say(Says.NOT_RUNG, who.name, detail=limit.why)


def _take(scene: Scene, who: Participant, step: Step) -> None:
    match step:
        case Step.REDIAL:
            _ring(scene, replace(who, redials_left=who.redials_left - 1))
        case Step.NUMBER:
            _ring(scene, replace(who, number=_after(who), redials_left=who.redials))
        case Step.DEPUTY:
            _ring_deputy(scene, who)
        case Step.CALL_BACK | Step.RING:
            _ring(scene, who)


def newcomer(scene: Scene, person: i.Person, by: str, options: i.Options, *, asked_by: str) -> Participant:
    """The participant that this person already is, with what is known and wanted now, or a new one.

    One phone rings once: whoever is rung at the same number is the same participant. ``by`` is the name of who asks,
    ``asked_by`` whom the dials count for. Raises OverLimit when the conference is full.
    """
    number = person.number
    who = _known(scene, person)
    if who is None:
        assert scene.budget is not None
        scene.budget.check_place(scene.conference.participants)
        scene.change(participants=scene.conference.participants + 1)
        new_id = f"{scene.conference.id}.{scene.conference.participants}"
        who = Participant(new_id, scene.conference.id, person.name, number, person.user_id)
    return replace(
        who,
        number=number,
        numbers=(number, *person.others),
        deputies=person.deputies,
        invited_by=by,
        asked_by=asked_by,
        ring_secs=options.ring_secs,
        redials=options.redials,
        redials_left=options.redials,
        redial_secs=options.redial_secs,
        gated=scene.conference.gated and options.gate,
        muted=options.muted,
        listen=options.listen,
    )


def _known(scene: Scene, person: i.Person) -> Participant | None:
    for known in scene.participants.values():
        same_user = person.user_id and known.user_id == person.user_id
        if same_user or (person.number and person.number in {known.number, *known.numbers}):
            return known
    return None


def _step(who: Participant, why: Why) -> Step | None:
    if why is Why.CALL_BACK:
        return Step.CALL_BACK
    if why in SETTLED:
        return None
    if why in REDIALED and who.redials_left > 0:
        return Step.REDIAL
    if why is not Why.DECLINED and _after(who):
        return Step.NUMBER
    return Step.DEPUTY if who.deputies else None


def taken_now(who: Participant) -> Participant:
    """As they are when somebody rings them by hand: the redial that was planned is that one."""
    return replace(who, redials_left=who.redials_left - 1) if who.next == Step.REDIAL else who


def numbers_left(who: Participant) -> tuple[str, ...]:
    """Their numbers after the one that was rung."""
    place = who.numbers.index(who.number) if who.number in who.numbers else len(who.numbers)
    return who.numbers[place + 1 :]


def _after(who: Participant) -> str:
    """The number after the one that was rung, "" when that was the last."""
    return next(iter(numbers_left(who)), "")


def _ring(scene: Scene, who: Participant) -> None:
    """Ring, unless somebody else is on the line at this number: one phone rings once."""
    if not any(leg.alive and leg.number == who.number for leg in scene.legs.values()):
        scene.ring(who)


def _ring_deputy(scene: Scene, who: Participant) -> None:
    first, *more = who.deputies
    scene.put_participant(replace(who, deputies=()))
    options = i.Options(
        ring_secs=who.ring_secs,
        redials=who.redials,
        redial_secs=who.redial_secs,
        gate=who.gated,
        muted=who.muted,
        listen=who.listen,
    )
    person = replace(first, deputies=(*first.deputies, *more))
    deputy = newcomer(scene, person, who.invited_by, options, asked_by=who.asked_by)
    latest = scene.latest(deputy)
    if latest is None or not latest.alive:
        scene.ring(deputy)
