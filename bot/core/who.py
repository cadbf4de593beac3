"""Who in a conference is meant by a name, a number or a mention. What fits nobody or several is refused: to Telnyx, an
empty list of calls means everybody.
"""

from collections.abc import Callable, Sequence

from bot.core.conference import Leg, Participant
from bot.core.inputs import Person, Request
from bot.core.replies import Refusal
from bot.core.scene import Scene

ALL = "all"
OTHERS = "others"
ME = "me"
MOST_LISTED = 12

Fits = Callable[[Leg | None], bool]


def in_room(leg: Leg | None) -> bool:
    return leg is not None and leg.in_room


def on_the_line(leg: Leg | None) -> bool:
    return leg is not None and leg.alive


def is_removed(leg: Leg | None) -> bool:
    """Whether somebody took them out of the call, and they have not come back."""
    return leg is not None and bool(leg.removed_by)


def anybody(_leg: Leg | None) -> bool:
    return True


def chosen(scene: Scene, request: Request, fits: Fits, example: str, *, many: bool = False) -> list[Participant]:
    """The participants that a request names, at least one; ``fits`` says whose leg can be meant. Raises Refusal.

    With ``many``, ``all`` and ``others`` (all but the one who asks) may stand for them.
    """
    if not request.people:
        raise Refusal("Say who is meant.", example=example)
    found: dict[str, Participant] = {}
    for person in request.people:
        group = _group(scene, request, person, fits) if many else None
        for who in group if group is not None else [_me(scene, request, person) or one(scene, person, example)]:
            found[who.id] = who
    for who in found.values():
        if not fits(scene.latest(who)):
            raise Refusal(f"{who.name} is not on the line. Nothing was changed.", example="/conf status")
    return list(found.values())


def one(scene: Scene, person: Person, example: str) -> Participant:
    """The one participant that this names. Raises Refusal with those who can be meant."""
    fitting = _fitting(scene, person)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        listed = ", ".join(f"{who.name} ({mark(who)})" for who in fitting[:MOST_LISTED])
        raise Refusal(
            f"“{person.name[:40]}” fits several: {listed}. Nothing was changed.",
            example=_with(example, mark(fitting[0])),
        )
    people = list(scene.participants.values())
    more = f" and {len(people) - MOST_LISTED} more" if len(people) > MOST_LISTED else ""
    listed = ", ".join(who.name for who in people[:MOST_LISTED]) + more
    there = f"There are: {listed}." if people else "Nobody has been invited."
    raise Refusal(f"“{person.name[:40]}” is nobody in this conference. {there} Nothing was changed.", example=example)


def mark(who: Participant) -> str:
    """What always names this participant alone: ``#3``."""
    return f"#{who.id.rsplit('.', 1)[1]}"


def _fitting(scene: Scene, person: Person) -> list[Participant]:
    people = list(scene.participants.values())
    for fits in _ways(person):
        if found := [who for who in people if fits(who, person)]:
            return found
    return []


def _ways(person: Person) -> tuple[Callable[[Participant, Person], bool], ...]:
    """A mention or a number in full means just that; the label that comes with it names nobody."""
    if person.user_id:
        return (_is_user,)
    if person.number:
        return (_has_number,)
    return (_is_marked, _ends_with, _is_named, _is_partly_named)


def _is_marked(who: Participant, person: Person) -> bool:
    return person.name == mark(who)


def _is_user(who: Participant, person: Person) -> bool:
    return who.user_id == person.user_id


def _has_number(who: Participant, person: Person) -> bool:
    return person.number in {who.number, *who.numbers}


def _ends_with(who: Participant, person: Person) -> bool:
    digits = person.name.lstrip("….")
    return len(digits) >= 4 and digits.isdecimal() and who.number.endswith(digits)


def _is_named(who: Participant, person: Person) -> bool:
    return _plain(who.name) == _plain(person.name)


def _is_partly_named(who: Participant, person: Person) -> bool:
    part = _plain(person.name)
    return bool(part) and f" {part}" in f" {_plain(who.name)}"


def _plain(name: str) -> str:
    return " ".join(name.casefold().strip("@").split())


def _group(scene: Scene, request: Request, person: Person, fits: Fits) -> Sequence[Participant] | None:
    word = person.name.lower()
    if person.user_id or person.number or word not in {ALL, OTHERS}:
        return None
    found = [
        who
        for who in scene.participants.values()
        if fits(scene.latest(who)) and not (word == OTHERS and is_asker(who, request))
    ]
    if not found:
        raise Refusal("Nobody else is in the room." if word == OTHERS else "Nobody is in the room.")
    return found


def is_asker(who: Participant, request: Request) -> bool:
    """Whether this is the one who asks: as a Slack user, or as a guest at their number who dialled in or was typed."""
    actor = request.actor
    if who.user_id or not who.number:
        return bool(actor.user_id) and who.user_id == actor.user_id
    return who.number in {actor.number, *actor.others}


def _me(scene: Scene, request: Request, person: Person) -> Participant | None:
    """The one who asks, when they call themselves that."""
    if person.user_id or person.number or person.name.lower() != ME:
        return None
    return next((who for who in scene.participants.values() if is_asker(who, request)), None)


def _with(example: str, name: str) -> str:
    """The example with the name that would have been right."""
    verb = " ".join(example.split()[:2])
    return f"{verb} {name}" if verb else ""


def names(people: Sequence[Participant | Person]) -> str:
    shown = ", ".join(who.name for who in people[:MOST_LISTED])
    return shown + (f" and {len(people) - MOST_LISTED} more" if len(people) > MOST_LISTED else "")
