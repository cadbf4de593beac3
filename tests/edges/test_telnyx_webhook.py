import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from bot.core.inputs import (
    Answered,
    Call,
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
from bot.telnyx.webhook import DECODERS, BadBody, BadSignature, Ignorable, Ignored, News, OldApi, Verifier, decode, on

KEY = SigningKey(bytes(range(32)))
PUBLIC = base64.b64encode(bytes(KEY.verify_key)).decode()
NOW = 1_795_370_400.0
BODY = '{"data": "é"}'.encode()
APP = "1684641123236054244"
STATE = client_state.pack("c1.2.3", "mark")
CALL = Call("v3:abc", "c1.2.3")
AT = 1795370400.123456
OCCURRED = "2026-11-22T18:00:00.123456Z"


def signed(body: bytes = BODY, at: str = "1795370400") -> dict[str, str]:
    signature = base64.b64encode(KEY.sign(at.encode() + b"|" + body).signature).decode()
    return {"telnyx-signature-ed25519": signature, "telnyx-timestamp": at}


def refused(headers: dict[str, str], body: bytes = BODY, now: float = NOW) -> str:
    with pytest.raises(BadSignature) as caught:
        Verifier(PUBLIC).check(headers, body, now)
    return caught.value.reason


@pytest.mark.parametrize("off", [-300, 0, 300])
def test_a_genuine_signature_passes_within_five_minutes(off: int) -> None:
    Verifier(PUBLIC).check(signed(), BODY, NOW + off)


@pytest.mark.parametrize("off", [-301, 301])
def test_an_old_or_future_timestamp_is_refused(off: int) -> None:
    assert refused(signed(), now=NOW + off) == "stale"


def test_a_changed_body_or_timestamp_is_refused() -> None:
    assert refused(signed(), BODY + b" ") == "signature"
    assert refused(signed() | {"telnyx-timestamp": "1795370401"}) == "signature"


def test_another_key_is_refused() -> None:
    other = base64.b64encode(SigningKey(bytes(32)).sign(b"1795370400|" + BODY).signature).decode()
    assert refused(signed() | {"telnyx-signature-ed25519": other}) == "signature"


@pytest.mark.parametrize("name", ["telnyx-signature-ed25519", "telnyx-timestamp"])
def test_a_missing_or_empty_header_is_refused(name: str) -> None:
    headers = signed()
    assert refused(headers | {name: ""}) == "missing"
    del headers[name]
    assert refused(headers) == "missing"


@pytest.mark.parametrize("timestamp", ["soon", "-1", "1.5", " 1795370400", "1_795_370_400", "\uff11\uff17", "9" * 5000])
def test_a_timestamp_must_be_plain_digits(timestamp: str) -> None:
    assert refused(signed() | {"telnyx-timestamp": timestamp}) == "timestamp"


@pytest.mark.parametrize(("signature", "reason"), [("****", "encoding"), ("é", "encoding"), ("AAAA", "length")])
def test_a_signature_must_be_64_bytes_in_base64(signature: str, reason: str) -> None:
    assert refused(signed() | {"telnyx-signature-ed25519": signature}) == reason


@pytest.mark.parametrize("key", ["", "AAAA", "not base64", "é", PUBLIC + "AAAA"])
def test_a_bad_public_key_is_refused_in_a_plain_sentence(key: str) -> None:
    with pytest.raises(ValueError, match="public key must be 32 bytes in base64"):
        Verifier(key)


def event(event_type: str, /, **payload: Any) -> dict[str, Any]:
    common = {"call_control_id": "v3:abc", "client_state": STATE, "connection_id": APP}
    return {
        "data": {
            "record_type": "event",
            "event_type": event_type,
            "id": "0ccc7b54",
            "occurred_at": OCCURRED,
            "payload": common | payload,
        },
        "meta": {"attempt": 1},
    }


def decoded(body: dict[str, Any]) -> News | Ignored:
    return decode(json.dumps(body).encode(), APP)


def fact(body: dict[str, Any]) -> Fact:
    news = decoded(body)
    assert isinstance(news, News)
    assert news.delivery.key == "telnyx:0ccc7b54"
    return news.delivery.fact


COST = {"status": "success", "total_cost": "0.0106", "cost_parts": [{"call_part": "sip-trunking", "currency": "USD"}]}
ROOM = {"conference_id": "room-1"}
SEAT = Call("v3:abc", "")


@pytest.mark.parametrize(
    ("event_type", "payload", "expected"),
    [
        ("call.initiated", {"direction": "outgoing", "state": "bridging"}, Rang(CALL, AT)),
        ("call.answered", {}, Answered(CALL, AT)),
        ("call.gather.ended", {"digits": "1", "status": "valid"}, KeyGiven(CALL, AT, "1", "valid")),
        ("call.gather.ended", {"status": "call_hangup"}, KeyGiven(CALL, AT, "", "call_hangup")),
        ("call.hangup", {"hangup_cause": "user_busy", "sip_hangup_cause": "486"}, HungUp(CALL, AT, "user_busy", "486")),
        (
            "call.hangup",
            {"hangup_cause": "new_cause", "sip_hangup_cause": "unspecified"},
            HungUp(CALL, AT, "new_cause"),
        ),
        ("call.dtmf.received", {"digit": "*"}, KeyPressed(CALL, AT, "*")),
        ("call.machine.detection.ended", {"result": "machine"}, MachineHeard(CALL, AT, "machine")),
        ("call.machine.premium.detection.ended", {"result": "silence"}, MachineHeard(CALL, AT, "silence")),
        ("call.hold", {}, FarHeld(CALL, AT, held=True)),
        ("call.unhold", {}, FarHeld(CALL, AT, held=False)),
        ("call.speak.ended", {"status": "completed"}, SpeechEnded(CALL, AT)),
        (
            "call.transcription",
            {"transcription_data": {"is_final": True, "transcript": "it is the database"}},
            Transcribed(CALL, AT, "it is the database"),
        ),
        ("conference.floor.changed", ROOM, FloorTaken(SEAT, AT, "room-1")),
        ("call.cost", COST, Priced(CALL, AT, 10_600, "USD")),
        ("call.cost", {"status": "success", "total_cost": "12"}, Priced(CALL, AT, 12_000_000)),
        ("conference.recording.saved", ROOM | {"recording_id": "r-1"}, RecordingSaved(SEAT, AT, "room-1", "r-1")),
        ("conference.created", ROOM, RoomOpened(SEAT, AT, "room-1")),
        ("conference.participant.joined", ROOM, Joined(SEAT, AT, "room-1")),
        ("conference.participant.left", ROOM, Left(SEAT, AT, "room-1")),
        ("conference.ended", ROOM | {"reason": "ended_via_api"}, RoomEnded(SEAT, AT, "room-1", "ended_via_api")),
        ("conference.ended", ROOM, RoomEnded(SEAT, AT, "room-1", "")),
    ],
)
def test_decodes_every_event_that_is_acted_on(event_type: str, payload: dict[str, Any], expected: Fact) -> None:
    assert fact(event(event_type, **payload, field_of_tomorrow={"a": [1]})) == expected


def test_every_decoder_is_tried_above() -> None:
    marks = test_decodes_every_event_that_is_acted_on.pytestmark
    assert {case[0] for case in marks[0].args[1]} == set(DECODERS)


def test_the_time_may_stand_in_the_payload_or_nowhere() -> None:
    inside = event("conference.ended", **ROOM, occurred_at="2026-11-22T19:00:00.123456+01:00")
    del inside["data"]["occurred_at"]
    assert fact(inside).at == AT
    nowhere = event("conference.ended", **ROOM)
    for text in (None, "", "yesterday"):
        nowhere["data"]["occurred_at"] = text
        assert fact(nowhere).at == 0.0


@pytest.mark.parametrize(
    "state", [None, "", "?", "é", base64.b64encode(b"[1]").decode(), "eyJsZWciOjF9", "A" * 5000, 7, []]
)
def test_a_foreign_client_state_names_no_leg(state: object) -> None:
    assert fact(event("call.answered", client_state=state)) == Answered(Call("v3:abc", ""), AT)


@pytest.mark.parametrize(
    ("event_type", "why"),
    [
        ("call.machine.premium.greeting.ended", "unused"),
        ("call.speak.started", "unused"),
        ("conference.playback.ended", "unused"),
        ("call.teleported", "unknown"),
        ("message.received", "unknown"),
    ],
)
def test_other_events_are_ignored_by_name(event_type: str, why: Ignorable) -> None:
    assert decoded(event(event_type, **ROOM)) == Ignored(why, event_type)


@pytest.mark.parametrize("payload", [{"status": "error", "total_cost": None}, {"total_cost": None}, {}])
def test_a_cost_that_telnyx_could_not_tell_is_no_news(payload: dict[str, Any]) -> None:
    assert decoded(event("call.cost", **payload)) == Ignored("unused", "call.cost")


@pytest.mark.parametrize("total", ["-1", "1e9", "NaN", "0x1", "a lot", "1" * 40, 0.5])
def test_a_cost_that_is_no_amount_is_nonsense(total: object) -> None:
    with pytest.raises(BadBody):
        decoded(event("call.cost", status="success", total_cost=total))


@pytest.mark.parametrize("parts", [None, [], {}, [None], [{}], [{"currency": "dollars"}], [{"currency": 1}]])
def test_a_currency_that_cannot_be_read_is_not_known(parts: object) -> None:
    assert fact(event("call.cost", status="success", total_cost="1", cost_parts=parts)) == Priced(CALL, AT, 1_000_000)


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("+12125550199", "+12125550199"),
        ("+1-212-555-0199", "+12125550199"),
        ("sip:+12125550199@sip.example.com", "+12125550199"),
        ("anonymous", ""),
        ("sip:desk@example.com", ""),
        (None, ""),
    ],
)
def test_a_call_to_our_number_tells_who_calls(told: str | None, number: str) -> None:
    assert fact(event("call.initiated", direction="incoming", **{"from": told})) == Incoming(CALL, AT, number)


@pytest.mark.parametrize(
    "data", [None, {}, {"is_final": False, "transcript": "maybe"}, {"is_final": True, "transcript": 7}]
)
def test_words_that_may_still_change_are_not_written_down(data: object) -> None:
    assert decoded(event("call.transcription", transcription_data=data)) == Ignored("unused", "call.transcription")


def test_what_is_spoken_may_be_written_in_any_way() -> None:
    said = fact(
        event("call.transcription", transcription_data={"is_final": True, "transcript": "a\x00b\n" + "c" * 5000})
    )
    assert isinstance(said, Transcribed)
    assert said.text.startswith("a b c")
    assert len(said.text) == 1000


@pytest.mark.parametrize("digit", ["A", "12", "", None])
def test_a_key_that_no_phone_has_is_ignored(digit: str | None) -> None:
    assert decoded(event("call.dtmf.received", digit=digit)) == Ignored("unused", "call.dtmf.received")


def test_when_nobody_talks_any_more_there_is_nothing_to_tell() -> None:
    silent = event("conference.floor.changed", **ROOM | {"call_control_id": None})
    assert decoded(silent) == Ignored("unused", "conference.floor.changed")


def test_news_of_another_application_is_ignored() -> None:
    assert decoded(event("call.answered", connection_id="other")) == Ignored("foreign", "call.answered")


def test_an_event_without_a_connection_is_taken() -> None:
    assert fact(event("call.answered", connection_id=None)) == Answered(CALL, AT)


def test_floor_changed_comes_without_a_wrapper_and_is_not_the_old_api() -> None:
    bare = event("conference.floor.changed", **ROOM)["data"]
    assert fact(bare) == FloorTaken(SEAT, AT, "room-1")


@pytest.mark.parametrize("event_type", ["call_answered", "dtmf"])
def test_a_body_of_webhook_api_v1_is_told_apart(event_type: str) -> None:
    with pytest.raises(OldApi):
        decoded({"event_type": event_type, "id": "1", "payload": {"call_control_id": "x"}})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"data": []}',
        b'{"a": 1}',
        b'{"event_type": "call.answered", "id": "1", "payload": {}}',
        b"1" * 5000,
    ],
)
def test_signed_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody):
        decode(body, APP)


@pytest.mark.parametrize("name", ["id", "event_type"])
@pytest.mark.parametrize("value", [None, "", 7, [], "x" * 1001, "a\x00b", "\ud800"])
def test_an_event_needs_a_name_and_an_id(name: str, value: object) -> None:
    body = event("call.answered")
    body["data"][name] = value
    if name == "event_type" and value == "":
        assert decoded(body) == Ignored("unknown", "")
    else:
        with pytest.raises(BadBody):
            decoded(body)


@pytest.mark.parametrize(
    ("event_type", "payload"),
    [
        ("call.answered", {"call_control_id": None, "client_state": None}),
        ("conference.created", {}),
        ("conference.participant.joined", ROOM | {"call_control_id": None}),
        ("conference.participant.left", ROOM | {"call_control_id": ""}),
        ("call.hangup", {"hangup_cause": "a\x00b"}),
        ("call.hangup", {"sip_hangup_cause": 486}),
    ],
)
def test_an_event_that_names_nothing_is_refused(event_type: str, payload: dict[str, Any]) -> None:
    with pytest.raises(BadBody):
        decoded(event(event_type, **payload))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [
    "call_control_id",
    "client_state",
    "connection_id",
    "conference_id",
    "direction",
    "hangup_cause",
    "digits",
    "occurred_at",
]


@given(
    st.sampled_from(sorted(DECODERS)),
    st.dictionaries(st.sampled_from(FIELDS), JSON),
    st.dictionaries(st.sampled_from(["id", "event_type", "payload", "occurred_at"]), JSON, max_size=2),
)
def test_no_field_of_a_wrong_type_raises_anything_else(
    event_type: str, payload: dict[str, Any], data: dict[str, Any]
) -> None:
    body = event(event_type, **payload)
    body["data"] |= data
    try:
        decoded(body)
    except BadBody as bad:
        assert bad.reason  # noqa: PT017  # either ending is right, and this one has a reason


@pytest.mark.parametrize("event_type", ["call.answered", "call.bridged"])
def test_an_event_is_decided_once(event_type: str) -> None:
    with pytest.raises(ValueError, match="already decided"):
        on(event_type)(lambda _event: "unused")
