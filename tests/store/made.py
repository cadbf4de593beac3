"""Values to store."""

from dataclasses import fields
from typing import Any

from cryptography.fernet import Fernet
from hypothesis import strategies as st

from bot.core.budget import Budget
from bot.core.conference import Conference, Leg, Participant
from bot.core.effects import Effect
from bot.core.inputs import Fact
from bot.core.lifecycle import ConferencePhase
from bot.core.scene import Scene
from bot.store.codec import EFFECTS, FACTS
from bot.store.sealed import Keyring
from tests.core.memory_world import NO_LIMITS

NOW = 1000.0

TIMES = st.floats(0, 4e9, allow_nan=False)
MAYBE = st.none() | TIMES
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
COUNTS = st.integers(0, 2**31 - 1)


def open_keyring() -> Keyring:
    made = Keyring()
    made.take(Fernet.generate_key().decode())
    made.hash_key = b"of a test"
    return made


def conference(**values: Any) -> Conference:
    made: dict[str, Any] = {
        "id": "c", "topic": "payments", "host": "Hana", "host_id": "U0", "channel": "C1", "created_at": NOW,
    }  # fmt: skip
    return Conference(**(made | values))


def scene(*names: str, conference_id: str = "c", **values: Any) -> Scene:
    """A new conference that rings these people; save it with ``new=True``."""
    made = Scene(conference(id=conference_id, participants=len(names), **values), NOW, budget=Budget(NOW, NO_LIMITS))
    for at, name in enumerate(names, 1):
        who = Participant(f"{conference_id}.{at}", conference_id, name, f"+1212555{at:04d}")
        made.put_participant(who)
        made.ring(who)
    return made


def effects() -> st.SearchStrategy[Effect]:
    return st.one_of([_any(one) for one in EFFECTS.values()])


def facts() -> st.SearchStrategy[Fact]:
    return st.one_of([_any(one) for one in FACTS.values()])


def _any(kind: type) -> st.SearchStrategy[Any]:
    """Any value of a dataclass, its times being numbers."""
    times = {field.name: TIMES for field in fields(kind) if field.type is float}
    return st.builds(kind, **times)


@st.composite
def conferences(draw: st.DrawFn) -> Conference:
    """Any conference that the constraints allow."""
    phase = draw(st.sampled_from(ConferencePhase))
    ended_at = draw(TIMES) if phase is ConferencePhase.ENDED else None
    alive = draw(COUNTS)
    return Conference(
        id="c", topic=draw(WORDS), host=draw(WORDS), host_id=draw(WORDS), channel=draw(WORDS), created_at=draw(TIMES),
        team=draw(WORDS), thread_ts=draw(WORDS), card_ts=draw(WORDS), card_print=draw(WORDS), chat_lost=draw(WORDS),
        gated=draw(st.booleans()), phase=phase, live_at=draw(MAYBE), ended_at=ended_at, ended_by=draw(WORDS),
        room_id=draw(WORDS), opener=draw(WORDS), gone_rooms=tuple(draw(st.lists(WORDS, max_size=3))),
        participants=draw(COUNTS), alive_legs=alive, in_room=draw(st.integers(0, alive)), trouble=draw(WORDS),
    )  # fmt: skip


def participants() -> st.SearchStrategy[Participant]:
    return st.builds(Participant, st.just("c.1"), st.just("c"), WORDS, WORDS, WORDS, WORDS, COUNTS, WORDS)


def legs() -> st.SearchStrategy[Leg]:
    return st.builds(
        Leg, st.just("c.1.1"), st.just("c"), st.just("c.1"), WORDS, TIMES, MAYBE, st.none() | WORDS, MAYBE, MAYBE,
        MAYBE, MAYBE, MAYBE, COUNTS, MAYBE, MAYBE, st.booleans(), MAYBE, WORDS, WORDS,
    )  # fmt: skip
