"""Turns what happened into the ``data`` of a webhook, with the ids and the time where Telnyx puts them."""

import random
import uuid

from web.sandbox.telnyx.agenda import Agenda
from web.sandbox.telnyx.calls import Call
from web.sandbox.telnyx.delivery import Post
from web.sandbox.telnyx.stamp import iso
from web.sandbox.telnyx.trouble import Trouble

WITH_NUMBERS = {
    *("call.initiated", "call.answered", "call.hangup", "call.dtmf.received", "call.gather.ended"),
    *("call.hold", "call.unhold", "call.machine.detection.ended", "call.machine.premium.detection.ended"),
}
# These conference events carry their time in ``data`` like all others; the rest of them in the payload.
TIME_IN_DATA = {"conference.participant.joined", "conference.participant.left"}
# What the trouble switch makes of a value: words that no published list has.
NOVELTIES = {
    ("call.hangup", "hangup_cause", "normal_clearing"): "moved_to_another_planet",
    ("conference.ended", "reason", "all_left"): "ended_via_api",
}


class Reporter:
    def __init__(self, agenda: Agenda, post: Post, trouble: Trouble, dice: random.Random) -> None:
        self._agenda = agenda
        self._post = post
        self._trouble = trouble
        self._dice = dice
        self._told = 0

    def call(self, call: Call, event_type: str, **extra: object) -> None:
        numbers = call.from_to() if event_type in WITH_NUMBERS else {}
        self._tell(call.leg_id, event_type, {**call.ids(), **numbers, **extra})

    def conference(self, lane: str, event_type: str, **payload: object) -> None:
        """``lane`` is the call whose news must come before and after this in order."""
        self._tell(lane, event_type, payload)

    def _tell(self, lane: str, event_type: str, payload: dict[str, object]) -> None:
        now = iso(self._agenda.now())
        data: dict[str, object] = {"record_type": "event", "event_type": event_type, "id": self._uuid()}
        if event_type.startswith("conference.") and event_type not in TIME_IN_DATA and not self._trouble.unknown_events:
            payload = {**payload, "occurred_at": now}
        else:
            data["occurred_at"] = now
        data["payload"] = payload
        if self._trouble.unknown_events:
            self._confuse(lane, data, payload)
        self._post.put(data, lane)

    def _confuse(self, lane: str, data: dict[str, object], payload: dict[str, object]) -> None:
        """Extra fields in all events, new words in some, and before every third an event that nobody knows."""
        data["weather"] = payload["sandbox_novelty"] = {"nested": [1, None, "three"]}
        for (event_type, name, usual), novelty in NOVELTIES.items():
            if data["event_type"] == event_type and payload.get(name) == usual:
                payload[name] = novelty
        self._told += 1
        if self._told % 3 == 1:
            self._post.put({**data, "event_type": "call.sandbox.novelty", "id": self._uuid()}, lane)

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
