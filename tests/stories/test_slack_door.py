"""Slack's HTTP door: only what Slack signed a moment ago comes in, and nothing of the rest is kept or written down."""

import io
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.stories.harness import Actor, Stage, requests

FORM = "application/x-www-form-urlencoded"
SECRET_WORDS = "create a very private topic"


def body_of(stage: Stage, ana: Actor) -> bytes:
    """A command as Slack would send it."""
    slack = stage.house.slack
    command = {
        "command": "/conf",
        "text": f"{SECRET_WORDS} +12125550199",
        "team_id": ana.user.team_id,
        "channel_id": stage.channel.id,
        "user_id": ana.user.id,
        "trigger_id": slack.new_trigger(ana.user),
        "response_url": slack.new_response_url(ana.user, stage.channel),
    }
    return urlencode(command).encode()


async def test_the_unspoilt_request_is_taken(stage: Stage) -> None:
    ana = stage.person("Ana", "+12125550111")
    body = body_of(stage, ana)
    done = await stage.house.slack.raw(body, stage.house.slack.sign(body, FORM))
    assert done.status == 200
    await stage.thread("a very private topic")


SPOILT: dict[str, dict[str, Any]] = {
    "a wrong signature": {"X-Slack-Signature": "v0=" + "0" * 64},
    "no signature": {"X-Slack-Signature": None},
    "a signature that is no hex": {"X-Slack-Signature": "héllo"},
    "no timestamp": {"X-Slack-Request-Timestamp": None},
    "a timestamp that is no number": {"X-Slack-Request-Timestamp": "yesterday"},
    "a timestamp beyond all numbers": {"X-Slack-Request-Timestamp": "9" * 400},
    "a timestamp with a fraction": {"X-Slack-Request-Timestamp": "1.5"},
    "a timestamp in other digits": {"X-Slack-Request-Timestamp": "１２３"},  # noqa: RUF001  # on purpose
}


@pytest.mark.parametrize("how", SPOILT)
async def test_a_spoilt_request_is_refused(stage: Stage, how: str, caplog: pytest.LogCaptureFixture) -> None:
    ana = stage.person("Ana", "+12125550111")
    body = body_of(stage, ana)
    headers = stage.house.slack.sign(body, FORM) | SPOILT[how]
    done = await stage.house.slack.raw(body, {name: value for name, value in headers.items() if value is not None})
    await assert_refused(stage, done.status, caplog)


@pytest.mark.parametrize("seconds", [-600, 600], ids=["old", "from the future"])
async def test_a_request_signed_at_another_time_is_refused(
    stage: Stage, seconds: int, caplog: pytest.LogCaptureFixture
) -> None:
    ana = stage.person("Ana", "+12125550111")
    body = body_of(stage, ana)
    done = await stage.house.slack.raw(body, stage.house.slack.sign(body, FORM, at=time.time() + seconds))
    await assert_refused(stage, done.status, caplog)


async def test_a_body_that_was_changed_is_refused(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    ana = stage.person("Ana", "+12125550111")
    body = body_of(stage, ana)
    done = await stage.house.slack.raw(body.replace(b"0199", b"0198"), stage.house.slack.sign(body, FORM))
    await assert_refused(stage, done.status, caplog)


async def assert_refused(stage: Stage, status: int | None, caplog: pytest.LogCaptureFixture) -> None:
    assert status == 401
    await stage.quiet()
    assert stage.channel.messages == []
    assert requests(stage.house, "/calls") == []
    assert "private" not in caplog.text
    assert "5550199" not in caplog.text


async def test_a_body_over_a_mebibyte_is_refused_unread(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        url, body = str(stage.house.slack.app_url), b"x" * ((1 << 20) + 1)
        async with session.post(url, data=io.BytesIO(body), headers=stage.house.slack.sign(body, FORM)) as answer:
            assert answer.status == 413


async def test_a_body_of_unknown_length_is_cut_off_at_a_mebibyte(stage: Stage) -> None:
    async def endless() -> Any:
        for _ in range(20):
            yield b"x" * (1 << 16)

    headers = stage.house.slack.sign(b"", FORM)
    async with (
        aiohttp.ClientSession() as session,
        session.post(str(stage.house.slack.app_url), data=endless(), headers=headers) as answer,
    ):
        assert answer.status == 413


async def test_slacks_question_whether_the_address_is_ours_is_answered(stage: Stage) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    done = await stage.house.slack.raw(body, stage.house.slack.sign(body, "application/json"))
    assert (done.status, "abc" in done.body) == (200, True)


NONSENSE = [b"", b"{", b"[]", b"null", b"payload=%7B", b"payload=[]", b"\xff\xfe"]


@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("content_type", [FORM, "application/json"])
async def test_signed_nonsense_breaks_nothing(stage: Stage, body: bytes, content_type: str) -> None:
    slack = stage.house.slack
    signed = await slack.raw(body, slack.sign(body, content_type))
    assert signed.status in {200, 400, 401, 404}
    unsigned = await slack.raw(body, slack.sign(body, content_type) | {"X-Slack-Signature": "v0=00"})
    assert unsigned.status == 401
    await test_the_unspoilt_request_is_taken(stage)
