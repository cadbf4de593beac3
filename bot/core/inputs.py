"""What comes in: requests (what a person asked) and facts (what happened), both closed."""

from dataclasses import dataclass

from bot.core.roles import Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be rung, who asks, or who is named. ``number`` is E.164 or "" when none is known.

    ``others`` are further numbers, rung when the first is not answered; ``deputies`` are rung when none is. Where only
    people of the conference can be meant, a name as typed stands alone: ``bo``, or ``#3`` for the third on the roster.
    """

    name: str
    number: str = ""
    user_id: str = ""
    others: tuple[str, ...] = ()
    deputies: "tuple[Person, ...]" = ()


API = Person("the API")  # who asks over HTTP


@dataclass(frozen=True, slots=True)
class Where:
    """Where a request was made. ``conference_id`` is set when a button or an API call named it."""

    team: str = ""
    channel: str = ""
    thread_ts: str = ""
    conference_id: str = ""
    direct: bool = False  # a direct message with the bot


@dataclass(frozen=True, slots=True)
class Options:
    """What the words with two dashes ask for. Lengths in seconds."""

    ring_secs: int = 30  # --ring 25s
    redials: int = 1  # --redial 3x60s
    redial_secs: int = 60
    gate: bool = True  # --no-gate
    muted: bool = False  # --muted
    listen: bool = False  # --listen
    dry_run: bool = False  # --dry-run


@dataclass(frozen=True, slots=True)
class Request:
    """A sentence, read and with its people looked up. ``key`` is unique per delivery.

    ``topic`` is what was said beside the people: a topic, a text to say, digits, a new name. ``standing`` is what the
    one who asks is everywhere, found out for this request: nobody, a member, an operator or an admin; ``sure`` unless
    Slack did not tell whether they are more. ``powerless`` are hosts, by user id, who may not use Confab any more.
    """

    key: str
    verb: str
    actor: Person
    where: Where
    people: tuple[Person, ...] = ()
    topic: str = ""
    rest: str = ""  # the words after the verb, as typed
    options: Options = Options()
    standing: Role = Role.NOBODY
    sure: bool = True
    powerless: frozenset[str] = frozenset()
    fingerprint: str = ""  # of an API call's body, so that a key used for two different calls is noticed
    confirmed: bool = False  # they were asked whether they mean it, or pressed a button


@dataclass(frozen=True, slots=True)
class Call:
    """How a piece of news names its call: Telnyx's id, and our leg id if the call's client_state carried it."""

    call_control_id: str = ""
    leg_id: str = ""


@dataclass(frozen=True, slots=True)
class Rang:
    """call.initiated (outgoing), or the answer to our dial."""

    call: Call
    at: float


@dataclass(frozen=True, slots=True)
class Answered:
    call: Call
    at: float


@dataclass(frozen=True, slots=True)
class KeyGiven:
    """call.gather.ended. ``status`` is Telnyx's: valid, invalid, timeout, call_hangup, cancelled …"""

    call: Call
    at: float
    digits: str
    status: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """call.hangup. ``cause`` is Telnyx's hangup cause, ``code`` the SIP code or ""."""

    call: Call
    at: float
    cause: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """conference.participant.joined."""

    call: Call
    at: float
    room_id: str


@dataclass(frozen=True, slots=True)
class Left:
    """conference.participant.left."""

    call: Call
    at: float
    room_id: str


@dataclass(frozen=True, slots=True)
class RoomOpened:
    """conference.created."""

    call: Call
    at: float
    room_id: str


@dataclass(frozen=True, slots=True)
class RoomEnded:
    """conference.ended. ``reason`` is Telnyx's, possibly one we do not know."""

    call: Call
    at: float
    room_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """call.initiated of a call to our number. ``number`` is the caller's as told, E.164 or ""."""

    call: Call
    at: float
    number: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """call.dtmf.received. ``digit`` is one of 0-9 * #."""

    call: Call
    at: float
    digit: str


@dataclass(frozen=True, slots=True)
class MachineHeard:
    """call.machine.premium.detection.ended or call.machine.detection.ended. ``result`` is Telnyx's."""

    call: Call
    at: float
    result: str


@dataclass(frozen=True, slots=True)
class FarHeld:
    """call.hold, call.unhold: the phone at the other end put us on hold, or took us back."""

    call: Call
    at: float
    held: bool


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """call.speak.ended."""

    call: Call
    at: float


@dataclass(frozen=True, slots=True)
class Transcribed:
    """call.transcription, final: what the person on this call said."""

    call: Call
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class FloorTaken:
    """conference.floor.changed: who talks now."""

    call: Call
    at: float
    room_id: str


@dataclass(frozen=True, slots=True)
class RecordingSaved:
    """conference.recording.saved. Its links live ten minutes and are not kept; the id is."""

    call: Call
    at: float
    room_id: str
    recording_id: str


@dataclass(frozen=True, slots=True)
class Priced:
    """call.cost: what a call that is over cost, in micros. ``currency`` is "" when Telnyx did not say."""

    call: Call
    at: float
    micros: int
    currency: str = ""


@dataclass(frozen=True, slots=True)
class DialTried:
    """We are about to ask Telnyx to ring this leg."""

    leg_id: str
    at: float


@dataclass(frozen=True, slots=True)
class DialRefused:
    """Telnyx will not ring this leg, for good. ``code`` is a D-code or an error code, ``status`` the HTTP status."""

    leg_id: str
    at: float
    cause: str  # not_found, limit, refused, unreachable, cancelled
    code: str
    status: int = 0


@dataclass(frozen=True, slots=True)
class Seated:
    """Telnyx accepted the leg into the room. ``room_id`` is "" when its answer did not say."""

    leg_id: str
    at: float
    room: int
    room_id: str = ""


@dataclass(frozen=True, slots=True)
class SeatRefused:
    """``reason``: cancelled (no longer wanted), leg_gone, not_answered, room_gone, full, unreachable, or failed."""

    leg_id: str
    at: float
    room: int
    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class LegLost:
    """A command found the leg already over at Telnyx (90018, 90015), or could not be carried out at all."""

    leg_id: str
    at: float
    code: str


@dataclass(frozen=True, slots=True)
class RoomEndFailed:
    conference_id: str
    at: float


@dataclass(frozen=True, slots=True)
class CardPosted:
    conference_id: str
    at: float
    ts: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class CardDrawn:
    conference_id: str
    at: float
    fingerprint: str


@dataclass(frozen=True, slots=True)
class CardLost:
    """Somebody deleted the card by hand."""

    conference_id: str
    at: float


@dataclass(frozen=True, slots=True)
class ChatLost:
    """Slack will not take posts here any more: archived, bot removed."""

    conference_id: str
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class TroubleSeen:
    """A provider has not done what we asked for over five seconds; "" = it does again."""

    conference_id: str
    at: float
    trouble: str


@dataclass(frozen=True, slots=True)
class GateTimedOut:
    leg_id: str
    at: float


@dataclass(frozen=True, slots=True)
class SideTimedOut:
    """A side call has lasted long enough."""

    side_id: str
    at: float


@dataclass(frozen=True, slots=True)
class PurgeDue:
    """What has been kept for long enough must go. The journal is purged up to its entry ``upto``."""

    at: float
    upto: int = 0


@dataclass(frozen=True, slots=True)
class ForgetDue:
    """Entries of the journal behind ``upto``, and from before ``asked_at``, must no longer tell of somebody.

    ``numbers`` are theirs, E.164.
    """

    at: float
    asked_at: float
    user_id: str
    numbers: tuple[str, ...] = ()
    upto: int = 0


@dataclass(frozen=True, slots=True)
class IdleTimedOut:
    """Nobody is on the line or being rung any more."""

    conference_id: str
    at: float


@dataclass(frozen=True, slots=True)
class EndTimedOut:
    """The conference was ended a while ago; whatever leg is still up must go."""

    conference_id: str
    at: float


@dataclass(frozen=True, slots=True)
class SweepDue:
    conference_id: str
    at: float


@dataclass(frozen=True, slots=True)
class Swept:
    """What Telnyx says is true at ``at``: our legs whose calls are up, those calls, and the calls in the room.

    A leg that has two calls is named twice. ``members`` is None when no room is known, () when it is over; ``muted``
    and ``held`` are those among them. ``room_id`` is the room they are in.
    """

    conference_id: str
    at: float
    legs: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    members: tuple[str, ...] | None = None
    muted: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    room_id: str = ""


@dataclass(frozen=True, slots=True)
class AccountSweepDue:
    at: float


@dataclass(frozen=True, slots=True)
class AccountSwept:
    """What Telnyx says is up at ``at`` in our whole account.

    ``names`` are the legs and side calls that calls say they are of ("" = nothing), ``calls`` their ids, ``ours``
    whether each bears the mark of this installation. ``conferences`` are those whose rooms are open.
    """

    at: float
    names: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    ours: tuple[bool, ...] = ()
    conferences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepDue:
    """Somebody who was not reached is to be rung again, or somebody else instead."""

    conference_id: str
    at: float
    participant_id: str


@dataclass(frozen=True, slots=True)
class AloneDue:
    """One person may have been alone in the room for a while."""

    conference_id: str
    at: float


@dataclass(frozen=True, slots=True)
class MinutesDue:
    """The conference has lasted almost as long as one may, or as long."""

    conference_id: str
    at: float


@dataclass(frozen=True, slots=True)
class StoppedAll:
    """An admin has stopped all calls, and so this conference ends."""

    conference_id: str
    at: float
    by: str


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Everybody has heard that they go on in another conference; this one ends."""

    conference_id: str
    at: float
    by: str


@dataclass(frozen=True, slots=True)
class RecordDone:
    """Telnyx accepted what we asked of the recording: start, stop, pause or resume."""

    conference_id: str
    at: float
    action: str


@dataclass(frozen=True, slots=True)
class RecordFailed:
    conference_id: str
    at: float
    action: str
    code: str


@dataclass(frozen=True, slots=True)
class RecordingsFound:
    """Telnyx's list of this conference's recordings."""

    conference_id: str
    at: float
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordingsDue:
    """Recordings of this Telnyx conference whose webhook was lost must be looked for."""

    conference_id: str
    at: float
    room_id: str


@dataclass(frozen=True, slots=True)
class TranscriptDue:
    """The conference is over, and the last words have been written down."""

    conference_id: str
    at: float


@dataclass(frozen=True, slots=True)
class FileFailed:
    """A recording or a transcript could not be put into the thread."""

    conference_id: str
    at: float
    what: str  # recording, transcript
    reason: str
    recording_id: str = ""


@dataclass(frozen=True, slots=True)
class SoundFailed:
    """Something could not be said, played or keyed. ``text`` names what one person alone had to hear."""

    conference_id: str
    at: float
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class CallMirrored:
    """Slack made a call of its own of this conference (calls.add)."""

    conference_id: str
    at: float
    call_id: str


News = (
    Rang
    | Answered
    | KeyGiven
    | HungUp
    | Joined
    | Left
    | RoomOpened
    | RoomEnded
    | Incoming
    | KeyPressed
    | MachineHeard
    | FarHeld
    | SpeechEnded
    | Transcribed
    | FloorTaken
    | RecordingSaved
    | Priced
)
LegFact = DialTried | DialRefused | Seated | SeatRefused | LegLost | GateTimedOut
ConferenceFact = (
    SweepDue
    | Swept
    | RoomEndFailed
    | CardPosted
    | CardDrawn
    | CardLost
    | ChatLost
    | TroubleSeen
    | IdleTimedOut
    | EndTimedOut
    | StepDue
    | AloneDue
    | MinutesDue
    | StoppedAll
    | CarriedOver
    | RecordDone
    | RecordFailed
    | RecordingsFound
    | RecordingsDue
    | TranscriptDue
    | FileFailed
    | SoundFailed
    | CallMirrored
)
AccountFact = AccountSweepDue | AccountSwept
Upkeep = PurgeDue | ForgetDue
Fact = News | LegFact | ConferenceFact | SideTimedOut | AccountFact | Upkeep


@dataclass(frozen=True, slots=True)
class Delivery:
    """A fact with its unique key, as a door hands it in."""

    key: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence as a door took it in, before anything was read into it. ``text`` holds Slack's own tokens."""

    key: str
    user_id: str
    where: Where
    text: str
    door: str  # slash, mention, direct, button, modal
