"""Asking somebody to press keys: prompt, tries, time-outs, and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from web.sandbox.telnyx.agenda import Agenda, Alarm

GatherStatus = Literal["valid", "invalid", "call_hangup", "cancelled", "timeout"]


@dataclass(frozen=True)
class Wish:
    """What to gather; Telnyx's defaults. ``prompt`` is None when it only listens, which is one try."""

    prompt: str | None = None
    invalid_prompt: str | None = None
    minimum: int = 1
    maximum: int = 128
    tries: int = 1
    first_secs: float = 60.0
    between_secs: float = 5.0
    terminator: str = "#"
    valid: str = "0123456789#*"


class Gather:
    def __init__(
        self, wish: Wish, agenda: Agenda, say: Callable[[str], None], ended: Callable[[GatherStatus, str], None]
    ) -> None:
        self._wish = wish
        self._agenda = agenda
        self._say = say
        self._ended = ended
        self._digits = ""
        self._tries_left = wish.tries
        self._timer: Alarm | None = None

    def start(self) -> None:
        self._prompt(self._wish.prompt)

    def press(self, digit: str) -> None:
        if digit == self._wish.terminator:
            self._judge()
        elif digit not in self._wish.valid:
            self._digits += digit
            self._fail("invalid")
        else:
            self._digits += digit
            self._wait(self._wish.between_secs, self._judge)
            if len(self._digits) >= self._wish.maximum:
                self._judge()

    def stop(self, status: GatherStatus) -> None:
        self._call_off_timer()
        self._ended(status, self._digits)

    def _judge(self) -> None:
        if len(self._digits) >= self._wish.minimum:
            self.stop("valid")
        else:
            self._fail("invalid")

    def _fail(self, why: Literal["invalid", "timeout"]) -> None:
        self._tries_left -= 1
        if self._tries_left <= 0:
            self.stop(why)
            return
        self._digits = ""
        self._prompt(self._wish.invalid_prompt or self._wish.prompt if why == "invalid" else self._wish.prompt)

    def _prompt(self, text: str | None) -> None:
        if text is not None:
            self._say(text)
        self._wait(self._wish.first_secs, lambda: self._fail("timeout"))

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._call_off_timer()
        self._timer = self._agenda.after(seconds, then)

    def _call_off_timer(self) -> None:
        if self._timer is not None:
            self._timer.off = True
