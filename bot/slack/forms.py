"""The forms behind buttons and shortcuts, and the sentences that come out of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.slack.words import Block, escape, plain, section, typed

INVITE = "conf:invite"
CREATE = "conf:create"
SHORTCUT = "conf_create"  # the global one
ABOUT_THIS = "conf_create_from_message"  # the one of a message
NUMBERS = "numbers"  # the block they are typed into
NOBODY = {"people": "Choose somebody here, or type a number below."}
RING_TIMES = (15, 30, 45, 60)  # seconds
REDIALS = {"off": "Not again", "3x60s": "Three times, a minute apart", "5x120s": "Five times, two minutes apart"}
OPTIONS = {
    "--muted": "They come in muted",
    "--listen": "They only listen",
    "--no-gate": "Let them in without pressing 1",
    "--dry-run": "Only tell me whom this would ring",
}
MOST_TOPIC = 150

Values = Mapping[str, Any]


class Place(NamedTuple):
    """Which conference a form is about, and where it was opened; kept in the form's private_metadata."""

    conference_id: str
    channel: str = ""
    thread_ts: str = ""


def place(private_metadata: str) -> Place:
    return Place(*private_metadata.split("|")[:3])


def invite_form(where: Place, topic: str) -> Block:
    """``topic`` must be escaped already."""
    head = section(f"They are rung at once, for *{topic or 'the conference'}*.")
    return _form(INVITE, where, "Invite people", "Ring them", [head, *_people(), *_options()])


def create_form(where: Place, topic: str = "") -> Block:
    """``topic`` is proposed as it is. Without a channel in ``where`` the form asks for one."""
    wanted = {"type": "plain_text_input", "action_id": "topic", "max_length": MOST_TOPIC}
    if topic:
        wanted["initial_value"] = topic[:MOST_TOPIC]
    blocks = [_input("topic", "What is it about?", wanted, optional=False)]
    if not where.channel:
        blocks.append(_input("channel", "In which channel?", _CHANNEL, optional=False))
    return _form(CREATE, where, "Start a conference", "Start", [*blocks, *_people(), *_options()])


def closed_form(why: str) -> Block:
    """Instead of a form that is not for whoever asked for it."""
    text = section(typed(why, 1000))
    return {"type": "modal", "title": plain("Not possible"), "close": plain("Close"), "blocks": [text]}


def invite_sentence(values: Values) -> str:
    """What the filled-in form says (a view_submission's ``state.values``), or "" when it names nobody."""
    named = _named(values)
    return " ".join(["invite", *named, *_wished(values)]) if named else ""


def create_sentence(values: Values) -> str:
    """The topic goes in quotes, so that nothing in it is taken for somebody to ring."""
    topic = " ".join((_typed(values, "topic") or "").replace('"', "'").split())
    quoted = [f'"{escape(topic)}"'] if topic else []
    return " ".join(["create", *quoted, *_named(values), *_wished(values)])


def chosen_channel(values: Values) -> str:
    return values.get("channel", {}).get("channel", {}).get("selected_conversation") or ""


_CHANNEL = {
    "type": "conversations_select",
    "action_id": "channel",
    "default_to_current_conversation": True,
    "filter": {"include": ["public", "private"], "exclude_bot_users": True, "exclude_external_shared_channels": True},
}


def _people() -> list[Block]:
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
    return [_input("people", "People of this workspace", people), _input(NUMBERS, "Phone numbers", numbers)]


def _options() -> list[Block]:
    boxes = {
        "type": "checkboxes",
        "action_id": "options",
        "options": [{"text": plain(label), "value": option} for option, label in OPTIONS.items()],
    }
    times = [{"text": plain(f"{seconds} seconds"), "value": str(seconds)} for seconds in RING_TIMES]
    ring = {"type": "static_select", "action_id": "ring", "options": times, "placeholder": plain("30 seconds")}
    again = {
        "type": "static_select",
        "action_id": "redial",
        "options": [{"text": plain(label), "value": value} for value, label in REDIALS.items()],
        "placeholder": plain("Once, after a minute"),
    }
    return [
        _input("options", "Options", boxes),
        _input("ring", "Let each phone ring for", ring),
        _input("redial", "Ring again who does not answer", again),
    ]


def _named(values: Values) -> list[str]:
    chosen = values.get("people", {}).get("people", {}).get("selected_users") or []
    numbers = " ".join((_typed(values, NUMBERS) or "").split())
    return [*(f"<@{user}>" for user in chosen), *filter(None, [escape(numbers)])]


def _wished(values: Values) -> list[str]:
    boxes = values.get("options", {}).get("options", {}).get("selected_options") or []
    said = [box["value"] for box in boxes if box["value"] in OPTIONS]
    if ring := _selected(values, "ring"):
        said.append(f"--ring {ring}s")
    if again := _selected(values, "redial"):
        said.append(f"--redial {again}")
    return said


def _selected(values: Values, name: str) -> str:
    return (values.get(name, {}).get(name, {}).get("selected_option") or {}).get("value") or ""


def _typed(values: Values, name: str) -> str | None:
    value = values.get(name, {}).get(name, {}).get("value")
    return value if isinstance(value, str) else None


def _form(callback_id: str, where: Place, title: str, submit: str, blocks: list[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": "|".join(where),
        "title": plain(title),
        "submit": plain(submit),
        "close": plain("Cancel"),
        "blocks": blocks,
    }


def _input(block_id: str, label: str, element: Block, *, optional: bool = True) -> Block:
    return {"type": "input", "block_id": block_id, "optional": optional, "label": plain(label), "element": element}
