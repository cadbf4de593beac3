"""What happens in a room: mute, hold, speech, sound, keys, recording.

An empty list of calls would mean everybody there, so a command about one leg always names exactly that one.
"""

from collections.abc import Awaitable
from typing import Final

import telnyx
from telnyx.types.calls.transcription_engine_telnyx_config_param import TranscriptionEngineTelnyxConfigParam

from bot.core.conference import Leg
from bot.ports import Never
from bot.telnyx.problem import Problem, asked

MAX_SPEECH: Final = 3000  # characters (Telnyx)
OVER: Final = frozenset({"90015", "90018", "90019", "90033", "90058"})  # the leg or the room is no more
TRANSCRIBED_ALREADY: Final = "90054"


class RoomCommands:
    """The half of the phone that acts in rooms; ``_telnyx`` and ``_voice`` are the other half's."""

    _telnyx: telnyx.AsyncTelnyx
    _voice: str

    async def mute(self, leg: Leg, room: str, *, muted: bool) -> None:
        actions = self._telnyx.conferences.actions
        command = actions.mute if muted else actions.unmute
        if call := leg.call_control_id:
            await _done(command(room, call_control_ids=[call]))

    async def hold(self, leg: Leg, room: str, *, held: bool) -> None:
        actions = self._telnyx.conferences.actions
        command = actions.hold if held else actions.unhold
        if call := leg.call_control_id:
            await _done(command(room, call_control_ids=[call]))

    async def say_to(self, leg: Leg, room: str, text: str, command_id: str) -> None:
        call = leg.call_control_id
        if not call:
            return
        if not leg.in_room:
            await self.speak(call, text, command_id)
            return
        await _done(
            self._telnyx.conferences.actions.speak(
                room, payload=text[:MAX_SPEECH], voice=self._voice, call_control_ids=[call], command_id=command_id
            )
        )

    async def say_to_all(self, room: str, text: str, command_id: str) -> None:
        await _done(
            self._telnyx.conferences.actions.speak(
                room, payload=text[:MAX_SPEECH], voice=self._voice, command_id=command_id
            )
        )

    async def play(self, room: str, url: str) -> None:
        await _done(self._telnyx.conferences.actions.play(room, audio_url=url))

    async def stop_sound(self, room: str) -> None:
        await _done(self._telnyx.conferences.actions.stop(room))

    async def send_keys(self, leg: Leg, digits: str, command_id: str) -> None:
        if call := leg.call_control_id:
            await _done(self._telnyx.calls.actions.send_dtmf(call, digits=digits, command_id=command_id))

    async def record(self, room: str, action: str, command_id: str) -> None:
        actions = self._telnyx.conferences.actions
        match action:
            case "start":
                await _done(actions.record_start(room, format="mp3", play_beep=True, command_id=command_id))
            case "stop":
                await _done(actions.record_stop(room, command_id=command_id))
            case "pause":
                await _done(actions.record_pause(room, command_id=command_id))
            case "resume":
                await _done(actions.record_resume(room, command_id=command_id))
            case _:
                raise Never(f"a recording cannot be told to {action}", code="action")

    async def transcribe(self, leg: Leg, command_id: str) -> None:
        """Only what this leg says: Telnyx names no speakers, so each leg is listened to alone."""
        if call := leg.call_control_id:
            engine = TranscriptionEngineTelnyxConfigParam(
                transcription_engine="Telnyx", transcription_model="openai/whisper-large-v3-turbo"
            )
            await _done(
                self._telnyx.calls.actions.start_transcription(
                    call,
                    transcription_engine="Telnyx",
                    transcription_engine_config=engine,
                    transcription_tracks="inbound",
                    command_id=command_id,
                )
            )

    async def speak(self, call_control_id: str, text: str, command_id: str) -> None:
        await _done(
            self._telnyx.calls.actions.speak(
                call_control_id, payload=text[:MAX_SPEECH], voice=self._voice, command_id=command_id
            )
        )


async def _done(command: Awaitable[object]) -> None:
    """Carry it out; what is over needs nothing more. Raises Later, or Never for what Telnyx refuses for good."""
    answer = await asked(command)
    if isinstance(answer, Problem) and answer.code not in OVER | {TRANSCRIBED_ALREADY} and not answer.no_room:
        raise Never(answer.word, code=answer.code)
