"""Recordings of conferences: started, paused, saved, and fetched over links that live ten minutes."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.sandbox.telnyx.exchange import Exchange
from web.sandbox.telnyx.refusals import Refusal
from web.sandbox.telnyx.rooms import Room
from web.sandbox.telnyx.stamp import iso
from web.sandbox.telnyx.trouble import Trouble

LINK_SECS = 600.0
# One silent frame of MPEG audio, repeated: players take it for a very short recording.
MP3 = (b"\xff\xfb\x90\x64" + bytes(413)) * 8
Format = Literal["mp3", "wav"]


@dataclass(eq=False)
class Recording:
    id: str
    room: Room
    format: Format
    started_at: float
    paused: bool = False
    ended_at: float | None = None


class Recordings:
    """``address`` is where this stand-in can be reached, for the links."""

    def __init__(self, exchange: Exchange, trouble: Trouble, address: Callable[[], str]) -> None:
        self.by_id: dict[str, Recording] = {}
        self._exchange = exchange
        self._trouble = trouble
        self._address = address
        self._links: dict[str, tuple[Recording, float]] = {}

    def start(self, room: Room, kind: Format) -> None:
        if not room.seats:
            raise Refusal("90020", "Recording cannot be started before audio has started.")
        if self.running(room) is None:
            one = Recording(self._exchange.uuid(), room, kind, self._exchange.agenda.now())
            self.by_id[one.id] = one
            self._exchange.changed()

    def stop(self, room: Room) -> None:
        if one := self.running(room):
            one.ended_at = self._exchange.agenda.now()
            self._saved(one)

    def pause(self, room: Room, *, paused: bool) -> None:
        if one := self.running(room):
            one.paused = paused
            self._exchange.changed()

    def running(self, room: Room) -> Recording | None:
        return next((one for one in self.by_id.values() if one.room is room and one.ended_at is None), None)

    def listed(self, query: Mapping[str, str]) -> list[dict[str, object]]:
        wanted = query.get("filter[conference_id]", "")
        finished = [one for one in self.by_id.values() if one.ended_at is not None]
        return [self.picture(one) for one in finished if not wanted or one.room.id == wanted]

    def find(self, recording_id: str) -> dict[str, object]:
        one = self.by_id.get(recording_id)
        if one is None or one.ended_at is None:
            raise Refusal("10005", "The requested resource or URL could not be found.")
        return self.picture(one)

    def picture(self, one: Recording) -> dict[str, object]:
        ended = one.ended_at or one.started_at
        return {
            "record_type": "recording",
            "id": one.id,
            "conference_id": one.room.id,
            "connection_id": one.room.connection_id,
            "channels": "single",
            "source": "conference",
            "status": "completed",
            "duration_millis": int((ended - one.started_at) * 1000),
            "download_urls": {one.format: self._link(one)},
            "recording_started_at": iso(one.started_at),
            "recording_ended_at": iso(ended),
            "created_at": iso(ended),
            "updated_at": iso(ended),
        }

    async def serve(self, request: Request) -> Response:
        """The file behind a link, which needs no key; 403 when it is too old."""
        one, until = self._links.get(request.path_params["token"], (None, 0.0))
        if one is None or until < self._exchange.agenda.now():
            return PlainTextResponse("Request has expired", 403)
        return Response(MP3, media_type=f"audio/{one.format}")

    def _link(self, one: Recording) -> str:
        token = secrets.token_hex(8)
        self._links[token] = one, self._exchange.agenda.now() + LINK_SECS
        return f"{self._address()}/files/{token}.{one.format}?X-Amz-Expires=600"

    def _saved(self, one: Recording) -> None:
        if self._trouble.recording_saved_lost:
            return
        call, room = one.room.creator, one.room
        link = self._link(one)
        self._exchange.reporter.conference(
            call.leg_id,
            "conference.recording.saved",
            call_control_id=call.id,
            call_session_id=call.session_id,
            client_state=room.client_state,
            connection_id=room.connection_id,
            conference_id=room.id,
            recording_id=one.id,
            format=one.format,
            channels="single",
            recording_started_at=iso(one.started_at),
            recording_ended_at=iso(one.ended_at or one.started_at),
            recording_urls={"mp3": link if one.format == "mp3" else None, "wav": link if one.format == "wav" else None},
        )
