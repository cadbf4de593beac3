"""The verbs about the conference as a whole, about what is kept, and help."""

from dataclasses import replace

from bot.core import facts, ladder, who
from bot.core.budget import payer
from bot.core.calling import ASK_OVER, ask_first
from bot.core.conference import Leg, Participant
from bot.core.effects import Says, SayToAll
from bot.core.grammar import Reads
from bot.core.inputs import CarriedOver, Options, Person, Request
from bot.core.lifecycle import RecordingState, Step
from bot.core.phone import masked
from bot.core.replies import Ask, HelpOn, Recordings, Refusal, Reply, Told, VerbHelp
from bot.core.roles import May, Role
from bot.core.scene import Scene
from bot.core.verb import WORDS, Needs, verb

ASK_FROM = 3  # a typed `end` asks first when this many people are in
FAREWELL = 6.0  # seconds in which everybody hears that they are carried over
HANGING_UP = 6.0  # seconds after which a phone that was hung up can surely be rung again
MOST_NAME = 60


@verb(
    VerbHelp("host", "host who|me", ("lead", "owner"), "make somebody else the host, or yourself", "/conf host @bo"),
    may=Role.HOST,
    reads=Reads.ROSTER,
)
def host(scene: Scene, request: Request) -> Reply:
    people = who.chosen(scene, request, who.anybody, "/conf host @bo")
    if len(people) > 1:
        raise Refusal("There is one host. Name one person.", example="/conf host @bo")
    one = people[0]
    user_id = request.actor.user_id if who.is_asker(one, request) else one.user_id
    if not user_id:
        raise Refusal(f"{one.name} is not a member of this workspace, so cannot be the host.", example="/conf host @bo")
    if user_id == scene.conference.host_id:
        raise Refusal(f"{one.name} is the host already.")
    scene.change(host=one.name, host_id=user_id)
    scene.say(Says.HOST, one.name, by=request.actor.name)
    return Told((), scene.conference.id)


@verb(
    VerbHelp(
        "rename", 'rename who as "Name"', (), "show somebody under another name", '/conf rename 0199 as "Plumber"'
    ),
    may=Role.PARTICIPANT,
    reads=Reads.RENAME,
)
def rename(scene: Scene, request: Request) -> Reply:
    name = " ".join(request.topic.split())
    if not name or len(name) > MOST_NAME:
        raise Refusal("Give the new name after “as”.", example='/conf rename 0199 as "Plumber"')
    people = who.chosen(scene, request, who.anybody, '/conf rename 0199 as "Plumber"')
    if len(people) > 1:
        raise Refusal("One name is for one person.", example='/conf rename 0199 as "Plumber"')
    scene.put_participant(replace(people[0], name=name))
    scene.say(Says.RENAMED, people[0].name, by=request.actor.name, detail=name)
    return Told((), scene.conference.id)


@verb(
    VerbHelp("details", "details who", (), "tell all about one person's calls, to you alone", "/conf details bo"),
    may=Role.MEMBER,
    reads=Reads.ROSTER,
)
def details(scene: Scene, request: Request) -> Reply:
    people = who.chosen(scene, request, who.anybody, "/conf details bo")
    return Told(tuple(line for one in people for line in _details(scene, one, request)), scene.conference.id)


@verb(
    VerbHelp(
        "recording",
        "recording",
        ("recordings",),
        "a fresh link to each recording, to you alone; it works for ten minutes",
        "/conf recording",
    ),
    may=Role.PARTICIPANT,
    needs=Needs.ANY_CONFERENCE,
)
def recordings(scene: Scene, request: Request) -> Reply:
    wanted = request.rest.strip()
    known = scene.conference.recordings
    found = tuple(one for one in known if not wanted or one == wanted)
    if not found:
        raise Refusal("There is no recording of this conference yet.", example="/conf record start")
    return Recordings(found, scene.conference.id)


@verb(
    VerbHelp(
        "pin",
        "pin [show|new|off]",
        ("code",),
        "the PIN for dialling in, shown to you alone; make a new one, or let nobody dial in",
        "/conf pin new",
    ),
    may=May(Role.MEMBER, {"new": Role.HOST, "off": Role.HOST}),
)
def pin(scene: Scene, request: Request) -> Reply:
    word = request.rest.strip().lower() or "show"
    if word not in {"show", "new", "off"}:
        raise Refusal(f"I do not know “pin {word[:40]}”.", example="/conf pin new")
    if not scene.dial_in:
        raise Refusal("Dialling in is switched off here (CONFAB_DIAL_IN).")
    if word == "off":
        scene.change(pin="")
        return Told(("Nobody can dial in any more.",), scene.conference.id)
    if word == "new":
        scene.change(pin=scene.spare_pin)
    if not scene.conference.pin:
        raise Refusal("Nobody can dial in just now.", example="/conf pin new")
    shown = f"Call {scene.dial_in} and enter {scene.conference.pin}. Only you see this."
    return Told((shown,), scene.conference.id)


@verb(
    VerbHelp(
        "carry",
        "carry",
        ("continue",),
        "go on in a fresh conference: everybody in the call is hung up and rung again at once",
        "/conf carry",
    ),
    may=Role.HOST,
    needs=Needs.NEXT,
)
def carry(_scene: Scene, _request: Request) -> Reply:
    raise AssertionError("the service opens the next conference")


def carry_over(scene: Scene, following: Scene, request: Request) -> Reply:
    """End ``scene`` and ring everybody who was in it, or was being rung, into ``following``, once their phones are free
    again. The PIN goes along, for those who must dial in.
    """
    inside = [one for one in scene.participants.values() if _in_room(scene.latest(one))]
    if not inside:
        raise Refusal("Nobody is in the room, so there is nobody to carry over.", example="/conf create payments down")
    rung = [one for one in inside if one.number]
    if not rung:
        raise Refusal(f"{who.names(inside)} called in without a number, so cannot be rung again.", example="/conf pin")
    if len(rung) > ASK_OVER and not request.confirmed:
        return ask_first("carry", request.rest, scene.conference.id, rung)
    scene.do(SayToAll(scene.conference.id, "carried"))
    scene.say(Says.CARRIED, by=request.actor.name)
    coming = [one for one in scene.participants.values() if one not in inside and one.number and _is_coming(scene, one)]
    for one in (*rung, *coming):
        _carry_one(scene, following, one, payer(request.actor))
    following.change(pin=scene.conference.pin)
    scene.change(locked=True, locked_by=request.actor.name, pin="")
    due = scene.now + FAREWELL
    scene.wake(f"carried:{scene.conference.id}", due, CarriedOver(scene.conference.id, due, request.actor.name))
    lines = [f"Going on in a fresh conference; ringing again: {who.names(rung)}."]
    if coming:
        lines.append(f"Still not reached, and rung there too: {who.names(coming)}.")
    lines += [f"Called in without a number, and must again: {one.name}." for one in inside if not one.number]
    if scene.conference.recording is not RecordingState.OFF:
        lines.append("The recording ends with the old conference; “record” starts it in the fresh one.")
    return Told(tuple(lines), following.conference.id)


@verb(
    VerbHelp(
        "end",
        "end [now]",
        ("stop", "close", "bye"),
        "end the conference for everybody; asks first when three or more are in",
        "/conf end",
    ),
    may=Role.HOST,
)
def end(scene: Scene, request: Request) -> Reply:
    if request.rest not in {"", "now"}:
        example = "/conf stop-all" if request.rest.lower() == "all" else "/conf end"
        raise Refusal(f"I do not know how to end “{request.rest}”; it ends for everybody.", example=example)
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
        "number [+1… [+1…] | verify [code] | forget]",
        ("mynumber",),
        "tell Confab the numbers that ring you, in order; `verify` has one checked by a call; alone, show it",
        "/conf number +1 212 555 0199",
    ),
    may=Role.MEMBER,
    needs=Needs.BOOK,
    reads=Reads.NUMBER,
)
def number(_scene: Scene, _request: Request) -> Reply:
    raise AssertionError("the book decides")


@verb(
    VerbHelp(
        "contacts",
        "contacts [list] | add name +1… [+1…] | rm name",
        ("people", "book"),
        "the phone book: people outside Slack, whom you can then ring by name",
        "/conf contacts add vendor-bridge +1 212 555 0199",
    ),
    may=Role.MEMBER,
    needs=Needs.BOOK,
    reads=Reads.CONTACT,
)
def contacts(_scene: Scene, _request: Request) -> Reply:
    raise AssertionError("the book decides")


@verb(
    VerbHelp("whoami", "whoami", (), "who you are to Confab, and where it rings you; only you see it", "/conf whoami"),
    may=Role.MEMBER,
    needs=Needs.BOOK,
)
def whoami(_scene: Scene, _request: Request) -> Reply:
    raise AssertionError("the book decides")


@verb(
    VerbHelp(
        "forget",
        "forget me",
        (),
        "delete my numbers, and take my name out of conferences that are over; asks first",
        "/conf forget me",
    ),
    may=Role.MEMBER,
    needs=Needs.BOOK,
)
def forget(_scene: Scene, _request: Request) -> Reply:
    raise AssertionError("the book decides")


@verb(
    VerbHelp(
        "stop-all",
        "stop-all [off]",
        (),
        "end every conference at once, and let nobody be rung or dial in until `stop-all off`; asks first",
        "/conf stop-all",
    ),
    may=Role.ADMIN,
    needs=Needs.ALL,
)
def stop_all(_scene: Scene, _request: Request) -> Reply:
    raise AssertionError("the brake decides")


@verb(
    VerbHelp("help", "help [verb]", ("?", "-h", "--help"), "show this, or more about one verb", "/conf help create"),
    may=Role.MEMBER,
    needs=Needs.NOTHING,
)
def help_on(_scene: Scene, request: Request) -> Reply:
    return help_on_word(request.rest)


def help_on_word(rest: str) -> HelpOn:
    word = rest.lower().split(" ")[0]
    return HelpOn(WORDS.get(word, ""))


def _carry_one(scene: Scene, following: Scene, one: Participant, asked_by: str) -> None:
    """As they are now: muted or not, with the numbers and deputies that are left, and when they wanted to be rung."""
    leg, free = scene.latest(one), following.now + FAREWELL + HANGING_UP
    sound: Leg | Participant = leg if leg is not None and leg.in_room else one
    options = Options(one.ring_secs, one.redials, one.redial_secs, one.gated, sound.muted, sound.listen)
    person = Person(one.name, one.number, one.user_id, ladder.numbers_left(one), one.deputies)
    again = ladder.newcomer(following, person, following.conference.host, options, asked_by=asked_by)
    following.step_later(again, Step(one.next or Step.RING), max(free, one.next_at or 0))


def _is_coming(scene: Scene, one: Participant) -> bool:
    return bool(one.next) or who.on_the_line(scene.latest(one))


def _in_room(leg: Leg | None) -> bool:
    return leg is not None and leg.in_room


def _details(scene: Scene, one: Participant, request: Request) -> list[str]:
    """Numbers in full for operators and for whose they are."""
    own = one.user_id and one.user_id == request.actor.user_id
    shown = str if own or request.standing >= Role.OPERATOR else masked
    leg = scene.latest(one)
    times = f"rung {one.legs} times" if one.legs != 1 else "rung once"
    lines = [f"*{one.name}* ({who.mark(one)}), {shown(one.number) if one.number else 'no number'}: {times}."]
    if one.invited_by:
        lines.append(f"Invited by {one.invited_by}.")
    if leg is not None:
        lines.append(f"Now {leg.phase.value}{_sound(leg)}." if leg.alive else f"Gone: {leg.why}.")
    if len(one.numbers) > 1:
        lines.append(f"Numbers, in this order: {', '.join(shown(number) for number in one.numbers)}.")
    if one.deputies:
        lines.append(f"Instead of them: {', '.join(person.name for person in one.deputies)}.")
    if one.next:
        lines.append(f"Next by itself: {one.next}.")
    return lines


def _sound(leg: Leg) -> str:
    states = {"muted": leg.muted, "listening": leg.listen, "on hold": leg.held, "their hold music": leg.far_held}
    return "".join(f", {name}" for name, so in states.items() if so)
