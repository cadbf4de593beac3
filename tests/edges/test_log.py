"""The log: one line per happening, numbers masked, secrets gone."""

import logging
import subprocess
import sys

import pytest

from bot.log import MOST_WARNINGS, Spare, scrubbed


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("ringing +12125550199 now", "ringing …0199 now"),
        ("from=+442079460958,to=+12125550199", "from=…0958,to=…0199"),
        ("token xoxb-12-ab_C is bad", "token [secret] is bad"),
        ("xapp-1-A0-9 and KEY0123456789ABCDEF_x", "[secret] and [secret]"),
        ("Authorization: Bearer abc.def", "Authorization: [secret]"),
        ("see https://hooks.slack.com/actions/T1/2/xyz please", "see [secret] please"),
        ("phase 12125550199 of 3", "phase 12125550199 of 3"),
    ],
)
def test_numbers_are_masked_and_secrets_taken_out(text: str, clean: str) -> None:
    assert scrubbed(text) == clean


def test_whatever_is_logged_is_scrubbed_traceback_and_all() -> None:
    program = """
import logging
from bot import log
log.set_up()
logging.getLogger("confab").info("dial %s with %s", "+12125550199", "xoxb-1-2")
logging.getLogger("httpx").info("GET https://api.telnyx.com")
try:
    raise ValueError("no route to +12125550199")
except ValueError:
    logging.getLogger("somebody").exception("failed for %(to)s", {"to": "+12125550199"})
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    first, *rest = ran.stderr.splitlines()
    assert "dial …0199 with [secret]" in first
    assert "level=info" in first
    assert "logger=confab" in first
    assert first.startswith("at=")
    assert "httpx" not in ran.stderr
    assert "failed for …0199" in rest[0]
    assert "no route to …0199" in ran.stderr
    assert "2125550199" not in ran.stderr


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
