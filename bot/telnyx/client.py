"""The phone: every command that we send to Telnyx, and what its answers mean."""

import logging
import re
from typing import Final, TypeVar

import httpx
import telnyx
from telnyx import omit
from telnyx.types import CallControlApplication

from bot.core import side
from bot.core.conference import Leg
from bot.core.inputs import Call, DialRefused, Fact, LegLost, Rang, Seated, SeatRefused
from bot.ports import Account, Clock, Later, Never, Survey
from bot.telnyx import client_state, lists
from bot.telnyx.problem import Problem, asked
from bot.telnyx.recordings import RecordingReads
from bot.telnyx.room import MAX_SPEECH, RoomCommands
from bot.telnyx.side import SideCommands

T = TypeVar("T")

VOICE = "AWS.Polly.Joanna-Neural"
# Telnyx also takes ",digits" behind a number; we never send them.
DIALABLE = re.compile(r"\+[1-9][0-9]{6,14}|sip:[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9.-]{1,120}")
GATE_KEYS = "129"  # join, decline, call back
MAX_PARTICIPANTS = 800  # Telnyx's most; its default is 250

WRONG_NUMBER = frozenset({"10016", "D11", "D14"})
SEATING: Final = {
    "90015": "leg_gone",
    "90018": "leg_gone",
    "90019": "room_gone",
    "90032": "full",
    "90033": "room_gone",  # on join: "Conference has no active participants"
    "90034": "not_answered",
}


class TelnyxPhone(RoomCommands, RecordingReads, SideCommands):
    """``ports.Phone`` over Telnyx's SDK. The courier retries, so the SDK does not.

    A command is given up after ``timeout`` seconds: a repeated command_id only counts as the same for 60 s.
    """

    def __init__(  # noqa: PLR0913  # one setting each, all but four with a default
        self,
        api_key: str,
        base_url: str,
        connection_id: str,
        from_number: str,
        *,
        clock: Clock,
        voice: str = VOICE,
        machine_detection: bool = False,
        leg_secs: int = 14400,
        timeout: float = 8.0,
        connect_timeout: float = 3.0,
    ) -> None:
        # Whatever the root logger or TELNYX_LOG says: at DEBUG the SDK logs whole requests, numbers and all.
        logging.getLogger("telnyx").setLevel(logging.WARNING)
        limit = httpx.Timeout(timeout, connect=connect_timeout)
        self._telnyx = telnyx.AsyncTelnyx(api_key=api_key, base_url=base_url, timeout=limit, max_retries=0)
        self._connection_id = connection_id
        self._from = from_number
        self.mark = ""  # of this installation, in the client_state of every call
        self._voice = voice
        self._machine_detection = machine_detection
        self._leg_secs = leg_secs
        self._clock = clock
        self.doubt = ""  # what could be better at Telnyx, found out by ``check``

    def warm_up(self) -> None:
        """Load the SDK's lazy parts (most of a second) before the first call needs them."""
        _ = self._telnyx.calls.actions, self._telnyx.conferences.actions, self._telnyx.connections

    async def close(self) -> None:
        await self._telnyx.close()

    async def check(self) -> str | None:
        """None when Telnyx is set up for us, or one line that says what is not. Raises Later when it will not say."""
        answer = await asked(self._telnyx.call_control_applications.retrieve(self._connection_id))
        if isinstance(answer, Problem):
            return self._unchecked(answer)
        application = getattr(answer, "data", None)
        if not isinstance(application, CallControlApplication):
            raise Later("Telnyx's answer about the application was unreadable")
        name = f"The Telnyx application {self._connection_id} (TELNYX_CONNECTION_ID)"
        if application.active is False:
            return f"{name} is switched off."
        if application.webhook_api_version == "1":
            return f"{name} is still on webhook API v1; set it to v2."
        if not getattr(application.outbound, "outbound_voice_profile_id", None):
            return f"{name} has no outbound voice profile, so it can ring nobody."
        if not application.call_cost_in_webhooks:
            self.doubt = f"{name} does not tell what calls cost (call_cost_in_webhooks); costs stay estimates."
        return None

    def _unchecked(self, problem: Problem) -> str:
        if problem.status == 401:
            return "Telnyx refuses the API key (TELNYX_API_KEY)."
        if problem.status == 403:
            return "Telnyx does not let this API key (TELNYX_API_KEY) read its application."
        if problem.status in {400, 404, 422}:
            return f"Telnyx knows no application {self._connection_id} (TELNYX_CONNECTION_ID)."
        return f"{problem.word} when asked about the application (TELNYX_CONNECTION_ID)."

    async def dial(self, leg: Leg, command_id: str) -> Fact:
        if not DIALABLE.fullmatch(leg.number):
            return DialRefused(leg.id, self._clock.now(), "not_found", "10016")
        answer = await asked(
            self._telnyx.calls.dial(
                connection_id=self._connection_id,
                from_=self._from,
                to=leg.number,
                client_state=client_state.pack(leg.id, self.mark),
                command_id=command_id,
                timeout_secs=leg.ring_secs,
                time_limit_secs=self._leg_secs,
                answering_machine_detection="premium" if self._machine_detection and leg.gated else omit,
            )
        )
        if isinstance(answer, Problem):
            return self._undialled(leg, answer)
        return Rang(Call(_text(answer, "call_control_id"), leg.id), self._clock.now())

    def _undialled(self, leg: Leg, problem: Problem) -> DialRefused:
        cause = "limit" if problem.code.startswith("D") else "refused"
        cause = "not_found" if problem.code in WRONG_NUMBER else cause
        return DialRefused(leg.id, self._clock.now(), cause, problem.code, problem.status)

    async def find(self, name: str) -> str | None:
        answer = await asked(self._find(name))
        if isinstance(answer, Problem):
            raise Never(answer.word, code=answer.code)
        if answer is None:
            raise Later("Telnyx's list of active calls was unreadable")
        return answer or None

    async def _find(self, name: str) -> str:
        up = await lists.calls_up(self._telnyx, self._connection_id, self.mark)
        return next((call.call_control_id for call in up if call.name == name), "")

    async def survey(self, conference_id: str, room_id: str, room_name: str) -> Survey:
        return _readable(await asked(self._survey(conference_id, room_id, room_name)))

    async def _survey(self, conference_id: str, room_id: str, room_name: str) -> Survey:
        up = await lists.calls_up(self._telnyx, self._connection_id, self.mark)
        mine = (f"{conference_id}.", side.NAMES)
        calls = tuple((call.name, call.call_control_id) for call in up if call.name.startswith(mine))
        room = await lists.members(self._telnyx, room_id) if room_id else None
        if room is None:
            known, room_id = room_id, await self._open_room(room_name)
            if not room_id:
                return Survey(calls, () if known else None)
            room = await lists.members(self._telnyx, room_id)
        return Survey(calls) if room is None else Survey(calls, room.calls, room.muted, room.held, room_id)

    async def _open_room(self, name: str) -> str:
        return (await lists.open_rooms(self._telnyx, self._connection_id, name)).get(name, "")

    async def account(self) -> Account:
        return _readable(await asked(self._account()))

    async def _account(self) -> Account:
        up = await lists.calls_up(self._telnyx, self._connection_id, self.mark)
        rooms = await lists.open_rooms(self._telnyx, self._connection_id)
        return Account(up, tuple(rooms))

    async def ask_key(self, leg: Leg, prompt: str, command_id: str) -> Fact | None:
        control_id = await self._control_id(leg)
        if not control_id:
            return self._lost(leg)
        answer = await asked(
            self._telnyx.calls.actions.gather_using_speak(
                control_id,
                payload=prompt[:MAX_SPEECH],
                voice=self._voice,
                valid_digits=GATE_KEYS,
                minimum_digits=1,
                maximum_digits=1,
                maximum_tries=2,
                timeout_millis=8000,
                command_id=command_id,
            )
        )
        if isinstance(answer, Problem) and answer.code == "90034":  # our news of the answer was quicker than Telnyx's
            raise Later(answer.word, after=0.5, done=False)
        return self._settled(leg, answer)

    async def hang_up(self, leg: Leg, command_id: str) -> Fact | None:
        control_id = await self._control_id(leg)
        if not control_id:
            return self._lost(leg)
        return self._settled(leg, await asked(self._telnyx.calls.actions.hangup(control_id, command_id=command_id)))

    def _settled(self, leg: Leg, answer: object) -> Fact | None:
        if not isinstance(answer, Problem):
            return None
        if answer.over:
            return self._lost(leg, answer.code)
        raise Never(answer.word, code=answer.code)

    def _lost(self, leg: Leg, code: str = "") -> LegLost:
        return LegLost(leg.id, self._clock.now(), code)

    async def _control_id(self, leg: Leg) -> str | None:
        """Telnyx's id of the leg; looked up when the answer to our dial was lost and no webhook has come yet."""
        return leg.call_control_id or await self.find(leg.id)

    async def seat(self, leg: Leg, room_name: str, room: int, *, opens: bool, command_id: str) -> Fact:
        control_id = await self._control_id(leg)
        if not control_id:
            return SeatRefused(leg.id, self._clock.now(), room, "leg_gone")
        if not opens:
            return await self._join(leg, control_id, room_name, room, command_id, patience=0.5)
        answer = await asked(
            self._telnyx.conferences.create(
                call_control_id=control_id,
                name=room_name,
                max_participants=MAX_PARTICIPANTS,
                beep_enabled="never",
                command_id=command_id,
            )
        )
        if isinstance(answer, Problem) and answer.code == "90033":  # the name is taken, perhaps by our own retry
            return await self._join(leg, control_id, room_name, room, f"{command_id}-join", patience=0.3)
        if isinstance(answer, Problem):
            return self._seated(leg, room, answer)
        return Seated(leg.id, self._clock.now(), room, _text(answer, "id"))

    async def _join(
        self, leg: Leg, control_id: str, room_name: str, room: int, command_id: str, *, patience: float
    ) -> Fact:
        """Join by name. A room that is unknown may still be in the making: ask again after ``patience`` seconds."""
        answer = await asked(
            self._telnyx.conferences.actions.join(
                room_name, call_control_id=control_id, command_id=command_id, mute=leg.silent, hold=leg.held
            )
        )
        if isinstance(answer, Problem) and answer.no_room:
            raise Later(answer.word, after=patience, done=False, code="no room")
        return self._seated(leg, room, answer)

    def _seated(self, leg: Leg, room: int, answer: object) -> Fact:
        if not isinstance(answer, Problem) or answer.code == "90044":  # 90044: it is in there already
            return Seated(leg.id, self._clock.now(), room)
        reason = SEATING.get(answer.code, "failed")
        return SeatRefused(leg.id, self._clock.now(), room, reason, answer.code)

    async def end_room(self, room_id: str, command_id: str) -> None:
        answer = await asked(self._telnyx.conferences.actions.end_conference(room_id, command_id=command_id))
        if isinstance(answer, Problem) and answer.code != "90019" and not answer.no_room:
            raise Never(answer.word, code=answer.code)


def _readable(answer: T | Problem | None) -> T:
    if isinstance(answer, Problem):
        raise Never(answer.word, code=answer.code)
    if answer is None:
        raise Later("Telnyx's lists were unreadable")
    return answer


def _text(answer: object, name: str) -> str:
    """A field of the answer's ``data``; "" for an answer that says yes and nothing more."""
    value = getattr(getattr(answer, "data", None), name, None)
    return value if isinstance(value, str) else ""
