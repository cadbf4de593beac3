"""The commands about conferences: create, join, leave, mute, hold, speak, end."""

from web.sandbox.telnyx.call_commands import VOICED, media_of
from web.sandbox.telnyx.exchange import Exchange
from web.sandbox.telnyx.fields import (
    BEEP,
    COMMAND,
    FLAG,
    MEDIA,
    NEEDED,
    TEXT,
    TEXTS,
    Body,
    Field,
    Fields,
    needed,
    number,
    refuse_unsimulated,
    text,
    texts,
)
from web.sandbox.telnyx.recordings import Recordings
from web.sandbox.telnyx.rooms import LIFETIME_SECS, Rooms
from web.sandbox.telnyx.seats import Terms

CREATE: Fields = {
    **COMMAND,
    "call_control_id": NEEDED,
    "name": Field(required=True, least=1),
    "beep_enabled": BEEP,
    "comfort_noise": FLAG,
    "duration_minutes": Field("number", least=1),
    "hold_audio_url": Field(most=2000),
    "hold_media_name": TEXT,
    "max_participants": Field("number", least=2, most=800),
    "region": Field(choices=("Australia", "Europe", "Middle East", "US")),
    "start_conference_on_create": FLAG,
}
JOIN: Fields = {
    **COMMAND,
    "call_control_id": NEEDED,
    "beep_enabled": BEEP,
    "mute": FLAG,
    "hold": FLAG,
    "end_conference_on_exit": FLAG,
    "soft_end_conference_on_exit": FLAG,
    "start_conference_on_enter": FLAG,
    "supervisor_role": Field(choices=("barge", "monitor", "none", "whisper")),
    "whisper_call_control_ids": TEXTS,
}
LEAVE: Fields = {"call_control_id": NEEDED, "beep_enabled": BEEP, "command_id": TEXT}
SOME: Fields = {"call_control_ids": TEXTS}
UNHOLD: Fields = {"call_control_ids": Field("texts", required=True)}
SPEAK: Fields = {**VOICED, **SOME}
PLAY: Fields = {**SOME, **MEDIA}
RECORD: Fields = {
    "command_id": TEXT,
    "format": Field(required=True, choices=("wav", "mp3")),
    "play_beep": FLAG,
    "channels": Field(choices=("single", "dual")),
}
RECORDING: Fields = {"command_id": TEXT, "recording_id": TEXT}
END: Fields = {"command_id": TEXT}


class RoomCommands:
    """Most take a conference's id or its name; ``end`` takes the id only, as Telnyx does."""

    def __init__(self, exchange: Exchange, rooms: Rooms, recordings: Recordings) -> None:
        self._exchange = exchange
        self._rooms = rooms
        self._recordings = recordings

    def create(self, body: Body) -> dict[str, object]:
        if body.get("start_conference_on_create") is False:
            refuse_unsimulated(body, "start_conference_on_create")
        minutes = number(body, "duration_minutes", LIFETIME_SECS / 60)
        room = self._rooms.create(
            self._exchange.find_answered(needed(body, "call_control_id")),
            needed(body, "name"),
            client_state=text(body, "client_state"),
            most=int(number(body, "max_participants", 250)),
            lifetime=min(minutes * 60, LIFETIME_SECS),
        )
        return room.picture()

    def join(self, room_id: str, body: Body) -> None:
        room = self._rooms.find_active(room_id)
        call = self._exchange.find_answered(needed(body, "call_control_id"))
        terms = Terms(
            muted=body.get("mute") is True,
            on_hold=body.get("hold") is True,
            end_on_exit=body.get("end_conference_on_exit") is True,
            soft_end_on_exit=body.get("soft_end_conference_on_exit") is True,
        )
        self._rooms.join(room, call, terms)
        call.client_state = text(body, "client_state") or call.client_state

    def leave(self, room_id: str, body: Body) -> None:
        room = self._rooms.find_active(room_id)
        self._rooms.leave(room, self._exchange.find_alive(needed(body, "call_control_id")))

    def mute(self, room_id: str, body: Body) -> None:
        self._rooms.set_state(self._rooms.find_active(room_id), texts(body, "call_control_ids"), muted=True)

    def unmute(self, room_id: str, body: Body) -> None:
        self._rooms.set_state(self._rooms.find_active(room_id), texts(body, "call_control_ids"), muted=False)

    def hold(self, room_id: str, body: Body) -> None:
        self._rooms.set_state(self._rooms.find_active(room_id), texts(body, "call_control_ids"), on_hold=True)

    def unhold(self, room_id: str, body: Body) -> None:
        self._rooms.set_state(self._rooms.find_active(room_id), texts(body, "call_control_ids"), on_hold=False)

    def speak(self, room_id: str, body: Body) -> None:
        room = self._rooms.find_active(room_id)
        self._rooms.sound(room, "speak", needed(body, "payload"), texts(body, "call_control_ids"))

    def play(self, room_id: str, body: Body) -> None:
        room = self._rooms.find_active(room_id)
        media = media_of(body)
        what = f"[plays {next(iter(media.values()), 'audio')}]"
        self._rooms.sound(room, "playback", what, texts(body, "call_control_ids"), **media)

    def stop(self, room_id: str, body: Body) -> None:
        """Sounds take no time here: there is never one left to stop."""
        self._rooms.chosen(self._rooms.find_active(room_id), texts(body, "call_control_ids"))

    def record_start(self, room_id: str, body: Body) -> None:
        self._recordings.start(self._rooms.find_active(room_id), "wav" if body["format"] == "wav" else "mp3")

    def record_stop(self, room_id: str, _: Body) -> None:
        self._recordings.stop(self._rooms.find_active(room_id))

    def record_pause(self, room_id: str, _: Body) -> None:
        self._recordings.pause(self._rooms.find_active(room_id), paused=True)

    def record_resume(self, room_id: str, _: Body) -> None:
        self._recordings.pause(self._rooms.find_active(room_id), paused=False)

    def end(self, room_id: str, _: Body) -> None:
        self._rooms.end(self._rooms.find_active(room_id, by_name=False), "ended_via_api")
