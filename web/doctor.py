"""``confab doctor``: do Slack and Telnyx accept the settings, and is the database well?"""

from collections.abc import Callable

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.admission import Admission
from bot.bootstrap import RefusedError, rules_of, spoken_texts, tariff
from bot.clock import SystemClock
from bot.config import Settings
from bot.ports import Later, Never
from bot.slack.client import check
from bot.slack.directory import SlackDirectory
from bot.store.db import OUT_OF_DATE, StoreError, is_missing, is_postgres
from bot.store.migrate import is_usable
from bot.store.sealing import reader, rotation_is_due
from bot.telnyx.client import TelnyxPhone


async def examine(settings: Settings, say: Callable[[str], object]) -> None:
    """Say a line each for the database, Slack and Telnyx; raises RefusedError when one of them is not well.

    Raises SettingsError when the operator's own texts or prices cannot be used.
    """
    spoken_texts(settings)
    tariff(settings)
    lines = [_database(settings, say), await _slack(settings, say), await _telnyx(settings, say)]
    for line in lines:
        say(line)
    if not all(line.endswith("ok") for line in lines):
        raise RefusedError("not ready to serve")


def _database(settings: Settings, say: Callable[[str], object]) -> str:
    """Whether it is there, opens with our key and is up to date. Nothing is made or changed."""
    url = settings.database_url
    if is_missing(url):
        return "Database: none yet, the first start makes it: ok"
    try:
        engine = reader(url, settings.confab_secret_key.get_secret_value())
    except StoreError as error:
        return f"Database: {error}"
    try:
        with engine.connect() as connection:
            if rotation_is_due(connection):
                say("Database: some of it is under an older key still. Say: confab rotate")
            if is_usable(connection):
                return "Database: ok"
    finally:
        engine.dispose()
    if is_postgres(url):
        return f"Database: {OUT_OF_DATE}"
    return "Database: of an older version, the next start brings it up to date: ok"


async def _slack(settings: Settings, say: Callable[[str], object]) -> str:
    """Doubts about ids in the settings are said, but Confab can serve with them."""
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, session=session
        )
        try:
            me = await check(client, settings.slack_app_token.get_secret_value())
            for doubt in await Admission(SlackDirectory(client, SystemClock()), rules_of(settings)).doubts():
                say(f"Slack: {doubt}")
        except (Never, Later) as refused:
            return f"Slack: {refused.reason}"
    return f"Slack: workspace {me.team or me.team_id}: ok"


async def _telnyx(settings: Settings, say: Callable[[str], object]) -> str:
    """What could be better at Telnyx is said, but Confab can serve without it."""
    phone = TelnyxPhone(
        settings.telnyx_api_key.get_secret_value(),
        settings.telnyx_base_url,
        settings.telnyx_connection_id,
        settings.telnyx_phone_number,
        clock=SystemClock(),
    )
    try:
        problem = await phone.check()
    except Later as later:
        return f"Telnyx: {later.reason} at {settings.telnyx_base_url} (TELNYX_BASE_URL)."
    finally:
        await phone.close()
    if phone.doubt:
        say(f"Telnyx: {phone.doubt}")
    return f"Telnyx: {problem or 'ok'}"
