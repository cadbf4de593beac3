"""The gate's other keys, and the ways past it that there must not be."""

from pathlib import Path

import pytest

from tests.stories.harness import Actor, Stage, Thread, requests, story


async def at_the_gate(stage: Stage, options: str = "") -> tuple[Actor, Actor, Thread]:
    ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
    await ana.types(f"create payments down @bo {options}", stage.channel)
    await bo.phone.rings()
    thread = await stage.thread("payments down")
    bo.phone.answers()
    return ana, bo, thread


async def test_2_declines_and_nobody_is_rung_again_by_itself(stage: Stage) -> None:
    _, bo, thread = await at_the_gate(stage, "--redial 3x60s")
    await bo.phone.hears("2 to decline")
    bo.phone.presses("2")
    await bo.phone.idle()
    await thread.shows("Bo: declined the call")
    await stage.passes(minutes=10)
    assert bo.phone.ring_count == 1
    assert stage.house.telnyx.rooms == {}


async def test_9_is_called_back_two_minutes_later(stage: Stage) -> None:
    _, bo, thread = await at_the_gate(stage)
    await bo.phone.hears("9 to be called back")
    bo.phone.presses("9")
    await bo.phone.idle()
    await thread.shows("Bo: asked to be called back")
    await thread.shows("Bo: called back in 2 min")
    await thread.card_shows("next: called back", "Ring now", "Stop")
    await stage.passes(seconds=115)
    assert bo.phone.ring_count == 1
    await stage.passes(seconds=6)
    await bo.comes_in()
    await thread.shows("Bo joined")


async def test_no_gate_lets_in_who_was_invited_so_and_nobody_else(stage: Stage) -> None:
    _, bo, _ = await at_the_gate(stage, "--no-gate +1 212 555 0199")
    await bo.phone.in_room()
    assert bo.phone.heard == []
    ana = stage.person("Cy", "+12125550133")
    await ana.types("join", stage.channel)
    await ana.phone.rings()
    ana.phone.answers()
    await ana.phone.hears("Press 1")
    assert ana.phone.room is None


async def test_a_redial_asks_for_the_key_again(stage: Stage) -> None:
    _, bo, thread = await at_the_gate(stage)
    await bo.phone.hears("Press 1")
    bo.phone.hangs_up()
    await thread.shows("Bo: hung up without pressing 1")
    ana = stage.person("Cy", "+12125550133")
    await ana.types("redial bo", stage.channel)
    await bo.phone.rings()
    before = len(bo.phone.heard)
    bo.phone.answers()
    await stage.house.telnyx.until(lambda: len(bo.phone.heard) > before, what="Bo is asked again")
    assert bo.phone.room is None


async def test_machine_detection_hangs_up_sooner(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_amd=True) as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        bo.phone.mood = "voicemail"
        await ana.types("create payments down @bo", stage.channel)
        await bo.phone.hears("Press 1")
        await stage.passes(seconds=4)
        await bo.phone.idle()
        thread = await stage.thread("payments down")
        await thread.shows("Bo: voicemail")
        assert requests(stage.house, "/v2/calls")[0]["answering_machine_detection"] == "premium"


async def test_machine_detection_keeps_no_person_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog, confab_amd=True) as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        await ana.types("create payments down @bo", stage.channel)
        await bo.comes_in()
        await stage.passes(seconds=4)
        assert bo.phone.room


async def test_voice_and_texts_are_the_operators(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    texts = tmp_path / "texts.toml"
    texts.write_text('gate = "Duty desk. {asker} to {topic}: 1 or 2."\n')
    async with story(tmp_path, caplog, confab_texts=str(texts), confab_voice="Telnyx.KokoroTTS.af") as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        await ana.types("create payments down @bo", stage.channel)
        await bo.phone.rings()
        bo.phone.answers()
        await bo.phone.hears("Duty desk. Ana asks you to payments down: 1 or 2.")
        assert requests(stage.house, "gather_using_speak")[0]["voice"] == "Telnyx.KokoroTTS.af"
