"""Telnyx, as far as one conference can notice it: calls, rooms, and the news it sends of them."""

from dataclasses import dataclass, field

from bot.core import inputs as i


@dataclass(slots=True)
class Telnyx:
    """``news`` waits to be delivered, in whatever order."""

    now: float = 1000.0
    ringing: set[str] = field(default_factory=set)
    up: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    rung: set[str] = field(default_factory=set)  # every leg ever dialled
    let_in: set[str] = field(default_factory=set)  # every leg that pressed 1
    rooms: dict[str, set[str]] = field(default_factory=dict)  # active rooms: who is in
    ids: dict[str, str] = field(default_factory=dict)  # name of an active room: its id
    opened: int = 0
    muted: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    news: list[i.Fact] = field(default_factory=list)

    @property
    def calls(self) -> set[str]:
        return self.ringing | self.up

    @property
    def inside(self) -> set[str]:
        return {leg_id for legs in self.rooms.values() for leg_id in legs}

    def dial(self, leg_id: str) -> i.Fact:
        assert leg_id not in self.rung, "a leg is dialled once"
        self.rung.add(leg_id)
        self.ringing.add(leg_id)
        self.news.append(i.Rang(_call(leg_id), self._tick()))
        return i.Rang(_call(leg_id), self.now)

    def answer(self, leg_id: str) -> None:
        self.ringing.remove(leg_id)
        self.up.add(leg_id)
        self.news.append(i.Answered(_call(leg_id), self._tick()))

    def ask_key(self, leg_id: str) -> i.Fact | None:
        if leg_id not in self.up:
            return i.LegLost(leg_id, self._tick(), "90018")
        self.asked.add(leg_id)
        return None

    def press(self, leg_id: str, digit: str) -> None:
        self.asked.remove(leg_id)
        if digit == "1":
            self.let_in.add(leg_id)
        if digit:
            self.news.append(i.KeyPressed(_call(leg_id), self._tick(), digit))
        status = "valid" if digit else "timeout"
        self.news.append(i.KeyGiven(_call(leg_id), self._tick(), digit, status))

    def hear(self, leg_id: str, result: str) -> None:
        """Machine detection has made up its mind."""
        self.news.append(i.MachineHeard(_call(leg_id), self._tick(), result))

    def mute(self, leg_id: str, *, muted: bool) -> None:
        self.muted = (self.muted | {leg_id} if muted else self.muted - {leg_id}) & self.inside

    def hold(self, leg_id: str, *, held: bool) -> None:
        self.held = (self.held | {leg_id} if held else self.held - {leg_id}) & self.inside

    def seat(self, leg_id: str, name: str, room: int, *, opens: bool) -> i.Fact:
        assert leg_id in self.let_in, "only who pressed 1 is sent to the room"
        if leg_id not in self.up:
            return i.SeatRefused(leg_id, self._tick(), room, "leg_gone", "90018")
        room_id = self.ids.get(name, "")
        if opens and not room_id:
            room_id = self._open(name)
            self._enter(leg_id, room_id)
            return i.Seated(leg_id, self.now, room, room_id)
        if not room_id:
            return i.SeatRefused(leg_id, self._tick(), room, "room_gone", "90019")
        self._enter(leg_id, room_id)
        return i.Seated(leg_id, self.now, room)  # the answer to a join names no room

    def hang_up(self, leg_id: str, cause: str = "normal_clearing") -> i.Fact | None:
        if leg_id not in self.calls:
            return i.LegLost(leg_id, self._tick(), "90018")
        self.ringing.discard(leg_id)
        self.up.discard(leg_id)
        if leg_id in self.asked:
            self.asked.remove(leg_id)
            self.news.append(i.KeyGiven(_call(leg_id), self._tick(), "", "call_hangup"))
        for room_id in [one for one, inside in self.rooms.items() if leg_id in inside]:
            self._leave(leg_id, room_id)
        self.news.append(i.HungUp(_call(leg_id), self._tick(), cause))
        return None

    def end_room(self, room_id: str) -> None:
        for leg_id in sorted(self.rooms.get(room_id, ())):
            self.hang_up(leg_id)

    def _open(self, name: str) -> str:
        assert not self.rooms, "one conference is never in two rooms"
        self.opened += 1
        room_id = f"r{self.opened}"
        self.rooms[room_id] = set()
        self.ids[name] = room_id
        self.news.append(i.RoomOpened(i.Call(), self._tick(), room_id))
        return room_id

    def _enter(self, leg_id: str, room_id: str) -> None:
        if leg_id not in self.rooms[room_id]:  # else 90044: it is in already
            self.rooms[room_id].add(leg_id)
            self.news.append(i.Joined(_call(leg_id), self._tick(), room_id))

    def _leave(self, leg_id: str, room_id: str) -> None:
        self.rooms[room_id].remove(leg_id)
        self.muted.discard(leg_id)
        self.held.discard(leg_id)
        self.news.append(i.Left(_call(leg_id), self._tick(), room_id))
        if not self.rooms[room_id]:
            del self.rooms[room_id]
            self.ids = {name: one for name, one in self.ids.items() if one != room_id}
            self.news.append(i.RoomEnded(i.Call(), self._tick(), room_id, "all_left"))

    def _tick(self) -> float:
        self.now += 1
        return self.now


def _call(leg_id: str) -> i.Call:
    return i.Call(f"v3:{leg_id}", leg_id)
