"""Who cannot show who they are is told so a few times a minute, and never stands in the way of who can."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
from nacl.signing import SigningKey
from starlette.requests import Request

from tests.fuzz.sockets import ask, line_to, request, size
from tests.stories.api_client import TOKEN
from tests.stories.harness import Stage, requests
from tests.stories.test_webhook_door import envelope
from web.refusals import MANY, MOST_ADDRESSES, Refusals, origin

TELNYX, SLACK = "/webhooks/call-events", "/slack/events"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("target", "status"), [(TELNYX, 403), (SLACK, 401), ("/conferences/create", 401)], ids=["telnyx", "slack", "api"]
)
async def test_after_many_refusals_the_answer_is_429_for_a_minute(stage: Stage, target: str, status: int) -> None:
    before = await size(stage)
    bad = request("POST", target, "Authorization: Bearer wrong", body=b"{}")
    assert [(await ask(stage, bad))[0] for _ in range(MANY + 3)] == [status] * MANY + [429] * 3
    async with line_to(stage) as line:
        await line.say(request("POST", target, "Connection: close"))
        assert b"retry-after: " in (await line.rest()).lower()
    await all_that_is_genuine_passes(stage)
    grown = await size(stage)
    assert grown["journal"] - before["journal"] == 2, "what was genuine alone is in the journal"
    stage.house.clock.skip(seconds=61)
    assert (await ask(stage, bad))[0] == status


async def all_that_is_genuine_passes(stage: Stage) -> None:
    """From the same address."""
    ana = stage.person("Ana", "+12125550111")
    assert await stage.house.telnyx.send(envelope("call.teleported", {})) == 200
    done = await ana.types("help", stage.channel)
    assert done.status == 200
    create = request("POST", "/conferences/create", f"Authorization: Bearer {TOKEN}")
    assert (await ask(stage, create))[0] == 200


class Hand:
    """The clock of these counters."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def refused(refusals: Refusals, host: str) -> int:
    scope = {"type": "http", "client": (host, 1), "headers": []}
    return refusals.answer(Request(scope), "a door", 401, "no").status_code


def test_as_many_addresses_as_there_are_take_no_more_memory() -> None:
    refusals = Refusals(Hand())
    for number in range(3 * MOST_ADDRESSES):
        assert refused(refusals, f"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}") == 401
    assert len(refusals) == MOST_ADDRESSES


def test_each_address_is_counted_by_itself_and_each_minute_anew() -> None:
    now = Hand()
    refusals = Refusals(now)
    assert [refused(refusals, "10.0.0.1") for _ in range(MANY + 1)] == [401] * MANY + [429]
    assert refused(refusals, "10.0.0.2") == 401
    now.at = 59.0
    assert refused(refusals, "10.0.0.1") == 429
    now.at = 60.0
    assert refused(refusals, "10.0.0.1") == 401
    now.at = -3600.0  # somebody has put the clock back
    assert refused(refusals, "10.0.0.1") == 401


def test_a_whole_network_is_one_address() -> None:
    assert origin("2001:db8::1") == origin("2001:db8::ffff:1") == "2001:db8::/64"
    assert origin("2001:db8:0:1::1") != origin("2001:db8::1")
    assert origin("::ffff:10.0.0.1") == origin("10.0.0.1")
    assert origin("fe80::1%eth0") == "fe80::/64"
    assert origin("") == ""
    assert len(origin("x" * 500)) == 64


ORDER = 2**252 + 27742317777372353535851937790883648493  # of the group that Ed25519 works in


def forgeries(key: SigningKey, body: bytes, now: int) -> dict[str, tuple[str, str, bytes]]:
    """Timestamp, signature and body of what must not pass as Telnyx's."""

    def signed(stamp: str, what: bytes = body, by: SigningKey = key) -> bytes:
        return by.sign(stamp.encode() + b"|" + what).signature

    def b64(raw: bytes) -> str:
        return base64.b64encode(raw).decode()

    stamp, right = str(now), signed(str(now))
    scalar = int.from_bytes(right[32:], "little")
    other = (scalar + ORDER).to_bytes(32, "little")
    return {
        "another key": (stamp, b64(signed(stamp, by=SigningKey.generate())), body),
        "other bytes": (stamp, b64(right), body + b" "),
        "no body": (stamp, b64(right), b""),
        "another time": (str(now - 1), b64(right), body),
        "a time moved into the body": (stamp[:-1], b64(right), stamp[-1:].encode() + b"|" + body),
        "signed without a time": (stamp, b64(key.sign(body).signature), body),
        "too old": (str(now - 301), b64(signed(str(now - 301))), body),
        "too new": (str(now + 302), b64(signed(str(now + 302))), body),
        "a time in other digits": ("".join(chr(0xB2) for _ in "1"), b64(right), body),
        "a time with a sign": (f"+{stamp}", b64(signed(f"+{stamp}")), body),
        "a time with a fraction": (f"{stamp}.0", b64(signed(f"{stamp}.0")), body),
        "a time with zeros": ("0" * 20 + stamp, b64(signed("0" * 20 + stamp)), body),
        "a time beyond all numbers": ("9" * 9_000, b64(right), body),
        "the same signature in another form": (stamp, b64(right[:32] + other), body),
        "nothing but zeros": (stamp, b64(bytes(64)), body),
        "the neutral point": (stamp, b64(b"\x01" + bytes(63)), body),
        "cut short": (stamp, b64(right[:63]), body),
        "too long": (stamp, b64(right + b"\x00"), body),
        "half of the base64": (stamp, b64(right)[:40], body),
        "no padding": (stamp, b64(right).rstrip("="), body),
        "much base64": (stamp, "A" * 50_000, body),
        "base64 for addresses": (stamp, base64.urlsafe_b64encode(b"\xff" * 64).decode(), body),
        "a space within": (stamp, b64(right)[:10] + " " + b64(right)[10:], body),
        "hexadecimal": (stamp, right.hex(), body),
    }


async def test_no_forgery_passes_as_telnyx(stage: Stage) -> None:
    body, now = json.dumps(envelope("call.teleported", {})).encode(), int(stage.house.clock.now())
    key = stage.house.telnyx.signing_key
    for name, (stamp, signature, sent) in forgeries(key, body, now).items():
        headers = f"telnyx-timestamp: {stamp}", f"telnyx-signature-ed25519: {signature}"
        status, _ = await ask(stage, request("POST", TELNYX, *headers, body=sent))
        assert status in {403, 429}, name
    right = base64.b64encode(key.sign(f"{now}|".encode() + body).signature).decode()
    headers = f"telnyx-timestamp: {now}", f"telnyx-signature-ed25519: {right}"
    for twice in (headers[0], headers[1]):
        assert (await ask(stage, request("POST", TELNYX, *headers, twice, body=body)))[0] in {403, 429}
    assert (await ask(stage, request("POST", TELNYX, *headers, body=body)))[0] == 200


async def test_what_is_signed_for_one_door_opens_no_other(stage: Stage) -> None:
    slack, telnyx = stage.house.slack, stage.house.telnyx
    body = urlencode({"command": "/conf", "text": "create x", "trigger_id": "1.2.a"}).encode()
    signed = [f"{name}: {value}" for name, value in slack.sign(body, FORM).items()]
    for target in (TELNYX, "/conferences/create"):
        assert (await ask(stage, request("POST", target, *signed, body=body)))[0] in {401, 403}
    now = int(stage.house.clock.now())
    news = json.dumps(envelope("call.answered", {"call_control_id": "x"})).encode()
    theirs = base64.b64encode(telnyx.signing_key.sign(f"{now}|".encode() + news).signature).decode()
    headers = f"telnyx-timestamp: {now}", f"telnyx-signature-ed25519: {theirs}"
    for target in (SLACK, "/conferences/create"):
        assert (await ask(stage, request("POST", target, *headers, body=news)))[0] == 401
    assert (await size(stage))["journal"] == 0


async def test_what_was_overheard_and_is_sent_again_does_nothing(stage: Stage) -> None:
    """Within five minutes a signature is good: then the key that it carries was seen before."""
    ana = stage.person("Ana", "+12125550111")
    body = urlencode(
        {
            "command": "/conf",
            "text": "create payments +12125550199",
            "team_id": ana.user.team_id,
            "channel_id": stage.channel.id,
            "user_id": ana.user.id,
            "trigger_id": stage.house.slack.new_trigger(ana.user),
            "response_url": stage.house.slack.new_response_url(ana.user, stage.channel),
        }
    ).encode()
    signed = [f"{name}: {value}" for name, value in stage.house.slack.sign(body, FORM).items()]
    overheard = request("POST", SLACK, *signed, body=body)
    assert (await ask(stage, overheard))[0] == 200
    phone = stage.house.telnyx.phone("+12125550199")
    await phone.rings()
    assert phone.call
    now = int(stage.house.clock.now())
    news = json.dumps(envelope("call.hangup", {**phone.call.ids(), "hangup_cause": "user_busy"})).encode()
    theirs = base64.b64encode(stage.house.telnyx.signing_key.sign(f"{now}|".encode() + news).signature).decode()
    webhook = request("POST", TELNYX, f"telnyx-timestamp: {now}", f"telnyx-signature-ed25519: {theirs}", body=news)
    assert (await ask(stage, webhook))[0] == 200
    await stage.quiet()
    before = await size(stage)
    for _ in range(5):
        assert (await ask(stage, overheard))[0] == 200
        assert (await ask(stage, webhook))[0] == 200
    await stage.quiet()
    after = await size(stage)
    assert {name: count for name, count in after.items() if name != "series"} == {
        name: count for name, count in before.items() if name != "series"
    }
    assert len(requests(stage.house, "/calls")) == 1
    phone.declines()
    await stage.passes(minutes=3)


SLACK_STAMPS = ["", " ", "+{now}", "{now}.0", "0x1", "-1", "²", "1_0", "{old}", "{new}", "9" * 400]


@pytest.mark.parametrize("stamp", SLACK_STAMPS)
async def test_no_odd_timestamp_passes_as_slacks(stage: Stage, stamp: str) -> None:
    """Each is signed with the right secret."""
    now = int(time.time())
    stamp = stamp.format(now=now, old=now - 400, new=now + 400)
    secret = stage.house.settings.slack_signing_secret.get_secret_value().encode()
    digest = hmac.new(secret, f"v0:{stamp}:command=%2Fconf".encode("latin-1"), hashlib.sha256).hexdigest()
    headers = f"X-Slack-Request-Timestamp: {stamp}", f"X-Slack-Signature: v0={digest}", f"Content-Type: {FORM}"
    assert (await ask(stage, request("POST", SLACK, *headers, body=b"command=%2Fconf")))[0] == 401


async def test_no_odd_signature_passes_as_slacks(stage: Stage) -> None:
    body = b"command=%2Fconf"
    right = stage.house.slack.sign(body, FORM)
    signature = right["X-Slack-Signature"]
    for odd in (signature.upper(), signature[:-1], signature + "0", signature[3:], f"v1={signature[3:]}", "v0=", "é"):
        headers = [f"{name}: {value}" for name, value in (right | {"X-Slack-Signature": odd}).items()]
        assert (await ask(stage, request("POST", SLACK, *headers, body=body)))[0] == 401, odd
    twice = [f"{name}: {value}" for name, value in right.items()]
    assert (await ask(stage, request("POST", SLACK, *twice, f"X-Slack-Signature: {signature}", body=body)))[0] == 401
