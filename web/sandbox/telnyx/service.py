"""The stand-in for Telnyx as a whole."""

import random
from collections.abc import Callable, Mapping, Sequence

from nacl.signing import SigningKey
from starlette.applications import Starlette
from starlette.routing import Route

from web.sandbox.clock import Clock
from web.sandbox.telnyx.agenda import Agenda
from web.sandbox.telnyx.api import Api, Request
from web.sandbox.telnyx.call_commands import CallCommands
from web.sandbox.telnyx.delivery import Delivery, Post
from web.sandbox.telnyx.exchange import Exchange
from web.sandbox.telnyx.phones import Phone
from web.sandbox.telnyx.reads import Reads
from web.sandbox.telnyx.recordings import Recording, Recordings
from web.sandbox.telnyx.reporter import Reporter
from web.sandbox.telnyx.room_commands import RoomCommands
from web.sandbox.telnyx.rooms import Room, Rooms
from web.sandbox.telnyx.trouble import Trouble
from web.sandbox.telnyx.watch import Watch

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Telnyx:
    """Serves ``app`` (its base URL ends in ``/v2``), delivers webhooks to ``webhook_url``, and owns the phones.

    ``numbers`` are the account's own, from which may be dialled; any E.164 number can be. ``application``
    overrides fields of the call control application that is told to those who ask for it.
    """

    def __init__(
        self, clock: Clock, *, api_key: str, connection_id: str, numbers: Sequence[str], seed: int = 0
    ) -> None:
        dice = random.Random(seed)
        self.trouble = Trouble()
        self._watch = Watch()
        self.trouble.on_change(self._watch.changed)
        self._agenda = Agenda(clock)
        self._post = Post(clock, self.trouble, self._watch, dice)
        reporter = Reporter(self._agenda, self._post, self.trouble, dice)
        self._exchange = Exchange(connection_id, agenda=self._agenda, reporter=reporter, watch=self._watch, dice=dice)
        self._rooms = Rooms(self._exchange)
        self.numbers = tuple(numbers)
        self.address = ""  # where this is served, for the links of recordings
        recordings = Recordings(self._exchange, self.trouble, lambda: self.address)
        self._rooms.on_end = recordings.stop
        self._rooms.fails = lambda: self.trouble.spend("mute_does_not_take")
        reads = Reads(self._exchange, self._rooms, recordings, lambda: self.webhook_url)
        self.application = reads.application
        self._exchange.tells_costs = lambda: self.application.get("call_cost_in_webhooks") is True
        self._api = Api(clock, self.trouble, self._post, api_key)
        self._api.serve_calls(CallCommands(self._exchange, tuple(numbers), self.trouble))
        self._api.serve_rooms(RoomCommands(self._exchange, self._rooms, recordings))
        self._api.serve_reads(reads)
        self._recordings = recordings
        files = Route("/files/{token}.{kind}", recordings.serve)
        self.app = Starlette(routes=[files, Route("/v2/{rest:path}", self._api.handle, methods=METHODS)])

    @property
    def webhook_url(self) -> str | None:
        """Where webhooks go; None delivers nothing and keeps nothing."""
        return self._post.url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self._post.url = url

    @property
    def public_key(self) -> str:
        """Base64 of the Ed25519 key that verifies the webhooks."""
        return self._post.public_key

    @property
    def signing_key(self) -> SigningKey:
        """For those who send webhooks of their own."""
        return self._post.signing_key

    @property
    def requests(self) -> list[Request]:
        return self._api.requests

    @property
    def deliveries(self) -> list[Delivery]:
        return self._post.deliveries

    @property
    def phones(self) -> dict[str, Phone]:
        return self._exchange.phones

    @property
    def rooms(self) -> dict[str, Room]:
        return self._rooms.by_id

    @property
    def recordings(self) -> list[Recording]:
        return list(self._recordings.by_id.values())

    def phone(self, number: str) -> Phone:
        return self._exchange.phone(number)

    async def send(
        self, envelope: Mapping[str, object], *, at: float | None = None, signature: str | None = None
    ) -> int:
        """Deliver any envelope once, rightly signed unless ``at`` (unix seconds) or ``signature`` say otherwise.
        Answers the HTTP status, 0 when none came.
        """
        return await self._post.send(envelope, at=at, signature=signature)

    def on_change(self, callback: Callable[[], None]) -> None:
        self._watch.on_change(callback)

    async def until(self, condition: Callable[[], bool], timeout: float = 60, what: str = "") -> None:  # noqa: ASYNC109 - part of the story tests' wording
        """Wait until something is so, looked at after each change; ``AssertionError`` after ``timeout`` seconds."""
        await self._watch.insist(condition, timeout, lambda: f"{what or 'condition'}; {self.snapshot()}")

    async def quiet(self) -> None:
        """Return when all that is due has happened, no phone is about to act by itself, and no webhook waits or is
        under way; those that come late on purpose or are tried again are waited for too.
        """
        await self._watch.until(lambda: self.is_quiet)

    @property
    def is_quiet(self) -> bool:
        """Whether ``quiet`` would return at once."""
        return self._exchange.settled and not self._agenda.behind and not self._post.busy

    async def close(self) -> None:
        self._api.closing.set()
        self._agenda.close()
        await self._post.close()

    def snapshot(self) -> dict[str, object]:
        """A picture for a page, of what JSON can carry."""
        return {
            "phones": [phone.snapshot() for phone in self.phones.values()],
            "rooms": [self._room(room) for room in self.rooms.values()],
            "trouble": self.trouble.snapshot(),
        }

    def _room(self, room: Room) -> dict[str, object]:
        members = [self._exchange.calls[seat.call_id].number for seat in room.seats]
        running = self._recordings.running(room)
        return {
            "name": room.name,
            "status": room.status,
            "members": members,
            "talking": room.talking.number if room.talking and room.talking.alive else None,
            "recording": None if running is None else "paused" if running.paused else "on",
        }
