"""One call between Telnyx and somebody's phone: what it is, and what Telnyx tells of it."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from web.sandbox.telnyx.agenda import Alarm
from web.sandbox.telnyx.gather import Gather
from web.sandbox.telnyx.seats import Seat
from web.sandbox.telnyx.stamp import iso

CallPhase = Literal["ringing", "answered", "ended"]


class Ending(NamedTuple):
    """How a call ended, in the words of ``call.hangup``."""

    cause: str
    source: Literal["caller", "callee", "unknown"]
    sip: str


CANCELLED = Ending("originator_cancel", "caller", "487")
BUSY = Ending("user_busy", "callee", "486")
DECLINED = Ending("call_rejected", "callee", "603")
NOT_FOUND = Ending("not_found", "unknown", "404")
CARRIER = Ending("unspecified", "unknown", "503")
TIMEOUT = Ending("timeout", "unknown", "unspecified")
NO_ANSWER = Ending("no_answer", "unknown", "unspecified")
TIME_LIMIT = Ending("time_limit", "unknown", "200")
CALLER_LEFT = Ending("normal_clearing", "caller", "200")
CALLEE_LEFT = Ending("normal_clearing", "callee", "200")


@dataclass(eq=False)
class Call:
    """``number`` is the person's phone and ``ours`` the Telnyx number, whoever of them called."""

    id: str
    leg_id: str
    session_id: str
    connection_id: str
    number: str
    ours: str
    started_at: float
    incoming: bool = False
    client_state: str | None = None
    ring_secs: float = 30.0
    time_limit_secs: float = 14_400.0
    retry_on_timeout: bool = True
    machine_detection: str = "disabled"
    transcribed: bool = False
    on_far_hold: bool = False  # the phone's own hold button
    phase: CallPhase = "ringing"
    answered_at: float | None = None
    ended_at: float | None = None
    ending: Ending | None = None
    gather: Gather | None = None
    seat: Seat | None = None  # its place in a conference
    reaction: Alarm | None = None  # what the phone's mood is about to do
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        return self.phase != "ended"

    def from_to(self) -> dict[str, object]:
        caller, called = (self.number, self.ours) if self.incoming else (self.ours, self.number)
        return {"from": caller, "to": called}

    def ids(self) -> dict[str, object]:
        """What every webhook about this call carries."""
        return {
            "call_control_id": self.id,
            "call_leg_id": self.leg_id,
            "call_session_id": self.session_id,
            "connection_id": self.connection_id,
            "client_state": self.client_state,
        }

    def _head(self) -> dict[str, object]:
        picture: dict[str, object] = {"record_type": "call", **self.ids()}
        del picture["connection_id"]
        if self.client_state is None:
            del picture["client_state"]
        return picture

    def _duration(self, now: float) -> int:
        return 0 if self.answered_at is None else int((self.ended_at or now) - self.answered_at)

    def dialled(self) -> dict[str, object]:
        """The answer to a dial. Dialling is asynchronous: ``is_alive`` is always false in it."""
        return {**self._head(), "is_alive": False}

    def status(self, now: float) -> dict[str, object]:
        picture = {**self._head(), "is_alive": self.alive, "call_duration": self._duration(now)}
        picture["start_time"] = iso(self.started_at)
        if self.ended_at is not None:
            picture["end_time"] = iso(self.ended_at)
        return picture

    def active(self, now: float) -> dict[str, object]:
        """A row of ``active_calls``; there ``client_state`` is required."""
        return {**self._head(), "client_state": self.client_state or "", "call_duration": self._duration(now)}

    def call_off_alarms(self) -> None:
        for alarm in self.alarms:
            alarm.off = True
        self.alarms.clear()
        self.reaction = None
