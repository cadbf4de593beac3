"""Who was refused, and how often: after many in a minute the answer is 429.

Every request is judged by itself first, so a genuine one is never refused for what others sent from its address:
behind a proxy, everybody has the same.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.log import sparing

MANY: Final = 30  # refusals of one address in a minute that are told their reason
MINUTE: Final = 60.0
MOST_ADDRESSES: Final = 1024  # remembered; the one that was refused longest ago goes first

log = sparing("confab.refused")


class Refusals:
    """``now`` tells seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()  # begin of the minute, refusals in it

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._counts)

    def answer(
        self, request: Request, door: str, status: int, why: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        """What somebody is told who could not show who they are."""
        address = origin(request.client.host if request.client else "")
        log.warning("%s refused a request from %s: %s", door, address or "an unknown address", why)
        if wait := self._note(address):
            return JSONResponse({"error": "Too many refused requests"}, 429, {"Retry-After": str(wait)})
        return JSONResponse({"error": why}, status, headers)

    def _note(self, address: str) -> int:
        """Seconds after which the next refusal is explained again, 0 when this one is."""
        now = self._now()
        begun, count = self._counts.pop(address, (now, 0))
        if not 0 <= now - begun < MINUTE:
            begun, count = now, 0
        self._counts[address] = begun, count + 1
        if len(self._counts) > MOST_ADDRESSES:
            self._counts.popitem(last=False)
        return 0 if count < MANY else max(1, round(begun + MINUTE - now))


def origin(host: str) -> str:
    """An IPv4 address, or the network of an IPv6 one: whoever has one has all of it."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.IPv6Network((address, 64), strict=False))
