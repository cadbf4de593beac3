"""No regular expression of ours can be made to try and try again: eight times the text is some eight times the work."""

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import bot

SIZE, TIMES = 1_500, 8
MOST = 4 * TIMES  # a quadratic one takes 64 times as long; the rest is for a busy machine
QUICK = 0.004  # seconds of our own processor time that need no comparison

PIECES = "1aA@<>&|:;,.-+*#()/~_\"' \t\n\u200bxpw"
SEEDS = ("", "1", "+", "<", "sip:a", "xoxb-", "KEY", "Bearer ", "+1", "--a")
PAIRS = ("1 ", "1,", "1x", "a@", "a.", ", ", "<a", "--", "11-", "xoxb-", "KEY", "+1", "and", "1.1", "sip:")


Use = Callable[[str], object]


def ours() -> Iterator[tuple[str, list[Use]]]:
    """Every regular expression that stands in a module of the program, and how it is used there."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if ".migrations" in module.name:
            continue
        loaded = importlib.import_module(module.name)
        source = Path(str(loaded.__file__)).read_text(encoding="utf-8")
        for name, value in vars(loaded).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                everywhere = re.search(rf"\b{name}\.(search|find\w+|sub|split)\(", source)
                yield f"{module.name}.{name}", [value.findall] if everywhere else [value.match, value.fullmatch]


def cost(uses: list[Use], text: str) -> float:
    """Seconds of our own thread's processor time, at best."""
    best = float("inf")
    for _ in range(3):
        begun = time.thread_time()
        for use in uses:
            use(text)
        best = min(best, time.thread_time() - begun)
        if best < QUICK:
            break
    return best


FOUND = dict(ours())


def test_they_are_found() -> None:
    assert {"bot.core.words._WORD", "bot.core.phone._EXTENDED", "bot.log._SECRETS"} <= FOUND.keys()


@pytest.mark.parametrize("name", FOUND)
def test_it_is_linear(name: str) -> None:
    for seed in SEEDS:
        for pump in (*PIECES, *PAIRS):
            for end in ("", "\x00"):
                long = cost(FOUND[name], seed + pump * (SIZE * TIMES) + end)
                if long > QUICK:
                    short = cost(FOUND[name], seed + pump * SIZE + end)
                    assert long < MOST * short, (seed, pump, end)
