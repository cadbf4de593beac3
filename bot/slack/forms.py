"""The form behind the Invite button, and the sentence that comes out of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.slack.words import Block, escape, plain, section

INVITE = "conf:invite"
NUMBERS = "numbers"  # the block they are typed into
NOBODY = {"people": "Choose somebody here, or type a number below."}


class Place(NamedTuple):
    """Which conference a form is about, and where its button stands; kept in the form's private_metadata."""

    conference_id: str
    channel: str = ""
    thread_ts: str = ""


def place(private_metadata: str) -> Place:
    return Place(*private_metadata.split("|")[:3])


def invite_form(where: Place, topic: str) -> Block:
    """``topic`` must be escaped already."""
    people = {
        "type": "multi_users_select",
        "action_id": "people",
        "placeholder": plain("Choose people"),
        "max_selected_items": 20,
    }
    numbers = {
        "type": "plain_text_input",
        "action_id": "numbers",
        "placeholder": plain("+1 212 555 0199, +44 20 7946 0018"),
        "max_length": 1000,
    }
    return {
        "type": "modal",
        "callback_id": INVITE,
        "private_metadata": "|".join(where),
        "title": plain("Invite people"),
        "submit": plain("Ring them"),
        "close": plain("Cancel"),
        "blocks": [
            section(f"They are rung at once, for *{topic or 'the conference'}*."),
            _input("people", "People of this workspace", people),
            _input(NUMBERS, "Phone numbers", numbers),
        ],
    }


def invite_sentence(values: Mapping[str, Any]) -> str:
    """What the filled-in form says (a view_submission's ``state.values``), or "" when it names nobody."""
    chosen = values.get("people", {}).get("people", {}).get("selected_users") or []
    numbers = " ".join((values.get(NUMBERS, {}).get("numbers", {}).get("value") or "").split())
    words = [*(f"<@{user}>" for user in chosen), *filter(None, [escape(numbers)])]
    return " ".join(["invite", *words]) if words else ""


def _input(block_id: str, label: str, element: Block) -> Block:
    return {"type": "input", "block_id": block_id, "optional": True, "label": plain(label), "element": element}
