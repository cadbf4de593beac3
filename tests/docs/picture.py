"""Takes the README's picture of the sandbox: ``python -m tests.docs.picture`` writes docs/sandbox.png."""

import asyncio

from tests.docs.generate import ROOT
from tests.stories.visitor import WIDE, Visitor, chromium, visitor
from web.sandbox.house import open_sandbox

PICTURE = ROOT / "docs" / "sandbox.png"
SHARPNESS = 1.4  # pixels of the picture for one of the page


async def take() -> None:
    async with chromium() as browser, open_sandbox() as (url, _), visitor(browser, url, WIDE, SHARPNESS) as somebody:
        await _alarm(somebody)
        await _conference(somebody)
        await _tidy(somebody)
        await somebody.page.screenshot(path=PICTURE)


async def _alarm(somebody: Visitor) -> None:
    """Bo has noticed something, and Ana will ask around."""
    me = somebody.page.get_by_test_id("me")
    await me.select_option(label="Bo")
    await somebody.types("Card payments fail since the last deploy. Who can look?")
    await somebody.page.get_by_text("Who can look?").wait_for()
    await me.select_option(label="Ana")
    await somebody.types("Let us talk. I ring you, Cleo and Dev.")
    await somebody.page.get_by_text("Let us talk.").wait_for()


async def _conference(somebody: Visitor) -> None:
    """Two are in, one is busy, one rings."""
    await somebody.phone("Dev").get_by_test_id("mood").select_option("busy")
    await somebody.types("/conf create payments down @bo @cleo @dev")
    await somebody.comes_in(somebody.phone("Bo"))
    await somebody.comes_in(somebody.phone("Cleo"))
    card = somebody.card("payments down")
    await card.get_by_text("missed at").wait_for()
    await card.get_by_text("2 in").wait_for()
    await somebody.types("@confab invite +1 212 555 0199", "thread-say")
    await card.get_by_text("1 ringing").wait_for()
    await somebody.page.get_by_test_id("thread").get_by_text("Ringing …0199").last.wait_for()


async def _tidy(somebody: Visitor) -> None:
    page = somebody.page
    await page.get_by_test_id("thread").get_by_role("button", name="Dismiss").click()
    await page.get_by_test_id("say").focus()
    await page.mouse.move(0, 0)


if __name__ == "__main__":
    asyncio.run(take())
