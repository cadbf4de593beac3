"""How the Slack stand-in writes what people type, and how patient it is with an app."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from web.sandbox.clock import Clock
from web.sandbox.slack import Slack


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    slack = Slack(Clock(), bot_token="xoxb-1", signing_secret="shh")
    await slack.start()
    yield slack
    await slack.close()


class App:
    """An app that answers as it is told, and counts."""

    def __init__(self, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers
        self.retries: list[str | None] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.retries.append(request.headers.get("X-Slack-Retry-Num"))
        return web.Response(status=self.status, headers=self.headers)


async def serve(app: App) -> tuple[web.AppRunner, str]:
    site = web.Application()
    site.router.add_post("/", app.handle)
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("call +12125550199 now", "call <tel:+12125550199|+12125550199> now"),
        ("(212) 555-0199", "<tel:2125550199|(212) 555-0199>"),
        ("+1 212.555.0199 +44 20 7946 0000", "<tel:+12125550199|+1 212.555.0199> <tel:+442079460000|+44 20 7946 0000>"),
        ("room 12 at 10", "room 12 at 10"),
        ("see https://a.b/12345678?x=1", "see <https://a.b/12345678?x=1>"),
        ("ana@work.example", "<mailto:ana@work.example|ana@work.example>"),
        ("5 < 6 & 7 > 2", "5 &lt; 6 &amp; 7 &gt; 2"),
        ("<!channel> @nobody", "&lt;!channel&gt; @nobody"),
    ],
)
async def test_message_is_written_as_slack_writes_it(slack: Slack, typed: str, written: str) -> None:
    ana, ops = slack.add_user("ana"), slack.add_channel("ops")
    await slack.say(ana, ops, typed)
    assert [message.text for message in slack.messages(ops)] == [written]


async def test_names_become_ids_with_a_label_in_commands_only(slack: Slack) -> None:
    app = App()
    runner, slack.app_url = await serve(app)
    ana, ops = slack.add_user("ana.b"), slack.add_channel("ops")
    group = slack.add_group("oncall", [ana])
    command = await slack.command(ana, ops, "invite @ana.b, @oncall in #ops +12125550199")
    mention = await slack.mention(ana, ops, "invite @ana.b, @oncall in #ops")
    groups = f"<!subteam^{group.id}|@oncall>"
    assert command.payload["text"] == f"invite <@{ana.id}|ana.b>, {groups} in <#{ops.id}|ops> +12125550199"
    bot = f"<@{slack.bot_user_id}>"
    assert mention.payload["event"]["text"] == f"{bot} invite <@{ana.id}>, {groups} in <#{ops.id}|ops>"
    await runner.cleanup()


async def test_foreign_author_is_told_with_their_team(slack: Slack) -> None:
    app = App()
    runner, slack.app_url = await serve(app)
    cleo = slack.add_user("cleo", team_id="T0OTHER")
    shared = slack.add_channel("shared", members=[cleo], is_ext_shared=True)
    body = (await slack.mention(cleo, shared, "hello")).payload
    assert (body["event"]["user_team"], body["team_id"], body["is_ext_shared_channel"]) == (
        "T0OTHER",
        "T0SANDBOX",
        True,
    )
    await runner.cleanup()


async def test_app_may_ask_for_no_more_tries(slack: Slack) -> None:
    app = App(500, {"X-Slack-No-Retry": "1"})
    runner, slack.app_url = await serve(app)
    ana, ops = slack.add_user("ana"), slack.add_channel("ops")
    await slack.mention(ana, ops, "hello")
    assert app.retries == [None]
    app.headers = None
    await slack.mention(ana, ops, "hello")
    assert app.retries == [None, None, "1", "2", "3"]
    await runner.cleanup()


async def test_command_nobody_answers_is_given_up(slack: Slack) -> None:
    ana, ops = slack.add_user("ana"), slack.add_channel("ops")
    done = await slack.command(ana, ops, "create")  # no app_url and no socket: nobody is there for 3 seconds
    assert done.status is None
    assert [m.text for m in slack.ephemerals(ana)] == ["/conf failed with the error “operation_timeout”"]
    slack.app_url = "http://127.0.0.1:1/"
    assert (await slack.home_opened(ana)).reason == "connection_failed"
