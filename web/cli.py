"""The ``confab`` command."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from bot import VERSION, log
from bot.config import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from bot.store.db import Store


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, message="%(version)s")
def main() -> None:
    """Confab rings people's phones and puts them into one conference, from Slack."""


@main.command()
def serve() -> None:
    """Run the program: Slack's and Telnyx's doors, the HTTP API, and the courier."""
    from web.server import serve as run  # noqa: PLC0415  # `confab --help` need not load everything

    settings = _settings()
    log.set_up(secrets=settings.secrets)
    _run(lambda: run(settings))


@main.command()
@click.option("--port", default=8800, show_default=True, help="Port of the sandbox page.")
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in a browser.")
def demo(port: int, *, open_page: bool) -> None:
    """Run the program against a stand-in Slack and a stand-in Telnyx, and show both on a page."""
    from web.sandbox.house import demo as run  # noqa: PLC0415  # the sandbox is not part of serving

    log.set_up("WARNING")
    _run(lambda: run(port, open_page=open_page))


@main.command()
def doctor() -> None:
    """Ask Slack and Telnyx whether they accept the settings."""
    from web.doctor import examine  # noqa: PLC0415

    settings = _settings()
    log.set_up("ERROR", settings.secrets)
    _run(lambda: examine(settings, click.echo))


@main.command()
@click.option("--socket", is_flag=True, help="For Socket Mode: no public URL for Slack.")
@click.option("--host", default=None, help="Public host name for HTTP mode, e.g. confab.example.com.")
def manifest(host: str | None, *, socket: bool) -> None:
    """Print the manifest to create the Slack app from."""
    from bot.slack.manifest import manifest as make  # noqa: PLC0415

    if not socket and not host:
        _fail(["say --socket, or --host with the public host name of this program"])
    click.echo(json.dumps(make("socket" if socket else "http", host), indent=2))


@main.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    with _store() as store:
        store.migrate()
    click.echo("The database is up to date.")


@main.command()
def key() -> None:
    """Print a new key for CONFAB_SECRET_KEY."""
    from cryptography.fernet import Fernet  # noqa: PLC0415

    click.echo(Fernet.generate_key().decode())


@main.command()
def rotate() -> None:
    """Encrypt everything with the newest key of CONFAB_SECRET_KEY, so that older ones can be taken away."""
    with _store() as store:
        store.migrate()
        count = store.rotate()
    click.echo(f"All is sealed with the newest key ({count} rows were not). Older keys are no longer needed.")


@main.command()
@click.argument("conference_id", required=False)
def export(conference_id: str | None) -> None:
    """Print conferences as JSON lines, numbers masked."""
    from bot.store.db import is_missing  # noqa: PLC0415
    from web.export import rows  # noqa: PLC0415

    settings = _settings()
    url = settings.database_url
    if is_missing(url):
        _fail([f"there is no database at {url}"])
    found = False
    with _plainly():
        for row in rows(url, settings.confab_secret_key.get_secret_value(), conference_id):
            found = True
            click.echo(json.dumps(row, ensure_ascii=False))
    if conference_id and not found:
        _fail([f"there is no conference {conference_id}"])


@contextmanager
def _store() -> "Iterator[Store]":
    from bot.store.db import open_store  # noqa: PLC0415

    settings = _settings()
    log.set_up("WARNING", settings.secrets)
    with _plainly():
        store = open_store(settings.database_url, settings.confab_secret_key.get_secret_value())
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _plainly() -> Iterator[None]:
    """What the database refuses is said in one line."""
    from bot.store.db import StoreError  # noqa: PLC0415

    try:
        yield
    except StoreError as error:
        _fail([str(error)])


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        _fail(error.problems)


def _run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    import uvloop  # noqa: PLC0415

    from bot.bootstrap import RefusedError  # noqa: PLC0415
    from bot.store.db import StoreError  # noqa: PLC0415

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work())
    except (RefusedError, StoreError, SettingsError) as refused:
        _fail([str(refused)])
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(problems: list[str]) -> NoReturn:
    for problem in problems:
        click.echo(f"confab: {problem}", err=True)
    sys.exit(2)
