"""The lives of legs and conferences: phases, which only rise, and why a leg is gone."""

from enum import StrEnum


class LegPhase(StrEnum):
    QUEUED = "queued"  # wanted, Telnyx not asked yet
    DIALING = "dialing"  # Telnyx was asked to ring the phone
    ANSWERED = "answered"  # picked up; at the gate or waiting for the room
    JOINED = "joined"  # was put into the room
    GONE = "gone"  # over; a redial is a new leg


class ConferencePhase(StrEnum):
    OPEN = "open"  # nobody is in yet
    LIVE = "live"  # somebody is or was in
    ENDED = "ended"


class RecordingState(StrEnum):
    OFF = "off"
    ON = "on"
    PAUSED = "paused"


class Step(StrEnum):
    """What happens next by itself for somebody who was not reached."""

    REDIAL = "redial"  # the same number again
    NUMBER = "number"  # their next number
    DEPUTY = "deputy"  # somebody else instead
    CALL_BACK = "call back"  # as they asked with 9
    RING = "ring"  # the first ring, put off: the phone is still busy with the conference before


class Why(StrEnum):
    """Why a leg is gone."""

    LEFT = "left"
    BUSY = "busy"
    NO_ANSWER = "no answer"
    DECLINED = "declined"
    NO_KEY = "no key (voicemail?)"
    VOICEMAIL = "voicemail"  # heard by Telnyx's machine detection
    CALL_BACK = "asked to be called back"
    LOCKED = "locked out"
    HUNG_UP = "hung up without pressing 1"
    BAD_NUMBER = "bad number"
    CANCELLED = "cancelled"
    CARRIER = "carrier"
    LIMIT = "limit"
    FORBIDDEN = "not allowed"  # the rules have changed since it was asked for
    UNREACHABLE = "unreachable"  # Telnyx did not do as asked for as long as it was worth asking


MISSED = frozenset(Why) - {Why.LEFT}

# Telnyx hangup causes (call.hangup) for a leg that was never in the room.
WHY_BY_HANGUP_CAUSE: dict[str, Why] = {
    "user_busy": Why.BUSY,
    "timeout": Why.NO_ANSWER,
    "no_answer": Why.NO_ANSWER,
    "call_rejected": Why.DECLINED,
    "not_found": Why.BAD_NUMBER,
    "originator_cancel": Why.CANCELLED,
    "time_limit": Why.LIMIT,
    "unreachable": Why.UNREACHABLE,
    "forbidden": Why.FORBIDDEN,
}
