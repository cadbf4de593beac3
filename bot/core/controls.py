"""The verbs for those who are in the call."""

import re
from dataclasses import replace
from typing import Final

from bot.core import audio, legs, recording, who
from bot.core.conference import Leg, Participant
from bot.core.effects import Play, Says, SayTo, SayToAll, SendKeys, StopSound
from bot.core.grammar import Reads
from bot.core.inputs import Request
from bot.core.replies import Refusal, Reply, Told, VerbHelp
from bot.core.roles import May, Role
from bot.core.scene import Scene
from bot.core.verb import verb
from bot.core.who import names

MOST_SAID: Final = 500  # characters
ONE_LINE: Final = May(Role.PARTICIPANT, {who.ALL: Role.HOST, who.OTHERS: Role.HOST})
# Of a named host: Telnyx fetches it, and neither an address of somebody's network nor a password belongs there.
_URL = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,63}(:\d{1,5})?(/[!-;=?-{}~]{0,1800})?")
_KEYS = re.compile(r"[0-9*#wW]{1,64}")  # w waits half a second, W a whole one


@verb(
    VerbHelp(
        "mute", "mute who…|all|others", ("silence",), "mute people; `*6` on a phone does the same", "/conf mute bo"
    ),
    may=ONE_LINE,
    reads=Reads.ROSTER,
)
def mute(scene: Scene, request: Request) -> Reply:
    return _set_muted(scene, request, muted=True)


@verb(
    VerbHelp("unmute", "unmute who…|all|others", (), "let muted people speak again", "/conf unmute bo"),
    may=ONE_LINE,
    reads=Reads.ROSTER,
)
def unmute(scene: Scene, request: Request) -> Reply:
    return _set_muted(scene, request, muted=False)


@verb(
    VerbHelp("hold", "hold who…", ("park",), "let people wait outside the room, on the line", "/conf hold bo"),
    may=Role.HOST,
    reads=Reads.ROSTER,
)
def hold(scene: Scene, request: Request) -> Reply:
    return _set_held(scene, request, held=True)


@verb(
    VerbHelp("unhold", "unhold who…", ("resume",), "take people back from hold", "/conf unhold bo"),
    may=Role.HOST,
    reads=Reads.ROSTER,
)
def unhold(scene: Scene, request: Request) -> Reply:
    return _set_held(scene, request, held=False)


@verb(
    VerbHelp("kick", "kick who…", ("remove", "drop", "hangup", "hup"), "take people out of the call", "/conf kick bo"),
    may=Role.HOST,
    reads=Reads.ROSTER,
)
def kick(scene: Scene, request: Request) -> Reply:
    people = who.chosen(scene, request, who.on_the_line, "/conf kick bo")
    for one in people:
        leg = _leg(scene, one)
        leg = scene.put_leg(replace(leg, removed_by=request.actor.name))
        legs.stop(scene, leg)
        scene.no_step(scene.participants[one.id])
    return Told((f"Removed: {names(people)}.",), scene.conference.id)


@verb(
    VerbHelp(
        "say",
        "say text… [--to who…]",
        ("announce", "tell"),
        "speak a text to everybody in the call, or to these alone",
        "/conf say two more minutes --to bo",
    ),
    may=Role.PARTICIPANT,
    reads=Reads.SAY,
)
def say(scene: Scene, request: Request) -> Reply:
    text = request.topic.strip()
    if not text:
        raise Refusal("Say what is to be said.", example="/conf say please stand by")
    if len(text) > MOST_SAID:
        raise Refusal(f"That is too long to be listened to: {len(text)} characters, and {MOST_SAID} are spoken.")
    if request.people:
        people = who.chosen(scene, request, who.in_room, "/conf say hello --to bo", many=True)
        for one in people:
            scene.do(SayTo(_leg(scene, one).id, "said", text))
        return Told((f"Said to {names(people)}.",), scene.conference.id)
    _somebody_is_in(scene)
    scene.do(SayToAll(scene.conference.id, "said", text))
    scene.say(Says.SAID, by=request.actor.name, detail=text)
    return Told((), scene.conference.id)


@verb(
    VerbHelp("play", "play https://…|stop", (), "play a sound file to everybody, or stop it", "/conf play stop"),
    may=Role.PARTICIPANT,
)
def play(scene: Scene, request: Request) -> Reply:
    _somebody_is_in(scene)
    what = request.rest.strip().strip("<>").split("|")[0].replace("&amp;", "&")
    if what == "stop":
        scene.do(StopSound(scene.conference.id))
        return Told(("Stopped.",), scene.conference.id)
    if not _URL.fullmatch(what):
        raise Refusal(
            "Give the address of a sound file (mp3 or wav).", example="/conf play https://example.com/hold.mp3"
        )
    scene.do(Play(scene.conference.id, what))
    scene.say(Says.PLAYED, by=request.actor.name)
    return Told((), scene.conference.id)


@verb(
    VerbHelp(
        "record",
        "record start|stop|pause|resume",
        ("rec",),
        "record the call; everybody is told, also who comes later",
        "/conf record start",
    ),
    may=Role.PARTICIPANT,
)
def record(scene: Scene, request: Request) -> Reply:
    recording.ask(scene, request.rest.strip().lower() or "start", request.actor.name)
    return Told((), scene.conference.id)


@verb(
    VerbHelp("lock", "lock", (), "let nobody else in: late joiners and callers are refused", "/conf lock"),
    may=Role.HOST,
)
def lock(scene: Scene, request: Request) -> Reply:
    return _set_locked(scene, request, locked=True)


@verb(VerbHelp("unlock", "unlock", (), "let people in again", "/conf unlock"), may=Role.HOST)
def unlock(scene: Scene, request: Request) -> Reply:
    return _set_locked(scene, request, locked=False)


@verb(
    VerbHelp(
        "dtmf", "dtmf who digits", ("keys",), "press keys into somebody's line, for menus there", "/conf dtmf bo 12#"
    ),
    may=Role.PARTICIPANT,
    reads=Reads.KEYS,
)
def dtmf(scene: Scene, request: Request) -> Reply:
    digits = request.topic.replace(" ", "")
    if not _KEYS.fullmatch(digits):
        raise Refusal("Those are no keys: 0 to 9, * and #, and w for a pause.", example="/conf dtmf bo 12#")
    people = who.chosen(scene, request, who.in_room, "/conf dtmf bo 12#")
    for one in people:
        scene.do(SendKeys(_leg(scene, one).id, digits))
    return Told((f"Pressed into the line of {names(people)}.",), scene.conference.id)


def _set_muted(scene: Scene, request: Request, *, muted: bool) -> Reply:
    word = "mute" if muted else "unmute"
    people = who.chosen(scene, request, who.in_room, f"/conf {word} bo", many=True)
    changed = [one for one in people if audio.mute(scene, _leg(scene, one), muted=muted, by=request.actor.name)]
    if not changed:
        return Told((f"Already {word}d: {names(people)}.",), scene.conference.id)
    says = Says.MUTED if muted else Says.UNMUTED
    scene.say(says, *(one.name for one in changed), by=request.actor.name)
    return Told((), scene.conference.id)


def _set_held(scene: Scene, request: Request, *, held: bool) -> Reply:
    people = who.chosen(scene, request, who.in_room, f"/conf {'hold' if held else 'unhold'} bo", many=True)
    changed = [one for one in people if audio.hold(scene, _leg(scene, one), held=held)]
    if not changed:
        return Told((f"Already so: {names(people)}.",), scene.conference.id)
    scene.say(Says.HELD if held else Says.UNHELD, *(one.name for one in changed), by=request.actor.name)
    return Told((), scene.conference.id)


def _set_locked(scene: Scene, request: Request, *, locked: bool) -> Reply:
    if scene.conference.locked == locked:
        raise Refusal("It is locked already." if locked else "It is not locked.")
    scene.change(locked=locked, locked_by=request.actor.name if locked else "")
    planned = [one for one in scene.participants.values() if one.next] if locked else []
    for one in planned:
        scene.no_step(one)
    scene.say(Says.LOCKED if locked else Says.UNLOCKED, by=request.actor.name)
    return Told((f"Not rung any more: {names(planned)}.",) if planned else (), scene.conference.id)


def _somebody_is_in(scene: Scene) -> None:
    if not scene.conference.in_room:
        raise Refusal("Nobody is in the room yet, so nobody would hear it.")


def _leg(scene: Scene, one: Participant) -> Leg:
    leg = scene.latest(one)
    assert leg is not None
    return leg
