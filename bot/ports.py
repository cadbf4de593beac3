"""What the working floor asks of the outside, as protocols; the adapters fulfil them.

Every method either does the thing, or raises ``Later`` (not now: ask again) or ``Never`` (not at all).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.conference import Conference, Leg, Picture
from bot.core.effects import Line
from bot.core.inputs import Fact


class Later(Exception):  # noqa: N818  # it is not an error: it is an answer
    """Not done now. ``after`` seconds is the provider's wish, None = our back-off decides.

    ``done`` is False when the provider surely did nothing, None when that is not known. ``code`` is its word for it.
    """

    def __init__(self, reason: str, *, after: float | None = None, done: bool | None = None, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.done = done
        self.code = code


class Never(Exception):  # noqa: N818  # it is not an error: it is an answer
    """Not done and never will be. ``code`` is the provider's word for it."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Clock(Protocol):
    def now(self) -> float:
        """Unix seconds."""
        ...

    async def until(self, when: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Survey:
    """``calls``: our legs whose calls are up, with their call control ids. ``members``: the calls in the room."""

    calls: dict[str, str]
    members: tuple[str, ...] | None


class Phone(Protocol):
    """Telnyx. It ignores a repeated ``command_id`` for 60 s ("Receiving webhooks for programmable voice")."""

    async def dial(self, leg: Leg, command_id: str) -> Fact:
        """Ring the leg's number. Returns Rang, or DialRefused for a refusal that is final."""
        ...

    async def find(self, leg: Leg) -> str | None:
        """The call control id of the live call whose client_state names this leg, or None."""
        ...

    async def survey(self, conference_id: str, room_id: str) -> Survey:
        """Which calls of this conference are up, and who is in its room (not asked for when ``room_id`` is "")."""
        ...

    async def ask_key(self, leg: Leg, prompt: str, command_id: str) -> Fact | None:
        """Returns LegLost when the leg is already over."""
        ...

    async def seat(self, leg: Leg, room_name: str, room: int, *, opens: bool, command_id: str) -> Fact:
        """Create the room with this leg, or join it by name. Returns Seated or SeatRefused.

        Raises Later with the code "no room" when there is no room of that name (yet).
        """
        ...

    async def hang_up(self, leg: Leg, command_id: str) -> Fact | None:
        """Returns LegLost when the leg was already over."""
        ...

    async def end_room(self, room_id: str, command_id: str) -> None:
        """End the room for everybody in it; one that is already over is a success."""
        ...


@dataclass(frozen=True, slots=True)
class Posted:
    ts: str
    fingerprint: str = ""


class Chat(Protocol):
    """Slack. ``token`` is an opaque id put into the message's metadata, to find it again when its fate is unknown."""

    async def post_card(self, picture: Picture, token: str) -> Posted: ...

    async def draw_card(self, picture: Picture) -> str | None:
        """Redraw the card unless it looks as before. Returns its fingerprint, or None when the card is gone."""
        ...

    async def post_lines(self, conference: Conference, lines: Sequence[Line], token: str) -> None: ...

    async def find(self, conference: Conference, token: str, since: float) -> str | None:
        """The ts of our message with this token, or None when there is none or we may not look."""
        ...

    async def tell_host(self, conference: Conference, reason: str, token: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Profile:
    """A Slack user as users.info tells it (https://docs.slack.dev/reference/methods/users.info)."""

    user_id: str
    name: str
    team: str
    phone: str = ""  # free text that anybody may type into their profile
    bot: bool = False
    deleted: bool = False
    guest: bool = False  # is_restricted or is_ultra_restricted
    stranger: bool = False


class Directory(Protocol):
    async def profile(self, user_id: str) -> Profile | None:
        """None when Slack knows no such user. Raises Later when Slack cannot say."""
        ...
