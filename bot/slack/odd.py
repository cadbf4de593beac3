"""Payloads that are not as Slack documents them, and errors that are not ours: a line each, without a traceback."""

import logging
import secrets
from dataclasses import fields
from typing import Final

import aiohttp
from slack_bolt import BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk.errors import SlackApiError

from bot.core.inputs import Heard
from bot.ports import Later, Never

log = logging.getLogger("confab.slack")


# How reading a payload of another shape fails, in our hands and in bolt's.
SHAPE: Final = (LookupError, TypeError, AttributeError, ValueError, RecursionError)
THEIRS: Final = (SlackApiError, aiohttp.ClientError, TimeoutError, Later, Never)

MOST_ID: Final = 255  # characters; Slack's longest, a button's trigger, has about sixty
MOST_TEXT: Final = 10_000  # of a sentence that are kept; far fewer are read


def sound(heard: Heard) -> Heard:
    """What can be kept: ids as ids are, and a text without halves of characters. Raises TypeError."""
    where = heard.where
    for one in (heard.key, heard.user_id, where.team, where.channel, where.thread_ts, where.conference_id):
        word(one)
    if not isinstance(heard.text, str):
        raise TypeError("text")
    text = heard.text[:MOST_TEXT].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    values = {field.name: getattr(heard, field.name) for field in fields(heard)}
    return Heard(**values | {"text": text})


def word(value: object) -> str:
    """An id of Slack's, or "". Raises TypeError for what is none; PostgreSQL keeps neither NUL nor half a character."""
    if not isinstance(value, str) or len(value) > MOST_ID or not value.isprintable():
        raise TypeError("an id")
    return value


def note(what: str, heard: Heard | None, error: Exception) -> str:
    """Log the error under a reference that the person can quote; never what they said.

    Only what may be our fault has a traceback.
    """
    reference, door = secrets.token_hex(3), heard.door if heard else "-"
    if isinstance(error, THEIRS):
        log.warning("could not %s (%s, reference %s): %s", what, door, reference, type(error).__name__)
    else:
        log.error("could not %s (%s, reference %s)", what, door, reference, exc_info=error)
    return reference


def unreadable(error: Exception) -> None:
    log.warning("what Slack sent could not be read: %s", type(error).__name__)


async def refuse(error: Exception, response: BoltResponse | None) -> BoltResponse | None:
    """What bolt does about requests that nobody listens to, and that its matchers or our listeners stumble over.

    ``response`` is None when Slack has been answered already.
    """
    status = _status(error)
    return None if response is None else BoltResponse(status=status, body="")


def _status(error: Exception) -> int:
    if isinstance(error, BoltUnhandledRequestError):  # bolt's own words would quote it, and suggest code
        log.warning("Slack sent what nobody here listens to")
        return 404
    if isinstance(error, SHAPE):
        unreadable(error)
        return 400
    note("serve Slack", None, error)
    return 500
