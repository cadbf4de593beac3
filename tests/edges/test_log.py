"""The log: one line per happening, numbers masked, secrets gone, whoever writes and however."""

import json
import logging
import re
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.log import MOST_WARNINGS, Spare, scrubbed

NUMBER = "+12125550199"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("ringing +12125550199 now", "ringing …0199 now"),
        ("from=+442079460958,to=+12125550199", "from=…0958,to=…0199"),
        ("token xoxb-12-ab_C is bad", "token [secret] is bad"),
        ("xapp-1-A0-9 and KEY0123456789ABCDEF_x", "[secret] and [secret]"),
        ("Authorization: Bearer abc.def", "Authorization: [secret]"),
        ("see https://hooks.slack.com/actions/T1/2/xyz please", "see [secret] please"),
        ("https://hooks.slack-gov.com/commands/T1/2/xyz", "[secret]"),
        (
            "GET https://s3.example.com/rec.mp3?X-Amz-Signature=ab12 now",
            "GET https://s3.example.com/rec.mp3?[secret] now",
        ),
        ("postgresql://confab:hush@db/confab", "postgresql://[secret]@db/confab"),
        ("the PIN 836251 is wrong", "the PIN [digits] is wrong"),
        ("8, 3, 6, 2, 5, 1. Again: 8, 3, 6, 2, 5, 1", "[digits]. Again: [digits]"),
        ("12125550199 rings", "…0199 rings"),
        ("(212) 555-0199 or 212.555.0199", "(…0199 or …0199"),
        ("leg conf_6f1d2c9a8b70.3.1 of conf_123456789012", "leg conf_6f1d2c9a8b70.3.1 of conf_123456789012"),
        ("ready on http://192.168.100.200:8000", "ready on http://192.168.100.200:8000"),
        ("effect 51234 (Dial) is tried again in 0.5 s", "effect 51234 (Dial) is tried again in 0.5 s"),
        ('File "/app/bot/desk.py", line 163, in _hear', 'File "/app/bot/desk.py", line 163, in _hear'),
    ],
)
def test_numbers_are_masked_and_secrets_taken_out(text: str, clean: str) -> None:
    assert scrubbed(text) == clean


def test_a_key_and_what_it_seals_are_taken_out() -> None:
    key = Fernet.generate_key()
    sealed = Fernet(key).encrypt(b"x")
    assert scrubbed(f"key={key.decode()} sealed {sealed.decode()}!") == "key=[secret] sealed [secret]!"


def test_the_values_of_settings_are_taken_out_wherever_they_stand() -> None:
    assert scrubbed("got hunter2hunter2x", ["hunter2hunter2"]) == "got [secret]x"


NUMBERS = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
GAPS = st.sampled_from([" ", "-", ".", "/", ") ", " (", "\u00a0", "\u2009", "\u202f", "‑", "–", "−", "\u00ad", " - "])  # noqa: RUF001  # as they are typed


@st.composite
def spaced(draw: st.DrawFn) -> str:
    """A number as somebody types or pastes it: in groups, with a plus, two noughts or neither."""
    digits = draw(NUMBERS)[1:]
    groups = []
    while digits:
        size = draw(st.integers(1, 4))
        groups.append(digits[:size])
        digits = digits[size:]
    body = groups[0] + "".join(draw(GAPS) + group for group in groups[1:])
    return draw(st.sampled_from(["+", "00", "", "\u202a+", "tel:+", "(+", "sip:", "+ "])) + body


WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": lambda number: number,
    "in JSON": lambda number: json.dumps({"to": number}),
    "in a repr": lambda number: repr([number]),
    "in ASCII": ascii,
    "in a URL": lambda number: f"https://example.com/calls/{quote(number, safe='')}",
    "in a form": lambda number: f"text=invite&to={quote_plus(number)}&go=on",
    "in a sentence": lambda number: f"could not ring {number}, busy",
    "in a log of ours": lambda number: f"to={number};",
}


@given(st.one_of(NUMBERS, spaced()), st.sampled_from(sorted(WRITTEN)))
def test_of_no_number_more_than_four_digits_are_left(number: str, how: str) -> None:
    left = re.sub(r"%[0-9A-F]{2}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}", "", scrubbed(WRITTEN[how](number)))
    assert len(re.findall(r"\d", left)) <= 4, left


@pytest.mark.parametrize("hostile", ["1 " * 200_000 + "x", "1" * 400_000 + "x", "+" * 400_000, "//1.1.1." * 100_000])
def test_a_hostile_line_takes_no_time(hostile: str) -> None:
    begun = time.process_time()
    scrubbed(hostile)
    assert time.process_time() - begun < 5


EVERY_WAY = """
import asyncio, logging, sys, threading, warnings
from bot import log
log.set_up("DEBUG", ["the-signing-secret"])
NUMBER = "+12125550199"
class Foreign(logging.StreamHandler):
    pass
for name in ("confab", "uvicorn.error", "alembic", "slack_bolt.AsyncApp", "telnyx", "httpx", "sqlalchemy.engine"):
    logger = logging.getLogger(name)
    own = Foreign(sys.stderr)
    own.setFormatter(logging.Formatter("%(name)s %(message)s"))
    logger.addHandler(own)
    logger.setLevel("DEBUG")
    logger.debug("body %s", {"to": NUMBER, "text": "invite 212 555 0199"})
    logger.error("the-signing-secret, %(to)s", {"to": NUMBER})
    logger.error("does not fit %d", NUMBER)
    try:
        try:
            raise ValueError(f"first {NUMBER}")
        except ValueError as error:
            raise LookupError("then (212) 555-0199 and xoxb-1-2") from error
    except LookupError:
        logger.exception("both", stack_info=True)
warnings.warn(f"do not ring {NUMBER}")
def fail():
    raise RuntimeError(f"in a thread: {NUMBER}")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
class Unraisable:
    def __del__(self):
        raise RuntimeError(f"in a finalizer: {NUMBER}")
Unraisable()
async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: 1 / 0 if not NUMBER else fail())
    task = asyncio.create_task(asyncio.to_thread(fail))
    await asyncio.wait([task])
    del task
asyncio.run(main())
raise RuntimeError(f"in the end: {NUMBER}")
"""


def test_whoever_logs_and_however_nothing_private_comes_out() -> None:
    ran = subprocess.run([sys.executable, "-W", "always", "-c", EVERY_WAY], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    said = [
        "first …0199", "then (…0199", "do not ring …0199", "in a thread: …0199", "in a finalizer: …0199",
        "in the end: …0199", "slack_bolt.AsyncApp body", "does not fit", "Stack (most recent call last)",
    ]  # fmt: skip
    assert [one for one in said if one not in ran.stderr] == []
    for line in ran.stderr.splitlines():
        if "NUMBER = " not in line:
            assert "2125550199" not in re.sub(r"\D", "", line), line
    assert "the-signing-secret," not in ran.stderr
    assert "xoxb-1-2" not in ran.stderr.replace('LookupError("then (212) 555-0199 and xoxb-1-2")', "")


def test_lines_begin_with_the_time_and_name_level_and_logger() -> None:
    program = (
        'from bot import log; log.set_up(); import logging; logging.getLogger("confab").info("dial %s", "+12125550199")'
    )
    program += '\nlogging.getLogger("httpx").info("GET https://api.telnyx.com")'
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    (line,) = ran.stderr.splitlines()
    assert line.startswith("at=")
    assert "dial …0199" in line
    assert "level=info" in line
    assert "logger=confab" in line


def test_strangers_cannot_fill_the_log() -> None:
    at = 0.0
    spare = Spare(lambda: at)

    def line(level: int = logging.WARNING) -> logging.LogRecord:
        return logging.LogRecord("confab.wire", level, "", 0, "odd: %s", ("x",), None)

    assert [spare.filter(line()) for _ in range(MOST_WARNINGS + 5)] == [True] * MOST_WARNINGS + [False] * 5
    assert spare.filter(line(logging.ERROR))
    at = 60.0
    first = line()
    assert spare.filter(first)
    assert first.getMessage() == "odd: x (and 5 more lines before)"


def test_nobody_begins_a_line_of_their_own_or_drives_the_terminal() -> None:
    program = r"""
import logging
from bot import log
log.set_up()
logging.getLogger("confab").warning("who: %s", "x\n at=now\r\x1b[31m\u2028\x00\u202e\ud800")
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    (line,) = ran.stderr.decode().splitlines()
    assert line.isprintable()
    assert r"who: x\n at=now\\r\\x1b[31m\\u2028\\x00\\u202e\\ud800" in line
