"""What comes in: requests (what a person asked) and facts (what happened), both closed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be rung or who asks. ``number`` is E.164 or "" when none is known."""

    name: str
    number: str = ""
    user_id: str = ""


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
class Request:
    """A sentence, read and with its people looked up. ``key`` is unique per delivery."""

    key: str
    verb: str
    actor: Person
    where: Where
    people: tuple[Person, ...] = ()
    topic: str = ""
    rest: str = ""  # the words after the verb, as typed
    fingerprint: str = ""  # of an API call's body, so that a key used for two different calls is noticed


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

    ``members`` is None when the room was not asked for, or is not known.
    """

    conference_id: str
    at: float
    legs: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    members: tuple[str, ...] | None = None


News = Rang | Answered | KeyGiven | HungUp | Joined | Left | RoomOpened | RoomEnded
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
)
Fact = News | LegFact | ConferenceFact


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
