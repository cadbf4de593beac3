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
class EndRoom:
    conference_id: str
    room_id: str


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


PhoneEffect = Dial | AskKey | Seat | HangUp | EndRoom | Sweep
ChatEffect = PostCard | DrawCard | Line | TellHost
Effect = PhoneEffect | ChatEffect
