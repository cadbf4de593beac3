"""Where sentences are heard, whichever door they came through: read, people looked up, handed to the service.

A sentence is committed to the journal before its door acknowledges it; one that a crash left unanswered is answered at
the next start.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import Connection

from bot.admission import Admission
from bot.core import grammar, phone, policy, verbs
from bot.core.calling import ASK_OVER, ask_first
from bot.core.grammar import Reads, Sentence
from bot.core.inputs import Heard, Person, Request, Where
from bot.core.policy import Rules
from bot.core.replies import HelpOn, Home, Nothing, Recordings, Refusal, Refused, Reply, Told
from bot.core.roles import Role
from bot.core.targets import NumberTarget
from bot.people import Found, People, left_out
from bot.ports import Clock, Directory, Later, Never, Phone
from bot.service import Service
from bot.store import codec, db, ledger

log = logging.getLogger("confab.desk")

MOST_NAMED = 12  # in a question
PATIENCE = 1.5  # seconds of the three that a form may take to open
STALE = 600.0  # seconds after which nobody expects to be rung by a sentence any more
_USER_ID = re.compile(r"@([UW][A-Z0-9]{6,})\b")
RINGS = frozenset({Reads.TOPIC, Reads.PEOPLE, Reads.OPTIONS})  # sentences that ring people
_SIP_EXAMPLE = "/conf invite sip:room@example.com --no-gate"
OWED_AFTER = 120.0  # seconds after which an answer that is still on its way is taken for lost

Deliver = Callable[[Heard, Reply], Awaitable[None]]


class Desk:
    def __init__(self, service: Service, directory: Directory, rules: Rules, clock: Clock, phone: Phone) -> None:
        self._service = service
        self._phone = phone
        self._directory = directory
        self._rules = rules
        self._clock = clock
        self._people = People(directory, service.store, rules)
        self._admission = Admission(directory, rules)

    async def hear(self, heard: Heard) -> bool:
        """Commit a sentence; False when it was heard before."""
        now, body = self._clock.now(), codec.body(heard)
        return await self._service.store.run(
            lambda connection: ledger.remember(
                connection, heard.key, heard.door, now, body, ref=ledger.HEARD, done=False
            )
        )

    async def objection(self, heard: Heard) -> str:
        """What is wrong with the numbers in a sentence, "" when they can be rung. Looks nothing up, so it is quick."""
        try:
            sentence = self._parse(heard.text)
            numbers = [one.e164 for one in sentence.people if isinstance(one, NumberTarget)]
            policy.may_ring(self._rules, [Person(phone.masked(number), number) for number in numbers])
        except Refusal as refusal:
            await self._note(heard, refusal)
            return refusal.wrong
        return ""

    async def closed(self, heard: Heard) -> str:
        """Why a form that would say this is not opened for whoever asks for it, "" when it is.

        When Slack does not tell in time it is opened: what it says is judged once more when it is sent.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self._admission.of(heard.user_id, heard.where.team)
                if heard.where.channel and verbs.VERBS[_asked(heard)].needs is verbs.Needs.NEW:
                    await self._admission.to_start(heard.where.channel)
        except Refusal as refusal:
            await self._note(heard, refusal)
            return refusal.wrong
        except (Later, TimeoutError):
            return ""
        return ""

    async def answer(self, heard: Heard, *, late: bool = False) -> Reply:
        """Do what was asked, once, and say what came of it: a refusal too; Nothing when another process does it.

        What is ``late`` is not meant any more: it is refused.
        """
        hold = await self._service.store.hold(lambda connection: _still_waits(connection, heard))
        if hold is None:
            return Nothing()
        try:
            return await (self._refuse_stale(heard) if late else self._answer_held(heard))
        finally:
            await hold.drop()

    async def _answer_held(self, heard: Heard) -> Reply:
        try:
            return await self._answer(heard)
        except Refusal as refusal:
            await self._close(heard, {"kind": "Refused", "code": refusal.code})
            return Refused(refusal.wrong, await self._named(refusal.example), refusal.code)
        except Later:
            await self._close(heard, {"kind": "Refused", "code": "later"})
            return Refused("Slack does not tell who or where this is just now, so nothing was done. Please try again.")
        except Exception:
            await self._close(heard, {"kind": "Broken"})
            raise

    async def told(self, heard: Heard) -> bool:
        """The answer has reached the person. False when that was known."""
        return await self._service.store.run(lambda connection: ledger.told(connection, heard.key))

    async def home(self, user_id: str, team: str) -> Home:
        """What somebody's Home tab tells. Raises Later."""
        try:
            asker = await self._admission.of(user_id, team)
        except Refusal as refusal:
            look = Heard(f"slack:home:{user_id}:{self._clock.now()}", user_id, Where(team), "", "home")
            await self._note(look, refusal)
            return Home(refused=refusal.wrong)
        person, _ = await self._people.of_profile(asker.profile)
        live, recent = await self._service.home(user_id)
        return Home(live, recent, person.number)

    async def unanswered(self) -> list[tuple[Heard, float]]:
        """What was heard but not answered when the program last stopped, and when. Ask before any door opens."""
        rows = await self._service.store.read(lambda connection: ledger.waiting(connection, ledger.HEARD))
        return [(codec.heard(row.body), row.at) for row in rows]

    async def catch_up(self, unanswered: Sequence[tuple[Heard, float]], deliver: Deliver) -> None:
        """Answer it now; what is too old to be meant any more is only told to be so."""
        for heard, at in unanswered:
            try:
                reply = await self.answer(heard, late=self._clock.now() - at > STALE)
                if not isinstance(reply, Nothing):
                    await deliver(heard, reply)
                    await self.told(heard)
            except Exception:
                log.exception("a sentence from before the start could not be answered")

    async def make_good(self, deliver: Deliver) -> None:
        """Tell what became of sentences whose answer got lost: its process died, or Slack did not take it."""
        rows = await self._service.store.read(lambda connection: ledger.waiting(connection, ledger.OWED))
        for row in rows:
            if row.at > self._clock.now() - OWED_AFTER:
                continue
            heard = Heard(row.key, row.body["by"], Where(self._rules.team), "", "late")
            if not await self.told(heard):  # another process does it; said before it is done, for it is tried once
                continue
            try:
                await deliver(heard, _lost(row.kind, row.answer or {}))
            except Exception as error:  # noqa: BLE001  # whatever it was, the next one is told all the same
                log.warning("somebody could not be told what became of a sentence: %s", type(error).__name__)

    async def _refuse_stale(self, heard: Heard) -> Reply:
        await self._close(heard, {"kind": "Refused", "code": "late"})
        return Refused("I was away when you asked me something here, so nothing was done. Please say it again.")

    async def _answer(self, heard: Heard) -> Reply:
        asker = await self._admission.of(heard.user_id, heard.where.team)
        actor, source = await self._people.of_profile(asker.profile)
        confirmed = heard.door == "button"
        request = Request(heard.key, "", actor, heard.where, standing=asker.role, sure=asker.sure, confirmed=confirmed)
        if not heard.text.strip():
            await self._close(heard, {"kind": "HelpOn"})
            return await self._service.overview(request)
        sentence = self._parse(heard.text)
        verb = verbs.VERBS[sentence.verb]
        if verb.needs is verbs.Needs.NOTHING:
            await self._close(heard, {"kind": "HelpOn"})
            reply = verbs.help_on_word(sentence.rest)
            assert isinstance(reply, HelpOn)
            return reply
        request = replace(
            request, verb=sentence.verb, topic=sentence.topic, rest=sentence.rest, options=sentence.options
        )
        if verb.needs is verbs.Needs.NEW:
            await self._admission.to_start(heard.where.channel)
        if verb.needs.one and verb.may.most >= Role.HOST:
            hosts = await self._service.hosts(request) - {heard.user_id}
            request = replace(request, powerless=await self._admission.powerless(hosts))
        if verb.reads in RINGS:
            return await self._ring(heard, request, sentence, source)
        return await self._with_links(await self._service.request(self._with_people(request, sentence)))

    async def _ring(self, heard: Heard, request: Request, sentence: Sentence, source: str) -> Reply:
        """What rings people: all of them are looked up and allowed, or nobody is rung."""
        found = await self._people.to_ring(sentence.people, heard)
        if request.verb == "join":
            found.add(request.actor, source)
        sip = any(one.number.startswith("sip:") for one in found.people)
        policy.may_ring(self._rules, found.people)
        if sip and request.options.gate:
            raise Refusal("A sip: address answers to nobody's keys: add --no-gate.", example=f"{_SIP_EXAMPLE}")
        wanted = replace(request, people=() if request.verb == "join" else tuple(found.people))
        if request.options.dry_run:
            reply = await self._service.rehearse(wanted)
            await self._close(heard, _outcome(reply))
            return Told((*dry_run(request, found, reply), *left_out(found))) if isinstance(reply, Told) else reply
        if question := _question(request, found, self._rules.region):
            await self._close(heard, {"kind": "Ask"})
            return question
        reply = await self._service.request(wanted)
        return replace(reply, lines=(*reply.lines, *left_out(found))) if isinstance(reply, Told) else reply

    def _with_people(self, request: Request, sentence: Sentence) -> Request:
        people = self._people.named(sentence.people)
        if verbs.VERBS[request.verb].needs is verbs.Needs.BOOK:
            if request.rest.lower() == grammar.VERIFY:  # the rules may be others than when it was noted
                policy.may_ring(self._rules, (request.actor,))
            policy.may_ring(self._rules, people, "Nothing was noted.")
        return replace(request, people=people)

    def _parse(self, text: str) -> Sentence:
        return grammar.parse(text, self._rules.region, verbs.WORDS, verbs.READS)

    async def _with_links(self, reply: Reply) -> Reply:
        """Recordings become links that work for ten minutes; they are shown to one person and kept nowhere."""
        if not isinstance(reply, Recordings):
            return reply
        try:
            saved = [await self._phone.recording(one) for one in reply.ids]
        except (Later, Never) as error:
            return Refused(f"The recording cannot be had just now: {error}.", "/conf recording", "later")
        links = tuple((f"Recording of {max(1, round(one.seconds / 60))} min", one.url) for one in saved)
        return Told(("These links work for ten minutes.",), reply.conference_id, links=links)

    async def _named(self, example: str) -> str:
        """Mentions in messages carry no name, and an id tells a person nothing."""
        for user_id in set(_USER_ID.findall(example)):
            with suppress(Later):
                if profile := await self._directory.profile(user_id):
                    example = example.replace(f"@{user_id}", f"@{profile.name}")
        return example

    async def _close(self, heard: Heard, answer: dict[str, str]) -> None:
        """What never reached the service stays in the journal all the same: who, which verb, what came of it."""
        kind, body = _asked(heard), {"by": heard.user_id}
        await self._service.store.run(
            lambda connection: ledger.answered(connection, heard.key, kind=kind, body=body, answer=answer)
        )

    async def _note(self, heard: Heard, refusal: Refusal) -> None:
        """A refusal of what was never heard as a sentence: a form that was not opened, or stays open."""
        key, about = f"{heard.key}:refused", heard.where.conference_id
        await self._service.note_refusal(key, _asked(heard), heard.user_id, refusal.code, about)


def _lost(verb: str, answer: dict[str, str]) -> Reply:
    what = f"“{verb}” was done" if answer.get("kind") == Told.__name__ else f"please say “{verb}” again"
    return Told((f"I cannot be sure that my last answer reached you: {what}.",))


def _still_waits(connection: Connection, heard: Heard) -> bool:
    if not db.try_lock(connection, f"heard:{heard.key}"):
        return False
    entry = ledger.entry(connection, heard.key)
    return entry is None or ledger.is_unanswered(entry)


def _outcome(reply: Reply) -> dict[str, str]:
    """What the journal keeps of an answer."""
    return {"kind": type(reply).__name__} | ({"code": reply.code} if isinstance(reply, Refused) else {})


def _asked(heard: Heard) -> str:
    """The verb of a sentence, or its door when it has none that is known."""
    first = (heard.text.split(maxsplit=1) or [""])[0].lower()
    return verbs.WORDS.get(first) or verbs.WORDS.get(first.rstrip(":,.!")) or heard.door


def dry_run(request: Request, found: Found, reply: Told) -> tuple[str, ...]:
    """Whom a sentence would ring, where, why and in which order. ``reply`` tells who is on a line already."""
    if not found.people:
        return ("Nobody would be rung.",)
    options = request.options
    again = f", again {options.redials} times after {options.redial_secs} s" if options.redials else ""
    gate = "asked for a key" if options.gate else "let in at once"
    head = f"A dry run, nobody was rung. Each phone would ring {options.ring_secs} s{again}, and be {gate}."
    topic = (f"The conference would be called “{request.topic}”.",) if request.topic else ()
    people = (_would_ring(one, found.sources.get(one.number, "")) for one in found.people)
    return (head, *topic, *people, *reply.lines)


def _would_ring(one: Person, source: str) -> str:
    because = f" ({source})" if source else ""
    instead = "".join(f"; else {_at(deputy)}" for deputy in one.deputies)
    return f"{_at(one)}{because}{instead}"


def _at(one: Person) -> str:
    return f"{one.name} at {', then '.join(phone.masked(number) for number in (one.number, *one.others))}"


def _question(request: Request, found: Found, region: str) -> Reply | None:
    """What is asked before these people are rung, None when they are few, at home, or it was asked just now."""
    abroad = sorted({one.name for one in policy.at_all_numbers(found.people) if phone.is_abroad(one.number, region)})
    if request.confirmed or not (found.crowd or abroad or len(found.people) > ASK_OVER):
        return None
    note = f"Abroad, which costs more: {', '.join(abroad[:MOST_NAMED])}. " if abroad else ""
    return ask_first(request.verb, request.rest, request.where.conference_id, found.people, note)
