"""People's phones: what they hear, and what their owners do with them."""

from collections.abc import Callable
from typing import Literal, Protocol, get_args

from web.sandbox.telnyx.calls import BUSY, CALLEE_LEFT, CALLER_LEFT, CARRIER, DECLINED, NOT_FOUND, Call, Ending

Mood = Literal["person", "busy", "declines", "voicemail", "unknown", "carrier", "deaf"]
PhoneState = Literal["idle", "ringing", "talking"]

# How a phone in this mood ends a call by itself. A person and the deaf let it ring, voicemail answers.
ENDINGS: dict[Mood, Ending] = {"busy": BUSY, "declines": DECLINED, "unknown": NOT_FOUND, "carrier": CARRIER}


class Line(Protocol):
    """The network as a phone sees it."""

    def answer(self, call: Call) -> None: ...
    def hang_up(self, call: Call, ending: Ending) -> None: ...
    def press(self, call: Call, digit: str) -> None: ...
    def put_on_hold(self, call: Call, *, held: bool) -> None: ...
    def speak_up(self, call: Call, text: str) -> None: ...
    def call_in(self, number: str, ours: str) -> Call: ...
    def changed(self) -> None: ...
    async def insist(self, condition: Callable[[], bool], timeout: float, story: Callable[[], str]) -> None: ...  # noqa: ASYNC109 - part of the story tests' wording


class Phone:
    """``mood`` is how it behaves by itself when rung; ``heard`` all that was ever said or played to it."""

    def __init__(self, number: str, line: Line) -> None:
        self.number = number
        self.label = ""
        self.calls: list[Call] = []
        self.heard: list[str] = []
        self._mood: Mood = "person"
        self._line = line

    @property
    def mood(self) -> Mood:
        return self._mood

    @mood.setter
    def mood(self, mood: Mood) -> None:
        if mood not in get_args(Mood):
            raise ValueError(f"{mood!r} is no mood of a phone")
        self._mood = mood
        self._line.changed()

    @property
    def call(self) -> Call | None:
        """The call it is busy with: the newest that has not ended."""
        return next((call for call in reversed(self.calls) if call.alive), None)

    @property
    def state(self) -> PhoneState:
        call = self.call
        if call is None:
            return "idle"
        return "ringing" if call.phase == "ringing" and not call.incoming else "talking"

    @property
    def ring_count(self) -> int:
        """How many calls have been made to it, whether it rang or was engaged."""
        return sum(not call.incoming for call in self.calls)

    @property
    def room(self) -> str | None:
        """The name of the conference it is in."""
        call = self.call
        return call.seat.room_name if call and call.seat else None

    def answers(self) -> None:
        self._line.answer(self._ringing("answer"))

    def declines(self) -> None:
        self._line.hang_up(self._ringing("decline"), DECLINED)

    def hangs_up(self) -> None:
        call = self._talking("hang up")
        self._line.hang_up(call, CALLER_LEFT if call.incoming else CALLEE_LEFT)

    def presses(self, digits: str) -> None:
        """Each of ``0-9 * #``, one after another."""
        call = self._talking("press keys")
        for digit in digits:
            self._line.press(call, digit)

    def holds(self) -> None:
        """Put Telnyx on hold, as office phones do."""
        self._line.put_on_hold(self._talking("hold"), held=True)

    def unholds(self) -> None:
        self._line.put_on_hold(self._talking("take back"), held=False)

    def speaks(self, text: str) -> None:
        """Say something into the phone."""
        self._line.speak_up(self._talking("speak"), text)

    @property
    def muted(self) -> bool:
        """Whether its conference mutes it."""
        return bool(self.call and self.call.seat and self.call.seat.muted)

    @property
    def held(self) -> bool:
        return bool(self.call and self.call.seat and self.call.seat.on_hold)

    def dials(self, number: str) -> Call:
        """Call one of Telnyx's own numbers."""
        if self.call:
            raise AssertionError(f"cannot dial now: {self._story()}")
        return self._line.call_in(self.number, number)

    def hear(self, text: str) -> None:
        self.heard.append(text)
        self._line.changed()

    async def rings(self, timeout: float = 60) -> None:  # noqa: ASYNC109 - part of the story tests' wording
        await self._insist(lambda: self.state == "ringing", timeout, "should ring")

    async def hears(self, fragment: str, timeout: float = 60) -> None:  # noqa: ASYNC109 - part of the story tests' wording
        await self._insist(lambda: any(fragment in text for text in self.heard), timeout, f"should hear {fragment!r}")

    async def in_room(self, timeout: float = 60) -> None:  # noqa: ASYNC109 - part of the story tests' wording
        await self._insist(lambda: self.room is not None, timeout, "should be in a conference")

    async def idle(self, timeout: float = 60) -> None:  # noqa: ASYNC109 - part of the story tests' wording
        await self._insist(lambda: self.call is None, timeout, "should be idle")

    def snapshot(self) -> dict[str, object]:
        call = self.call
        return {
            "number": self.number,
            "label": self.label,
            "state": self.state,
            "since": (call.answered_at or call.started_at) if call else None,
            "heard": list(self.heard),
            "room": self.room,
            "mood": self.mood,
            "muted": self.muted,
            "held": self.held,
            "holds": bool(call and call.on_far_hold),
        }

    def _ringing(self, what: str) -> Call:
        if self.call is None or self.state != "ringing":
            raise AssertionError(f"cannot {what}: {self._story()}")
        return self.call

    def _talking(self, what: str) -> Call:
        if self.call is None or self.state != "talking":
            raise AssertionError(f"cannot {what}: {self._story()}")
        return self.call

    async def _insist(self, condition: Callable[[], bool], timeout: float, what: str) -> None:  # noqa: ASYNC109 - part of the story tests' wording
        await self._line.insist(condition, timeout, lambda: f"{what}, but {self._story()}")

    def _story(self) -> str:
        past = [call.ending.cause for call in self.calls if call.ending]
        return f"{self.number} is {self.state}, in room {self.room}; calls ended: {past}; heard: {self.heard}"
