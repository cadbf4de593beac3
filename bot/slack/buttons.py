"""Buttons: sentences that somebody else has typed. An action_id names the verb, the value carries the rest."""

import re
from urllib.parse import unquote

from bot.slack.words import Block, plain

CLICK = re.compile(r"^conf:(?P<verb>[a-z_-]+)(:\d+)?$")
INVITE_FORM = "conf:invite_form"
CREATE_FORM = "conf:create_form"
VALUE = (
    2000  # characters of a button's value (https://docs.slack.dev/reference/block-kit/block-elements/button-element)
)


def pack(conference_id: str, rest: str) -> str:
    """``<conference_id>|<rest>``; what Slack might escape on the way is percent-encoded."""
    for character in "%&<>":
        rest = rest.replace(character, f"%{ord(character):02X}")
    return f"{conference_id}|{rest}"


def unpack(value: str) -> tuple[str, str]:
    conference_id, _, rest = value.partition("|")
    return conference_id, unquote(rest)


def button(label: str, action: str, value: str, *, style: str = "", confirm: Block | None = None) -> Block:
    """``label`` must be escaped and have at most 75 characters."""
    block: Block = {"type": "button", "text": plain(label), "action_id": action, "value": value}
    if style:
        block["style"] = style
    if confirm:
        block["confirm"] = confirm
    return block


def confirmation(title: str, text: str, yes: str, no: str) -> Block:
    """Slack's own question before a click counts."""
    return {"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain(no), "style": "danger"}
