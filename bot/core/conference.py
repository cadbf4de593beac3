"""Conference, participant and leg as frozen values, and small questions about them.

A leg keeps the evidence of what happened to it, each piece set once; phase and reason are read from the evidence.
That is why news may come in any order, late or twice, and the end is the same.
"""

import math
from dataclasses import dataclass

from bot.core.inputs import Person
from bot.core.lifecycle import WHY_BY_HANGUP_CAUSE, ConferencePhase, LegPhase, RecordingState, Why

FORBIDDEN = "forbidden"  # our word for the cause of a leg whose number may no longer be rung
LOST = "lost"  # our word for the cause of a leg that a command found over; Telnyx's own cause wins
UNREACHABLE = "unreachable"  # our word for the cause of a leg that Telnyx never spoke of


def started_minutes(seconds: float) -> int:
    """Telnyx bills these; at least one."""
    return max(1, math.ceil(seconds / 60))


def call_cost(rate: int, answered_at: float | None, until: float, settled: int | None) -> int:
    """Micros. A call costs nothing until it is answered, then by the started minute; Telnyx's word stands over that."""
    if settled is not None:
        return settled
    return 0 if answered_at is None else rate * started_minutes(until - answered_at)


@dataclass(frozen=True, slots=True)
class Leg:
    """One phone call of one participant. Times are unix seconds."""

    id: str
    conference_id: str
    participant_id: str
    number: str  # E.164
    queued_at: float
    tried_at: float | None = None  # Telnyx was first asked to dial
    call_control_id: str | None = None
    rang_at: float | None = None  # Telnyx confirmed that it rings
    answered_at: float | None = None
    asked_at: float | None = None  # the gate's prompt was ordered
    passed_at: float | None = None  # pressed 1, or no gate
    no_key_at: float | None = None
    seat_asked: int = 0  # the room (see Conference.room) it was sent to, 0 = none yet
    joined_at: float | None = None
    left_at: float | None = None
    stop_asked: bool = False  # we ordered the hang-up
    gone_at: float | None = None
    cause: str = ""  # Telnyx's hangup cause, or ours: refused, unreachable, cancelled
    detail: str = ""  # SIP code, D-code or error code
    refused_status: int = 0  # HTTP status with which Telnyx refused to dial
    came_in: bool = False  # a call to our number, let in by the PIN
    gated: bool = True  # must press 1 to come in
    ring_secs: int = 30
    declined_at: float | None = None  # pressed 2
    call_back_at: float | None = None  # pressed 9
    machine_at: float | None = None  # Telnyx heard an answering machine
    locked_out: bool = False  # answered after the room was locked
    removed_by: str = ""  # name of who took this leg out of the room
    muted: bool = False  # as wanted; Telnyx is told, and asked whether it took
    muted_by: str = ""  # name, "" = they themselves
    held: bool = False  # as wanted, like muted
    audio_at: float | None = None  # when muted or held last changed
    far_held: bool = False  # their own phone put us on hold; muted for as long
    listen: bool = False  # came to listen: no key unmutes it
    corrected: bool = False  # it had not taken, and was asked for again
    hand_at: float | None = None  # raised a hand
    star_at: float | None = None  # pressed the star, which begins a command
    rate: int = 0  # estimated price in micros per started minute
    settled: int | None = None  # what Telnyx says it cost, in micros
    ghost_at: float | None = None  # when it was found on the line although it counted as over

    @property
    def silent(self) -> bool:
        """Whether Telnyx is to mute it: by wish, as a listener, or because hold music would be heard."""
        return self.muted or self.far_held or self.listen

    @property
    def phase(self) -> LegPhase:
        if self.gone_at is not None:
            return LegPhase.GONE
        if self.joined_at is not None:
            return LegPhase.JOINED
        if self.answered_at is not None:
            return LegPhase.ANSWERED
        return LegPhase.QUEUED if self.tried_at is None and self.rang_at is None else LegPhase.DIALING

    @property
    def alive(self) -> bool:
        return self.gone_at is None

    @property
    def given_up(self) -> bool:
        """Gone because we had no word from Telnyx; the call may still turn up."""
        return self.gone_at is not None and self.cause == UNREACHABLE

    @property
    def in_room(self) -> bool:
        return self.joined_at is not None and self.left_at is None and self.gone_at is None

    @property
    def cost(self) -> int:
        """Micros, once it is gone: as Telnyx says, else by estimate."""
        return self.cost_by(self.gone_at) if self.gone_at is not None else 0

    def cost_by(self, now: float) -> int:
        """Micros up to ``now``."""
        return call_cost(self.rate, self.answered_at, now if self.gone_at is None else self.gone_at, self.settled)

    @property
    def why(self) -> Why | None:
        """Why the leg is gone, or None while it is not."""
        if self.gone_at is None:
            return None
        if self.joined_at is not None:
            return Why.LEFT
        return self._why_at_the_gate() or self._why_never_in()

    def _why_at_the_gate(self) -> Why | None:
        if self.locked_out:
            return Why.LOCKED
        if self.declined_at is not None:
            return Why.DECLINED
        if self.call_back_at is not None:
            return Why.CALL_BACK
        if self.machine_at is not None and self.passed_at is None:
            return Why.VOICEMAIL
        return Why.NO_KEY if self.no_key_at is not None else None

    def _why_never_in(self) -> Why:
        if self.cause == "limit":
            return Why.LIMIT
        if self.cause == "cancelled" or (self.stop_asked and self.cause not in {"refused", UNREACHABLE}):
            return Why.CANCELLED
        if self.answered_at is not None and self.cause in {LOST, "normal_clearing", "unspecified", "call_rejected"}:
            return Why.HUNG_UP
        return WHY_BY_HANGUP_CAUSE.get(self.cause, Why.CARRIER)


@dataclass(frozen=True, slots=True)
class Participant:
    """A person in a conference, over all their legs."""

    id: str
    conference_id: str
    name: str  # as shown: a Slack user's name, or the masked number
    number: str  # E.164
    user_id: str = ""  # Slack user, "" for a guest
    leg_id: str = ""  # the latest leg
    legs: int = 0
    invited_by: str = ""  # name of who asked
    numbers: tuple[str, ...] = ()  # all their numbers, in the order in which they are rung; () = only ``number``
    deputies: tuple[Person, ...] = ()  # who is rung instead, one after the other
    ring_secs: int = 30
    redials: int = 1  # how often each number is rung again by itself
    redial_secs: int = 60  # how long after a miss
    redials_left: int = 1  # of the number that is rung now
    gated: bool = True
    muted: bool = False  # comes in muted
    listen: bool = False  # comes in to listen only
    next: str = ""  # what happens next by itself: a Step, "" = nothing
    next_at: float | None = None
    asked_by: str = ""  # whom their dials count for (see budget.payer)


@dataclass(frozen=True, slots=True)
class Conference:
    """One bridge. ``channel`` is "" when it has no place in Slack. Times are unix seconds."""

    id: str
    topic: str
    host: str  # the host's name
    host_id: str  # the host's Slack user id, "" over HTTP
    channel: str
    created_at: float
    team: str = ""
    thread_ts: str = ""  # the Slack thread it lives in
    card_ts: str = ""  # the card message; in a thread of its own the two are the same
    card_print: str = ""  # fingerprint of the card as last drawn
    chat_lost: str = ""  # why Slack no longer takes our posts, "" = all is well
    gated: bool = True
    alone_secs: int = 600  # how long one person may be alone in the room
    phase: ConferencePhase = ConferencePhase.OPEN
    live_at: float | None = None
    ended_at: float | None = None
    ended_by: str = ""
    room_id: str = ""  # Telnyx's id of the room that is open now
    opener: str = ""  # the leg that is opening the room right now
    gone_rooms: tuple[str, ...] = ()  # Telnyx ids of rooms that are over
    participants: int = 0  # how many ever; also counts their ids
    alive_legs: int = 0
    in_room: int = 0
    trouble: str = ""  # what does not work for the moment, shown on the card
    locked: bool = False
    locked_by: str = ""
    recording: RecordingState = RecordingState.OFF
    recorded_by: str = ""
    recording_since: float | None = None
    recordings: tuple[str, ...] = ()  # Telnyx's ids of saved recordings
    recordings_in: str = "telnyx"  # where they are kept: slack, telnyx, or off
    transcribed: bool = False  # what is said is written down
    talking: str = ""  # leg that holds the floor
    pin: str = ""  # six digits, "" = nobody can dial in
    alone_since: float | None = None  # since when one person has been alone in the room
    slack_call: str = ""  # Slack's id of the mirrored call
    currency: str = "USD"  # of all that it costs
    most_secs: int = 14400  # how long it may last from the first who joined
    own_told: int = 0  # percent of its ceiling of cost that the thread was last told of
    day_told: int = 0  # the same of the day's

    @property
    def room_ref(self) -> str:
        """What names the room that is open now to Telnyx: its id, else its name."""
        return self.room_id or self.name_of_room(self.room)

    @property
    def room(self) -> int:
        """Which room of this conference is meant, from 1; Telnyx's rooms end when empty and names are never reused."""
        return len(self.gone_rooms) + 1

    def name_of_room(self, room: int) -> str:
        """The name Telnyx knows a room by (``POST /conferences``: unique among active ones)."""
        return f"confab-{self.id}-{room}"

    @property
    def ended(self) -> bool:
        return self.phase is ConferencePhase.ENDED

    @property
    def in_slack(self) -> bool:
        return bool(self.channel) and not self.chat_lost


def conference_of_room(name: str) -> str:
    """The conference whose room bears this name, "" when it is none of ours."""
    prefix, _, rest = name.partition("-")
    conference_id, _, room = rest.rpartition("-")
    return conference_id if prefix == "confab" and room.isdigit() else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A participant and their latest leg, as the roster shows them."""

    participant: Participant
    leg: Leg | None


@dataclass(frozen=True, slots=True)
class Spent:
    """What a conference has cost: of how many calls that is our estimate, and of how many Telnyx's word."""

    micros: int
    currency: str
    estimated: int = 0
    settled: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """A conference with its whole roster: what the card is drawn from. ``spent`` is None before anybody answered."""

    conference: Conference
    rows: tuple[Row, ...]
    spent: Spent | None = None

    def row(self, participant_id: str) -> Row:
        return next(row for row in self.rows if row.participant.id == participant_id)
