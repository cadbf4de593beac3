"""Carries out one effect through the ports, and says as a fact what came of it. When to repeat is the courier's."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, assert_never

from bot.clock import ClockWatch
from bot.core import effects as e
from bot.core import inputs as i
from bot.core.conference import conference_of_room
from bot.errands import Errand
from bot.ports import Chat, Clock, Later, Never, Phone

DEDUPE_SECONDS = 55.0  # Telnyx ignores a repeated command_id for 60 s; after that a repeat may ring twice
ROOM_IN_THE_MAKING = 5.0  # seconds for which a room that Telnyx does not know may still come to be
MOST_BYTES: Final = 200 * 1024 * 1024  # of one recording; four hours of speech are some 60 MB


class Performer:
    def __init__(self, phone: Phone, chat: Chat, clock: Clock) -> None:
        self._phone = phone
        self._chat = chat
        self._clock = clock
        self.clock_watch = ClockWatch(clock, DEDUPE_SECONDS)

    async def perform(self, errand: Errand) -> i.Fact | None:
        """Raises Later or Never when it was not done."""
        effect = errand.effect
        if isinstance(effect, e.LegEffect):
            return await self._on_leg(errand, effect)
        if isinstance(effect, e.RoomEffect):
            return await self._in_room(errand, effect)
        if isinstance(effect, e.SideEffect):
            return await self._on_side(errand, effect)
        if isinstance(effect, e.SweepAccount):
            return await self._sweep_account()
        if isinstance(effect, e.HangUpCall):
            await self._phone.hang_up_call(effect.call_control_id, _command_id(errand))
            return None
        return await self._in_slack(errand, effect)

    async def _on_leg(self, errand: Errand, effect: e.LegEffect) -> i.Fact | None:  # noqa: C901  # one arm per effect
        leg, room, command_id = errand.phone_leg, errand.conference.room_ref, _command_id(errand)
        match effect:
            case e.Dial():
                return await self._dial(errand)
            case e.AskKey():
                return await self._phone.ask_key(leg, errand.text, command_id)
            case e.Seat():
                return await self._seat(errand, effect)
            case e.HangUp():
                return await self._hang_up(errand)
            case e.Mute():
                await self._phone.mute(leg, room, muted=leg.silent)
            case e.Hold():
                await self._phone.hold(leg, room, held=leg.held)
            case e.SayTo():
                await self._phone.say_to(leg, room, errand.text, command_id)
            case e.SendKeys():
                await self._phone.send_keys(leg, effect.digits, command_id)
            case e.Transcribe():
                await self._phone.transcribe(leg, command_id)
            case _:
                assert_never(effect)
        return None

    async def _in_room(self, errand: Errand, effect: e.RoomEffect) -> i.Fact | None:  # noqa: C901  # one arm per effect
        conference, room, command_id = errand.conference, errand.conference.room_ref, _command_id(errand)
        match effect:
            case e.EndRoom():
                await self._phone.end_room(effect.room_id, command_id)
            case e.Sweep():
                return await self._sweep(errand)
            case e.SayToAll():
                await self._phone.say_to_all(room, errand.text, command_id)
            case e.Play():
                if errand.doubt is None:  # Telnyx would play it twice, and half of it was perhaps heard
                    await self._phone.play(room, effect.url)
            case e.StopSound():
                await self._phone.stop_sound(room)
            case e.Record():
                if errand.text:
                    await self._phone.say_to_all(room, errand.text, f"{command_id}-said")
                await self._phone.record(room, effect.action, command_id)
                return i.RecordDone(conference.id, self._clock.now(), effect.action)
            case e.FindRecordings():
                found = await self._phone.recordings(effect.room_id)
                return i.RecordingsFound(conference.id, self._clock.now(), found)
            case _:
                assert_never(effect)
        return None

    async def _on_side(self, errand: Errand, effect: e.SideEffect) -> i.Fact | None:  # noqa: C901  # one arm per effect
        side, command_id = errand.side, _command_id(errand)
        assert side is not None
        call = side.call_control_id
        match effect:
            case e.SideDial():
                if errand.doubt is not None:
                    raise Never("it may have rung already", code="doubt")  # the person asks for another call
                call = await self._phone.dial_side(side.id, side.number, command_id)
                return i.Rang(i.Call(call, side.id), self._clock.now())
            case e.SideAnswer():
                await self._phone.answer(call, side.id, command_id)
            case e.SideReject():
                await self._phone.reject(call, command_id)
            case e.SideAsk():
                await self._phone.ask_digits(call, errand.text, effect.digits, command_id)
            case e.SideSay():
                await self._phone.speak(call, errand.text, command_id)
            case e.SideHangUp():
                if found := call or await self._phone.find(side.id):
                    await self._phone.hang_up_call(found, command_id)
            case _:
                assert_never(effect)
        return None

    async def _in_slack(self, errand: Errand, effect: e.ChatEffect) -> i.Fact | None:  # noqa: C901  # one arm per effect
        match effect:
            case e.PostCard():
                return await self._post_card(errand)
            case e.DrawCard():
                return await self._draw_card(errand)
            case e.Line():
                await self._post_lines(errand)
            case e.TellHost():
                with _in_doubt():
                    await self._chat.tell_host(errand.conference, effect.reason, _token(errand), errand.doubt)
            case e.KeepRecording():
                await self._keep_recording(errand, effect.recording_id)
            case e.PostTranscript():
                await self._post_transcript(errand)
            case e.MirrorCall():
                if call_id := await self._chat.mirror(errand.whole_picture):
                    return i.CallMirrored(errand.conference.id, self._clock.now(), call_id)
            case _:
                assert_never(effect)
        return None

    async def _keep_recording(self, errand: Errand, recording_id: str) -> None:
        """The link is asked for anew on every try: it lives ten minutes."""
        saved = await self._phone.recording(recording_id)
        which = "".join(one for one in recording_id if one.isalnum() or one == "-")[:8]  # Telnyx's word, so no path
        name = f"recording-{which}.{saved.format}"
        if await self._has_file(errand, name):
            return
        data = await self._phone.fetch(saved.url, MOST_BYTES)
        await self._chat.upload(errand.conference, name, data, "⏺ The recording")

    async def _post_transcript(self, errand: Errand) -> None:
        name = f"transcript-{errand.conference.id.removeprefix('conf_')}.txt"
        if not await self._has_file(errand, name):
            await self._chat.upload(errand.conference, name, errand.text.encode(), "📝 What was said")

    async def _has_file(self, errand: Errand, name: str) -> bool:
        """Whether an earlier try whose fate was unknown has put it into the thread after all."""
        with _in_doubt():
            return errand.doubt is not None and await self._chat.has_file(errand.conference, name, errand.doubt)

    async def _dial(self, errand: Errand) -> i.Fact:
        """Look before dialling again: an earlier try may have rung the phone without our knowing."""
        leg, now = errand.phone_leg, self._clock.now()
        if errand.doubt is None:
            return await self._phone.dial(leg, _command_id(errand))
        with _in_doubt():
            if call_control_id := await self._phone.find(leg.id):
                return i.Rang(i.Call(call_control_id, leg.id), now)
            if not errand.wanted:
                return i.DialRefused(leg.id, now, "cancelled", "")
            if not 0 <= now - errand.doubt <= DEDUPE_SECONDS or self.clock_watch.distrusted:
                return i.DialRefused(leg.id, now, "unreachable", "")
            return await self._phone.dial(leg, _command_id(errand))

    async def _seat(self, errand: Errand, effect: e.Seat) -> i.Fact:
        name = errand.conference.name_of_room(effect.room)
        command_id = _command_id(errand)
        try:
            fact = await self._phone.seat(
                errand.phone_leg, name, effect.room, opens=effect.opens, command_id=command_id
            )
        except Later as later:
            if later.code == "no room" and self._clock.now() - errand.started > ROOM_IN_THE_MAKING:
                return i.SeatRefused(errand.phone_leg.id, self._clock.now(), effect.room, "room_gone")
            raise
        if isinstance(fact, i.SeatRefused) and fact.reason == "not_answered":
            raise Later("not answered yet", after=1.0, done=False)
        return fact

    async def _hang_up(self, errand: Errand) -> i.Fact | None:
        leg = errand.phone_leg
        call_control_id = leg.call_control_id or await self._phone.find(leg.id)
        if call_control_id is None:
            return i.LegLost(leg.id, self._clock.now(), "")
        return await self._phone.hang_up(replace(leg, call_control_id=call_control_id), _command_id(errand))

    async def _sweep(self, errand: Errand) -> i.Fact:
        conference, now = errand.conference, self._clock.now()
        name = conference.name_of_room(conference.room)
        survey = await self._phone.survey(conference.id, conference.room_id, name)
        calls = sorted(survey.calls)
        legs, up = tuple(leg for leg, _ in calls), tuple(call for _, call in calls)
        return i.Swept(conference.id, now, legs, up, survey.members, survey.muted, survey.held, survey.room_id)

    async def _sweep_account(self) -> i.Fact:
        now = self._clock.now()
        account = await self._phone.account()
        names = tuple(call.name for call in account.calls)
        calls = tuple(call.call_control_id for call in account.calls)
        conferences = tuple(sorted({one for room in account.rooms if (one := conference_of_room(room))}))
        return i.AccountSwept(now, names, calls, tuple(call.ours for call in account.calls), conferences)

    async def _post_card(self, errand: Errand) -> i.Fact:
        ts = await self._found(errand)
        if ts is None:
            posted = await self._chat.post_card(errand.whole_picture, _token(errand))
            return i.CardPosted(errand.conference.id, self._clock.now(), posted.ts, posted.fingerprint)
        return i.CardPosted(errand.conference.id, self._clock.now(), ts, "")

    async def _draw_card(self, errand: Errand) -> i.Fact:
        now, conference_id = self._clock.now(), errand.conference.id
        picture = errand.whole_picture
        if errand.doubt is not None:  # the card may show what an earlier try drew, and not what we noted last
            picture = replace(picture, conference=replace(picture.conference, card_print=""))
        fingerprint = await self._chat.draw_card(picture)
        return i.CardLost(conference_id, now) if fingerprint is None else i.CardDrawn(conference_id, now, fingerprint)

    async def _post_lines(self, errand: Errand) -> None:
        if await self._found(errand) is None:
            lines = [parcel.effect for parcel in errand.parcels if isinstance(parcel.effect, e.Line)]
            await self._chat.post_lines(errand.conference, lines, _token(errand))

    async def _found(self, errand: Errand) -> str | None:
        """The message of an earlier try whose fate was unknown, if it is there after all."""
        if errand.doubt is None:
            return None
        with _in_doubt():
            return await self._chat.find(errand.conference, _token(errand), errand.doubt)


@contextmanager
def _in_doubt() -> Iterator[None]:
    """That this was surely not done (a look that was refused, say) says nothing about the earlier try in doubt."""
    try:
        yield
    except Later as later:
        raise Later(later.reason, after=later.after, code=later.code) from later


def _command_id(errand: Errand) -> str:
    """The same as long as the fate of a try is unknown, a new one after a definite refusal."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{_token(errand)}:{errand.first:.6f}"))


def _token(errand: Errand) -> str:
    return token(errand.conference.id, errand.parcels[0].id)


def token(conference_id: str, outbox_id: int) -> str:
    """An opaque name for this effect, the same on every try; our messages bear it as metadata."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{conference_id}:{outbox_id}"))
