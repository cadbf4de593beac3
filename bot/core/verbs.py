"""Every verb: its usage line, its words, what it needs, and what it decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from bot.core import facts
from bot.core.conference import Leg, Participant
from bot.core.inputs import Person, Request
from bot.core.lifecycle import MISSED
from bot.core.replies import Ask, HelpOn, Refusal, Reply, Status, Told, VerbHelp
from bot.core.scene import Scene

ASK_FROM = 3  # a typed `end` asks first when this many people are in


class Needs(Enum):
    NOTHING = auto()  # answered without a conference
    NEW = auto()  # makes one
    CONFERENCE = auto()  # is about a live one
    BOOK = auto()  # is about the phone book


Decide = Callable[[Scene, Request], Reply]


@dataclass(frozen=True, slots=True)
class Verb:
    help: VerbHelp
    needs: Needs
    takes_people: bool
    decide: Decide


VERBS: Final[dict[str, Verb]] = {}
WORDS: Final[dict[str, str]] = {}


def verb(help_: VerbHelp, *, needs: Needs, takes_people: bool = False) -> Callable[[Decide], Decide]:
    """Register a verb under its name and synonyms; a word that means two things is a programming error."""

    def register(decide: Decide) -> Decide:
        for word in (help_.name, *help_.synonyms):
            if WORDS.setdefault(word, help_.name) != help_.name:
                raise ValueError(f"{word!r} already means {WORDS[word]!r}")
        VERBS[help_.name] = Verb(help_, needs, takes_people, decide)
        return decide

    return register


def table() -> list[VerbHelp]:
    """The verb table, in the order of definition."""
    return [one.help for one in VERBS.values()]


@verb(
    VerbHelp(
        "create",
        "create [topic…] [who…]",
        ("start", "new", "open"),
        "start a conference here and ring these people",
        "/conf create payments down @ana +1 212 555 0199",
    ),
    needs=Needs.NEW,
    takes_people=True,
)
def create(scene: Scene, request: Request) -> Reply:
    if not request.people:
        scene.await_company()
        return Told(("Started. Nobody is being rung yet: invite people, or press *Ring me*.",), scene.conference.id)
    return _ring_all(scene, request)


@verb(
    VerbHelp(
        "invite",
        "invite who…",
        ("add", "dial", "ring", "call"),
        "ring these people into the conference",
        "/conf invite @bo +1 212 555 0199",
    ),
    needs=Needs.CONFERENCE,
    takes_people=True,
)
def invite(scene: Scene, request: Request) -> Reply:
    if not request.people:
        raise Refusal("That names nobody to ring.", example="/conf invite @bo +1 212 555 0199")
    return _ring_all(scene, request)


@verb(
    VerbHelp("join", "join", ("me", "callme"), "ring my own phone into the conference", "/conf join"),
    needs=Needs.CONFERENCE,
)
def join(scene: Scene, request: Request) -> Reply:
    if not request.actor.number:
        raise Refusal("I do not know your number yet. Tell me once, then join.", example="/conf number +1 212 555 0199")
    return _ring_people(scene, request, (request.actor,))


@verb(
    VerbHelp(
        "redial",
        "redial",
        ("retry",),
        "ring again everybody who missed",
        "/conf redial",
    ),
    needs=Needs.CONFERENCE,
)
def redial(scene: Scene, _request: Request) -> Reply:
    missed = [who for who in scene.participants.values() if _missed(scene.latest(who))]
    if not missed:
        raise Refusal("Nobody has missed this conference, so there is nobody to ring again.")
    legs = [scene.ring(who) for who in missed]
    return _told(scene, [f"Ringing again: {_names(missed)}."], legs)


@verb(
    VerbHelp("status", "status", ("list", "who", "roster", "ls"), "show who is in, ringing or missing", "/conf status"),
    needs=Needs.CONFERENCE,
)
def status(scene: Scene, _request: Request) -> Reply:
    return Status(scene.picture())


@verb(
    VerbHelp(
        "end",
        "end [now]",
        ("stop", "close", "bye"),
        "end the conference for everybody; asks first when three or more are in",
        "/conf end",
    ),
    needs=Needs.CONFERENCE,
)
def end(scene: Scene, request: Request) -> Reply:
    if request.rest not in {"", "now"}:
        raise Refusal(f"I do not know how to end “{request.rest}”; it ends for everybody.", example="/conf end")
    inside = scene.conference.in_room
    if inside >= ASK_FROM and request.rest != "now":
        question = f"{inside} people are in {scene.conference.topic}. End it for all of them?"
        return Ask(question, "End it", "end", "now", scene.conference.id, danger=True)
    alive = tuple(leg.id for leg in scene.legs.values() if leg.alive)
    facts.end(scene, by=request.actor.name)
    return Told((f"Ended {scene.conference.topic}.",), scene.conference.id, alive)


@verb(
    VerbHelp(
        "number",
        "number [+1… | forget]",
        ("mynumber",),
        "tell Confab the number that rings you; alone, show it",
        "/conf number +1 212 555 0199",
    ),
    needs=Needs.BOOK,
    takes_people=True,
)
def number(_scene: Scene, _request: Request) -> Reply:
    raise AssertionError("the service keeps the phone book")


@verb(
    VerbHelp("help", "help [verb]", ("?", "-h", "--help"), "show this, or more about one verb", "/conf help create"),
    needs=Needs.NOTHING,
)
def help_on(_scene: Scene, request: Request) -> Reply:
    return help_on_word(request.rest)


def help_on_word(rest: str) -> HelpOn:
    word = rest.lower().split(" ")[0]
    return HelpOn(WORDS.get(word, ""))


def _ring_all(scene: Scene, request: Request) -> Reply:
    return _ring_people(scene, request, request.people)


def _ring_people(scene: Scene, request: Request, people: Sequence[Person]) -> Reply:
    ringing: list[Participant] = []
    legs: list[Leg] = []
    already: list[Participant] = []
    for person in people:
        who = _participant(scene, person, request.actor.name)
        latest = scene.latest(who)
        if latest is not None and latest.alive:
            already.append(who)
        else:
            ringing.append(who)
            legs.append(scene.ring(who))
    lines = [f"Ringing {_names(ringing)}."] if ringing else []
    lines += [f"Already in or being rung: {_names(already)}."] if already else []
    return _told(scene, lines, legs)


def _participant(scene: Scene, person: Person, by: str) -> Participant:
    """The participant that this person already is, with the number known now, or a new one. One phone rings once."""
    for known in scene.participants.values():
        if (person.user_id and known.user_id == person.user_id) or known.number == person.number:
            return replace(known, number=person.number, invited_by=by)
    scene.change(participants=scene.conference.participants + 1)
    new_id = f"{scene.conference.id}.{scene.conference.participants}"
    who = Participant(new_id, scene.conference.id, person.name, person.number, person.user_id, invited_by=by)
    scene.put_participant(who)
    return who


def _missed(leg: Leg | None) -> bool:
    return leg is not None and leg.why in MISSED


def _names(people: Sequence[Participant]) -> str:
    return ", ".join(who.name for who in people)


def _told(scene: Scene, lines: Sequence[str], legs: Sequence[Leg]) -> Told:
    return Told(tuple(lines), scene.conference.id, tuple(leg.id for leg in legs))
