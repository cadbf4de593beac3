"""Telnyx's lists: which calls are up, which rooms are open, who is in one.

A list that may be incomplete is no answer.
"""

from typing import Final, NamedTuple

from telnyx import AsyncTelnyx, NotFoundError
from telnyx.types import ConferenceListParticipantsResponse
from telnyx.types.conference_list_params import Filter

from bot.ports import CallUp, Later
from bot.telnyx import client_state

MAX_PAGES = 20  # of 250
OPEN: Final = "in_progress"


async def calls_up(sdk: AsyncTelnyx, connection_id: str, mark: str) -> tuple[CallUp, ...]:
    """The calls that are up; ``mark`` tells ours. Raises Later when not all could be had.

    Pages are told by a cursor (``GET /connections/{id}/active_calls``: page[limit], page[after], meta.cursors); the SDK
    would ask for page numbers, which are not answered.
    """
    calls: list[CallUp] = []
    listed, after = 0, ""
    for _ in range(MAX_PAGES):
        asked = {"page[limit]": "250"} | ({"page[after]": after} if after else {})
        page = await sdk.connections.list_active_calls(connection_id, extra_query=asked)
        listed += len(page.data)
        calls += [_call(call.client_state, str(call.call_control_id), mark) for call in page.data]
        meta = (page.meta.model_extra if page.meta else None) or {}
        after = _cursor(meta)
        if not after:
            _check_complete(listed, meta.get("total_items"))
            return tuple(calls)
    raise Later("Telnyx's list of active calls has no end")


async def open_rooms(sdk: AsyncTelnyx, connection_id: str, name: str = "") -> dict[str, str]:
    """Names and ids of the rooms that are open, all or those of this name. Raises Later when not all could be had."""
    wanted = Filter(status=OPEN, connection_id=connection_id)
    if name:
        wanted["name"] = name
    found: dict[str, str] = {}
    for number in range(1, MAX_PAGES + 1):
        page = await sdk.conferences.list(filter=wanted, page_number=number, page_size=250)
        # The filters are looked after, lest one is passed over.
        found |= {one.name: one.id for one in page.data if one.status == OPEN and name in {"", one.name}}
        if page.meta is None or number >= (page.meta.total_pages or 0):
            return found
    raise Later("Telnyx's list of conferences has no end")


class Members(NamedTuple):
    """The calls in a room, and those of them that Telnyx mutes or holds."""

    calls: tuple[str, ...]
    muted: tuple[str, ...]
    held: tuple[str, ...]


async def members(sdk: AsyncTelnyx, room_id: str) -> Members | None:
    """None when Telnyx no longer knows the room. Raises Later when not all could be had."""
    found: list[ConferenceListParticipantsResponse] = []
    for number in range(1, MAX_PAGES + 1):
        try:
            page = await sdk.conferences.list_participants(room_id, page_number=number, page_size=250)
        except NotFoundError:
            return None
        found += [one for one in page.data if one.status != "left"]
        if page.meta is None or number >= (page.meta.total_pages or 0):
            return Members(
                tuple(one.call_control_id for one in found),
                tuple(one.call_control_id for one in found if one.muted),
                tuple(one.call_control_id for one in found if one.on_hold),
            )
    raise Later("Telnyx's list of participants has no end")


def _call(state: object, call_control_id: str, mark: str) -> CallUp:
    note = client_state.read(state)
    return CallUp(note.name, call_control_id, ours=bool(mark) and note.mark == mark)


def _cursor(meta: dict[str, object]) -> str:
    cursors = meta.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after != "null" else ""


def _check_complete(listed: int, total: object) -> None:
    if isinstance(total, int) and listed < total:
        raise Later(f"Telnyx listed {listed} of {total} active calls")
