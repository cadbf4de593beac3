"""A call's place in a conference."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from web.sandbox.telnyx.stamp import iso


class Terms(NamedTuple):
    """How somebody joins; in the order in which a Seat begins with it."""

    muted: bool
    on_hold: bool
    end_on_exit: bool
    soft_end_on_exit: bool


PLAIN = Terms(muted=False, on_hold=False, end_on_exit=False, soft_end_on_exit=False)


@dataclass(eq=False)
class Seat:
    id: str
    call_id: str
    call_leg_id: str
    room_id: str
    room_name: str
    created_at: float
    updated_at: float
    muted: bool = False
    on_hold: bool = False
    end_on_exit: bool = False
    soft_end_on_exit: bool = False
    status: Literal["joined", "left"] = "joined"

    def picture(self) -> dict[str, object]:
        """A row of Telnyx's list of participants."""
        return {
            "record_type": "participant",
            "id": self.id,
            "call_control_id": self.call_id,
            "call_leg_id": self.call_leg_id,
            "conference": {"id": self.room_id, "name": self.room_name},
            "status": self.status,
            "muted": self.muted,
            "on_hold": self.on_hold,
            "end_conference_on_exit": self.end_on_exit,
            "soft_end_conference_on_exit": self.soft_end_on_exit,
            "whisper_call_control_ids": [],
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
        }
