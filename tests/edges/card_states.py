"""Every state a card can be in, by name. ``python -m tests.edges.card_states`` writes the golden renderings."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.core.conference import Conference, Leg, Participant, Picture, Row, Spent
from bot.core.inputs import Person
from bot.core.lifecycle import ConferencePhase, RecordingState, Step
from bot.slack import cards

GOLDEN = Path(__file__).parent / "golden"
AT = 1_800_000_000.0
OPEN = Conference("conf_0123456789ab", "payments <down> & out", "Ana", "U1", "C1", AT, thread_ts="1.1", card_ts="1.1")
LIVE = replace(OPEN, phase=ConferencePhase.LIVE, live_at=AT + 20, in_room=3, alive_legs=3)
ENDED = replace(LIVE, phase=ConferencePhase.ENDED, ended_at=AT + 720, ended_by="Ana", in_room=0, alive_legs=0)

RUNG = Leg("", "", "", "+12125550199", AT, tried_at=AT, call_control_id="v3:x", rang_at=AT + 1)
UP = replace(RUNG, answered_at=AT + 5, asked_at=AT + 5)
IN = replace(UP, passed_at=AT + 8, joined_at=AT + 9)
MISSES = {
    "busy": replace(RUNG, gone_at=AT + 9, cause="user_busy", detail="486"),
    "no answer": replace(RUNG, gone_at=AT + 30, cause="timeout"),
    "declined": replace(UP, declined_at=AT + 7, gone_at=AT + 8, cause="normal_clearing"),
    "call back": replace(UP, call_back_at=AT + 7, gone_at=AT + 8, cause="normal_clearing"),
    "voicemail": replace(UP, machine_at=AT + 7, gone_at=AT + 8, cause="normal_clearing"),
    "no key": replace(UP, no_key_at=AT + 60, gone_at=AT + 61, cause="normal_clearing"),
    "hung up": replace(UP, gone_at=AT + 7, cause="normal_clearing"),
    "locked out": replace(UP, locked_out=True, gone_at=AT + 7, cause="normal_clearing"),
    "bad number": replace(RUNG, gone_at=AT + 2, cause="not_found", detail="404"),
    "carrier": replace(RUNG, gone_at=AT + 2, cause="unspecified", detail="503"),
    "limit": replace(RUNG, gone_at=AT + 2, cause="limit", detail="D13"),
    "unreachable": replace(RUNG, gone_at=AT + 90, cause="unreachable"),
    "cancelled": replace(RUNG, stop_asked=True, gone_at=AT + 4, cause="originator_cancel"),
}
SOUNDS = {
    "muted": replace(IN, muted=True, muted_by="Ana"),
    "muted on the phone": replace(IN, muted=True),
    "listening": replace(IN, listen=True),
    "held": replace(IN, held=True),
    "far held": replace(IN, far_held=True),
    "hand up": replace(IN, hand_at=AT + 60),
}


def row(number: int, leg: Leg | None, name: str = "", **about: object) -> Row:
    """The participant of this number and their leg."""
    who = Participant(
        f"{OPEN.id}.{number}",
        OPEN.id,
        name or f"Person {number}",
        "+12125550199",
        f"U{number}",
        legs=1,
        invited_by="Ana",
    )
    who = replace(who, **about)  # type: ignore[arg-type]  # fields by name
    own = replace(leg, id=f"{who.id}.1", participant_id=who.id) if leg else None
    return Row(replace(who, leg_id=own.id if own else ""), own)


def states() -> Iterator[tuple[str, Picture]]:
    yield "nobody invited", Picture(OPEN, ())
    yield "ringing", Picture(OPEN, (row(1, RUNG), row(2, None), row(3, replace(RUNG, rang_at=None))))
    yield "answered", Picture(OPEN, (row(1, UP), row(2, replace(UP, passed_at=AT + 8))))
    yield "one in", Picture(replace(LIVE, in_room=1), (row(1, IN, "Ana"),))
    yield (
        "else a deputy",
        Picture(
            OPEN, (row(1, RUNG, numbers=("+12125550199", "+12125550188"), deputies=(Person("Bo", "+12125550122"),)),)
        ),
    )
    for name, leg in MISSES.items():
        yield f"missed {name}", Picture(OPEN, (row(1, leg),))
    for step in Step:
        waiting = row(1, MISSES["busy"], next=step.value, next_at=AT + 69, deputies=(Person("Bo", "+12125550122"),))
        yield f"next {step.value}", Picture(OPEN, (waiting,))
    for name, leg in SOUNDS.items():
        yield f"in {name}", Picture(LIVE, (row(1, IN, "Ana"), row(2, leg)))
    talking = row(2, IN)
    yield "talking", Picture(replace(LIVE, talking=f"{talking.participant.id}.1"), (row(1, IN, "Ana"), talking))
    rules = replace(
        LIVE, locked=True, locked_by="Ana", pin="123456", transcribed=True, trouble="Telnyx does not answer."
    )
    yield (
        "every note",
        Picture(replace(rules, recording=RecordingState.ON, recording_since=AT + 60), (row(1, IN, "Ana"), row(2, IN))),
    )
    yield "cost by estimate", Picture(LIVE, (row(1, IN),), Spent(312_000, "USD", 1))
    yield "recording paused", Picture(replace(LIVE, recording=RecordingState.PAUSED, recording_since=AT), (row(1, IN),))
    yield "left", Picture(LIVE, (row(1, replace(IN, left_at=AT + 300)), row(2, IN)))
    for many in (12, 13, 50, 800):
        yield f"{many} people", Picture(replace(LIVE, in_room=many), tuple(crowd(many)))
    yield "ended", Picture(ENDED, (row(1, replace(IN, left_at=AT + 700, gone_at=AT + 700)), row(2, MISSES["busy"])))
    over = row(1, replace(IN, left_at=AT + 700, gone_at=AT + 700))
    yield "ended partly settled", Picture(ENDED, (over,), Spent(106_000, "USD", 1, 2))
    yield "ended settled", Picture(ENDED, (over,), Spent(98_400, "EUR", 0, 3))
    yield "ended unseen", Picture(replace(ENDED, live_at=None, ended_by=""), (row(1, MISSES["busy"]),))
    yield "ended after 800", Picture(ENDED, tuple(crowd(800)))


def crowd(many: int) -> Iterator[Row]:
    """People with the longest names, of every kind in turn, most of them with something that comes next."""
    legs = [IN, *SOUNDS.values(), RUNG, UP, *MISSES.values(), None]
    for number in range(1, many + 1):
        leg = legs[number % len(legs)]
        missed = leg in MISSES.values()
        step = {"next": Step.REDIAL.value, "next_at": AT + 99} if missed else {}
        yield row(number, leg, f"<{'&' * 70} {number}>", **step)


def file_of(name: str) -> Path:
    return GOLDEN / f"{name.replace(' ', '_')}.json"


def rendered(picture: Picture) -> str:
    text, blocks = cards.card(picture)
    return json.dumps({"text": text, "blocks": blocks}, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for old in GOLDEN.glob("*.json"):
        old.unlink()
    for name, picture in states():
        file_of(name).write_text(rendered(picture), "utf-8")
