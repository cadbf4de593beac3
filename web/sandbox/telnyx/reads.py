"""What can be asked without changing anything."""

import base64
from collections.abc import Callable, Mapping, Sequence

from web.sandbox.telnyx.exchange import Exchange
from web.sandbox.telnyx.recordings import Recordings
from web.sandbox.telnyx.refusals import Refusal
from web.sandbox.telnyx.rooms import Rooms
from web.sandbox.telnyx.stamp import iso

Query = Mapping[str, str]


class Reads:
    """``application`` overrides fields of the call control application, for those who check its set-up."""

    def __init__(
        self, exchange: Exchange, rooms: Rooms, recordings: Recordings, webhook_url: Callable[[], str | None]
    ) -> None:
        self.application: dict[str, object] = {}
        self._exchange = exchange
        self._rooms = rooms
        self._recordings = recordings
        self._webhook_url = webhook_url
        self._born = exchange.agenda.now()

    def call(self, call_id: str, _: Query) -> dict[str, object]:
        return {"data": self._exchange.find(call_id).status(self._exchange.agenda.now())}

    def active_calls(self, connection_id: str, query: Query) -> dict[str, object]:
        if connection_id != self._exchange.connection_id:
            raise Refusal("10015", "The connection does not exist.", field="connection_id")
        now = self._exchange.agenda.now()
        return _cursor_page([call.active(now) for call in self._exchange.calls.values() if call.alive], query)

    def conferences(self, query: Query) -> dict[str, object]:
        rooms = sorted(self._rooms.by_id.values(), key=lambda room: room.expires_at, reverse=True)
        rows = [room.picture() for room in rooms]
        for name in ("name", "status", "connection_id"):
            if wanted := query.get(f"filter[{name}]"):
                rows = [row for row in rows if row[name] == wanted]
        return _page(rows, query)

    def conference(self, room_id: str, _: Query) -> dict[str, object]:
        return {"data": self._rooms.find(room_id).picture()}

    def participants(self, room_id: str, query: Query) -> dict[str, object]:
        rows = [seat.picture() for seat in self._rooms.find(room_id).seats]
        for name in ("muted", "on_hold"):
            if wanted := query.get(f"filter[{name}]"):
                rows = [row for row in rows if row[name] is (wanted == "true")]
        return _page(rows, query)

    def recordings(self, query: Query) -> dict[str, object]:
        return _page(self._recordings.listed(query), query)

    def recording(self, recording_id: str, _: Query) -> dict[str, object]:
        return {"data": self._recordings.find(recording_id)}

    def balance(self, _: Query) -> dict[str, object]:
        money = {"balance": "300.00", "available_credit": "400.00", "credit_limit": "100.00", "pending": "0.00"}
        return {"data": {"record_type": "balance", "currency": "USD", **money}}

    def call_control_application(self, application_id: str, _: Query) -> dict[str, object]:
        if application_id != self._exchange.connection_id:
            raise Refusal("10005", "The requested resource or URL could not be found.")
        data: dict[str, object] = {
            "record_type": "call_control_application",
            "id": application_id,
            "application_name": "sandbox",
            "active": True,
            "webhook_api_version": "2",
            "webhook_event_url": self._webhook_url() or "",
            "webhook_event_failover_url": "",
            "webhook_timeout_secs": 2,
            "call_cost_in_webhooks": False,
            "outbound": {"channel_limit": 10, "outbound_voice_profile_id": "1293384261075731499"},
            "created_at": iso(self._born),
            "updated_at": iso(self._born),
        }
        return {"data": {**data, **self.application}}


def _cursor_page(rows: Sequence[object], query: Query) -> dict[str, object]:
    """A list that is paged by cursor, twenty at a time unless asked otherwise."""
    limit, start = _whole(query, "page[limit]", 20, 250), _start(query.get("page[after]", ""))
    end = start + limit
    cursors = {"after": _opaque(end)} if end < len(rows) else {}
    if start:
        cursors["before"] = _opaque(max(0, start - limit))
    return {"data": list(rows[start:end]), "meta": {"total_items": len(rows), "cursors": cursors}}


def _opaque(start: int) -> str:
    return "v1:" + base64.b64encode(str(start).encode()).decode()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor.removeprefix("v1:"), validate=True))
    except ValueError:
        raise Refusal("10033", "page[after] is no cursor.", field="page[after]") from None


def _page(rows: Sequence[object], query: Query) -> dict[str, object]:
    page, size = _whole(query, "page[number]", 1, 1_000_000), _whole(query, "page[size]", 20, 250)
    meta = {
        "page_number": page,
        "page_size": size,
        "total_pages": -(-len(rows) // size),
        "total_results": len(rows),
    }
    return {"data": list(rows[(page - 1) * size : page * size]), "meta": meta}


def _whole(query: Query, name: str, default: int, most: int) -> int:
    value = query.get(name, str(default))
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise Refusal("10033", f"{name} must be in 1..{most}.", field=name)
    return int(value)
