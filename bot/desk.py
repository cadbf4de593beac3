"""Where sentences are heard, whichever door they came through: read, people looked up, handed to the service.

A sentence is committed to the journal before its door acknowledges it; one that a crash left unanswered is answered at
the next start.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.core import grammar, phone, policy, verbs
from bot.core.inputs import Heard, Person, Request
from bot.core.policy import Member, Rules
from bot.core.replies import HelpOn, Refusal, Refused, Reply
from bot.ports import Clock, Directory, Later, Profile
from bot.service import Service
from bot.store import codec, ledger

log = logging.getLogger("confab.desk")

STALE = 600.0  # seconds after which nobody expects to be rung by a sentence any more
_USER_ID = re.compile(r"@([UW][A-Z0-9]{6,})\b")
_HEARD = "heard"  # under this reference the journal keeps sentences that wait for their answer


class Desk:
    def __init__(self, service: Service, directory: Directory, rules: Rules, clock: Clock) -> None:
        self._service = service
        self._directory = directory
        self._rules = rules
        self._clock = clock

    async def hear(self, heard: Heard) -> bool:
        """Commit a sentence; False when it was heard before."""
        now, body = self._clock.now(), codec.body(heard)
        return await self._service.store.run(
            lambda connection: ledger.remember(connection, heard.key, heard.door, now, body, ref=_HEARD, done=False)
        )

    def objection(self, text: str) -> str:
        """What is wrong with the numbers in a sentence, "" when they can be rung. Looks nothing up, so it is quick."""
        try:
            sentence = grammar.parse(text, self._rules.region, verbs.WORDS)
            numbers = [one.e164 for one in sentence.people if isinstance(one, grammar.NumberTarget)]
            policy.may_ring(self._rules, [Person(phone.masked(number), number) for number in numbers])
        except Refusal as refusal:
            return refusal.wrong
        return ""

    async def answer(self, heard: Heard) -> Reply:
        """Do what was asked, once, and say what came of it. A refusal is an answer."""
        try:
            return await self._answer(heard)
        except Refusal as refusal:
            await self._close(heard, {"kind": "Refused", "code": refusal.code})
            return Refused(refusal.wrong, await self._named(refusal.example), refusal.code)
        except Later:
            await self._close(heard, {"kind": "Refused", "code": "later"})
            return Refused("Slack did not say who these people are, so nothing was done. Please try again.")
        except Exception:
            await self._close(heard, {"kind": "Broken"})
            raise

    async def unanswered(self) -> list[tuple[Heard, float]]:
        """What was heard but not answered when the program last stopped, and when. Ask before any door opens."""
        rows = await self._service.store.read(lambda connection: ledger.waiting(connection, _HEARD))
        return [(codec.heard(row.body), row.at) for row in rows]

    async def catch_up(
        self, unanswered: Sequence[tuple[Heard, float]], deliver: Callable[[Heard, Reply], Awaitable[None]]
    ) -> None:
        """Answer it now; what is too old to be meant any more is only told to be so."""
        for heard, at in unanswered:
            stale = self._clock.now() - at > STALE
            try:
                await deliver(heard, await (self._refuse_stale(heard) if stale else self.answer(heard)))
            except Exception:
                log.exception("a sentence from before the start could not be answered")

    async def _refuse_stale(self, heard: Heard) -> Reply:
        await self._close(heard, {"kind": "Refused", "code": "late"})
        return Refused("I was away when you asked me something here, so nothing was done. Please say it again.")

    async def _answer(self, heard: Heard) -> Reply:
        profile = await self._directory.profile(heard.user_id)
        policy.admit(self._rules, _member(profile), heard.where.team)
        assert profile is not None
        actor = Person(profile.name, await self._number(profile), profile.user_id)
        request = Request(heard.key, "", actor, heard.where)
        if not heard.text.strip():
            await self._close(heard, {"kind": "HelpOn"})
            return await self._service.overview(request)
        sentence = grammar.parse(heard.text, self._rules.region, verbs.WORDS)
        verb = verbs.VERBS[sentence.verb]
        people = await self._people(sentence)
        if sentence.verb == "join" and actor.number:
            policy.may_ring(self._rules, [actor])
        undone = "Nothing was noted." if verb.needs is verbs.Needs.BOOK else "Nobody was rung."
        policy.may_ring(self._rules, people, undone)
        request = replace(request, verb=sentence.verb, people=people, topic=sentence.topic, rest=sentence.rest)
        if verb.needs is verbs.Needs.NOTHING:
            await self._close(heard, {"kind": "HelpOn"})
            reply = verbs.help_on_word(sentence.rest)
            assert isinstance(reply, HelpOn)
            return reply
        return await self._service.request(request)

    async def _people(self, sentence: grammar.Sentence) -> tuple[Person, ...]:
        """Everybody named, with a number each; Refusal when one has none. Nothing is done by halves."""
        found: list[Person] = []
        for target in sentence.people:
            if isinstance(target, grammar.NumberTarget):
                found.append(Person(phone.masked(target.e164), target.e164))
            else:
                found.append(await self._user(target))
        return tuple(found)

    async def _user(self, target: grammar.UserTarget) -> Person:
        profile = await self._directory.profile(target.user_id)
        if profile is None or profile.deleted:
            raise Refusal(f"I do not know {target.label or 'one of these people'} here. Nobody was rung.")
        if profile.bot:
            raise Refusal(f"{profile.name} is an app and has no phone. Nobody was rung.")
        number = await self._number(profile)
        if not number:
            raise Refusal(
                f"I have no number for {profile.name}, so nobody was rung. "
                f"{profile.name} can register one, or you write the number itself.",
                example="/conf number +1 212 555 0199",
            )
        return Person(profile.name, number, profile.user_id)

    async def _number(self, profile: Profile) -> str:
        """The registered number, else the one in the Slack profile if it can be read, else ""."""
        booked = await self._service.store.read(lambda connection: ledger.number_of(connection, profile.user_id))
        if booked or not profile.phone:
            return booked
        try:
            return phone.read(profile.phone, self._rules.region)
        except Refusal:
            return ""

    async def _named(self, example: str) -> str:
        """Mentions in messages carry no name, and an id tells a person nothing."""
        for user_id in set(_USER_ID.findall(example)):
            with suppress(Later):
                if profile := await self._directory.profile(user_id):
                    example = example.replace(f"@{user_id}", f"@{profile.name}")
        return example

    async def _close(self, heard: Heard, answer: dict[str, str]) -> None:
        body = {"by": heard.user_id}
        await self._service.store.run(
            lambda connection: ledger.finish(connection, heard.key, body=body, answer=answer, ref="")
        )


def _member(profile: Profile | None) -> Member | None:
    if profile is None:
        return None
    return Member(profile.team, profile.bot, profile.deleted, profile.guest, profile.stranger)
