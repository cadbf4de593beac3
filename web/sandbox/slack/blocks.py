"""Block Kit's limits, as Slack's server checks them before it takes a message or a view."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from web.sandbox.slack.elements import ACTIONS, CONTEXT, INPUTS, SECTION
from web.sandbox.slack.rules import Errors, Rule, anything, items, mixed, one_of, plain, string, text

MOST = {"message": 50, "modal": 100, "home": 100}

# A "!" at the end of a field's name: it must be there.
BLOCKS: dict[str, dict[str, Rule]] = {
    "header": {"text!": plain(150), "level": anything},
    "section": {"text": text(3000), "fields": items(text(2000), 10), "accessory": mixed(SECTION), "expand": anything},
    "context": {"elements!": items(mixed(CONTEXT), 10)},
    "actions": {"elements!": items(mixed(ACTIONS), 25)},
    "divider": {},
    "image": {"alt_text!": string(2000), "title": plain(2000), "image_url": string(3000), "slack_file": anything},
    "input": {
        "label!": plain(2000),
        "element!": mixed(INPUTS),
        "hint": plain(2000),
        "optional": anything,
        "dispatch_action": anything,
    },
    "markdown": {"text!": string(12_000)},
    "rich_text": {"elements!": anything},
    "table": {"rows!": items(items(anything, 20), 100), "column_settings": anything},
    "call": {"call_id!": string(255), "call": anything},
    "video": {
        **dict.fromkeys(("title!", "alt_text!", "video_url!", "thumbnail_url!"), anything),
        **dict.fromkeys(("author_name", "description", "provider_icon_url", "provider_name", "title_url"), anything),
    },
}
ALWAYS: dict[str, Rule] = {"block_id": string(255)}


def check_blocks(blocks: Any, surface: str = "message", where: str = "/blocks") -> Errors:
    """What Slack would say against these blocks; nothing when it takes them."""
    errors: Errors = []
    items(mixed(BLOCKS, ALWAYS), MOST[surface], least=0)(blocks, where, errors)
    if errors:
        return errors
    for position, block in enumerate(blocks):
        if block["type"] == "section" and not ("text" in block or "fields" in block):
            errors.append(f"missing required field: text [json-pointer:{where}/{position}]")
        errors += _same_actions(block, f"{where}/{position}")
    return errors + _same_names(blocks, where)


def _same_names(blocks: list[dict[str, Any]], where: str) -> Errors:
    seen: set[str] = set()
    errors = []
    for position, block in enumerate(blocks):
        name = block.get("block_id")
        if name and name in seen:
            errors.append(f"`block_id` {name} already exists [json-pointer:{where}/{position}/block_id]")
        seen.add(name or "")
    return errors


def _same_actions(block: dict[str, Any], where: str) -> Errors:
    seen: set[str] = set()
    errors = []
    for element in elements(block):
        name = element.get("action_id")
        if name and name in seen:
            errors.append(f"`action_id` {name} already exists for this block [json-pointer:{where}/elements]")
        seen.add(name or "")
    return errors


def check_view(view: Any) -> Errors:
    """The same for a modal or a Home tab."""
    errors: Errors = []
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return ["unsupported type [json-pointer:/view/type]"]
    one_of(VIEWS[view["type"]])(view, "/view", errors)
    errors += check_blocks(view.get("blocks"), view["type"], "/view/blocks")
    if not errors and view["type"] == "modal" and "submit" not in view and has_inputs(view["blocks"]):
        errors.append("missing required field: submit, because there is an input block [json-pointer:/view]")
    return errors


_EVERY_VIEW: dict[str, Rule] = {
    "type!": anything, "blocks!": anything, "private_metadata": string(3000, least=0), "callback_id": string(255),
    "external_id": string(255),
}  # fmt: skip
VIEWS: dict[str, dict[str, Rule]] = {
    "home": _EVERY_VIEW,
    "modal": _EVERY_VIEW | {
        "title!": plain(24), "submit": plain(24), "close": plain(24), "clear_on_close": anything,
        "notify_on_close": anything, "submit_disabled": anything,
    },
}  # fmt: skip


def has_inputs(blocks: list[dict[str, Any]]) -> bool:
    return any(block["type"] == "input" for block in blocks)


def elements(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Everything in a block that a person can press, choose from or fill in."""
    found = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    yield from (element for element in found if isinstance(element, dict) and element.get("type") in INTERACTIVE)


INTERACTIVE = {*SECTION, *ACTIONS, *INPUTS} - {"image"}


def letters(blocks: Any) -> int:
    """How many characters of text the blocks hold together; Slack refuses somewhere above 13,200."""
    if isinstance(blocks, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else letters(v) for k, v in blocks.items())
    return sum(letters(item) for item in blocks) if isinstance(blocks, list) else 0


def name_blocks(blocks: list[dict[str, Any]], dice: random.Random) -> None:
    """Give a block_id and action_ids to what has none, as Slack does."""
    name: Callable[[], str] = lambda: dice.randbytes(4).hex()[:5]  # noqa: E731 - short and used twice below
    for block in blocks:
        block.setdefault("block_id", name())
        for element in elements(block):
            element.setdefault("action_id", name())
