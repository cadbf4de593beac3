"""What the verb stop-all does: it stops all calls at once, and lets them go again."""

from typing import Final

from sqlalchemy import Connection

from bot.core.inputs import Request, SideTimedOut, StoppedAll
from bot.core.replies import Ask, Refusal, Reply, Told
from bot.core.scene import Timer
from bot.store import budgets, ledger, sides

_EXAMPLE: Final = "/conf stop-all off"


def decide(connection: Connection, request: Request, now: float) -> Reply:
    """Stop everything, or take that back. Raises Refusal.

    Each conference ends in a transaction of its own, by a timer that is due at once: what was accepted here happens
    whatever crashes after it.
    """
    match request.rest.lower():
        case "off":
            return _off(connection)
        case "":
            return _ask(connection, now)
        case "now":
            return _stop(connection, request.actor.name, now)
        case word:
            raise Refusal(f"I do not know “stop-all {word[:40]}”.", example=_EXAMPLE)


def _ask(connection: Connection, now: float) -> Reply:
    live, calls = len(ledger.live(connection)), budgets.up(connection, now)
    question = (
        f"That ends every conference at once ({live} now), hangs up everybody ({calls} phones), and lets nobody be "
        "rung or dial in until an admin says `/conf stop-all off`. Do it?"
    )
    return Ask(question, "Stop everything", "stop-all", "now", "", danger=True)


def _stop(connection: Connection, by: str, now: float) -> Reply:
    budgets.set_brake(connection, by, now)
    live = ledger.live(connection)
    ends = [Timer(f"stop:{one}", now, StoppedAll(one, now, by)) for one in live]
    hangs_up = [Timer(f"side:{one.id}", now, SideTimedOut(one.id, now)) for one in sides.up(connection, now)]
    ledger.set_timers(connection, [*ends, *hangs_up])
    ended = f"{len(live)} conferences end" if len(live) != 1 else "one conference ends"
    return Told((f"All calls are stopped: {ended} now, and nobody is rung or let in until `/conf stop-all off`.",))


def _off(connection: Connection) -> Reply:
    if not budgets.stopped_by(connection):
        raise Refusal("Nothing is stopped.", example="/conf create payments down @ana")
    budgets.set_brake(connection, "", None)
    return Told(("People can be rung again. What was ended stays ended.",))
