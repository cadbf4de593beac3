"""Slack's refusals and silences as ``Later`` or ``Never``: the one place that knows Slack's error words."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.ports import Later, Never

log = logging.getLogger("confab.slack")

# Over the limit: 429 with Retry-After, or only a word (https://docs.slack.dev/apis/web-api/rate-limits).
SLOWER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

# Slack's own trouble: it may or may not have done what we asked.
UNSURE = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})

MAY_STILL_COME = 3.0  # seconds in which a message may appear though Slack did not answer; it is looked for after that

REASONS = {
    "is_archived": "the channel is archived",
    "is_inactive": "the channel is archived",  # what chat.update says of it
    "channel_not_found": "I am not in that channel, or it is gone",
    "not_in_channel": "I am not a member of that channel",
    "account_inactive": "Slack has switched this app off",
    "token_revoked": "Slack has revoked this app's token",
    "invalid_auth": "Slack refuses this app's token",
    "missing_scope": "this app lacks a permission in Slack",
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn everything that a call to Slack may raise into ``Later`` or ``Never``."""
    try:
        yield
    except SlackApiError as error:
        raise _answered(error) from error
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise Later("Slack cannot be reached", done=False) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Later(f"Slack did not answer ({type(error).__name__})", after=MAY_STILL_COME) from error


def _answered(error: SlackApiError) -> Later | Never:
    response = error.response
    status: int = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    told = getattr(response, "data", None)
    data: Mapping[str, Any] = told if isinstance(told, dict) else {}
    word = str(data.get("error", ""))
    if status == 429 or word in SLOWER:
        return Later("Slack asks us to slow down", after=_retry_after(response.headers), done=False)
    if status >= 500 or word in UNSURE or not word:
        return Later(f"Slack has trouble ({word or status})")
    if "blocks" in word:
        log.error("slack refused our blocks: %s %s", word, data.get("errors", []))
    return Never(in_words(word), code=word)


def in_words(word: str) -> str:
    """What Slack means by an error word."""
    if word.startswith("restricted_action"):
        return "posting is restricted in that channel"
    return REASONS.get(word, f"Slack answers {word}")


def _retry_after(headers: Mapping[str, str]) -> float:
    try:
        return max(1.0, float(headers.get("Retry-After", "1")))
    except ValueError:
        return 1.0
