"""What can be done with people who are in: from Slack, and read back from Telnyx."""

from tests.stories.harness import Actor, Stage, Thread, requests


async def three(stage: Stage) -> tuple[Actor, Actor, Actor, Thread]:
    """Ana, Bo and Cy, all in."""
    ana = stage.person("Ana", "+12125550111")
    bo, cy = stage.person("Bo", "+12125550122"), stage.person("Cy", "+12125550133")
    bo.user.real_name = "Bo Chen"
    await ana.types("create payments @ana @bo @cy", stage.channel)
    for one in (ana, bo, cy):
        await one.comes_in()
    thread = await stage.thread("payments")
    await thread.card_shows("3 in")
    return ana, bo, cy, thread


async def is_muted(stage: Stage, who: Actor, *, muted: bool = True) -> None:
    await stage.house.telnyx.until(lambda: who.phone.muted is muted, what=f"{who.user.name} muted: {muted}")


async def test_mute_and_unmute_one(stage: Stage) -> None:
    ana, bo, cy, thread = await three(stage)
    await ana.types("mute bo", stage.channel)
    await is_muted(stage, bo)
    await bo.phone.hears("You are muted. Press star six")
    await thread.shows("Bo Chen was muted by Ana")
    await thread.card_shows("muted by Ana", "Unmute all")
    assert not cy.phone.muted
    await ana.types("unmute bo chen", stage.channel)
    await is_muted(stage, bo, muted=False)
    await bo.phone.hears("You are unmuted.")
    for body in requests(stage.house, "/mute") + requests(stage.house, "/unmute"):
        assert len(body["call_control_ids"]) == 1


async def test_mute_others_is_a_button_and_spares_who_pressed(stage: Stage) -> None:
    ana, bo, cy, thread = await three(stage)
    await thread.card_shows("Mute others")
    await ana.clicks(thread.card, "Mute others")
    await is_muted(stage, bo)
    await is_muted(stage, cy)
    assert not ana.phone.muted
    await thread.shows("Bo Chen and Cy were muted by Ana")
    await ana.types("unmute all", stage.channel)
    await is_muted(stage, bo, muted=False)
    await is_muted(stage, cy, muted=False)


async def test_a_name_that_fits_nobody_or_several_is_refused_with_the_names(stage: Stage) -> None:
    ana, bo, cy, _ = await three(stage)
    dee = stage.person("Dee", "+12125550144")
    dee.user.real_name = "Bo Adams"
    await ana.types("invite @dee", stage.channel)
    await dee.comes_in()
    await ana.types("mute bo", stage.channel)
    told = await ana.is_told("fits several")
    assert "#2" in told.text
    await ana.types("mute zoe", stage.channel)
    await ana.is_told("“zoe” is nobody in this conference. There are: Ana, Bo Chen, Cy")
    await ana.types("mute", stage.channel)
    await ana.is_told("Say who is meant.")
    await stage.quiet()
    assert requests(stage.house, "/mute") == []
    assert not any(one.phone.muted for one in (ana, bo, cy, dee))


async def test_a_mute_that_does_not_take_is_read_back_and_corrected(stage: Stage) -> None:
    ana, bo, _, thread = await three(stage)
    stage.house.telnyx.trouble.set("mute_does_not_take", 1)
    await ana.types("mute bo", stage.channel)
    await thread.shows("Bo Chen was muted")
    await stage.passes(seconds=5)
    await thread.shows("Bo Chen: the mute had not taken; asked Telnyx again")
    await is_muted(stage, bo)


async def test_hold_and_back(stage: Stage) -> None:
    ana, bo, _, thread = await three(stage)
    await ana.types("hold 0122", stage.channel)
    await thread.shows("Bo Chen was put on hold by Ana")
    await stage.house.telnyx.until(lambda: bo.phone.held, what="Bo is held")
    await thread.card_shows("on hold")
    await ana.types("unhold bo", stage.channel)
    await stage.house.telnyx.until(lambda: not bo.phone.held, what="Bo is back")
    await thread.shows("taken back from hold")


async def test_kick_hangs_up_one_and_rings_nobody_again(stage: Stage) -> None:
    ana, bo, cy, thread = await three(stage)
    await ana.types("kick bo", stage.channel)
    await bo.phone.idle()
    await thread.shows("Bo Chen was removed by Ana")
    await stage.passes(minutes=5)
    assert bo.phone.ring_count == 1
    assert cy.phone.room


async def test_say_to_all_and_to_one(stage: Stage) -> None:
    ana, bo, cy, thread = await three(stage)
    await ana.types("say two more minutes", stage.channel)
    for one in (ana, bo, cy):
        await one.phone.hears("two more minutes")
    await thread.shows("Said to everybody by Ana: two more minutes")
    await ana.types("say “call me back” --to bo", stage.channel)
    await bo.phone.hears("call me back")
    await ana.is_told("Said to Bo Chen.")
    assert "call me back" not in cy.phone.heard
    assert not any("call me back" in line for line in thread.lines)


async def test_play_and_stop(stage: Stage) -> None:
    ana, bo, _, thread = await three(stage)
    await ana.types("play https://example.com/wait.mp3", stage.channel)
    await bo.phone.hears("https://example.com/wait.mp3")
    await thread.shows("A sound was played by Ana")
    await ana.types("play stop", stage.channel)
    await ana.is_told("Stopped.")
    await ana.types("play something", stage.channel)
    await ana.is_told("Give the address of a sound file")


async def test_keys_are_pressed_into_one_line(stage: Stage) -> None:
    ana, bo, cy, _ = await three(stage)
    await ana.types("dtmf bo 12w#", stage.channel)
    await bo.phone.hears("[tones 12w#]")
    assert not any("tones" in text for text in cy.phone.heard)
    await ana.types("dtmf bo hello", stage.channel)
    await ana.is_told("Those are no keys")


async def test_a_locked_room_lets_nobody_else_in(stage: Stage) -> None:
    ana, _, _, thread = await three(stage)
    dee, eve = stage.person("Dee", "+12125550144"), stage.person("Eve", "+12125550155")
    await ana.types("invite @dee", stage.channel)
    await dee.phone.rings()
    await ana.types("lock", stage.channel)
    await thread.shows("Locked by Ana")
    await thread.card_shows("🔒 locked by Ana", "Unlock")
    dee.phone.answers()
    await dee.phone.hears("Press 1")
    dee.phone.presses("1")
    await dee.phone.hears("This conference is locked")
    await dee.phone.idle()
    await thread.shows("Dee: came when the conference was locked")
    await eve.types("join", stage.channel)
    await eve.is_told("The conference is locked by Ana")
    await ana.types("unlock", stage.channel)
    await thread.shows("Unlocked by Ana")
    await eve.types("join", stage.channel)
    await eve.comes_in()


async def test_host_and_rename(stage: Stage) -> None:
    ana, bo, _, thread = await three(stage)
    await ana.types("host bo", stage.channel)
    await thread.shows("Bo Chen is the host now")
    await thread.card_shows("host Bo Chen")
    await ana.types("invite +1 212 555 0199", stage.channel)
    guest = stage.house.telnyx.phone("+12125550199")
    await guest.rings()
    await ana.types('rename 0199 as "Plumber"', stage.channel)
    await thread.shows("…0199 is now shown as Plumber")
    await bo.types("host plumber", stage.channel)
    await bo.is_told("Plumber is not a member of this workspace")
    assert bo.phone.room


async def test_muted_and_listening_from_the_start(stage: Stage) -> None:
    ana, _, _, thread = await three(stage)
    dee, eve = stage.person("Dee", "+12125550144"), stage.person("Eve", "+12125550155")
    await ana.types("invite @dee --muted", stage.channel)
    await dee.comes_in()
    await is_muted(stage, dee)
    await dee.phone.hears("You are muted. Press star six")
    await ana.types("invite @eve —listen", stage.channel)
    await eve.comes_in()
    await is_muted(stage, eve)
    await eve.phone.hears("You are here to listen")
    eve.phone.presses("*6")
    await stage.quiet()
    assert eve.phone.muted
    await thread.card_shows("listens only")
    await ana.types("unmute eve", stage.channel)
    await is_muted(stage, eve, muted=False)


async def test_a_phone_that_puts_us_on_hold_is_muted_for_as_long(stage: Stage) -> None:
    _, bo, _, thread = await three(stage)
    bo.phone.holds()
    await is_muted(stage, bo)
    await thread.shows("Bo Chen put us on hold; muted, so that nobody hears the music")
    await thread.card_shows("their phone holds us")
    bo.phone.unholds()
    await is_muted(stage, bo, muted=False)
    await thread.shows("Bo Chen took us back")


async def test_the_menu_of_a_row_says_the_same_sentences(stage: Stage) -> None:
    ana, bo, _, thread = await three(stage)
    menu = next(
        block["accessory"]
        for block in thread.card.blocks
        if block.get("accessory", {}).get("type") == "overflow" and "Bo Chen" in block["text"]["text"]
    )
    chosen = {option["text"]["text"]: option["value"] for option in menu["options"]}
    assert set(chosen) == {"Mute", "Put on hold", "Remove", "Make host", "Details"}
    await stage.house.slack.click(ana.user, thread.card, menu["action_id"], value=chosen["Mute"])
    await is_muted(stage, bo)
    await stage.house.slack.click(ana.user, thread.card, menu["action_id"], value=chosen["Details"])
    await ana.is_told("Bo Chen")
    await stage.house.slack.click(ana.user, thread.card, menu["action_id"], value=chosen["Remove"])
    await bo.phone.idle()


async def test_who_talks_stands_on_the_card(stage: Stage) -> None:
    _, bo, cy, thread = await three(stage)
    bo.phone.speaks("it is the database")
    await stage.passes(seconds=10)
    await thread.card_shows("🔊 *Bo Chen*")
    cy.phone.speaks("no, the network")
    await stage.passes(seconds=10)
    await thread.card_shows("🔊 *Cy*")
