"""The commands about calls: dial, answer, hang up, speak, gather."""

from dataclasses import replace

from web.sandbox.telnyx.calls import BUSY, DECLINED
from web.sandbox.telnyx.exchange import Exchange
from web.sandbox.telnyx.fields import (
    COMMAND,
    DTMF,
    E164,
    FLAG,
    MEDIA,
    NEEDED,
    SPEECH,
    TEXT,
    Body,
    Field,
    Fields,
    needed,
    number,
    refuse_unsimulated,
    text,
)
from web.sandbox.telnyx.gather import Wish
from web.sandbox.telnyx.refusals import Refusal, carrier_refusal
from web.sandbox.telnyx.trouble import Trouble

DIAL: Fields = {
    **COMMAND,
    "connection_id": NEEDED,
    "to": NEEDED,
    "from": NEEDED,
    "from_display_name": Field(most=128),
    "timeout_secs": Field("number", least=5, most=600),
    "time_limit_secs": Field("number", least=30, most=14400),
    "retry_on_timeout": FLAG,
    "send_digits_on_answer": Field(most=64),
    "answering_machine_detection": Field(choices=("disabled", "detect", "premium")),
}
MILLIS = Field("number", least=1, most=600_000)
DIGITS: Fields = {
    "minimum_digits": Field("number", least=1, most=128),
    "maximum_digits": Field("number", least=1, most=128),
    "timeout_millis": MILLIS,
    "inter_digit_timeout_millis": MILLIS,
    "terminating_digit": TEXT,
    "valid_digits": TEXT,
}
GATHER: Fields = {**COMMAND, **DIGITS, "initial_timeout_millis": MILLIS, "gather_id": Field(least=1, most=40)}
VOICED: Fields = {**COMMAND, "payload": SPEECH, "voice": NEEDED, "language": TEXT, "payload_type": TEXT}
GATHER_USING_SPEAK: Fields = {
    **VOICED,
    **DIGITS,
    "invalid_payload": Field(most=3000),
    "maximum_tries": Field("number", least=1, most=128),
}
REJECT: Fields = {**COMMAND, "cause": Field(required=True, choices=("CALL_REJECTED", "USER_BUSY"))}
TRANSCRIBE: Fields = {
    **COMMAND,
    "transcription_engine": Field(choices=("Google", "Telnyx", "Deepgram", "Azure", "A", "B")),
    "transcription_tracks": Field(choices=("inbound", "outbound", "both")),
}
SEND_DTMF: Fields = {**COMMAND, "digits": NEEDED, "duration_millis": Field("number", least=100, most=500)}
PLAY: Fields = {**COMMAND, **MEDIA}

# Known to Telnyx and beyond this stand-in: refused loudly, so that nobody relies on it.
UNSIMULATED = (
    "conference_config",
    "link_to",
    "supervise_call_control_id",
    "webhook_retries_policies",
    "webhook_url",
    "webhook_urls",
)


class CallCommands:
    def __init__(self, exchange: Exchange, numbers: tuple[str, ...], trouble: Trouble) -> None:
        self._exchange = exchange
        self._numbers = numbers
        self._trouble = trouble

    def dial(self, body: Body) -> dict[str, object]:
        refuse_unsimulated(body, *UNSIMULATED)
        if body["connection_id"] != self._exchange.connection_id:
            raise Refusal("10015", "The 'connection_id' does not belong to a call control app.", field="connection_id")
        # Digits after a comma are sent when it is answered; here nobody listens to them.
        to, ours = needed(body, "to").split(",")[0], needed(body, "from")
        self._check_numbers(to, ours)
        terms: dict[str, object] = {
            "client_state": text(body, "client_state"),
            "ring_secs": number(body, "timeout_secs", 30),
            "time_limit_secs": number(body, "time_limit_secs", 14400),
            "machine_detection": text(body, "answering_machine_detection") or "disabled",
            "retry_on_timeout": body.get("retry_on_timeout") is not False,
        }
        return self._exchange.dial(to, ours, terms).dialled()

    def _check_numbers(self, to: str, ours: str) -> None:
        for name, value in (("to", to), ("from", ours)):
            if not E164.fullmatch(value):
                raise Refusal("10016", f"The '{name}' parameter must be in +E.164 format.", field=name)
        if self._trouble.d_code:
            raise carrier_refusal(self._trouble.d_code)
        if ours not in self._numbers:
            raise carrier_refusal("D35")
        if to == ours:
            raise carrier_refusal("D53")

    def answer(self, call_id: str, body: Body) -> None:
        call = self._exchange.find_alive(call_id)
        if not call.incoming or call.phase == "answered":
            raise Refusal("90102", "This command can only be issued on an unanswered inbound call.")
        call.client_state = text(body, "client_state") or call.client_state
        self._exchange.answer(call)

    def reject(self, call_id: str, body: Body) -> None:
        call = self._exchange.find_alive(call_id)
        if not call.incoming or call.phase == "answered":
            raise Refusal("90102", "This command can only be issued on an unanswered inbound call.")
        self._exchange.hang_up(call, BUSY if body["cause"] == "USER_BUSY" else DECLINED)

    def hangup(self, call_id: str, body: Body) -> None:
        call = self._exchange.find_alive(call_id)
        call.client_state = text(body, "client_state") or call.client_state
        self._exchange.drop(call)

    def speak(self, call_id: str, body: Body) -> None:
        call = self._exchange.find_answered(call_id)
        call.client_state = text(body, "client_state") or call.client_state
        self._exchange.speak(call, needed(body, "payload"))

    def playback_start(self, call_id: str, body: Body) -> None:
        call = self._exchange.find_answered(call_id)
        media = media_of(body)
        call.client_state = text(body, "client_state") or call.client_state
        self._exchange.play(call, **media)

    def playback_stop(self, call_id: str, _: Body) -> None:
        """Sounds take no time here: there is never one left to stop."""
        self._exchange.find_answered(call_id)

    def gather(self, call_id: str, body: Body) -> None:
        total = number(body, "timeout_millis", 60_000)
        self._listen(call_id, body, Wish(first_secs=min(number(body, "initial_timeout_millis", 5_000), total) / 1000))

    def gather_using_speak(self, call_id: str, body: Body) -> None:
        wish = Wish(
            prompt=needed(body, "payload"),
            invalid_prompt=text(body, "invalid_payload"),
            tries=int(number(body, "maximum_tries", 3)),
            first_secs=number(body, "timeout_millis", 60_000) / 1000,
        )
        self._listen(call_id, body, wish)

    def _listen(self, call_id: str, body: Body, wish: Wish) -> None:
        call = self._exchange.find_answered(call_id)
        call.client_state = text(body, "client_state") or call.client_state
        self._exchange.gather(call, _with_digits(wish, body))

    def gather_stop(self, call_id: str, _: Body) -> None:
        self._exchange.stop_gather(self._exchange.find_answered(call_id))

    def transcription_start(self, call_id: str, _: Body) -> None:
        call = self._exchange.find_answered(call_id)
        if call.transcribed:
            raise Refusal("90054", "Transcription is already in progress.")
        call.transcribed = True

    def transcription_stop(self, call_id: str, _: Body) -> None:
        self._exchange.find_answered(call_id).transcribed = False

    def send_dtmf(self, call_id: str, body: Body) -> None:
        digits = needed(body, "digits")
        if not DTMF.fullmatch(digits):
            raise Refusal("10015", "Only 0-9 A-D * # w W are allowed.", field="digits")
        self._exchange.say(self._exchange.find_answered(call_id), f"[tones {digits}]")


def media_of(body: Body) -> dict[str, str]:
    """What to play, as the events name it. Exactly one source must be given."""
    given = [name for name in MEDIA if name in body]
    if not given:
        raise Refusal("10004", "One of audio_url and media_name is required.", field="audio_url")
    if len(given) > 1:
        raise Refusal("10015", f"{' and '.join(given)} cannot be given together.", field=given[0])
    event_name = {"audio_url": "media_url", "media_name": "media_name"}.get(given[0])
    return {event_name: needed(body, given[0])} if event_name else {}


def _with_digits(wish: Wish, body: Body) -> Wish:
    return replace(
        wish,
        minimum=int(number(body, "minimum_digits", wish.minimum)),
        maximum=int(number(body, "maximum_digits", wish.maximum)),
        between_secs=number(body, "inter_digit_timeout_millis", wish.between_secs * 1000) / 1000,
        terminator=text(body, "terminating_digit") or wish.terminator,
        valid=text(body, "valid_digits") or wish.valid,
    )
