"""Whatever Slack signs, the door answers 200 or 4xx; nothing breaks, and nothing grows but the journal."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.profile import tries
from tests.fuzz.shapes import COMMANDS, EVENTS, INTERACTIVITY
from tests.fuzz.sockets import size
from tests.fuzz.strategies import anything, scalars, spoilt, values
from tests.stories.harness import Stage

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
ANSWERS = {200, 400, 404}


def dumped(shape: Any) -> str:
    return json.dumps(shape)


def form(fields: list[tuple[str, Any]]) -> bytes:
    texts = [(name, value if isinstance(value, str) else dumped(value)) for name, value in fields]
    return urlencode(texts, errors="surrogatepass").encode()


def is_text(body: bytes) -> bool:
    """Slack signs text; what is none cannot be verified."""
    try:
        return bool(body.decode()) or not body
    except UnicodeDecodeError:
        return False


names = st.sampled_from(["command", "text", "payload", "ssl_check", "user_id", "trigger_id", "type", "", "payload[]"])
bodies: st.SearchStrategy[tuple[str, bytes]] = st.one_of(
    spoilt(INTERACTIVITY).map(lambda one: (FORM, form([("payload", one)]))),
    spoilt(INTERACTIVITY).map(lambda one: (JSON, dumped(one).encode())),
    spoilt(EVENTS).map(lambda one: (JSON, dumped(one).encode())),
    spoilt(EVENTS).map(lambda one: (FORM, form([("payload", one)]))),
    spoilt(COMMANDS).filter(lambda one: isinstance(one, dict)).map(lambda one: (FORM, form(list(one.items())))),
    spoilt(COMMANDS).map(lambda one: (JSON, dumped(one).encode())),
    st.tuples(spoilt(COMMANDS), spoilt(INTERACTIVITY)).map(
        lambda two: (FORM, form([*two[0].items(), *two[0].items(), ("payload", two[1]), ("payload", two[1])]))
    ),
    st.lists(st.tuples(names, anything | values), max_size=8).map(lambda fields: (FORM, form(fields))),
    values.map(lambda one: (JSON, dumped(one).encode())),
    st.binary(max_size=200).map(lambda one: (FORM, one)),
    st.tuples(
        st.sampled_from([FORM, JSON, "", "text/plain", "multipart/form-data; boundary=x"]), st.binary(max_size=99)
    ),
    scalars.map(lambda one: (FORM, form([("payload", one)]))),
)


async def test_whatever_slack_signs_is_answered_and_breaks_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    ana = stage.person("Ana", "+12125550111")
    slack, loop, sent = stage.house.slack, asyncio.get_running_loop(), 0
    holes = {
        "{user}": ana.user.id,
        "{team}": ana.user.team_id,
        "{channel}": stage.channel.id,
        "{bot}": slack.bot_user_id,
        "{response_url}": slack.new_response_url(ana.user, stage.channel),
    }

    async def knock(content_type: str, body: bytes) -> None:
        nonlocal sent
        sent += 1
        for hole, value in {**holes, "{key}": f"{sent}.1.a"}.items():
            body = body.replace(hole.encode(), value.encode()).replace(form([("", hole)])[1:], form([("", value)])[1:])
        done = await slack.raw(body, slack.sign(body, content_type))
        assert done.status in (ANSWERS if is_text(body) else {401, 429}), (done.status, content_type, body)

    @given(bodies)
    @tries(400)
    def all_of_them(told: tuple[str, bytes]) -> None:
        asyncio.run_coroutine_threadsafe(knock(*told), loop).result(60)

    before, tasks = await size(stage), len(asyncio.all_tasks())
    await asyncio.to_thread(all_of_them)
    await stage.quiet()
    after = await size(stage)
    assert after.pop("series") == before.pop("series")
    for name in after:  # what was not spoilt enough is still a sentence
        assert after[name] <= before[name] + sent, name
    assert len(asyncio.all_tasks()) <= tasks + 5
    assert "Traceback" not in caplog.text
    assert not [record for record in caplog.records if record.exc_info]
    await ana.types("help", stage.channel)
    await ana.is_told("Confab rings people's phones")
