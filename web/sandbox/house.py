"""The sandbox: the real program between a stand-in Slack and a stand-in Telnyx, all on this machine.

Only this file of the sandbox knows the program.
"""

import asyncio
import os
import signal
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click
from dotenv import dotenv_values, find_dotenv
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.bootstrap import Program, RefusedError, running
from bot.config import Settings
from bot.ports import Clock as AnyClock
from bot.slack.manifest import BOT_SCOPES, OPTIONAL_SCOPES, SHORTCUTS
from web.app import build
from web.sandbox.clock import Clock
from web.sandbox.site import site
from web.sandbox.slack import Channel, Shortcut, Slack, User
from web.sandbox.telnyx import Phone, Telnyx
from web.server import listen, server
from web.wire import Wire

NUMBER = "+12125550100"
CONNECTION = "1494404757140276705"


@dataclass(slots=True)
class House:
    """The two stand-ins, their clock, and the settings with which the program reaches them."""

    clock: Clock
    slack: Slack
    telnyx: Telnyx
    settings: Settings
    numbers: dict[str, str] = field(default_factory=dict)  # Slack user id → E.164

    def person(self, name: str, number: str, *, profile: bool = True, guest: bool = False) -> User:
        """Somebody of the workspace with a phone; with ``profile``, the number stands in their Slack profile."""
        phone = number if profile else ""
        user = self.slack.add_user(name.lower(), real_name=name, phone=phone, is_restricted=guest)
        self.numbers[user.id] = number
        self.telnyx.phone(number)
        return user

    def phone(self, user: User) -> Phone:
        return self.telnyx.phone(self.numbers[user.id])

    def channel(self, name: str) -> Channel:
        return self.slack.add_channel(name, members=[one for one in self.slack.users.values() if not one.is_bot])

    def open_doors(self, port: int) -> None:
        """Tell the stand-ins where the program listens."""
        self.telnyx.webhook_url = f"http://127.0.0.1:{port}/webhooks/call-events"
        if not self.settings.socket_mode:
            self.slack.app_url = f"http://127.0.0.1:{port}/slack/events"


@asynccontextmanager
async def stand_ins(folder: Path, *, socket_mode: bool = False, **settings: object) -> AsyncIterator[House]:
    """Slack and Telnyx on loopback ports; the program's database goes into ``folder``."""
    clock = Clock()
    secret, app_token = "sandbox-signing-secret", "xapp-sandbox" if socket_mode else ""
    slack = Slack(
        clock,
        bot_name="confab",
        bot_token="xoxb-sandbox",  # noqa: S106  # a stand-in's
        signing_secret=secret,
        app_token=app_token or None,
        shortcuts=[Shortcut(callback_id, name, kind) for callback_id, name, kind, _ in SHORTCUTS],
    )
    slack.set_patience(60.0)  # its own three seconds are too few on a busy machine
    slack.set_scopes(*BOT_SCOPES, *OPTIONAL_SCOPES)
    telnyx = Telnyx(clock, api_key="KEYsandbox", connection_id=CONNECTION, numbers=[NUMBER])
    telnyx.application["call_cost_in_webhooks"] = True
    async with AsyncExitStack() as stack:
        api_url = await slack.start()
        stack.push_async_callback(slack.close)
        telnyx_port = await stack.enter_async_context(serving(telnyx.app))
        stack.push_async_callback(telnyx.close)
        telnyx.address = f"http://127.0.0.1:{telnyx_port}"
        values: dict[str, object] = {
            "slack_bot_token": SecretStr("xoxb-sandbox"),
            "slack_signing_secret": SecretStr("" if socket_mode else secret),
            "slack_app_token": SecretStr(app_token),
            "slack_api_url": api_url,
            "telnyx_api_key": SecretStr("KEYsandbox"),
            "telnyx_public_key": telnyx.public_key,
            "telnyx_connection_id": CONNECTION,
            "telnyx_phone_number": NUMBER,
            "telnyx_base_url": f"http://127.0.0.1:{telnyx_port}/v2",
            "database_url": f"sqlite:///{folder / 'confab.db'}",
            "port": 0,
        }
        yield House(clock, slack, telnyx, Settings.model_validate(values | settings))


@asynccontextmanager
async def serving(app: Starlette, port: int = 0, wire: type[Wire] | None = None) -> AsyncIterator[int]:
    """Serve an application on 127.0.0.1, over ``wire`` as ``server`` has it; yields its port."""
    listening = listen("127.0.0.1", port)
    web = server(app, wire)
    task = asyncio.create_task(web.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        web.should_exit = True
        await task


@asynccontextmanager
async def program_in(
    house: House, *, port: int = 0, wire: type[Wire] = Wire, clock: AnyClock | None = None, **timeouts: float
) -> AsyncIterator[Program]:
    """The real program, in this process, on the house's clock or another. ``timeouts`` are those of ``running``."""
    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(running(house.settings, clock or house.clock, **timeouts))
        house.open_doors(await stack.enter_async_context(serving(build(program), port, wire)))
        yield program


async def demo(port: int, *, open_page: bool) -> None:
    """Run the sandbox with its page until it is interrupted. Raises RefusedError when real tokens are set."""
    refuse_real_tokens(os.environ, find_dotenv(usecwd=True))
    async with open_sandbox(port) as (url, _):
        await _until_interrupted(url, open_page=open_page)


@asynccontextmanager
async def open_sandbox(port: int = 0) -> AsyncIterator[tuple[str, House]]:
    """The stand-ins, the program and the page that shows them; yields the page's address and the house."""
    with tempfile.TemporaryDirectory(prefix="confab-sandbox-") as folder:
        async with (
            stand_ins(Path(folder), confab_api_token=SecretStr("sandbox-api-token")) as house,
            program_in(house) as program,
        ):
            await _met(program)
            me = furnish(house)
            labels = {number: house.slack.users[user].real_name for user, number in house.numbers.items()}
            page = site(house.slack, house.telnyx, house.clock, labels=labels, me=me)
            async with serving(page, port) as where:
                try:
                    yield f"http://127.0.0.1:{where}/", house
                finally:
                    page.state.feed.close()  # or the server would wait for open pages to go away


async def _met(program: Program) -> None:
    """Wait until the program has met Slack, which it goes on trying where a slow machine made it give up at first."""
    while program.slack_handler is None:  # noqa: ASYNC110  # nobody sets an event for it
        await asyncio.sleep(0.05)


def furnish(house: House) -> list[str]:
    """A small company: four people with phones, two of them on call, a guest, two channels. Returns whom a visitor may
    be.
    """
    ana = house.person("Ana", "+12125550111")
    bo = house.person("Bo", "+12125550122")
    cleo = house.person("Cleo", "+12125550133")
    house.slack.add_group("oncall", [bo, cleo])
    house.person("Dev", "+12125550144")
    guest = house.person("Gil", "+12125550155", guest=True)
    house.channel("payments")
    house.channel("support")
    return [ana.id, bo.id, guest.id]


def refuse_real_tokens(environment: Mapping[str, str], settings_file: str) -> None:
    """The sandbox must never ring real phones; raises RefusedError when a token is set, there or in the file."""
    in_file = dotenv_values(settings_file) if settings_file else {}
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TELNYX_API_KEY"):
        if environment.get(name):
            raise RefusedError(f"{name} is set, and the sandbox only starts without real tokens: env -u {name} …")
        if in_file.get(name):
            raise RefusedError(f"{name} is set, and the sandbox only starts without real tokens: move {settings_file}")


async def _until_interrupted(url: str, *, open_page: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    click.echo(f"The sandbox is open: {url}   (Ctrl-C ends it)")
    if open_page:
        await asyncio.to_thread(webbrowser.open, url)
    await stop.wait()
