"""What the verbs about the phone book do: number, contacts, whoami."""

import re
import secrets
from typing import Final

from sqlalchemy import Connection

from bot.core import policy, who
from bot.core.budget import Budget, payer
from bot.core.grammar import CONTACT_EXAMPLE, FORGET, VERIFY
from bot.core.inputs import Request
from bot.core.phone import masked
from bot.core.replies import Ask, Refusal, Reply, Told
from bot.core.roles import Role
from bot.core.verb import WORDS
from bot.store import book, budgets, oblivion, sides

MOST_NUMBERS: Final = 5
MOST_CONTACTS: Final = 500
_NAME = re.compile(r"[a-z][a-z0-9_.-]{1,39}")
_NOT_KNOWN = "I do not know a number for you."
_EXAMPLE = "/conf number +1 212 555 0199"
_BEYOND: Final = (
    "The journal of who did what forgets you too: what is older than a week now, the rest in a week.",
    "These I cannot delete:",
    "• what stands in Slack: lines and cards of past conferences. Ask an admin of the workspace.",
    "• Telnyx's records of your calls, and recordings: whoever has the Telnyx account deletes those there.",
    "• older backups of my database: they live as long as the one who makes them lets them.",
    "• a number in your Slack profile: it rings you as before until you remove it there.",
)
_STANDING: Final = {
    Role.NOBODY: "and may not use Confab.",
    Role.MEMBER: "a member of this workspace: you may start conferences and control those you host or are in.",
    Role.OPERATOR: "an operator: you may control every conference.",
    Role.ADMIN: "an admin: you may do everything here.",
}


def decide(connection: Connection, request: Request, now: float, budget: Budget) -> Reply:
    """Do what a verb about the phone book asks. Raises Refusal, also when a call to check a number is one too many."""
    match request.verb:
        case "number":
            return _number(connection, request, budget)
        case "contacts":
            return _contacts(connection, request, now)
        case "forget":
            return _forget(connection, request, now)
        case _:
            return _whoami(connection, request)


def _number(connection: Connection, request: Request, budget: Budget) -> Reply:
    now = budget.now
    user_id, word = request.actor.user_id, request.rest.lower()
    if word == FORGET:
        book.set_numbers(connection, user_id, (), now)
        return Told(("Forgotten. If your Slack profile has a number, that one rings you now.",))
    if word.split(" ")[0] == VERIFY:
        return _verify(connection, request, word.removeprefix(VERIFY).replace(" ", ""), budget)
    if len(request.people) > MOST_NUMBERS:
        raise Refusal(f"Those are {len(request.people)} numbers; at most {MOST_NUMBERS} are kept.", example=_EXAMPLE)
    if request.people:
        numbers = tuple(one.number for one in request.people)
        book.set_numbers(connection, user_id, numbers, now)
        return Told((f"Noted: you are rung at {', then '.join(numbers)}. Only you see it in full.",))
    if not request.actor.number:
        raise Refusal(_NOT_KNOWN, example=_EXAMPLE)
    return Told((f"You are rung at {request.actor.number}.",))


def _verify(connection: Connection, request: Request, code: str, budget: Budget) -> Reply:
    now = budget.now
    entry = book.of_user(connection, request.actor.user_id)
    if not entry.numbers:
        raise Refusal("Tell me your number first, then I can check it by a call.", example=_EXAMPLE)
    if not code:
        number, spoken = entry.numbers[0], f"{secrets.randbelow(1_000_000):06d}"
        budget.check(payer(request.actor), number, 0)
        budgets.note_dial(connection, payer(request.actor), number, now)
        rate = budget.tariff.of_number(number)
        sides.begin_check(connection, request.actor.user_id, number, spoken, now, rate)
        said = f"Ringing {masked(number)}: a code is read to you. Type it back: /conf number verify 123456"
        return Told((said,))
    if not sides.check(connection, request.actor.user_id, code, now):
        raise Refusal("That is not the code, or it is too old. Ask for a new call.", example="/conf number verify")
    if not book.verify(connection, request.actor.user_id, entry.numbers[0], now):
        raise Refusal("Your number has changed meanwhile.", example="/conf number verify")
    return Told((f"Verified: {entry.numbers[0]} is yours.",))


def _whoami(connection: Connection, request: Request) -> Reply:
    entry = book.of_user(connection, request.actor.user_id)
    lines = [f"You are {request.actor.name}, {_STANDING[request.standing]}"]
    if entry.numbers:
        state = "verified by a call" if entry.verified else "not verified; `/conf number verify` rings it"
        lines.append(f"You are rung at {entry.numbers[0]} ({state}).")
        if len(entry.numbers) > 1:
            lines.append(f"If you do not answer there: {', then '.join(entry.numbers[1:])}.")
    elif request.actor.number:
        lines.append(f"You are rung at {request.actor.number}, from your Slack profile. It is not checked.")
    else:
        lines.append(f"{_NOT_KNOWN} Tell me: `{_EXAMPLE}`.")
    return Told(tuple(lines))


def _forget(connection: Connection, request: Request, now: float) -> Reply:
    words, user_id = request.rest.lower().split(), request.actor.user_id
    if words not in (["me"], ["me", "now"]) or not user_id:
        raise Refusal("I can only forget the one who asks.", example="/conf forget me")
    if words == ["me"]:
        known = oblivion.traces(connection, user_id)
        question = f"This deletes {_told(known)}. It cannot be undone. Do it?"
        return Ask(" ".join((question, *_still_live(known))), "Forget me", "forget", "me now", "", danger=True)
    known = oblivion.forget(connection, user_id, request.actor.name, now)
    return Told((f"Done: deleted {_told(known)}.", *_still_live(known), *_BEYOND))


def _told(known: oblivion.Traces) -> str:
    numbers = f"your {_count(len(known.numbers), 'number')}" if known.numbers else "no number, as I know none of yours"
    past = f"your name and number in {_count(len(known.conferences), 'past conference')}"
    book_ = f", your name on {_count(known.added, 'entry', 'entries')} of the phone book" if known.added else ""
    return f"{numbers}, {past}{book_}"


def _still_live(known: oblivion.Traces) -> tuple[str, ...]:
    if not known.live:
        return ()
    topics = ", ".join(one.topic for one in known.live)
    return (f"Still live, and left as it is until you say it again: {topics}.",)


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _contacts(connection: Connection, request: Request, now: float) -> Reply:
    action = (request.rest.lower().split() or ["list"])[0]
    name = request.topic.lower()
    match action:
        case "list" | "ls":
            return _list(connection, request)
        case "add" | "set":
            return _add(connection, request, name, now)
        case "rm" | "remove" | "delete":
            _may_change(connection, request, name)
            if not book.remove(connection, name):
                raise Refusal(f"“{name}” is not in the phone book.", example="/conf contacts list")
            return Told((f"Removed {name} from the phone book.",))
        case _:
            raise Refusal(f"I do not know “contacts {action[:40]}”.", example=CONTACT_EXAMPLE, code="unreadable")


def _may_change(connection: Connection, request: Request, name: str) -> None:
    if known := book.find(connection, name):
        policy.may_change(request, name, known.added_by)


def _list(connection: Connection, request: Request) -> Reply:
    """Numbers in full for operators only."""
    shown = str if request.standing >= Role.OPERATOR else masked
    known = book.contacts(connection)
    if not known:
        return Told((f"The phone book is empty. Add somebody: `{CONTACT_EXAMPLE}`.",))
    return Told(tuple(f"{one.name}: {', then '.join(shown(number) for number in one.numbers)}" for one in known))


def _add(connection: Connection, request: Request, name: str, now: float) -> Reply:
    if not _NAME.fullmatch(name) or name in WORDS or name in {who.ALL, who.OTHERS, "else", "and", "as"}:
        raise Refusal(
            f"“{name[:40]}” cannot be a name: one word of letters, digits and dashes.", example=CONTACT_EXAMPLE
        )
    if not request.people:
        raise Refusal("Give at least one number.", example=CONTACT_EXAMPLE)
    if len(request.people) > MOST_NUMBERS:
        raise Refusal(f"At most {MOST_NUMBERS} numbers are kept for a name.", example=CONTACT_EXAMPLE)
    if len(book.contacts(connection)) >= MOST_CONTACTS:
        raise Refusal(f"The phone book is full: {MOST_CONTACTS} names.", example="/conf contacts list")
    _may_change(connection, request, name)
    numbers = tuple(one.number for one in request.people)
    book.put(connection, book.Contact(name, numbers, request.actor.user_id), now)
    return Told((f"Noted: {name} is rung at {', then '.join(masked(number) for number in numbers)}.",))
