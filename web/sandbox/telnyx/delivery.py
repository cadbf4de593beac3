"""Webhooks: signed with Ed25519, delivered at least once (or not at all), retried with the same ``data.id``."""

import asyncio
import base64
import json
import random
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field

import aiohttp
from nacl.signing import SigningKey

from web.sandbox.clock import Clock
from web.sandbox.telnyx.trouble import Trouble
from web.sandbox.telnyx.watch import Watch

ANSWER_WITHIN = 2.0  # real seconds that Telnyx waits for the answer to a webhook
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0)  # seconds between attempts; Telnyx does not publish its own
BATCH_SECS = 0.2  # how long a shuffled batch is collected
AT_ONCE = 50


@dataclass
class Delivery:
    """One attempt; ``over`` when it is no longer under way. ``status`` stays None when no answer came."""

    at: float
    envelope: dict[str, object]
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    over: bool = False


@dataclass(eq=False)
class _Letter:
    data: dict[str, object]
    after: "_Letter | None" = None
    due: float = 0.0  # not before this moment of the sandbox's clock
    attempts: int = 0
    tried: asyncio.Event = field(default_factory=asyncio.Event)


class Post:
    """Letters in one ``lane`` (a call) are first tried in order, unless the trouble switches say otherwise."""

    def __init__(self, clock: Clock, trouble: Trouble, watch: Watch, dice: random.Random) -> None:
        self.url: str | None = None
        self.deliveries: list[Delivery] = []
        self._clock = clock
        self._trouble = trouble
        self._watch = watch
        self._dice = dice
        self._key = SigningKey(dice.randbytes(32))
        self._last: dict[str, _Letter] = {}
        self._batch: list[_Letter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    @property
    def signing_key(self) -> SigningKey:
        return self._key

    @property
    def public_key(self) -> str:
        return base64.b64encode(bytes(self._key.verify_key)).decode()

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    def put(self, data: dict[str, object], lane: str) -> None:
        """Deliver this event's ``data`` by and by."""
        if self.url is None or self._lost():
            return
        letter = _Letter(data, due=self._clock.now())
        before, self._last[lane] = self._last.get(lane), letter
        if self._trouble.late:
            letter.due += self._dice.uniform(0, self._trouble.late)
        elif not self._trouble.shuffled:
            letter.after = before
        if self._trouble.shuffled:
            self._batch.append(letter)
            if len(self._batch) == 1:
                self._spawn(self._shuffle(letter.due + BATCH_SECS))
            return
        self._spawn(self._carry(letter))

    async def told(self, lane: str) -> None:
        """Return when everything put into this lane has been tried once."""
        if letter := self._last.get(lane):
            await letter.tried.wait()

    async def send(
        self, envelope: Mapping[str, object], *, at: float | None = None, signature: str | None = None
    ) -> int:
        """Deliver anything at all, once; ``at`` (unix seconds) and ``signature`` override the right ones."""
        status = await self._post(dict(envelope), self._clock.now() if at is None else at, signature)
        return status or 0

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _lost(self) -> bool:
        return self._trouble.dropped > 0 and self._dice.random() < self._trouble.dropped

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._watch.changed()

    async def _shuffle(self, when: float) -> None:
        await self._clock.until(when)
        letters, self._batch = self._batch, []
        self._dice.shuffle(letters)
        for before, letter in zip([None, *letters], letters, strict=False):
            letter.after = before
            self._spawn(self._carry(letter))

    async def _carry(self, letter: _Letter) -> None:
        try:
            await self._clock.until(letter.due)
            if letter.after is not None:
                await letter.after.tried.wait()
            letter.after = None
            copies = 2 if self._trouble.twice else 1
            statuses = await asyncio.gather(*(self._attempt(letter) for _ in range(copies)))
        finally:
            letter.tried.set()
        if all(_worth_retrying(status) for status in statuses):
            await self._retry(letter)

    async def _retry(self, letter: _Letter) -> None:
        for pause in BACK_OFF:
            await self._clock.until(letter.due + pause)
            if self.url is None or not _worth_retrying(await self._attempt(letter)):
                return

    async def _attempt(self, letter: _Letter) -> int | None:
        letter.attempts += 1
        meta = {"attempt": letter.attempts, "delivered_to": self.url}
        status = await self._post({"data": letter.data, "meta": meta}, self._clock.now(), None)
        letter.due = self._clock.now()
        return status

    async def _post(self, envelope: dict[str, object], at: float, signature: str | None) -> int | None:
        if self.url is None:
            return None
        body = json.dumps(envelope, ensure_ascii=False).encode()
        delivery = Delivery(self._clock.now(), envelope, self._headers(body, at, signature), body)
        self.deliveries.append(delivery)
        try:
            async with self._client().post(
                self.url, data=body, headers=delivery.headers, allow_redirects=False
            ) as response:
                delivery.status = response.status
        except (aiohttp.ClientError, TimeoutError):
            delivery.status = None
        delivery.over = True
        self._watch.changed()
        return delivery.status

    def _headers(self, body: bytes, at: float, signature: str | None) -> dict[str, str]:
        timestamp = str(int(at))
        signed = self._key.sign(timestamp.encode() + b"|" + body).signature
        return {
            "content-type": "application/json",
            "user-agent": "telnyx-webhooks",
            "telnyx-timestamp": timestamp,
            "telnyx-signature-ed25519": base64.b64encode(signed).decode() if signature is None else signature,
        }

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Idle connections go before the usual server closes them, which would look like a lost webhook.
            connector = aiohttp.TCPConnector(limit=AT_ONCE, keepalive_timeout=2)
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=ANSWER_WITHIN, sock_read=ANSWER_WITHIN)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        return self._session


def _worth_retrying(status: int | None) -> bool:
    """Telnyx retries when there was no answer, on 408, 429, 5xx and redirects; another 4xx is final."""
    return status is None or status in (408, 429) or status // 100 not in (2, 4)
