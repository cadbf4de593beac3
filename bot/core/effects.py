"""The closed union of all that Confab can ask of the outside. Effects carry ids; the courier looks up the rest."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Dial:
    leg_id: str


@dataclass(frozen=True, slots=True)
class AskKey:
    """Say who asks and about what, and wait for a 1."""

    leg_id: str


@dataclass(frozen=True, slots=True)
class Seat:
    """Put an answered leg into the room; the opener creates it."""

    leg_id: str
    room: int
    opens: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    leg_id: str
    stray: bool = False  # the call is up although the leg counts as over


@dataclass(frozen=True, slots=True)
class Sweep:
    """Ask Telnyx which calls are up and who is in the room."""

    conference_id: str


@dataclass(frozen=True, slots=True)
class SweepAccount:
    """Ask Telnyx which calls and rooms of ours are up anywhere, whatever we know of them."""


@dataclass(frozen=True, slots=True)
class HangUpCall:
    """End a call that is ours and that nothing here stands for any more."""

    call_control_id: str


@dataclass(frozen=True, slots=True)
class EndRoom:
    conference_id: str
    room_id: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Make Telnyx mute this leg, or not, as the leg says."""

    leg_id: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Make Telnyx hold this leg, or not, as the leg says."""

    leg_id: str


@dataclass(frozen=True, slots=True)
class SayTo:
    """Speak to one phone alone. ``text`` names a text of ``spoken``, ``detail`` fills it."""

    leg_id: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SayToAll:
    """Speak to everybody in the room."""

    conference_id: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Play:
    conference_id: str
    url: str


@dataclass(frozen=True, slots=True)
class StopSound:
    conference_id: str


@dataclass(frozen=True, slots=True)
class SendKeys:
    """Press keys into the line of this leg, for a menu at the other end."""

    leg_id: str
    digits: str


@dataclass(frozen=True, slots=True)
class Record:
    """``action``: start, stop, pause or resume. Before it starts or resumes, everybody in the room is told, or it does
    not.
    """

    conference_id: str
    action: str


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Have what this leg says written down."""

    leg_id: str


@dataclass(frozen=True, slots=True)
class FindRecordings:
    """Ask Telnyx which recordings of this room there are."""

    conference_id: str
    room_id: str


@dataclass(frozen=True, slots=True)
class KeepRecording:
    """Fetch a recording and put it into the thread."""

    conference_id: str
    recording_id: str


@dataclass(frozen=True, slots=True)
class PostTranscript:
    """Put what was said into the thread, as one file."""

    conference_id: str


@dataclass(frozen=True, slots=True)
class MirrorCall:
    """Make Slack's own call card (calls.*) show what is true."""

    conference_id: str


@dataclass(frozen=True, slots=True)
class SideDial:
    """Ring somebody outside any conference, to check a number."""

    side_id: str


@dataclass(frozen=True, slots=True)
class SideAnswer:
    """Pick up a call to our number."""

    side_id: str


@dataclass(frozen=True, slots=True)
class SideReject:
    side_id: str


@dataclass(frozen=True, slots=True)
class SideAsk:
    """Speak a text and wait for ``digits`` keys."""

    side_id: str
    text: str
    digits: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SideSay:
    side_id: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SideHangUp:
    side_id: str


@dataclass(frozen=True, slots=True)
class PostCard:
    conference_id: str


@dataclass(frozen=True, slots=True)
class DrawCard:
    conference_id: str


class Says(StrEnum):
    """What a thread line tells."""

    RINGING = "ringing"
    JOINED = "joined"
    LEFT = "left"
    MISSED = "missed"  # detail = Why, code = SIP or D-code
    TROUBLE = "trouble"
    ENDED = "ended"
    NOT_RUNG = "not rung"  # a step that a limit stopped; detail = which
    STEP = "step"  # who is rung next, detail = Step, by = the deputy, seconds = until then
    REMOVED = "removed"
    MUTED = "muted"  # detail = "all" or "others" for many
    UNMUTED = "unmuted"
    HELD = "held"
    UNHELD = "unheld"
    FAR_HELD = "far held"  # their own phone holds us; muted
    FAR_BACK = "far back"
    HAND = "hand"  # raised
    HAND_DOWN = "hand down"
    HOST_WANTED = "host wanted"  # from the keypad; detail = the host's Slack user id
    HOST = "host"  # who = the new one
    SAID = "said"  # detail = the text
    PLAYED = "played"
    RECORDING = "recording"  # detail = start, stop, pause, resume
    RECORDED = "recorded"  # detail = recording id; it is kept at Telnyx
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    RENAMED = "renamed"  # who = the old name, detail = the new one
    ALONE = "alone"
    LIMIT = "limit"  # it ends in so many seconds; detail = how many it may last
    SPENT = "spent"  # detail = which ceiling (conference, day) and percent of it, code = how much, by = of how much
    CARRIED = "carried"  # goes on in another conference
    DIALED_IN = "dialed in"
    CORRECTED = "corrected"  # mute or hold had not taken; detail = which


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the thread, fixed when it was decided. ``seconds`` is a length where the line tells one."""

    conference_id: str
    says: Says
    who: tuple[str, ...] = ()
    by: str = ""
    detail: str = ""
    code: str = ""
    seconds: float = 0
    at: float = 0


@dataclass(frozen=True, slots=True)
class TellHost:
    """A direct message to the host: the conference can no longer be told in its channel."""

    conference_id: str
    reason: str


LegEffect = Dial | AskKey | Seat | HangUp | Mute | Hold | SayTo | SendKeys | Transcribe
RoomEffect = EndRoom | Sweep | SayToAll | Play | StopSound | Record | FindRecordings
SideEffect = SideDial | SideAnswer | SideReject | SideAsk | SideSay | SideHangUp
AccountEffect = SweepAccount | HangUpCall
PhoneEffect = LegEffect | RoomEffect | SideEffect | AccountEffect
ChatEffect = PostCard | DrawCard | Line | TellHost | KeepRecording | PostTranscript | MirrorCall
Effect = PhoneEffect | ChatEffect
