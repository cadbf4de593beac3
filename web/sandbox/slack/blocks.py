"""Block Kit's limits, as Slack's server checks them before it takes a message or a view."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from web.sandbox.slack.elements import ACTIONS, CONTEXT, INPUTS, SECTION
from web.sandbox.slack.rules import Errors, Rule, anything, boolean, items, mixed, one_of, plain, string, text

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
ONLY_IN_MESSAGES = {"call", "markdown", "table"}


def check_blocks(blocks: Any, surface: str = "message", where: str = "/blocks") -> Errors:
    """What Slack would say against these blocks; nothing when it takes them."""
    errors: Errors = []
    items(mixed(BLOCKS, ALWAYS), MOST[surface], least=0)(blocks, where, errors)
    if errors:
        return errors
    for position, block in enumerate(blocks):
        errors += _check(block, surface, f"{where}/{position}")
    return errors + _same_names(blocks, where)


def _check(block: dict[str, Any], surface: str, where: str) -> Errors:
    """What no table can say about one block."""
    errors = _same_actions(block, where)
    if surface != "message" and block["type"] in ONLY_IN_MESSAGES:
        errors.append(f"unsupported type: {block['type']} [json-pointer:{where}/type]")
    if block["type"] == "section" and not ("text" in block or "fields" in block):
        errors.append(f"missing required field: text [json-pointer:{where}]")
    for element in elements(block):
        errors += _check_element(element, surface == "modal" and block["type"] == "input", where)
    return errors


def _check_element(element: dict[str, Any], in_form: bool, where: str) -> Errors:
    errors: Errors = []
    choices = options(element)
    both = element.get("options") is not None, element.get("option_groups") is not None
    if element["type"].endswith("static_select") and both.count(True) != 1:
        errors.append(f"must have either options or option_groups [json-pointer:{where}/element]")
    first = [element.get("initial_option"), *(element.get("initial_options") or [])]
    if not element["type"].endswith("external_select") and any(one not in choices for one in first if one):
        errors.append(f"initial option must be one of the options [json-pointer:{where}/element]")
    if element.get("response_url_enabled") and not in_form:
        errors.append(f"response_url_enabled is for the inputs of a modal [json-pointer:{where}/element]")
    if (element.get("min_length") or 0) > (element.get("max_length") or 3000):
        errors.append(f"min_length must not be more than max_length [json-pointer:{where}/element]")
    return errors


def options(element: dict[str, Any]) -> list[dict[str, Any]]:
    """What a menu or a list of boxes offers, whatever its groups."""
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


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
    return errors or _check_form(view)


def _check_form(view: dict[str, Any]) -> Errors:
    errors: Errors = []
    if view["type"] == "modal" and "submit" not in view and has_inputs(view["blocks"]):
        errors.append("missing required field: submit, because there is an input block [json-pointer:/view]")
    if sum(bool(one.get("focus_on_load")) for block in view["blocks"] for one in elements(block)) > 1:
        errors.append("only one element may have focus_on_load [json-pointer:/view/blocks]")
    return errors


_EVERY_VIEW: dict[str, Rule] = {
    "type!": anything, "blocks!": anything, "private_metadata": string(3000, least=0), "callback_id": string(255),
    "external_id": string(255),
}  # fmt: skip
VIEWS: dict[str, dict[str, Rule]] = {
    "home": _EVERY_VIEW,
    "modal": _EVERY_VIEW | {
        "title!": plain(24), "submit": plain(24), "close": plain(24), "clear_on_close": boolean,
        "notify_on_close": boolean, "submit_disabled": boolean,
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
