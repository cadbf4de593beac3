"""Finding what a person pressed or filled in, and refusing what is not there to be pressed."""

import json

from web.sandbox.slack.blocks import elements, options
from web.sandbox.slack.records import Json, View
from web.sandbox.slack.state import STATE, checked
from web.sandbox.slack.workspace import Workspace


def find_action(blocks: list[Json], action_id: str, value: str | None, row: str | None) -> Json:
    """The ``actions`` entry for the one button or menu that fits.

    ``row`` is a block_id or words in that block; ``value`` is a button's value, a menu's option, or the id of the
    chosen user or channel.
    """
    rows = [block for block in blocks if row is None or _is_row(block, row)]
    named = [(block, element) for block in rows for element in _pressable(block) if element["action_id"] == action_id]
    found = [action for block, element in named if (action := _choose(block, element, value))]
    if len(found) != 1:
        shown = [(e.get("action_id"), e.get("value") or values(e)) for block in blocks for e in elements(block)]
        raise AssertionError(
            f"{len(found)} places fit {action_id!r} with value={value!r}, row={row!r}; shown (action, value): {shown}"
        )
    return found[0]


def values(element: Json) -> list[str]:
    """What a menu offers, as the app named it."""
    return [option["value"] for option in options(element)]


def _is_row(block: Json, row: str) -> bool:
    return block.get("block_id") == row or row in json.dumps(block, ensure_ascii=False)


def _pressable(block: Json) -> list[Json]:
    """An input tells the app of itself only when the app asked for that."""
    return [] if block["type"] == "input" and not block.get("dispatch_action") else list(elements(block))


def _choose(block: Json, element: Json, value: str | None) -> Json | None:
    kind = element["type"]
    action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    if kind == "button":
        same = value is None or element.get("value") == value
        told: Json = {key: element[key] for key in ("text", "value", "style") if key in element}
        return {**action, **told} if same else None
    key = "selected_option" if kind == "overflow" else STATE[kind][0]
    if "option" not in key:
        return {**action, key: [value] if key.endswith("s") else value}
    option = next((option for option in options(element) if option["value"] == value), None)
    return {**action, key: [option] if key.endswith("s") else option} if option else None


def fill_in(ws: Workspace, view: View, values: dict[str, dict[str, Json]]) -> None:
    """Type into a modal; Slack itself does not let a person submit while a needed field is empty or wrong."""
    inputs = {(b["block_id"], e["action_id"]): e for b in view.blocks if b["type"] == "input" for e in elements(b)}
    for block_id, actions in values.items():
        for action_id, given in actions.items():
            if (block_id, action_id) not in inputs:
                raise AssertionError(f"the view has no input {block_id!r}/{action_id!r}, only {view.values}")
            view.values[block_id][action_id] |= checked(ws, inputs[block_id, action_id], given)
    for block in view.blocks:
        if block["type"] == "input" and not block.get("optional") and not _filled(view.values[block["block_id"]]):
            raise AssertionError(f"{block['block_id']!r} must be filled in before {view.raw['title']} can be submitted")


def _filled(actions: dict[str, Json]) -> bool:
    return all(value for state in actions.values() for key, value in state.items() if key != "type")
