"""The stand-in with one channel, and a client of ours that talks to it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.conference import Conference, Leg, Participant, Picture, Row
from bot.core.effects import Line, Says
from bot.slack.client import SlackChat
from web.sandbox.clock import Clock
from web.sandbox.slack import Slack

JOINED = [Line("c1", Says.JOINED, ("Ana",))]


class World:
    """The stand-in with one channel, and a client of ours that talks to it."""

    def __init__(self, base_url: str, slack: Slack, clock: Clock, session: aiohttp.ClientSession) -> None:
        self.slack = slack
        self.clock = clock
        self.api = AsyncWebClient(token="xoxb-1", base_url=base_url, session=session)
        self.chat = SlackChat(self.api)
        self.ana = slack.add_user("ana", real_name="Ana Ruiz", phone="+1 212 555 0199")
        self.ops = slack.add_channel("ops", members=[self.ana])

    def picture(self, **changes: Any) -> Picture:
        base = Conference("c1", "Payments", "Ana", self.ana.id, self.ops.id, created_at=self.clock.now())
        leg = Leg("c1.1.1", "c1", "c1.1", "+12125550199", queued_at=self.clock.now())
        return Picture(
            replace(base, **changes), (Row(Participant("c1.1", "c1", "Ana", leg.number, leg_id=leg.id), leg),)
        )

    async def posted(self) -> Picture:
        card = await self.chat.post_card(self.picture(), "t1")
        return self.picture(card_ts=card.ts, thread_ts=card.ts, card_print=card.fingerprint)

    def calls(self, method: str) -> int:
        return sum(request.method == method for request in self.slack.requests)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = Clock()
    slack = Slack(clock, bot_token="xoxb-1", signing_secret="shh", app_token="xapp-1")
    base_url = await slack.start()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield World(base_url, slack, clock, session)
    await slack.close()
