"""Telnyx webhooks, without input or output: who signed this, and what does it say.

The SDK's own ``unwrap`` is not used: it returns the wrong class for every event or enum value that it does not know.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NoReturn

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from bot.core.inputs import (
    Answered,
    Call,
    Delivery,
    Fact,
    HungUp,
    Joined,
    KeyGiven,
    Left,
    Rang,
    RoomEnded,
    RoomOpened,
)
from bot.telnyx import client_state

SIGNATURE = "telnyx-signature-ed25519"
TIMESTAMP = "telnyx-timestamp"
TOLERANCE = 300  # seconds, both ways; as in Telnyx's own SDK

MAX_TEXT = 1000  # characters in one field; Telnyx's longest, the call control id, has about a hundred

# Families of events that Telnyx documents and we have no use for. Whatever else has no decoder is counted as unknown.
UNUSED = (
    *("call.ai_gather.", "call.bridged", "call.conversation", "call.cost", "call.deepfake_detection.", "call.dequeued"),
    *("call.dtmf.", "call.enqueued", "call.fork.", "call.hold", "call.machine.", "call.playback.", "call.recording."),
    *("call.refer.", "call.siprec.", "call.speak.", "call.streaming.", "call.transcription", "call.unhold"),
    *("conference.floor.", "conference.participant.playback.", "conference.participant.speak."),
    *("conference.playback.", "conference.recording.", "conference.speak."),
)


class BadSignature(Exception):  # noqa: N818  # a verdict, as its reason is
    """Not signed by Telnyx. ``reason`` is one of missing, encoding, length, timestamp, stale, signature."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadBody(Exception):  # noqa: N818  # a verdict, as its reason is
    """Signed by Telnyx, and nonsense all the same."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OldApi(Exception):  # noqa: N818  # a finding: somebody must change a setting
    """The Telnyx application still sends webhook API v1: no ``data``, event names without a dot."""


class Verifier:
    """Checks Ed25519 over ``timestamp|raw body`` (https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks)."""

    def __init__(self, public_key_b64: str) -> None:
        try:
            self._key = VerifyKey(base64.b64decode(public_key_b64, validate=True))
        except (ValueError, TypeError) as error:
            raise ValueError("The Telnyx public key must be 32 bytes in base64, as the portal shows it.") from error

    def check(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Raise BadSignature unless Telnyx signed this within five minutes of ``now`` (unix seconds).

        ``headers`` have lower-case names or ignore case. That each header came once is the caller's to see.
        """
        signature, timestamp = headers.get(SIGNATURE), headers.get(TIMESTAMP)
        if not signature or not timestamp:
            raise BadSignature("missing")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise BadSignature("timestamp")
        if abs(now - int(timestamp)) > TOLERANCE:
            raise BadSignature("stale")
        raw = _unbase64(signature)
        try:
            self._key.verify(timestamp.encode() + b"|" + body, raw)
        except BadSignatureError:
            raise BadSignature("signature") from None


def _unbase64(signature: str) -> bytes:
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        raise BadSignature("encoding") from None
    if len(raw) != 64:
        raise BadSignature("length")
    return raw


Ignorable = Literal["unknown", "foreign", "unused", "incoming"]


@dataclass(frozen=True, slots=True)
class News:
    """Something to act on."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to act on: an event we do not know or use, another application's, or a call to our number."""

    why: Ignorable
    event_type: str


Decoded = News | Ignored


class Event:
    """An event's payload, with questions that answer or raise BadBody, whatever it holds."""

    __slots__ = ("_data", "_payload")

    def __init__(self, data: dict[str, Any]) -> None:
        payload = data.get("payload", {})
        if not isinstance(payload, dict):
            raise BadBody("payload")
        self._data = data
        self._payload: dict[str, Any] = payload

    def text(self, name: str) -> str:
        """A text field, "" when it is absent or null."""
        value = self._payload.get(name)
        return "" if value is None else _plain(value, name)

    def needed(self, name: str) -> str:
        return self.text(name) or _missing(name)

    @property
    def at(self) -> float:
        """Unix seconds; 0.0 when Telnyx did not say. Some conference events have it in the payload."""
        value = self._data.get("occurred_at") or self._payload.get("occurred_at")
        return 0.0 if value is None else _seconds(_plain(value, "occurred_at"))

    @property
    def call(self) -> Call:
        call = Call(self.text("call_control_id"), client_state.leg_id(self._payload.get("client_state")))
        return call if call.call_control_id or call.leg_id else _missing("call_control_id")

    @property
    def seat(self) -> Call:
        """The call of a conference event. Its client_state may be the room's, so only Telnyx's id names it."""
        return Call(self.text("call_control_id"))


def _plain(value: object, name: str) -> str:
    """Printable text only: PostgreSQL stores neither NUL nor half a surrogate pair."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise BadBody(name)
    return value


def _missing(name: str) -> NoReturn:
    raise BadBody(name)


def _seconds(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


Decoder = Callable[[Event], Fact | Ignorable]
DECODERS: dict[str, Decoder] = {}


def on(event_type: str) -> Callable[[Decoder], Decoder]:
    """Register the decoder of one event."""

    def register(decoder: Decoder) -> Decoder:
        if event_type in DECODERS or event_type.startswith(UNUSED):
            raise ValueError(f"{event_type} is already decided")
        DECODERS[event_type] = decoder
        return decoder

    return register


@on("call.initiated")
def _initiated(event: Event) -> Fact | Ignorable:
    # Our own calls are announced as well; only the direction tells them from calls to our number.
    return "incoming" if event.text("direction") == "incoming" else Rang(event.call, event.at)


@on("call.answered")
def _answered(event: Event) -> Fact:
    return Answered(event.call, event.at)


@on("call.gather.ended")
def _gathered(event: Event) -> Fact:
    return KeyGiven(event.call, event.at, event.text("digits"), event.text("status"))


@on("call.hangup")
def _hung_up(event: Event) -> Fact:
    sip = event.text("sip_hangup_cause")
    return HungUp(event.call, event.at, event.text("hangup_cause"), "" if sip == "unspecified" else sip)


@on("conference.created")
def _opened(event: Event) -> Fact:
    return RoomOpened(event.seat, event.at, event.needed("conference_id"))


@on("conference.participant.joined")
def _joined(event: Event) -> Fact:
    event.needed("call_control_id")
    return Joined(event.seat, event.at, event.needed("conference_id"))


@on("conference.participant.left")
def _left(event: Event) -> Fact:
    event.needed("call_control_id")
    return Left(event.seat, event.at, event.needed("conference_id"))


@on("conference.ended")
def _ended(event: Event) -> Fact:
    # The documented reasons lack at least ended_via_api, so any text passes.
    return RoomEnded(event.seat, event.at, event.needed("conference_id"), event.text("reason"))


def decode(body: bytes, connection_id: str) -> Decoded:
    """What a verified body says. ``connection_id`` is our application's; a fact's time is 0.0 when Telnyx gave none.

    Raises BadBody for signed nonsense and OldApi for a body of webhook API v1.
    """
    data = _envelope(body)
    event_type = _plain(data.get("event_type"), "event_type")
    key = _plain(data.get("id"), "id") or _missing("id")
    decoder = DECODERS.get(event_type)
    if decoder is None:
        return Ignored("unused" if event_type.startswith(UNUSED) else "unknown", event_type)
    event = Event(data)
    if event.text("connection_id") not in {"", connection_id}:
        return Ignored("foreign", event_type)
    fact = decoder(event)
    return Ignored(fact, event_type) if isinstance(fact, str) else News(Delivery(f"telnyx:{key}", fact))


def _envelope(body: bytes) -> dict[str, Any]:
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        raise BadBody("json") from None
    if not isinstance(whole, dict):
        raise BadBody("json")
    data = whole.get("data", whole)
    if not isinstance(data, dict):
        raise BadBody("data")
    name = data.get("event_type")
    if "data" not in whole and name != "conference.floor.changed":  # Telnyx documents that one without the wrapper
        raise OldApi if isinstance(name, str) and "." not in name else BadBody("data")
    return data
