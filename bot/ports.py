"""What the working floor asks of the outside, as protocols; the adapters fulfil them.

Every method either does the thing, or raises ``Later`` (not now: ask again) or ``Never`` (not at all).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.conference import Conference, Leg, Picture
from bot.core.effects import Line
from bot.core.inputs import Fact
from bot.core.policy import Place


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

    def steady(self) -> float:
        """Seconds since some moment, by a clock that nobody sets."""
        ...

    async def until(self, when: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Survey:
    """``calls``: our legs and side calls that are up, each with its call control id; rarely one leg has two.

    ``members``: the calls in the room, None when no room is known, () when it is over. ``muted`` and ``held`` are those
    whom Telnyx mutes or holds. ``room_id`` is the room that they are in.
    """

    calls: tuple[tuple[str, str], ...]
    members: tuple[str, ...] | None = None
    muted: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    room_id: str = ""


@dataclass(frozen=True, slots=True)
class CallUp:
    """A call that is up. ``name``: the leg or side call that it says it is of, "" when it says nothing that we can read
    (a call that came in does not until it is answered). ``ours``: it bears our mark.
    """

    name: str
    call_control_id: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Account:
    """All that is up on our connection. ``rooms`` are the names of the open ones."""

    calls: tuple[CallUp, ...]
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SavedRecording:
    """``url`` is a link that lives ten minutes (``GET /recordings/{id}``). ``seconds`` is its length."""

    id: str
    url: str
    seconds: float
    format: str  # mp3, wav


class Phone(Protocol):
    """Telnyx. It ignores a repeated ``command_id`` for 60 s ("Receiving webhooks for programmable voice")."""

    async def dial(self, leg: Leg, command_id: str) -> Fact:
        """Ring the leg's number. Returns Rang, or DialRefused for a refusal that is final."""
        ...

    async def find(self, name: str) -> str | None:
        """The call control id of the live call whose client_state names this leg or side call, or None."""
        ...

    async def survey(self, conference_id: str, room_id: str, room_name: str) -> Survey:
        """Which calls of this conference are up, and who is in its room, which is looked up by name without an id."""
        ...

    async def account(self) -> Account:
        """Every call and room on our connection."""
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

    # ``room`` is the id or the name of a Telnyx conference. A leg or room that is over makes these a success that did
    # nothing; anything else that Telnyx refuses for good raises Never.

    async def mute(self, leg: Leg, room: str, *, muted: bool) -> None: ...

    async def hold(self, leg: Leg, room: str, *, held: bool) -> None: ...

    async def say_to(self, leg: Leg, room: str, text: str, command_id: str) -> None:
        """Speak to one leg: through the room when it is in there, else on its own line."""
        ...

    async def say_to_all(self, room: str, text: str, command_id: str) -> None: ...

    async def play(self, room: str, url: str) -> None:
        """Play a file to everybody. Telnyx knows no command_id here: a repeat plays twice."""
        ...

    async def stop_sound(self, room: str) -> None: ...

    async def send_keys(self, leg: Leg, digits: str, command_id: str) -> None: ...

    async def record(self, room: str, action: str, command_id: str) -> None:
        """``action``: start, stop, pause, resume. Raises Never when there is nothing to record (90020)."""
        ...

    async def transcribe(self, leg: Leg, command_id: str) -> None: ...

    async def recordings(self, room_id: str) -> tuple[str, ...]:
        """Ids of the saved recordings of this Telnyx conference."""
        ...

    async def recording(self, recording_id: str) -> SavedRecording:
        """Raises Never when there is no such recording, Later while it is not ready."""
        ...

    async def fetch(self, url: str, most: int) -> bytes:
        """The file behind a link of a recording. Raises Never over ``most`` bytes, Later when it cannot be had now."""
        ...

    # Calls that are no legs: somebody who dials in and has not given a PIN yet, or whose number is checked.

    async def dial_side(self, side_id: str, number: str, command_id: str) -> str:
        """The call control id. Raises Never when Telnyx will not ring it."""
        ...

    async def answer(self, call_control_id: str, side_id: str, command_id: str) -> None: ...

    async def reject(self, call_control_id: str, command_id: str) -> None: ...

    async def ask_digits(self, call_control_id: str, prompt: str, digits: int, command_id: str) -> None: ...

    async def speak(self, call_control_id: str, text: str, command_id: str) -> None: ...

    async def hang_up_call(self, call_control_id: str, command_id: str) -> None: ...


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

    async def has_file(self, conference: Conference, name: str, since: float) -> bool:
        """Whether a file of this name is in the conference's thread, as far as we may look."""
        ...

    async def tell_host(self, conference: Conference, reason: str, token: str, doubt: float | None) -> None:
        """Write to the host alone. ``doubt`` is when an earlier try with unknown fate was made: it is looked for."""
        ...

    async def upload(self, conference: Conference, name: str, data: bytes, comment: str) -> None:
        """Put a file into the conference's thread (files.getUploadURLExternal, files.completeUploadExternal)."""
        ...

    async def mirror(self, picture: Picture) -> str | None:
        """Make Slack's own call of this conference (calls.*) show the picture. Returns its id when it was made now."""
        ...


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
    admin: bool = False  # is_admin, is_owner or is_primary_owner


class Directory(Protocol):
    async def profile(self, user_id: str) -> Profile | None:
        """None when Slack knows no such user. Raises Later when Slack cannot say."""
        ...

    async def group(self, group_id: str) -> tuple[str, ...] | None:
        """User ids in a Slack user group; None when there is no such group. Raises Later."""
        ...

    async def channel(self, channel_id: str) -> tuple[str, ...] | None:
        """User ids in a channel, bots among them; None when we may not see it. Raises Later."""
        ...

    async def place(self, channel_id: str) -> Place:
        """Raises Later."""
        ...
