"""The verbs that ring people."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core import ladder, legs, who
from bot.core.budget import payer
from bot.core.conference import Leg, Participant
from bot.core.grammar import Reads
from bot.core.inputs import Person, Request
from bot.core.lifecycle import MISSED
from bot.core.replies import Ask, Refusal, Reply, Status, Told, VerbHelp
from bot.core.roles import Role
from bot.core.scene import Scene
from bot.core.verb import Needs, verb
from bot.core.who import names

ASK_OVER = 10  # people; more are not rung by one sentence without asking first


@verb(
    VerbHelp(
        "create",
        "create [topic…] [who…] [options]",
        ("start", "new", "open"),
        "start a conference here and ring these people",
        "/conf create payments down @ana +1 212 555 0199",
    ),
    may=Role.MEMBER,
    needs=Needs.NEW,
    reads=Reads.TOPIC,
)
def create(scene: Scene, request: Request) -> Reply:
    if not request.people:
        scene.await_company()
        return Told(("Started. Nobody is being rung yet: invite people, or press *Ring me*.",), scene.conference.id)
    return _ring_people(scene, request, request.people)


@verb(
    VerbHelp(
        "invite",
        "invite who… [options]",
        ("add", "dial", "ring", "call"),
        "ring these people into the conference; `@ana else @bo` rings Bo when Ana cannot be reached",
        "/conf invite @ana else @bo --ring 25s --redial 3x60s",
    ),
    may=Role.MEMBER,
    reads=Reads.PEOPLE,
)
def invite(scene: Scene, request: Request) -> Reply:
    if not request.people:
        raise Refusal("That names nobody to ring.", example="/conf invite @bo +1 212 555 0199")
    return _ring_people(scene, request, request.people)


@verb(
    VerbHelp("join", "join [options]", ("me", "callme"), "ring my own phone into the conference", "/conf join"),
    may=Role.MEMBER,
    reads=Reads.OPTIONS,
)
def join(scene: Scene, request: Request) -> Reply:
    if not request.actor.number:
        raise Refusal("I do not know your number yet. Tell me once, then join.", example="/conf number +1 212 555 0199")
    return _ring_people(scene, request, (request.actor,))


@verb(
    VerbHelp(
        "redial",
        "redial [who…]",
        ("retry",),
        "ring again now: everybody who missed, or these",
        "/conf redial bo",
    ),
    may=Role.MEMBER,
    reads=Reads.ROSTER,
)
def redial(scene: Scene, request: Request) -> Reply:
    _refuse_if_locked(scene)
    if request.people:
        missed = who.chosen(scene, request, who.anybody, "/conf redial bo")
        if up := [one for one in missed if who.on_the_line(scene.latest(one))]:
            raise Refusal(f"Already in or being rung: {names(up)}. Nothing was changed.", example="/conf status")
    else:
        missed = [one for one in scene.participants.values() if _missed(scene.latest(one))]
    if not missed:
        raise Refusal("Nobody has missed this conference, so there is nobody to ring again.")
    known = [one for one in missed if one.number]
    if not known:
        raise Refusal(f"{names(missed)} called in without a number, so cannot be rung.", example="/conf pin")
    if len(known) > ASK_OVER and not request.confirmed:
        return ask_first("redial", request.rest, scene.conference.id, known)
    rung = [scene.ring(replace(ladder.taken_now(one), asked_by=payer(request.actor))) for one in known]
    return _told(scene, [f"Ringing again: {names(known)}."], rung)


@verb(
    VerbHelp(
        "skip",
        "skip who…",
        ("giveup",),
        "ring these no more: no redial, no deputy, and stop a phone that is ringing",
        "/conf skip bo",
    ),
    may=Role.PARTICIPANT,
    reads=Reads.ROSTER,
)
def skip(scene: Scene, request: Request) -> Reply:
    people = who.chosen(scene, request, who.anybody, "/conf skip bo")
    for one in people:
        if (leg := scene.latest(one)) is not None and leg.answered_at is None:
            legs.stop(scene, leg)
        calm = scene.no_step(scene.participants[one.id])
        scene.put_participant(replace(calm, deputies=(), redials_left=0, numbers=(calm.number,)))
    return Told((f"Not rung any more: {names(people)}.",), scene.conference.id)


@verb(
    VerbHelp("status", "status", ("list", "who", "roster", "ls"), "show who is in, ringing or missing", "/conf status"),
    may=Role.MEMBER,
)
def status(scene: Scene, _request: Request) -> Reply:
    return Status(scene.picture())


def ask_first(verb: str, rest: str, conference_id: str, people: Sequence[Participant | Person], note: str = "") -> Ask:
    """Ask whether so many people, or these, are meant to be rung."""
    many = "one person" if len(people) == 1 else f"{len(people)} people"
    question = f"That rings {many}: {names(people)}. {note}Do it?"
    return Ask(question, "Ring them all" if len(people) > 1 else "Ring", verb, rest, conference_id, danger=True)


def _ring_people(scene: Scene, request: Request, people: Sequence[Person]) -> Reply:
    _refuse_if_locked(scene)
    ringing: list[Participant] = []
    rung: list[Leg] = []
    already: list[Participant] = []
    for person in people:
        one = ladder.newcomer(scene, person, request.actor.name, request.options, asked_by=payer(request.actor))
        latest = scene.latest(one)
        if latest is not None and latest.alive:
            already.append(one)
        else:
            ringing.append(one)
            rung.append(scene.ring(one))
    lines = [f"Ringing {names(ringing)}."] if ringing and not request.options.dry_run else []
    lines += [f"Already in or being rung: {names(already)}."] if already else []
    return _told(scene, lines, rung)


def _refuse_if_locked(scene: Scene) -> None:
    if scene.conference.locked:
        by = f" by {scene.conference.locked_by}" if scene.conference.locked_by else ""
        raise Refusal(f"The conference is locked{by}: nobody else can come in.", example="/conf unlock")


def _missed(leg: Leg | None) -> bool:
    return leg is not None and leg.why in MISSED


def _told(scene: Scene, lines: Sequence[str], rung: Sequence[Leg]) -> Told:
    return Told(tuple(lines), scene.conference.id, tuple(leg.id for leg in rung))
