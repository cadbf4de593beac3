"""Somebody who looks at the sandbox page in a real browser."""

import importlib.util
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page, ViewportSize

CHROMIUM = shutil.which("chromium")
HAS_BROWSER = bool(CHROMIUM and importlib.util.find_spec("playwright"))
PATIENCE = 60_000  # milliseconds until a visitor gives up waiting

WIDE: "ViewportSize" = {"width": 1440, "height": 900}
NARROW: "ViewportSize" = {"width": 390, "height": 844}

# The sandbox of a browser needs rights that a container does not give; the others keep it from calling home.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]


@asynccontextmanager
async def chromium() -> AsyncIterator["Browser"]:
    """A fresh browser with a profile of its own."""
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


class Visitor:
    """``problems`` are the page's errors, which nobody would see otherwise."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.problems: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if said.type in {"error", "warning"} else None)

    async def opens(self, url: str) -> None:
        await self.page.goto(url)
        await self.page.get_by_test_id("say").wait_for()

    async def types(self, text: str, field: str = "say") -> None:
        await self.page.get_by_test_id(field).fill(text)
        await self.page.keyboard.press("Enter")

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    def phone(self, name: str) -> "Locator":
        return self.page.get_by_role("article", name=f"Phone of {name}", exact=True)

    def phone_at(self, number: str) -> "Locator":
        return self.page.locator(f'[data-number="{number}"]')

    def card(self, topic: str) -> "Locator":
        """The conference's message in the channel."""
        heading = self.page.get_by_role("heading", name=topic)
        return self.page.locator("#channel").get_by_test_id("message").filter(has=heading)

    async def comes_in(self, phone: "Locator") -> None:
        await phone.get_by_test_id("answer").click()
        await phone.get_by_text("Press 1").wait_for()
        await phone.get_by_test_id("key-1").click()
        await phone.get_by_text("in conference").wait_for()

    async def tabs_to(self, wanted: "Locator") -> None:
        """Get there by keyboard alone."""
        await wanted.wait_for()
        for _ in range(80):
            if await wanted.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {wanted}")


@asynccontextmanager
async def visitor(browser: "Browser", url: str, size: "ViewportSize", sharpness: float = 1) -> AsyncIterator[Visitor]:
    """Somebody who has just opened the page; at the end it must have had no problems."""
    context = await browser.new_context(
        viewport=size, device_scale_factor=sharpness, locale="en-GB", timezone_id="UTC", reduced_motion="reduce"
    )
    somebody = Visitor(await context.new_page())
    await somebody.opens(url)
    yield somebody
    assert somebody.problems == []
