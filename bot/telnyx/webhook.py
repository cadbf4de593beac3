"""Telnyx webhooks, without input or output: who signed this, and what does it say.

The SDK's own ``unwrap`` is not used: it returns the wrong class for every event or enum value that it does not know.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, NamedTuple, NoReturn

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from bot.core.inputs import (
    Answered,
    Call,
    Delivery,
    Fact,
    FarHeld,
    FloorTaken,
    HungUp,
    Incoming,
    Joined,
    KeyGiven,
    KeyPressed,
    Left,
    MachineHeard,
    Priced,
    Rang,
    RecordingSaved,
    RoomEnded,
    RoomOpened,
    SpeechEnded,
    Transcribed,
)
from bot.telnyx import client_state

SIGNATURE = "telnyx-signature-ed25519"
TIMESTAMP = "telnyx-timestamp"
TOLERANCE = 300  # seconds, both ways; as in Telnyx's own SDK

MAX_TEXT = 1000  # characters in one field; Telnyx's longest, the call control id, has about a hundred

# Families of events that Telnyx documents and we have no use for. Whatever else has no decoder is counted as unknown.
UNUSED = (
    *("call.ai_gather.", "call.bridged", "call.conversation", "call.deepfake_detection.", "call.dequeued"),
    *("call.enqueued", "call.fork.", "call.machine.greeting.", "call.machine.premium.greeting."),
    *("call.machine.premium.call_screening.", "call.machine.premium.detection.started", "call.playback."),
    *("call.recording.", "call.refer.", "call.siprec.", "call.speak.started", "call.streaming."),
    *("conference.participant.playback.", "conference.participant.speak.", "conference.playback.", "conference.speak."),
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
        self.verify(claimed(headers, now), body)

    def verify(self, claim: "Claim", body: bytes) -> None:
        """Raise BadSignature unless Telnyx signed this body at that time."""
        try:
            self._key.verify(claim.timestamp.encode() + b"|" + body, claim.signature)
        except BadSignatureError:
            raise BadSignature("signature") from None


class Claim(NamedTuple):
    """What a request says of itself: when it was signed, and the signature's 64 bytes."""

    timestamp: str
    signature: bytes


def claimed(headers: Mapping[str, str], now: float) -> Claim:
    """Read a request's claim, before its body. Raises BadSignature when that alone shows that it is not Telnyx's."""
    signature, timestamp = headers.get(SIGNATURE), headers.get(TIMESTAMP)
    if not signature or not timestamp:
        raise BadSignature("missing")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadSignature("timestamp")
    if abs(now - int(timestamp)) > TOLERANCE:
        raise BadSignature("stale")
    return Claim(timestamp, _unbase64(signature))


def _unbase64(signature: str) -> bytes:
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        raise BadSignature("encoding") from None
    if len(raw) != 64:
        raise BadSignature("length")
    return raw


_KEYS = frozenset("0123456789*#")
_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,12})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
Ignorable = Literal["unknown", "foreign", "unused"]


@dataclass(frozen=True, slots=True)
class News:
    """Something to act on."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing to act on: an event we do not know or use, or another application's."""

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

    @property
    def said(self) -> str:
        """The final words of a transcription, "" for words that may still change."""
        data = self._payload.get("transcription_data")
        if not isinstance(data, dict) or data.get("is_final") is not True:
            return ""
        text = data.get("transcript")
        return " ".join(_printable(text[: 4 * MAX_TEXT]).split())[:MAX_TEXT] if isinstance(text, str) else ""

    @property
    def micros(self) -> int | None:
        """``total_cost``, in millionths; None when Telnyx could not tell it."""
        total = self.text("total_cost")
        if not total or self.text("status") == "error":
            return None
        if not _AMOUNT.fullmatch(total):
            raise BadBody("total_cost")
        return int((Decimal(total) * 1_000_000).to_integral_value(ROUND_HALF_UP))

    @property
    def currency(self) -> str:
        """Of the first part of the cost, "" when it does not say."""
        parts = self._payload.get("cost_parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        code = first.get("currency") if isinstance(first, dict) else None
        return code if isinstance(code, str) and _CURRENCY.fullmatch(code) else ""


def _printable(text: str) -> str:
    """What is spoken may be written in any way; unlike an id it is not refused for that."""
    return "".join(one if one.isprintable() else " " for one in text)


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
def _initiated(event: Event) -> Fact:
    # Our own calls are announced as well; only the direction tells them from calls to our number.
    if event.text("direction") == "incoming":
        return Incoming(event.call, event.at, _caller(event.text("from")))
    return Rang(event.call, event.at)


def _caller(told: str) -> str:
    """The caller's number in E.164, "" for one that is withheld or is no number. Telnyx also writes +1-202-555-0133."""
    bare = re.sub(r"[\s().-]", "", told.removeprefix("sip:").partition("@")[0])
    return bare if re.fullmatch(r"\+[1-9]\d{6,14}", bare) else ""


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


@on("call.dtmf.received")
def _pressed(event: Event) -> Fact | Ignorable:
    digit = event.text("digit")
    return KeyPressed(event.call, event.at, digit) if digit in _KEYS else "unused"


@on("call.machine.detection.ended")
@on("call.machine.premium.detection.ended")
def _machine(event: Event) -> Fact:
    return MachineHeard(event.call, event.at, event.text("result"))


@on("call.hold")
def _held(event: Event) -> Fact:
    return FarHeld(event.call, event.at, held=True)


@on("call.unhold")
def _unheld(event: Event) -> Fact:
    return FarHeld(event.call, event.at, held=False)


@on("call.speak.ended")
def _spoken(event: Event) -> Fact:
    return SpeechEnded(event.call, event.at)


@on("call.transcription")
def _transcribed(event: Event) -> Fact | Ignorable:
    words = event.said
    return Transcribed(event.call, event.at, words) if words else "unused"


@on("call.cost")
def _cost(event: Event) -> Fact | Ignorable:
    micros = event.micros
    return "unused" if micros is None else Priced(event.call, event.at, micros, event.currency)


@on("conference.floor.changed")
def _floor(event: Event) -> Fact | Ignorable:
    # Without a call nobody talks any more; the card keeps who did last.
    if not event.text("call_control_id"):
        return "unused"
    return FloorTaken(event.seat, event.at, event.needed("conference_id"))


@on("conference.recording.saved")
def _recorded(event: Event) -> Fact:
    return RecordingSaved(event.seat, event.at, event.needed("conference_id"), event.needed("recording_id"))


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
