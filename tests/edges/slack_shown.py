"""Pictures of conferences, and looking at what Slack would show of them."""

import json
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import Block

from bot.core.conference import Conference, Leg, Participant, Picture, Row
from bot.core.lifecycle import ConferencePhase
from bot.core.replies import VerbHelp
from bot.slack.words import Message
from web.sandbox.slack.blocks import check_blocks, letters

NOW = 1_700_000_000.0
HOSTILE = "<!channel> & <@U1> *x* `y` \u202egnp\n\nsecond line"
VERBS = [
    VerbHelp("create", "create [topic…] [who…]", ("start", "new"), "start a conference", "/conf create payments @ana"),
    VerbHelp("invite", "invite who…", ("add",), "ring these people", "/conf invite @bo"),
    VerbHelp("join", "join", (), "ring me", "/conf join"),
    VerbHelp("end", "end [now]", ("stop",), "end it", "/conf end"),
]

Found = list[dict[str, Any]]


def conference(**changes: Any) -> Conference:
    return replace(Conference("c1", "Payments down", "Ana", "U1", "C1", created_at=NOW), **changes)


def row(number: int, name: str = "", legs: int = 1, user_id: str = "", **evidence: Any) -> Row:
    leg = Leg(f"c1.{number}.{legs}", "c1", f"c1.{number}", "+12125550199", queued_at=NOW, **evidence)
    who = Participant(leg.participant_id, "c1", name or f"Person {number}", leg.number, user_id, leg.id, legs)
    return Row(who, leg)


def inside(number: int, name: str = "", **more: Any) -> Row:
    return row(number, name, tried_at=NOW, rang_at=NOW, answered_at=NOW, joined_at=NOW + 60, **more)


def gone(number: int, name: str = "", cause: str = "user_busy", **more: Any) -> Row:
    return row(number, name, tried_at=NOW, rang_at=NOW, gone_at=NOW + 120, cause=cause, **more)


EVERY_STATE = (
    gone(1, "Eli", cause="timeout", legs=3),
    row(2, "Fay"),
    inside(3, "Gus", left_at=NOW + 780, gone_at=NOW + 790),
    row(4, "Dee", tried_at=NOW, rang_at=NOW + 5),
    row(5, "Cy", answered_at=NOW, asked_at=NOW),
    inside(6, "Ana", user_id="U1"),
    Row(Participant("c1.7", "c1", "Hal", "+12125550199"), None),
)


def live(*rows: Row, **changes: Any) -> Picture:
    return Picture(conference(phase=ConferencePhase.LIVE, live_at=NOW + 60, **changes), rows)


def ended(*rows: Row, **changes: Any) -> Picture:
    last: dict[str, Any] = {"phase": ConferencePhase.ENDED, "ended_at": NOW + 780, "ended_by": "Ana"}
    return Picture(conference(**(last | {"live_at": NOW + 60} | changes)), rows)


def shown(message: Message | None) -> str:
    """All words of a message, the blocks' and the plain text, without what buttons carry unseen."""
    assert message is not None
    words = json.dumps(message, ensure_ascii=False)
    for element in elements(message):
        words = words.replace(json.dumps(element["value"], ensure_ascii=False), '""')
    return words


def told(message: Message | None) -> str:
    """The words in the blocks alone, one block per line."""
    assert message is not None
    return "\n".join(block["text"]["text"] for block in message.blocks or [] if block["type"] == "section")


def elements(message: Message) -> Found:
    found = [element for block in message.blocks or [] for element in block.get("elements", [])]
    found += [block["accessory"] for block in message.blocks or [] if "accessory" in block]
    return [element for element in found if element["type"] == "button"]


def check(message: Message | None) -> None:
    """Slack's limits three times: ours, slack_sdk's models, and the stand-in's."""
    assert message is not None
    assert 0 < len(message.text) < 4000
    blocks = message.blocks or []
    assert len(blocks) <= 50
    for block in blocks:
        assert block["type"] != "section" or 0 < len(block["text"]["text"]) <= 3000
        assert block["type"] != "header" or 0 < len(block["text"]["text"]) <= 150
    assert sum(len(json.dumps(block, ensure_ascii=False)) for block in blocks) + len(message.text) < 13_000
    actions = [element["action_id"] for element in elements(message)]
    assert len(actions) == len(set(actions))
    assert all(len(element.get("value", "")) <= 2000 for element in elements(message))
    for parsed in Block.parse_all(blocks):
        parsed.validate_json()
    assert check_blocks(blocks) == []
    assert letters(blocks) < 13_000


def many(count: int, name: str = "") -> tuple[Row, ...]:
    kinds = (inside, gone, row)
    return tuple(kinds[number % 3](number, name or f"Person {number}") for number in range(count))
