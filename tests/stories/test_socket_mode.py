"""Socket Mode does the same without a public address, also while Slack renews the connection."""

from pathlib import Path

import aiohttp
import pytest

from tests.stories.harness import story


async def test_a_whole_conference_over_a_socket_that_is_renewed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog, socket_mode=True) as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        await ana.types("create payments down @bo", stage.channel)
        thread = await stage.thread("payments down")
        await bo.comes_in()
        await thread.shows("Bo joined")
        await stage.house.slack.refresh_socket()
        await ana.says("join", stage.channel, thread)
        await ana.comes_in()
        await thread.shows("Ana joined")
        await bo.clicks(thread.card, "Invite…")
        await bo.fills_in(numbers="+1 212 555 0199")
        await stage.house.telnyx.phone("+12125550199").rings()
        await ana.types("end", stage.channel)
        await ana.phone.idle()
        await thread.shows("Ended by Ana")


async def test_over_a_socket_everything_may_come_twice_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, socket_mode=True) as stage:
        stage.house.slack.trouble.twice = True
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        await ana.types("create payments down @bo", stage.channel)
        await bo.comes_in()
        await (await stage.thread("payments down")).shows("Bo joined")
        assert bo.phone.ring_count == 1
        assert sum("Ringing" in text for text in ana.private) == 1


async def test_in_socket_mode_the_http_door_is_shut(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, socket_mode=True) as stage:
        url = f"{stage.url}/slack/events"
        headers = {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00"}
        async with aiohttp.ClientSession() as session:
            async with session.post(url, data=b"command=/conf&text=create", headers=headers) as answer:
                assert answer.status >= 400
            async with session.get(f"{stage.url}/readyz") as answer:
                assert answer.status == 200
        assert stage.channel.messages == []
