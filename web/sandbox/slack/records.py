"""What a workspace holds, and how each thing looks in Slack's JSON."""

import mimetypes
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
    """``users`` may be bots, guests and people who have left, as in Slack."""

    id: str
    handle: str
    users: list[str]
    created: int = 0
    is_disabled: bool = False

    def picture(self, team_id: str) -> Json:
        told: Json = {"id": self.id, "team_id": team_id, "is_usergroup": True, "is_external": False}
        told |= {"name": self.handle, "handle": self.handle, "description": "", "auto_type": None}
        dates = {"date_create": self.created, "date_update": self.created}
        return told | dates | {"date_delete": self.created if self.is_disabled else 0}


@dataclass(frozen=True)
class Shortcut:
    """What an app offers in the lightning menu (``global``) or in the menu of each message (``message``)."""

    callback_id: str
    name: str
    type: str


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
    files: "list[File]" = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        return self.thread_ts not in {None, self.ts}

    def picture(self) -> Json:
        """As chat.postMessage and conversations.history tell it, without metadata and what Slack adds to blocks."""
        told: Json = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts}
        told |= {"bot_id": self.bot_id} if self.bot_id else {}
        told |= {"blocks": self.blocks} if self.blocks else {}
        told |= {"files": [file.picture() for file in self.files], "upload": True} if self.files else {}
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
    is_pending_ext_shared: bool = False  # another company is invited and has not come yet
    is_private: bool = False
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
    """A modal or a Home tab. ``raw`` is the view as the app sent it, with the ids that Slack adds.

    ``place`` is the channel it was opened in, ``values`` its state: what is chosen and typed now.
    """

    id: str
    user: str
    raw: Json
    hash: str
    place: str | None = None
    closed: bool = False
    values: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    previous: "View | None" = None

    @property
    def type(self) -> str:
        return str(self.raw["type"])

    @property
    def blocks(self) -> list[Json]:
        return list(self.raw.get("blocks", []))

    @property
    def stack(self) -> "list[View]":
        """From the first modal to this one, which lies on top of it."""
        return [*(self.previous.stack if self.previous else []), self]

    def picture(self, team_id: str, app_id: str, bot_id: str) -> Json:
        ids: Json = {"id": self.id, "team_id": team_id, "hash": self.hash, "app_id": app_id, "bot_id": bot_id}
        ids |= {"previous_view_id": self.previous.id if self.previous else None, "root_view_id": self.stack[0].id}
        ids |= {"app_installed_team_id": team_id}
        blank: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
        blank |= {"clear_on_close": False, "notify_on_close": False}
        return blank | self.raw | ids | {"state": {"values": deepcopy(self.values)}}


@dataclass(eq=False, kw_only=True)
class SlackCall:
    """``users`` as the app gave them: a slack_id, or an external_id and a display_name."""

    id: str
    external_unique_id: str
    join_url: str
    created_by: str
    date_start: int
    title: str = ""
    external_display_id: str = ""
    desktop_app_join_url: str = ""
    users: list[Json] = field(default_factory=list)
    everybody: list[Json] = field(default_factory=list)  # who ever took part
    date_end: int = 0

    @property
    def ended(self) -> bool:
        return self.date_end > 0

    def picture(self) -> Json:
        same = ("id", "external_unique_id", "join_url", "date_start", "title", "external_display_id")
        told: Json = {key: getattr(self, key) for key in (*same, "desktop_app_join_url", "users")}
        return told | ({"date_end": self.date_end} if self.ended else {})

    def card(self) -> Json:
        """What Slack adds to a block of type ``call``."""
        told: Json = {"id": self.id, "name": self.title, "display_id": self.external_display_id}
        told |= {"join_url": self.join_url, "desktop_app_join_url": self.desktop_app_join_url}
        told |= {"created_by": self.created_by, "date_start": self.date_start, "date_end": self.date_end}
        told |= {"active_participants": self.users, "all_participants": self.everybody, "has_ended": self.ended}
        return {"v1": told, "media_backend_type": "platform_call"}


@dataclass(eq=False, kw_only=True)
class File:
    """``data`` is empty until it is uploaded, ``channel`` until it is shared."""

    id: str
    name: str
    length: int
    url: str
    title: str = ""
    data: bytes = b""
    created: int = 0
    user: str = ""
    channel: str = ""
    thread_ts: str | None = None
    ts: str = ""

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def picture(self) -> Json:
        kind = self.name.rpartition(".")[2].lower() if "." in self.name else "binary"
        told: Json = {"id": self.id, "name": self.name, "title": self.title, "size": self.length, "user": self.user}
        told |= {"created": self.created, "timestamp": self.created, "mimetype": self.mimetype, "filetype": kind}
        return told | {"mode": "hosted", "url_private": self.url, "url_private_download": f"{self.url}?download=1"}


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
