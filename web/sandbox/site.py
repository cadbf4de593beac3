"""The sandbox's page and the small HTTP contract behind it: state goes out as events, what a visitor does comes in.

``GET /`` the page, ``GET /page/...`` its files, ``GET /events`` events: ``event: state`` and the whole picture::

    {"slack":  {"team": {...}, "bot": {"id", "name"}, "users": [{"id", "name", "real_name", "is_bot", "guest"?}],
                "channels": [{"id", "name", "is_im", "user"?, "archived", "messages": [MESSAGE with "replies"]}],
                "ephemerals": [{"id", "user", "channel", "thread_ts", "ts", "text", "blocks"}],
                "views": [{"id", "user", "type", "title", "blocks", "submit", "close", "errors": {block_id: text},
                           "values": a view's state}],
                "shortcuts": [{"callback_id", "name", "type": "global|message"}],
                "trouble": {name: value}},
     "telnyx": {"phones": [{"number", "label", "state": "idle|ringing|talking", "since": unix or null, "heard": [text],
                            "room": name or null, "mood", "muted", "held", "holds"}],
                "trouble": {name: value}},
     "clock":  {"now": unix seconds, "ahead": seconds}, "me": [user id], "app": {"ready": bool}}

MESSAGE is ``{"ts", "user", "text", "blocks", "files": [FILE], "thread_ts", "edited", "deleted"}``, FILE
``{"id", "name", "title", "size", "mimetype"}``; its bytes are at ``GET /file/{id}``. An ephemeral's ``user`` sees it.

``POST /do/{what}`` takes JSON and answers ``{"ok": true}`` or ``{"ok": false, "error": text}``:

    command {user, channel, text}    say {user, channel, thread_ts, text}    close_view {user, view_id}
    click {user, channel, ts, action_id, value, block_id}, in a modal {user, view_id, action_id, value, block_id}
    shortcut {user, channel, callback_id}    about {user, channel, ts, callback_id}    home {user}
    submit {user, view_id, values}    phone {number, what, digits}
    where what is answer, decline, hang_up, hold, unhold, press (digits), speak (digits is the text), call_in
    mood {number, mood}    trouble {side: slack|telnyx, name, value}    clock {seconds}

The channel ``direct`` is the user's conversation with the bot.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGE = Path(__file__).parent / "page"
GAP = 0.1  # seconds between two states at least: a burst of changes is drawn once
HEARTBEAT = 15.0  # seconds of silence after which a comment keeps the connection open
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
FRESH = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}

Json = dict[str, Any]


class Delivered(Protocol):
    @property
    def ok(self) -> bool: ...
    @property
    def status(self) -> int | None: ...


class Trouble(Protocol):
    def set(self, name: str, value: object) -> None: ...


class SlackSide(Protocol):
    @property
    def users(self) -> Mapping[str, Any]: ...
    @property
    def channels(self) -> Mapping[str, Any]: ...
    @property
    def trouble(self) -> Trouble: ...
    def direct(self, user: Any) -> Any: ...
    def find(self, channel: Any, ts: str) -> Any: ...
    def view(self, view_id: str) -> Any: ...
    def file(self, file_id: str) -> Any: ...
    async def command(self, user: Any, channel: Any, text: str) -> Delivered: ...
    async def say(self, user: Any, channel: Any, text: str, *, thread_ts: str | None) -> Delivered | None: ...
    async def click(
        self, user: Any, place: Any, action_id: str, *, value: str | None, row: str | None
    ) -> Delivered: ...
    async def submit(self, user: Any, view_id: str, values: Json) -> Delivered: ...
    async def close_view(self, user: Any, view_id: str) -> Delivered | None: ...
    async def shortcut(self, user: Any, callback_id: str, channel: Any) -> Delivered: ...
    async def message_shortcut(self, user: Any, callback_id: str, message: Any) -> Delivered: ...
    async def home_opened(self, user: Any) -> Delivered: ...
    def on_change(self, callback: Callable[[], None]) -> None: ...
    def snapshot(self) -> Json: ...


class TelnyxSide(Protocol):
    @property
    def numbers(self) -> Sequence[str]: ...
    @property
    def trouble(self) -> Trouble: ...
    def phone(self, number: str) -> Any: ...
    def on_change(self, callback: Callable[[], None]) -> None: ...
    def snapshot(self) -> Json: ...


class Clock(Protocol):
    def now(self) -> float: ...
    def skip(self, *, seconds: float) -> None: ...


class Feed:
    """Tells every open page when something changed, until it is closed."""

    def __init__(self, picture: Callable[[], Json]) -> None:
        self._picture = picture
        self._changed = asyncio.Event()
        self._closed = asyncio.Event()

    def touch(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        self._closed.set()
        self.touch()

    async def stream(self) -> AsyncIterator[str]:
        while not self._closed.is_set():
            changed = self._changed  # taken before the picture, so that no change falls between the two
            yield f"event: state\ndata: {json.dumps(self._picture(), default=str)}\n\n"
            while not await _within(changed, HEARTBEAT):
                yield ": still here\n\n"
            await _within(self._closed, GAP)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


class Desk:
    """What a visitor may do, one method for each ``POST /do/{name}``."""

    def __init__(self, slack: SlackSide, telnyx: TelnyxSide, clock: Clock) -> None:
        self._slack = slack
        self._telnyx = telnyx
        self._clock = clock
        self.deeds: dict[str, Callable[[Json], Awaitable[None]]] = {
            "command": self.command, "say": self.say, "click": self.click, "submit": self.submit,
            "close_view": self.close_view, "shortcut": self.shortcut, "about": self.about, "home": self.home,
            "phone": self.phone, "mood": self.mood, "trouble": self.trouble, "clock": self.clock,
        }  # fmt: skip

    async def command(self, body: Json) -> None:
        user = self._user(body)
        await self._slack.command(user, self._channel(user, body), body["text"])  # Slack itself tells of a failure

    async def say(self, body: Json) -> None:
        user = self._user(body)
        channel = self._channel(user, body)
        _heard(await self._slack.say(user, channel, body["text"], thread_ts=body.get("thread_ts")))

    async def click(self, body: Json) -> None:
        user = self._user(body)
        place = self._place(user, body)
        action, value = body["action_id"], body.get("value")
        try:
            heard = await self._slack.click(user, place, action, value=value, row=body.get("block_id"))
        except AssertionError:  # edited since the page drew it, which gives its blocks new ids
            heard = await self._slack.click(user, place, action, value=value, row=None)
        _heard(heard)

    async def submit(self, body: Json) -> None:
        _heard(await self._slack.submit(self._user(body), body["view_id"], body["values"]))

    async def close_view(self, body: Json) -> None:
        _heard(await self._slack.close_view(self._user(body), body["view_id"]))

    async def shortcut(self, body: Json) -> None:
        user = self._user(body)
        _heard(await self._slack.shortcut(user, body["callback_id"], self._channel(user, body)))

    async def about(self, body: Json) -> None:
        user = self._user(body)
        _heard(await self._slack.message_shortcut(user, body["callback_id"], self._place(user, body)))

    async def home(self, body: Json) -> None:
        _heard(await self._slack.home_opened(self._user(body)))

    async def phone(self, body: Json) -> None:
        phone = self._telnyx.phone(body["number"])
        simple = {
            "answer": "answers",
            "decline": "declines",
            "hang_up": "hangs_up",
            "hold": "holds",
            "unhold": "unholds",
        }
        match body["what"]:
            case "press":
                phone.presses(body["digits"])
            case "speak":
                phone.speaks(str(body["digits"])[:300])
            case "call_in":
                phone.dials(self._telnyx.numbers[0])
            case what:
                getattr(phone, simple[what])()

    async def mood(self, body: Json) -> None:
        self._telnyx.phone(body["number"]).mood = body["mood"]

    async def trouble(self, body: Json) -> None:
        sides: dict[str, Trouble] = {"slack": self._slack.trouble, "telnyx": self._telnyx.trouble}
        sides[body["side"]].set(body["name"], body["value"])

    async def clock(self, body: Json) -> None:
        seconds = float(body["seconds"])
        if not 0 < seconds <= 86_400:
            raise ValueError("the clock skips more than nothing and a day at most")
        self._clock.skip(seconds=seconds)

    def _user(self, body: Json) -> Any:
        return self._slack.users[body["user"]]

    def _channel(self, user: Any, body: Json) -> Any:
        return self._slack.direct(user) if body["channel"] == "direct" else self._slack.channels[body["channel"]]

    def _place(self, user: Any, body: Json) -> Any:
        if body.get("view_id"):
            return self._slack.view(body["view_id"])
        place = self._slack.find(self._channel(user, body), body["ts"])
        if place is None:
            raise ValueError("that message is gone")
        return place


def _heard(delivered: Delivered | None) -> None:
    """Slack would only show a small warning sign; a visitor of the sandbox wants to know more."""
    if delivered is None or delivered.ok:
        return
    problem = "did not answer" if delivered.status is None else f"answered {delivered.status}"
    raise ValueError(f"the bot {problem}")


class Door:
    """Lets posts in from this page only, and turns what goes wrong into ``ok: false``."""

    def __init__(self, desk: Desk, feed: Feed) -> None:
        self._desk = desk
        self._feed = feed

    async def handle(self, request: Request) -> Response:
        if _foreign(request):
            return _no("only the sandbox's own page may do this", 403)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _no("send application/json", 415)
        deed = self._desk.deeds.get(request.path_params["what"])
        if deed is None:
            return _no("nobody can do that here", 404)
        return await self._do(deed, request)

    async def _do(self, deed: Callable[[Json], Awaitable[None]], request: Request) -> Response:
        try:
            await deed(await request.json())
        except LookupError as error:
            return _no(f"there is no {error}")
        except (AssertionError, TypeError, ValueError) as error:
            return _no(str(error))
        self._feed.touch()
        return JSONResponse({"ok": True})


def _no(error: str, status: int = 200) -> Response:
    return JSONResponse({"ok": False, "error": error}, status)


def _foreign(request: Request) -> bool:
    """A browser names the page that asks; a program names none."""
    origin = request.headers.get("origin")
    return origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}"


class Files(StaticFiles):
    """The page's files, never cached: who changes one sees it at the next reload."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(FRESH)
        return response


def site(
    slack: SlackSide,
    telnyx: TelnyxSide,
    clock: Clock,
    *,
    labels: Mapping[str, str],
    me: Sequence[str],
    ready: Callable[[], bool] = lambda: True,
    hosts: Sequence[str] = LOOPBACK,
) -> Starlette:
    """The page's application. ``labels`` names the phones' owners by number, ``me`` the users a visitor may be.

    Only the ``Host`` names in ``hosts`` are served, so that no other page can reach it by a name of its own.
    ``state.feed`` is the :class:`Feed`: touch it when ``ready`` changes, and close it before the server stops, which
    would otherwise wait for the open pages.
    """
    feed = Feed(lambda: picture(slack, telnyx, clock, labels, me) | {"app": {"ready": ready()}})
    slack.on_change(feed.touch)
    telnyx.on_change(feed.touch)

    async def page(_: Request) -> Response:
        return FileResponse(PAGE / "index.html", headers=FRESH)

    async def events(_: Request) -> Response:
        return StreamingResponse(feed.stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def file(request: Request) -> Response:
        """To be saved, never shown: it comes from the program."""
        found = slack.file(request.path_params["id"])
        if found is None:
            return Response(status_code=404)
        kept = FRESH | {"content-disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"}
        return Response(found.data, media_type="application/octet-stream", headers=kept)

    routes = [
        Route("/", page),
        Route("/file/{id}", file),
        Route("/events", events),
        Route("/do/{what}", Door(Desk(slack, telnyx, clock), feed).handle, methods=["POST"]),
        Mount("/page", Files(directory=PAGE)),
    ]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    app = Starlette(routes=routes, middleware=[guard])
    app.state.feed = feed
    return app


def picture(slack: SlackSide, telnyx: TelnyxSide, clock: Clock, labels: Mapping[str, str], me: Sequence[str]) -> Json:
    now = clock.now()
    return {
        "slack": slack.snapshot(),
        "telnyx": _phones(telnyx.snapshot(), labels),
        "clock": {"now": now, "ahead": round(max(0.0, now - time.time()), 1)},
        "me": list(me),
    }


def _phones(telnyx: Json, labels: Mapping[str, str]) -> Json:
    """Named people's phones first, in the order of ``labels``, then those of guests as they appeared."""
    order = {number: place for place, number in enumerate(labels)}
    phones = sorted(telnyx["phones"], key=lambda phone: order.get(phone["number"], len(order)))
    return telnyx | {"phones": [p | {"label": labels.get(p["number"]) or p.get("label", "")} for p in phones]}
