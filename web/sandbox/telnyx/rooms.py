"""Conferences: who sits in them, what is said in them, how they end."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from web.sandbox.telnyx.agenda import Alarm
from web.sandbox.telnyx.calls import CALLER_LEFT, TIME_LIMIT, Call
from web.sandbox.telnyx.exchange import Exchange
from web.sandbox.telnyx.refusals import Refusal
from web.sandbox.telnyx.seats import PLAIN, Seat, Terms
from web.sandbox.telnyx.stamp import iso

LIFETIME_SECS = 4 * 3600.0
EndReason = Literal["all_left", "ended_via_api", "host_left", "time_exceeded"]


@dataclass(eq=False)
class Room:
    id: str
    name: str
    connection_id: str
    creator: Call
    created_at: float
    expires_at: float
    client_state: str | None
    max_participants: int = 250
    participants: list[Seat] = field(default_factory=list)  # also those who left
    status: Literal["in_progress", "completed"] = "in_progress"
    end_reason: EndReason | None = None
    updated_at: float = 0.0
    expiry: Alarm | None = None
    talking: Call | None = None
    said: list[tuple[str, str]] = field(default_factory=list)  # by which number, what

    @property
    def seats(self) -> list[Seat]:
        """Who is in it now."""
        return [seat for seat in self.participants if seat.status == "joined"]

    def picture(self) -> dict[str, object]:
        """Telnyx's description of it."""
        picture: dict[str, object] = {
            "record_type": "conference",
            "id": self.id,
            "name": self.name,
            "connection_id": self.connection_id,
            "status": self.status,
            "region": "sandbox",
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "expires_at": iso(self.expires_at),
        }
        return {**picture, "end_reason": self.end_reason} if self.end_reason else picture


class Rooms:
    def __init__(self, exchange: Exchange) -> None:
        self.by_id: dict[str, Room] = {}
        self._exchange = exchange
        self._agenda = exchange.agenda
        exchange.on_hang_up = self._dropped
        exchange.on_speech = self._spoken
        self.fails: Callable[[], bool] = lambda: False  # whether a mute or hold shall not take
        self.on_end: Callable[[Room], None] = lambda _: None

    def find(self, room_id: str) -> Room:
        """By id alone."""
        if room := self.by_id.get(room_id):
            return room
        raise Refusal("90058", "Invalid conference_id")

    def find_active(self, id_or_name: str, *, by_name: bool = True) -> Room:
        """By id, or by the name of the newest conference of that name."""
        named = [room for room in self.by_id.values() if by_name and room.name == id_or_name]
        room = named[-1] if named else self.find(id_or_name)
        if room.status == "completed":
            raise Refusal("90019", "This conference is no longer active and can't receive commands.")
        return room

    def create(self, call: Call, name: str, *, client_state: str | None, most: int, lifetime: float) -> Room:
        if any(room.name == name and room.status == "in_progress" for room in self.by_id.values()):
            raise Refusal("90033", "Conference with given name already exists and it's active.")
        now = self._agenda.now()
        if client_state is not None:  # it replaces the creator's, and goes with all of the conference's webhooks
            call.client_state = client_state
        room = Room(self._exchange.uuid(), name, call.connection_id, call, now, now + lifetime, call.client_state, most)
        room.expiry = self._agenda.after(lifetime, lambda: self.end(room, "time_exceeded"))
        self.by_id[room.id] = room
        self._tell(room, "conference.created", room.creator)
        self.join(room, call)
        return room

    def join(self, room: Room, call: Call, terms: Terms = PLAIN) -> None:
        if call.seat and call.seat.room_id == room.id:
            raise Refusal("90044", "Participant must not join the same conference twice.")
        if len(room.seats) >= room.max_participants:
            raise Refusal("90032", "The conference has reached its maximum number of participants.")
        if call.seat:
            self.leave(self.by_id[call.seat.room_id], call)
        now = room.updated_at = self._agenda.now()
        call.seat = Seat(self._exchange.uuid(), call.id, call.leg_id, room.id, room.name, now, now, *terms)
        room.participants.append(call.seat)
        self._tell(room, "conference.participant.joined", call)
        self._exchange.changed()

    def leave(self, room: Room, call: Call) -> None:
        """The call stays up, in silence."""
        seat = call.seat
        if seat is None or seat.room_id != room.id:
            raise Refusal("90015", "The call is not a participant of this conference.", field="call_control_id")
        self._stand_up(room, call)
        if seat.end_on_exit:
            self.end(room, "host_left")
        elif seat.soft_end_on_exit:
            self.end(room, "host_left", hang_up=False)
        elif not room.seats:
            self.end(room, "all_left")
        self._exchange.changed()

    def end(self, room: Room, reason: EndReason, *, hang_up: bool = True) -> None:
        if room.status == "completed":
            return
        self.on_end(room)
        room.status = "completed"
        room.end_reason = reason
        calls = [self._exchange.calls[seat.call_id] for seat in room.seats]
        for call in calls:
            self._stand_up(room, call)
        if hang_up:
            self._hang_up(room, calls, reason)
        if room.expiry:
            room.expiry.off = True
        # The webhook's list of reasons lacks "ended_via_api".
        self._tell(room, "conference.ended", room.creator, reason="all_left" if reason == "ended_via_api" else reason)
        self._exchange.changed()

    def set_state(
        self, room: Room, call_ids: Sequence[str], *, muted: bool | None = None, on_hold: bool | None = None
    ) -> None:
        """No webhook tells of it."""
        if self.fails():
            self.chosen(room, call_ids)
            return
        for seat in self.chosen(room, call_ids):
            seat.muted = seat.muted if muted is None else muted
            seat.on_hold = seat.on_hold if on_hold is None else on_hold
            seat.updated_at = self._agenda.now()
        self._exchange.changed()

    def sound(
        self, room: Room, kind: Literal["speak", "playback"], text: str, call_ids: Sequence[str], **media: object
    ) -> None:
        """Let the chosen ones hear something; people on hold hear the hold music only."""
        seats = self.chosen(room, call_ids)
        calls = [self._exchange.calls[seat.call_id] for seat in seats]
        for moment in ("started", "ended"):
            for call in calls if call_ids else ():
                self._tell(
                    room, f"conference.participant.{kind}.{moment}", call, **self._creator_session(room), **media
                )
            if not call_ids:
                self._tell(room, f"conference.{kind}.{moment}", None, **self._creator_session(room), **media)
        for seat, call in zip(seats, calls, strict=True):
            if not seat.on_hold:
                self._exchange.say(call, text)

    def chosen(self, room: Room, call_ids: Sequence[str]) -> list[Seat]:
        """Nobody named means everybody."""
        if not call_ids:
            return room.seats
        return [self._seat_in(room, call_id) for call_id in call_ids]

    def _seat_in(self, room: Room, call_id: str) -> Seat:
        seat = self._exchange.find_alive(call_id).seat
        if seat is None or seat.room_id != room.id:
            raise Refusal("90015", "The call is not a participant of this conference.", field="call_control_ids")
        return seat

    def _stand_up(self, room: Room, call: Call) -> None:
        if call.seat:
            call.seat.status = "left"
            call.seat.updated_at = room.updated_at = self._agenda.now()
            call.seat = None
            self._tell(room, "conference.participant.left", call)

    def _spoken(self, call: Call, text: str) -> None:
        """Whoever talks and is heard has the floor."""
        if call.seat is None or call.seat.muted or call.seat.on_hold:
            return
        room = self.by_id[call.seat.room_id]
        room.said.append((call.number, text))
        if room.talking is not call:
            room.talking = call
            self._tell(room, "conference.floor.changed", call)

    def _dropped(self, call: Call) -> None:
        if call.seat:
            self.leave(self.by_id[call.seat.room_id], call)

    def _hang_up(self, room: Room, calls: Iterable[Call], reason: EndReason) -> None:
        """With the members goes the call that the conference was made from, wherever it is now. Telnyx was seen
        to give ``time_limit`` as that one's cause, although no time was up.
        """
        ending = TIME_LIMIT if reason == "time_exceeded" else CALLER_LEFT
        for call in calls:
            self._exchange.hang_up(call, TIME_LIMIT if call is room.creator else ending)
        if reason != "all_left" and room.creator.alive:
            self._exchange.hang_up(room.creator, TIME_LIMIT)

    def _creator_session(self, room: Room) -> dict[str, object]:
        return {"creator_call_session_id": room.creator.session_id}

    def _tell(self, room: Room, event_type: str, call: Call | None, **extra: object) -> None:
        ids = {**call.ids(), "client_state": room.client_state} if call else {"connection_id": room.connection_id}
        lane = call.leg_id if call else room.id
        self._exchange.reporter.conference(lane, event_type, **ids, conference_id=room.id, **extra)
