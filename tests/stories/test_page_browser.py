"""The sandbox as its visitors see it: the real program, and its page in Chromium."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.conftest import need
from tests.stories.checks import assert_clean_log, listen_in
from tests.stories.visitor import HAS_BROWSER, NARROW, WIDE, Visitor, chromium, visitor
from web.sandbox.house import open_sandbox

pytestmark = pytest.mark.browser


@pytest.fixture
async def visit(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Visitor]:
    """A page as large as the test asks for. It is still open when the sandbox ends, which must not mind."""
    need(HAS_BROWSER, "playwright and chromium")
    listen_in(caplog)
    async with chromium() as browser:
        async with open_sandbox() as (url, _), visitor(browser, url, request.param) as somebody:
            yield somebody
        assert_clean_log(caplog)


@pytest.mark.parametrize("visit", [WIDE], indirect=True)
async def test_a_conference_from_the_first_word_to_the_last(visit: Visitor) -> None:
    from playwright.async_api import expect

    await visit.types("/conf create payments down @bo @cleo")
    card, thread = visit.card("payments down"), visit.page.get_by_test_id("thread")
    await visit.comes_in(visit.phone("Bo"))
    await visit.comes_in(visit.phone("Cleo"))
    await expect(card).to_contain_text("LIVE: 2 in")
    await expect(card).to_contain_text("Bo: in since")
    await expect(card).to_contain_text("Cleo: in since")

    await card.get_by_role("button", name="End…").click()
    await expect(visit.page.get_by_role("dialog")).to_contain_text("End the conference?")
    await expect(card).to_contain_text("LIVE")
    await visit.page.get_by_test_id("confirm-yes").click()
    await expect(card).to_contain_text("ENDED")
    await expect(card.get_by_role("button", name="End…")).to_have_count(0)
    await expect(thread).to_contain_text("Ended by Ana")
    await expect(visit.page.locator("[data-testid=phone][data-state=idle]")).to_have_count(5)


@pytest.mark.parametrize("visit", [WIDE], indirect=True)
async def test_the_form_says_what_is_wrong_and_rings_whom_it_names(visit: Visitor) -> None:
    from playwright.async_api import expect

    await visit.types("/conf create night shift")
    await visit.card("night shift").get_by_role("button", name="Invite…").click()
    form = visit.page.get_by_test_id("modal")
    await form.get_by_role("button", name="Ring them").click()
    await expect(form).to_contain_text("Choose somebody here")
    await form.get_by_label("Dev").check()
    await form.get_by_label("Phone numbers").fill("+1 212 555")
    await form.get_by_role("button", name="Ring them").click()
    await expect(form).to_contain_text("cannot be a telephone number")
    await expect(form.get_by_label("Dev")).to_be_checked()
    await form.get_by_label("Phone numbers").fill("+1 212 555 0199")
    await form.get_by_role("button", name="Ring them").click()
    await expect(form).to_be_hidden()
    await expect(visit.phone("Dev")).to_have_attribute("data-state", "ringing")
    await expect(visit.phone_at("+12125550199")).to_have_attribute("data-state", "ringing")
    await expect(visit.card("night shift")).not_to_contain_text("+12125550199")


@pytest.mark.parametrize("visit", [NARROW], indirect=True)
async def test_on_a_small_screen_the_keyboard_is_enough(visit: Visitor) -> None:
    from playwright.async_api import expect

    page = visit.page
    await visit.tabs_to(page.get_by_test_id("say"))
    await page.keyboard.type("/conf create night shift @bo")
    await visit.presses("Enter")
    await visit.tabs_to(page.get_by_test_id("tab-phones"))
    await visit.presses("Enter")
    await visit.tabs_to(visit.phone("Bo").get_by_test_id("answer"))
    await visit.presses("Enter")
    await visit.phone("Bo").get_by_text("Press 1").wait_for()
    await visit.tabs_to(visit.phone("Bo").get_by_test_id("key-1"))
    await visit.presses("Enter")
    await visit.phone("Bo").get_by_text("in conference").wait_for()

    await visit.tabs_to(page.get_by_test_id("tab-chat"))
    await visit.presses("Enter")
    await visit.tabs_to(visit.card("night shift").get_by_role("button", name="End…"))
    await visit.presses("Enter")
    await visit.tabs_to(page.get_by_test_id("confirm-yes"))
    await visit.presses("Enter")
    await expect(visit.card("night shift")).to_contain_text("ENDED")
    assert await page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], "nothing sticks out"


@pytest.mark.parametrize("visit", [WIDE], indirect=True)
async def test_the_phones_in_a_conference_have_keys_a_voice_and_a_hold_button(visit: Visitor) -> None:
    from playwright.async_api import expect

    await visit.types("/conf create payments @bo @cleo")
    card, bo = visit.card("payments"), visit.phone("Bo")
    await visit.comes_in(bo)
    await visit.comes_in(visit.phone("Cleo"))
    await bo.get_by_test_id("star-6").click()
    await expect(bo).to_contain_text("You are muted")
    await expect(bo).to_contain_text("in, muted")
    await expect(card).to_contain_text("· muted")
    await bo.get_by_test_id("star-6").click()
    await expect(bo).to_contain_text("You are unmuted.")
    await visit.phone("Cleo").get_by_test_id("speak").fill("it is the database")
    await visit.page.keyboard.press("Enter")
    await expect(visit.phone("Cleo")).to_contain_text("in, talking")
    await bo.get_by_test_id("hold").click()
    await expect(card).to_contain_text("their phone holds us")
    await bo.get_by_test_id("hold").click()
    await expect(card).not_to_contain_text("their phone holds us")
    await card.get_by_label("More").first.click()
    await card.get_by_role("button", name="Put on hold").first.click()
    await expect(card).to_contain_text("on hold")


@pytest.mark.parametrize("visit", [NARROW], indirect=True)
async def test_somebody_calls_in_on_a_small_screen(visit: Visitor) -> None:
    from playwright.async_api import expect

    await visit.types("/conf create payments @bo")
    await visit.card("payments").wait_for()
    await visit.types("/conf pin")
    told = visit.page.get_by_test_id("ephemeral").filter(has_text="Only you see this.")
    pin = re.search(r"enter (\d{6})", await told.inner_text())
    assert pin
    await visit.page.get_by_test_id("tab-phones").click()
    dev = visit.phone("Dev")
    await dev.get_by_test_id("callin").click()
    await dev.get_by_text("Enter the six digits").wait_for()
    press = "(phone, keys) => [...keys].forEach((key) => phone.querySelector(`[data-testid=key-${key}]`).click())"
    await dev.evaluate(press, pin[1])  # faster than the page can send them, and still in order
    await dev.get_by_text("in conference").wait_for()
    await visit.page.get_by_test_id("tab-chat").click()
    await expect(visit.card("payments")).to_contain_text("…0144")
    assert await visit.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], "nothing sticks out"


@pytest.mark.parametrize("visit", [WIDE], indirect=True)
async def test_shortcuts_and_the_home_tab(visit: Visitor) -> None:
    from playwright.async_api import expect

    await visit.types("the payments page is down")
    message = visit.page.get_by_test_id("message").filter(has_text="the payments page is down")
    await message.hover()
    await message.get_by_test_id("message-menu").click()
    await message.get_by_test_id("about").click()
    form = visit.page.get_by_test_id("modal")
    await expect(form.get_by_label("What is it about?")).to_have_value("the payments page is down")
    await form.get_by_label("Dev").check()
    await form.get_by_role("button", name="Start").click()
    await expect(visit.phone("Dev")).to_have_attribute("data-state", "ringing")
    await visit.page.get_by_role("button", name="confab").first.click()
    await visit.page.get_by_test_id("home").click()
    await expect(visit.page.get_by_test_id("home-tab")).to_contain_text("the payments page is down")


@pytest.mark.parametrize("visit", [WIDE], indirect=True)
async def test_a_menu_stays_open_while_the_card_changes(visit: Visitor) -> None:
    from playwright.async_api import expect

    await visit.types("/conf create payments @bo @cleo")
    card = visit.card("payments")
    await visit.comes_in(visit.phone("Bo"))
    await visit.comes_in(visit.phone("Cleo"))
    await expect(card).to_contain_text("Cleo: in since")
    await card.get_by_label("More").nth(1).click()
    await visit.types("/conf mute bo")
    await expect(card).to_contain_text("muted by Ana")
    await card.get_by_role("button", name="Remove", exact=True).click()
    await expect(card).to_contain_text("Cleo: left at")
    await expect(card).to_contain_text("Bo: in since")


@pytest.mark.parametrize("visit", [WIDE], indirect=True)
async def test_a_channel_that_is_opened_again_shows_its_newest_words(visit: Visitor) -> None:
    from playwright.async_api import expect

    for number in range(3):
        await visit.types("/conf help")
        await expect(visit.page.get_by_test_id("ephemeral")).to_have_count(number + 1)
    newest = visit.page.get_by_test_id("ephemeral").last.get_by_text("/conf help")
    await expect(newest).to_be_in_viewport()
    await visit.page.get_by_role("button", name="support").first.click()
    await expect(visit.page.get_by_test_id("ephemeral")).to_have_count(0)
    await visit.page.get_by_role("button", name="payments").first.click()
    await expect(newest).to_be_in_viewport()
