"""The mirror of a conference as a call of Slack's own: behind a switch, and never missed when it fails."""

from pathlib import Path

import pytest

from bot.slack.manifest import BOT_SCOPES
from tests.stories.harness import PATIENCE, story


async def test_it_follows_who_is_in_and_ends(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_slack_calls=True) as stage:
        ana, slack = stage.person("Ana", "+12125550111"), stage.house.slack
        await ana.types("create payments @ana +1 212 555 0199", stage.channel)
        await slack.until(lambda: slack.calls, PATIENCE, "a call of Slack's own")
        (call,) = slack.calls.values()
        assert call.title == "payments"
        thread = await stage.thread("payments")
        await stage.passes(seconds=4)
        await thread.card_shows(f'"call_id": "{call.id}"')
        await ana.comes_in()
        await stage.passes(seconds=4)
        await slack.until(lambda: call.users == [{"slack_id": ana.user.id}], PATIENCE, "Ana in it")
        guest = stage.house.telnyx.phone("+12125550199")
        guest.answers()
        await guest.hears("Press 1")
        guest.presses("1")
        await guest.in_room()
        await stage.passes(seconds=4)
        await slack.until(lambda: len(call.users) == 2, PATIENCE, "the guest in it")
        assert call.users[1]["display_name"] == "…0199"
        assert "2125550199" not in str(call.users)
        ana.phone.hangs_up()
        await stage.passes(seconds=4)
        await slack.until(lambda: len(call.users) == 1, PATIENCE, "Ana out of it")
        await ana.types("end now", stage.channel)
        await stage.passes(seconds=4)
        await slack.until(lambda: call.ended, PATIENCE, "the call over")


async def test_without_the_scope_nothing_is_missed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_slack_calls=True) as stage:
        stage.house.slack.set_scopes(*BOT_SCOPES)
        ana = stage.person("Ana", "+12125550111")
        await ana.types("create payments @ana", stage.channel)
        await ana.comes_in()
        thread = await stage.thread("payments")
        await thread.card_shows("1 in")
        await stage.passes(seconds=10)
        assert stage.house.slack.calls == {}


async def test_it_is_off_unless_asked_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog) as stage:
        ana = stage.person("Ana", "+12125550111")
        await ana.types("create payments @ana", stage.channel)
        await ana.comes_in()
        await stage.passes(seconds=10)
        assert stage.house.slack.calls == {}
