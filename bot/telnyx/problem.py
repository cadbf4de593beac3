"""What Telnyx says when it does not do as asked: not now (``Later``), or a ``Problem`` with its code."""

import re
from collections.abc import Awaitable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import telnyx

from bot.ports import Later

T = TypeVar("T")

MAX_WAIT = 600.0  # seconds; no provider's wish may silence us longer

# Carrier and account refusals come as 403/10010, with the true code as the last word of the detail.
D_CODE = re.compile(r"\b(D\d{1,2}|PE\d|TM\d)\b")
CHANNEL_LIMITS = frozenset({"90041", "90042", "90043"})  # of the account, the profile, the connection
BUSY = frozenset({408, 409, 429})
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal that repeating does not mend. ``code`` is Telnyx's, or the D-code in its detail."""

    status: int
    code: str = ""

    @property
    def word(self) -> str:
        """For logs: Telnyx's own detail may hold a number."""
        return f"Telnyx answered {self.status} {self.code}".rstrip()

    @property
    def over(self) -> bool:
        """The call has already ended, or Telnyx no longer knows it."""
        return self.code in {"90018", "90015"} or self.status == 404

    @property
    def no_room(self) -> bool:
        """The conference does not exist (yet)."""
        return self.code == "90058" or self.status == 404


async def asked(command: Awaitable[T]) -> T | Problem | None:
    """Telnyx's answer, its refusal, or None when it said yes and the rest was unreadable. Raises Later.

    Telnyx's errors quote request bodies, so none of them is chained: a traceback must not hold a number.
    """
    try:
        return await command
    except telnyx.APIConnectionError as error:
        later = Later("Telnyx cannot be reached", done=False if isinstance(error.__cause__, UNSENT) else None)
    except telnyx.APIStatusError as error:
        problem = _read(error)
        if not (not_now := _later(problem, error.response.headers)):
            return problem
        later = not_now
    except (ValueError, AttributeError, TypeError):  # a 2xx that is no JSON, or JSON of another shape
        return None
    raise later


def _later(problem: Problem, headers: httpx.Headers) -> Later | None:
    if problem.code in CHANNEL_LIMITS:
        return Later(problem.word, after=5, done=False)
    if problem.status in BUSY or problem.status >= 500:
        return Later(problem.word, after=_wait(problem, headers), done=False if problem.status == 429 else None)
    return None


def _wait(problem: Problem, headers: httpx.Headers) -> float | None:
    """Seconds that the provider asks for. x-ratelimit-reset only means something on a 429."""
    text = headers.get("retry-after") or (headers.get("x-ratelimit-reset", "") if problem.status == 429 else "")
    plain = re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text)
    seconds = float(text) if plain else _until(text, headers.get("date", ""))
    return None if seconds is None else min(max(seconds, 0.0), MAX_WAIT)


def _until(text: str, now: str) -> float | None:
    """Between two HTTP dates; measured on the provider's clock, which needs none of ours."""
    try:
        return (parsedate_to_datetime(text) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError):
        return None


def _read(error: telnyx.APIStatusError) -> Problem:
    first = _first(error.body)
    code, detail = first.get("code"), first.get("detail")
    refused = D_CODE.findall(detail) if error.status_code == 403 and isinstance(detail, str) else []
    return Problem(error.status_code, refused[-1] if refused else str(code or "")[:20])


def _first(body: object) -> dict[str, Any]:
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}
