"""The telephone network: it makes calls, lets phones answer, speaks, listens, and reports what happened."""

import base64
import random
import uuid
from collections.abc import Callable, Mapping

from web.sandbox.telnyx.agenda import Agenda
from web.sandbox.telnyx.bill import bill
from web.sandbox.telnyx.calls import BUSY, CALLER_LEFT, CANCELLED, NO_ANSWER, TIME_LIMIT, TIMEOUT, Call, Ending
from web.sandbox.telnyx.gather import Gather, GatherStatus, Wish
from web.sandbox.telnyx.phones import ENDINGS, Phone
from web.sandbox.telnyx.refusals import Refusal
from web.sandbox.telnyx.reporter import Reporter
from web.sandbox.telnyx.stamp import iso
from web.sandbox.telnyx.watch import Watch

# Seconds until a phone that acts by itself does so: long enough to be seen, short enough for tests.
MOMENT = 0.2
BILLING = 1.0  # seconds from the end of a call until it is known what it cost
LISTENING = 2.5  # seconds that machine detection takes
READABLE_SECS = 600  # a call can still be asked for ten minutes after its end


class Exchange:
    """``tells_costs`` is whether the application wants to be told what calls cost. ``on_hang_up`` lets the conferences
    know that a call has ended, before Telnyx tells of it; ``on_speech`` that somebody talks.
    """

    def __init__(
        self, connection_id: str, *, agenda: Agenda, reporter: Reporter, watch: Watch, dice: random.Random
    ) -> None:
        self.connection_id = connection_id
        self.agenda = agenda
        self.reporter = reporter
        self.calls: dict[str, Call] = {}
        self.phones: dict[str, Phone] = {}
        self.on_hang_up: Callable[[Call], None] = lambda _: None
        self.tells_costs: Callable[[], bool] = lambda: False
        self.on_speech: Callable[[Call, str], None] = lambda _call, _text: None
        self.changed = watch.changed
        self.insist = watch.insist
        self._dice = dice

    def phone(self, number: str) -> Phone:
        if number not in self.phones:
            self.phones[number] = Phone(number, self)
        return self.phones[number]

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._dice.getrandbits(128), version=4))

    @property
    def settled(self) -> bool:
        """Whether no phone is about to act by itself."""
        return not any(call.phase == "ringing" and call.reaction for call in self.calls.values())

    # What Telnyx is told to do.

    def find(self, call_id: str) -> Call:
        call = self.calls.get(call_id)
        if call is None or (call.ended_at is not None and self.agenda.now() - call.ended_at > READABLE_SECS):
            raise Refusal("90015", "The call_control_id provided was not valid.", field="call_control_id")
        return call

    def find_alive(self, call_id: str) -> Call:
        call = self.find(call_id)
        if not call.alive:
            raise Refusal("90018", "This call is no longer active and can't receive commands.")
        return call

    def find_answered(self, call_id: str) -> Call:
        call = self.find_alive(call_id)
        if call.phase == "ringing":
            raise Refusal("90034", "This call can't receive this command because it has not been answered yet.")
        return call

    def dial(self, number: str, ours: str, terms: Mapping[str, object]) -> Call:
        """``terms``: the fields of a Call that the dial asks for."""
        phone = self.phone(number)
        engaged = phone.call is not None
        call = self._new_call(phone, ours, terms)
        self.reporter.call(
            call, "call.initiated", direction="outgoing", state="bridging", start_time=iso(call.started_at)
        )
        if engaged:
            self.hang_up(call, BUSY)
            return call
        timeout = TIMEOUT if call.retry_on_timeout else NO_ANSWER
        call.alarms.append(self.agenda.after(call.ring_secs, lambda: self.hang_up(call, timeout)))
        self._react(phone, call)
        self.changed()
        return call

    def speak(self, call: Call, text: str) -> None:
        self.reporter.call(call, "call.speak.started")
        self.say(call, text)
        self.reporter.call(call, "call.speak.ended", status="completed")

    def play(self, call: Call, **media: object) -> None:
        self.reporter.call(call, "call.playback.started", **media)
        self.say(call, f"[plays {next(iter(media.values()), 'audio')}]")
        self.reporter.call(call, "call.playback.ended", **media, status="completed")

    def gather(self, call: Call, wish: Wish) -> None:
        self.stop_gather(call)

        def ended(status: GatherStatus, digits: str) -> None:
            call.gather = None
            self.reporter.call(call, "call.gather.ended", status=status, digits=digits)
            self.changed()

        call.gather = Gather(wish, self.agenda, lambda text: self.say(call, text), ended)
        call.gather.start()

    def stop_gather(self, call: Call, status: GatherStatus = "cancelled") -> None:
        if call.gather is not None:
            call.gather.stop(status)

    def drop(self, call: Call) -> None:
        """Telnyx ends the call."""
        cancelled = call.phase == "ringing" and not call.incoming
        self.hang_up(call, CANCELLED if cancelled else CALLER_LEFT)

    def say(self, call: Call, text: str) -> None:
        self.phone(call.number).hear(text)

    # What happens on the line.

    def call_in(self, number: str, ours: str) -> Call:
        call = self._new_call(self.phone(number), ours, {"incoming": True})
        self.reporter.call(
            call, "call.initiated", direction="incoming", state="parked", start_time=iso(call.started_at)
        )
        self.changed()
        return call

    def answer(self, call: Call) -> None:
        call.call_off_alarms()
        call.phase = "answered"
        call.answered_at = self.agenda.now()
        call.alarms.append(self.agenda.after(call.time_limit_secs, lambda: self.hang_up(call, TIME_LIMIT)))
        self.reporter.call(call, "call.answered", state="answered", start_time=iso(call.started_at))
        if call.machine_detection != "disabled":
            self.agenda.after(LISTENING, lambda: self._tell_machine(call))
        self.changed()

    def _tell_machine(self, call: Call) -> None:
        if not call.alive:
            return
        machine = self.phone(call.number).mood == "voicemail"
        premium = call.machine_detection == "premium"
        event = "call.machine.premium.detection.ended" if premium else "call.machine.detection.ended"
        human = "human_residence" if premium else "human"
        self.reporter.call(call, event, result="machine" if machine else human)

    def put_on_hold(self, call: Call, *, held: bool) -> None:
        call.on_far_hold = held
        self.reporter.call(call, "call.hold" if held else "call.unhold")
        self.changed()

    def speak_up(self, call: Call, text: str) -> None:
        self.on_speech(call, text)
        silenced = call.seat and (call.seat.muted or call.seat.on_hold)
        if call.transcribed and not silenced:
            words = {"transcript": text, "confidence": 0.94, "is_final": True, "transcription_track": "inbound"}
            self.reporter.call(call, "call.transcription", transcription_data=words)
        self.changed()

    def press(self, call: Call, digit: str) -> None:
        self.reporter.call(call, "call.dtmf.received", digit=digit)
        if call.gather is not None:
            call.gather.press(digit)

    def hang_up(self, call: Call, ending: Ending) -> None:
        call.call_off_alarms()
        call.phase = "ended"
        call.ended_at = self.agenda.now()
        call.ending = ending
        self.stop_gather(call, "call_hangup")
        self.on_hang_up(call)
        self.reporter.call(
            call,
            "call.hangup",
            hangup_cause=ending.cause,
            hangup_source=ending.source,
            sip_hangup_cause=ending.sip,
            state="hangup",
            start_time=iso(call.started_at),
        )
        if call.answered_at is not None and self.tells_costs():
            self.agenda.after(BILLING, lambda: self._tell_cost(call))
        self.changed()

    def _tell_cost(self, call: Call) -> None:
        self.reporter.call(call, "call.cost", **bill(call), occurred_at=iso(self.agenda.now()))

    def _new_call(self, phone: Phone, ours: str, terms: Mapping[str, object]) -> Call:
        call_id = "v3:" + base64.urlsafe_b64encode(self._dice.randbytes(40)).decode()
        call = Call(
            id=call_id,
            leg_id=self.uuid(),
            session_id=self.uuid(),
            connection_id=self.connection_id,
            number=phone.number,
            ours=ours,
            started_at=self.agenda.now(),
        )
        for name, value in terms.items():
            setattr(call, name, value)
        self.calls[call_id] = call
        phone.calls.append(call)
        return call

    def _react(self, phone: Phone, call: Call) -> None:
        if phone.mood == "voicemail":
            call.reaction = self.agenda.after(MOMENT, lambda: self.answer(call))
        elif ending := ENDINGS.get(phone.mood):
            call.reaction = self.agenda.after(MOMENT, lambda: self.hang_up(call, ending))
        if call.reaction:
            call.alarms.append(call.reaction)
