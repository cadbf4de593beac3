"""What goes over the wire to Telnyx. That it is as Telnyx specifies is checked at the end of every story."""

from typing import Any

import pytest

from bot.service import log
from bot.telnyx import client_state
from tests.conftest import need
from tests.edges.telnyx_desk import VALIDATOR
from tests.stories.checks import assert_private_log, assert_specified
from tests.stories.harness import Actor, Stage, requests
from web.sandbox.telnyx import Request


async def ringing(stage: Stage) -> tuple[Actor, Actor]:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types("create payments @bo", stage.channel)
    await bo.phone.rings()
    return ana, bo


async def test_stories_are_checked_against_the_specification_of_telnyx(stage: Stage) -> None:
    need(VALIDATOR is not None, "Telnyx's specification is not here: TELNYX_VALIDATOR names the checker that reads it")
    await ringing(stage)
    assert_specified(stage.house)
    dial = next(one for one in stage.house.telnyx.requests if one.operation == "POST calls")
    assert dial.body
    dial.body["conference"] = "payments"
    with pytest.raises(AssertionError, match="conference"):
        assert_specified(stage.house)
    del dial.body["conference"]


async def test_a_dial_says_who_it_is_for_and_how_long_it_may_last(stage: Stage) -> None:
    await ringing(stage)
    [dial] = requests(stage.house, "/calls")
    assert (dial["from"], dial["to"]) == ("+12125550100", "+12125550122")
    assert dial["connection_id"] == stage.house.settings.telnyx_connection_id
    assert (dial["timeout_secs"], dial["time_limit_secs"]) == (30, 14400)
    assert client_state.leg_id(dial["client_state"]).startswith("conf_")
    assert dial["command_id"]


async def test_a_conference_needs_five_commands(stage: Stage) -> None:
    ana, bo = await ringing(stage)
    cleo = stage.person("Cleo", "+12125550133")
    await bo.comes_in()
    await ana.types("invite @cleo", stage.channel)
    await cleo.comes_in()
    await ana.types("end", stage.channel)
    for one in (bo, cleo):
        await one.phone.idle()
    said = [one for one in stage.house.telnyx.requests if one.method == "POST"]
    assert {one.operation for one in said} == {
        "POST calls",
        "POST calls/*/actions/gather_using_speak",
        "POST conferences",
        "POST conferences/*/actions/join",
        "POST conferences/*/actions/end",
    }
    assert len({str(body(one)["command_id"]) for one in said}) == len(said)


async def test_a_command_of_unknown_fate_is_repeated_under_its_own_name(stage: Stage) -> None:
    stage.house.telnyx.trouble.api_500 = 2
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments +1 212 555 0199", stage.channel)
    await stage.house.telnyx.phone("+12125550199").rings()
    dials = [one for one in stage.house.telnyx.requests if one.path.endswith("/calls")]
    assert len({str(body(one)["command_id"]) for one in dials}) == 1
    looks = [one for one in stage.house.telnyx.requests if one.path.endswith("/active_calls")]
    assert looks, "it is looked for before it is rung again"


async def test_a_command_that_was_surely_not_done_gets_a_new_name(stage: Stage) -> None:
    stage.house.telnyx.trouble.api_429 = 1
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments +1 212 555 0199", stage.channel)
    await stage.house.telnyx.phone("+12125550199").rings()
    first, second = requests(stage.house, "/calls")
    assert first["command_id"] != second["command_id"]
    assert [one.path for one in stage.house.telnyx.requests if "active_calls" in one.path] == []


async def test_the_wish_of_telnyx_to_wait_is_kept(stage: Stage) -> None:
    stage.house.telnyx.trouble.api_429 = 1
    ana = stage.person("Ana", "+12125550111")
    await ana.types("create payments +1 212 555 0199", stage.channel)
    await stage.house.telnyx.phone("+12125550199").rings()
    first, second = (one.at for one in stage.house.telnyx.requests if one.path.endswith("/calls"))
    assert second - first >= 1


async def test_logs_are_searched_for_numbers_in_full(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.house.telnyx.phone("+12125550199")
    log.info("ringing %s", "+12125550199")
    with pytest.raises(AssertionError, match="logged"):
        assert_private_log(caplog, stage.house)
    caplog.clear()


def body(request: Request) -> dict[str, Any]:
    assert request.body
    return request.body
