"""The Slack stand-in's Block Kit check: what Slack refuses, and where it points."""

from typing import Any

import pytest

from web.sandbox.slack.blocks import check_blocks, check_view

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: Any) -> Block:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def confirm(**more: Any) -> Block:
    texts = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}
    return button(confirm=texts | more)


def menu(kind: str, count: int, text: str = "a", value: str = "v") -> Block:
    return {"type": kind, "action_id": "m", "options": [{"text": plain(text), "value": value}] * count}


MODAL: Block = {"type": "modal", "title": plain("T"), "blocks": [section("x")]}


@pytest.mark.parametrize(
    ("blocks", "pointer"),
    [
        ([section("x" * 3001)], "/blocks/0/text/text"),
        ([section("")], "/blocks/0/text/text"),
        ([{"type": "section"}], "/blocks/0"),
        ([section("x", fields=[plain("f")] * 11)], "/blocks/0/fields"),
        ([section("x", fields=[plain("f" * 2001)])], "/blocks/0/fields/0/text"),
        ([{"type": "header", "text": plain("h" * 151)}], "/blocks/0/text/text"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "h"}}], "/blocks/0/text/type"),
        ([{"type": "context", "elements": [plain("c")] * 11}], "/blocks/0/elements"),
        ([actions(*[button(action_id=str(n)) for n in range(26)])], "/blocks/0/elements"),
        ([actions(button(text=plain("t" * 76)))], "/blocks/0/elements/0/text/text"),
        ([actions(button(value="v" * 2001))], "/blocks/0/elements/0/value"),
        ([actions(button(action_id="a" * 256))], "/blocks/0/elements/0/action_id"),
        ([actions(button(style="loud"))], "/blocks/0/elements/0/style"),
        ([actions(button(), button())], "/blocks/0/elements"),
        ([actions(confirm(title=plain("t" * 101)))], "/blocks/0/elements/0/confirm/title/text"),
        ([actions(confirm(text=plain("t" * 301)))], "/blocks/0/elements/0/confirm/text/text"),
        ([actions(confirm(deny=plain("t" * 31)))], "/blocks/0/elements/0/confirm/deny/text"),
        ([actions(confirm(deny=None))], "/blocks/0/elements/0/confirm"),
        ([actions(menu("overflow", 6))], "/blocks/0/elements/0/options"),
        ([actions(menu("static_select", 101))], "/blocks/0/elements/0/options"),
        ([actions(menu("static_select", 1, text="t" * 76))], "/blocks/0/elements/0/options/0/text/text"),
        ([actions(menu("static_select", 1, value="v" * 151))], "/blocks/0/elements/0/options/0/value"),
        ([section("a", block_id="b"), section("c", block_id="b")], "/blocks/1/block_id"),
        ([section("a", colour="red")], "/blocks/0"),
        ([{"type": "alert"}], "/blocks/0/type"),
        ([section("x")] * 51, "/blocks"),
    ],
)
def test_blocks_beyond_the_limits_are_refused(blocks: list[Block], pointer: str) -> None:
    errors = check_blocks(blocks)
    assert len(errors) == 1
    assert errors[0].endswith(f"[json-pointer:{pointer}]")


def test_blocks_at_the_limits_are_taken() -> None:
    blocks = [
        {"type": "header", "text": plain("h" * 150)},
        section("x" * 3000, fields=[plain("f" * 2000)] * 10, accessory=menu("overflow", 5), block_id="b" * 255),
        {"type": "context", "elements": [plain("c")] * 10},
        actions(*[button(action_id=str(n)) for n in range(25)]),
        actions(button(value="v" * 2000, text=plain("t" * 75), style="danger")),
        actions(confirm(title=plain("t" * 100), text=plain("t" * 300), deny=plain("d" * 30))),
        actions(menu("static_select", 100, text="t" * 75, value="v" * 150)),
    ]
    assert check_blocks(blocks) == []
    assert check_blocks([{"type": "divider"}] * 50) == []


@pytest.mark.parametrize(
    "view",
    [
        MODAL | {"title": plain("t" * 25)},
        MODAL | {"private_metadata": "p" * 3001},
        MODAL | {"blocks": [section("x")] * 101},
        MODAL | {"blocks": [{"type": "input", "label": plain("l"), "element": menu("static_select", 1)}]},
    ],
)
def test_views_beyond_the_limits_are_refused(view: Block) -> None:
    assert len(check_view(view)) == 1


def test_views_at_the_limits_are_taken() -> None:
    assert check_view(MODAL | {"title": plain("t" * 24), "blocks": [section("x")] * 100}) == []
    assert check_view({"type": "home", "blocks": [{"type": "divider"}]}) == []
