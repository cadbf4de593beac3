"""Calls that are no legs: somebody who dials in and has given no PIN yet, or whose number is checked."""

from collections.abc import Awaitable
from typing import Final

import telnyx

from bot.ports import Later, Never
from bot.telnyx import client_state
from bot.telnyx.problem import Problem, asked

ASK_MILLIS: Final = 12_000
RING_SECS: Final = 30
LEG_SECS: Final = 300  # a side call never lasts longer


class SideCommands:
    """The part of the phone for side calls; its fields are the other part's."""

    _telnyx: telnyx.AsyncTelnyx
    _voice: str
    _connection_id: str
    _from: str
    mark: str

    async def dial_side(self, side_id: str, number: str, command_id: str) -> str:
        answer = await asked(
            self._telnyx.calls.dial(
                connection_id=self._connection_id,
                from_=self._from,
                to=number,
                client_state=client_state.pack(side_id, self.mark),
                command_id=command_id,
                timeout_secs=RING_SECS,
                time_limit_secs=LEG_SECS,
            )
        )
        if isinstance(answer, Problem):
            raise Never(answer.word, code=answer.code)
        call_id = getattr(getattr(answer, "data", None), "call_control_id", None)
        return str(call_id or "")

    async def answer(self, call_control_id: str, side_id: str, command_id: str) -> None:
        await _done(
            self._telnyx.calls.actions.answer(
                call_control_id, client_state=client_state.pack(side_id, self.mark), command_id=command_id
            )
        )

    async def reject(self, call_control_id: str, command_id: str) -> None:
        await _done(self._telnyx.calls.actions.reject(call_control_id, cause="CALL_REJECTED", command_id=command_id))

    async def ask_digits(self, call_control_id: str, prompt: str, digits: int, command_id: str) -> None:
        answer = await asked(
            self._telnyx.calls.actions.gather_using_speak(
                call_control_id,
                payload=prompt,
                voice=self._voice,
                minimum_digits=1,
                maximum_digits=digits,
                maximum_tries=1,
                terminating_digit="#",
                valid_digits="0123456789",
                timeout_millis=ASK_MILLIS,
                command_id=command_id,
            )
        )
        if isinstance(answer, Problem) and answer.code == "90034":  # our news of the answer was quicker than Telnyx's
            raise Later(answer.word, after=0.5, done=False)
        _settle(answer)

    async def hang_up_call(self, call_control_id: str, command_id: str) -> None:
        await _done(self._telnyx.calls.actions.hangup(call_control_id, command_id=command_id))


async def _done(command: Awaitable[object]) -> None:
    _settle(await asked(command))


def _settle(answer: object) -> None:
    """A call that is over needs nothing more."""
    if isinstance(answer, Problem) and not answer.over:
        raise Never(answer.word, code=answer.code)
