"""What a workspace holds, and how each thing looks in Slack's JSON."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypedDict

Json = dict[str, Any]


class Refused(Exception):  # noqa: N818 - Slack's own answer to a request, not a fault of the stand-in
    """A request is answered ``{"ok": false, "error": ...}``, with this HTTP status and these headers."""

    def __init__(self, error: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = dict(headers or {})
        self.answer: Json = {"ok": False, "error": error, **more}


class Facts(TypedDict, total=False):
    """What may be said of a new user."""

    real_name: str
    phone: str
    team_id: str
    is_bot: bool
    deleted: bool
    is_restricted: bool
    is_ultra_restricted: bool
    is_stranger: bool
    is_admin: bool


@dataclass(eq=False, kw_only=True)
class User:
    id: str
    name: str
    real_name: str
    team_id: str
    phone: str = ""
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False

    def profile(self) -> Json:
        return {"real_name": self.real_name, "display_name": self.real_name, "phone": self.phone, "team": self.team_id}

    def picture(self) -> Json:
        """As users.info tells it. ``is_stranger`` is only there when it is true, as in Slack."""
        same = ("id", "team_id", "name", "real_name", "deleted", "is_bot", "is_admin", "is_restricted")
        told = {key: getattr(self, key) for key in (*same, "is_ultra_restricted")}
        told |= {"is_owner": False, "is_primary_owner": False, "is_app_user": False, "profile": self.profile()}
        return told | ({"is_stranger": True} if self.is_stranger else {})


@dataclass(eq=False, kw_only=True)
class Group:
    id: str
    handle: str
    users: list[str]


@dataclass(eq=False, kw_only=True)
class Message:
    """``user`` wrote it; ``shown_to`` is the one person who sees it when it is ephemeral."""

    ts: str
    channel: str
    user: str
    text: str
    bot_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    shown_to: str | None = None
    edited: int = 0
    marked: bool = False  # shows "(edited)": only edits without blocks do
    deleted: bool = False
    history: list[str] = field(default_factory=list)  # every text it ever had, the present one last
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in {None, self.ts}

    def picture(self) -> Json:
        """As chat.postMessage and conversations.history tell it, without metadata."""
        told: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        told |= {"bot_id": self.bot_id} if self.bot_id else {}
        told |= {"blocks": self.blocks} if self.blocks else {}
        told |= {"thread_ts": self.thread_ts} if self.thread_ts else {}
        told |= {"subtype": "thread_broadcast"} if self.broadcast else {}
        told |= {"edited": {"user": self.user, "ts": self.ts}} if self.marked else {}
        return told


@dataclass(eq=False, kw_only=True)
class Channel:
    id: str
    name: str
    members: list[str]
    user: str | None = None  # the person at the other end of a direct message
    is_archived: bool = False
    is_ext_shared: bool = False
    messages: list[Message] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        return self.user is not None

    def message(self, ts: str | None) -> Message | None:
        return next((message for message in self.messages if message.ts == ts and not message.deleted), None)

    def replies(self, ts: str) -> list[Message]:
        return [m for m in self.messages if m.thread_ts == ts and m.is_reply and not m.deleted]


@dataclass(eq=False, kw_only=True)
class View:
    """A modal or a Home tab. ``raw`` is the view as the app sent it, with the ids that Slack adds."""

    id: str
    user: str
    raw: Json
    hash: str
    closed: bool = False
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    previous: str | None = None

    @property
    def type(self) -> str:
        return str(self.raw["type"])

    @property
    def blocks(self) -> list[Json]:
        return list(self.raw.get("blocks", []))

    def picture(self, team_id: str) -> Json:
        ids = {"id": self.id, "team_id": team_id, "hash": self.hash, "previous_view_id": self.previous}
        blank = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
        return blank | self.raw | ids | {"state": {"values": deepcopy(self.values)}}


@dataclass(eq=False)
class SlackCall:
    """``users`` as the app gave them: a slack_id, or an external_id and a display_name."""

    id: str
    external_unique_id: str
    title: str
    users: list[Json] = field(default_factory=list)
    ended: bool = False

    def picture(self) -> Json:
        return {"id": self.id, "external_unique_id": self.external_unique_id, "title": self.title, "users": self.users}


@dataclass(eq=False, kw_only=True)
class File:
    """``data`` is empty until it is uploaded, ``channel`` until it is shared."""

    id: str
    name: str
    length: int
    data: bytes = b""
    channel: str = ""
    thread_ts: str | None = None
    ts: str = ""


@dataclass(eq=False)
class Request:
    """One Web API request. ``status`` stays None while it hangs; ``at`` is in unix seconds of the sandbox clock."""

    at: float
    method: str
    args: Json
    status: int | None = None
    answer: Json = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class Delivered:
    """What came back from one delivery to the app. ``status`` is None when nothing came within Slack's 3 seconds."""

    kind: str = "raw"
    payload: Json = field(default_factory=dict)
    status: int | None = None
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    retry: int = 0
    reason: str = ""  # why Slack would try again
    earlier: "list[Delivered]" = field(default_factory=list)  # the tries before this one
    copy: "Delivered | None" = None  # the second delivery, when everything comes twice

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
