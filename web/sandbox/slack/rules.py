"""Small rules from which the Block Kit tables are made.

Each takes a value, a JSON pointer to it and a list to complain in.
"""

from collections.abc import Callable, Mapping
from typing import Any

Errors = list[str]
Rule = Callable[[Any, str, Errors], None]
Fields = Mapping[str, Rule]


def anything(_value: Any, _where: str, _errors: Errors) -> None:
    """No limit that matters here."""


def string(most: int, *, least: int = 1) -> Rule:
    def rule(value: Any, where: str, errors: Errors) -> None:
        if not isinstance(value, str):
            errors.append(f"must be a string [json-pointer:{where}]")
        elif len(value) > most:
            errors.append(f"must be less than {most + 1} characters [json-pointer:{where}]")
        elif len(value) < least:
            errors.append(f"must be more than {least - 1} characters [json-pointer:{where}]")

    return rule


def boolean(value: Any, where: str, errors: Errors) -> None:
    if not isinstance(value, bool):
        errors.append(f"must be a boolean [json-pointer:{where}]")


def number(least: int, most: int) -> Rule:
    def rule(value: Any, where: str, errors: Errors) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            errors.append(f"must be a number from {least} to {most} [json-pointer:{where}]")

    return rule


def choice(*allowed: str) -> Rule:
    def rule(value: Any, where: str, errors: Errors) -> None:
        if value not in allowed:
            errors.append(f"must be one of {', '.join(allowed)} [json-pointer:{where}]")

    return rule


def items(each: Rule, most: int, *, least: int = 1) -> Rule:
    def rule(value: Any, where: str, errors: Errors) -> None:
        if not isinstance(value, list):
            errors.append(f"must be an array [json-pointer:{where}]")
        elif len(value) > most:
            errors.append(f"no more than {most} items allowed [json-pointer:{where}]")
        elif len(value) < least:
            errors.append(f"no less than {least} items allowed [json-pointer:{where}]")
        else:
            for position, item in enumerate(value):
                each(item, f"{where}/{position}", errors)

    return rule


def one_of(fields: Fields) -> Rule:
    """An object with exactly these fields; a name that ends in ``!`` must be there."""
    rules = {name.rstrip("!"): rule for name, rule in fields.items()}
    needed = [name[:-1] for name in fields if name.endswith("!")]

    def rule(value: Any, where: str, errors: Errors) -> None:
        if not isinstance(value, dict):
            errors.append(f"must be an object [json-pointer:{where}]")
            return
        errors += [f"missing required field: {n} [json-pointer:{where}]" for n in needed if value.get(n) is None]
        errors += [f"invalid additional property: {n} [json-pointer:{where}]" for n in value if n not in rules]
        for name in value.keys() & rules.keys():
            if value[name] is not None:
                rules[name](value[name], f"{where}/{name}", errors)

    return rule


def mixed(kinds: Mapping[str, Fields], always: Fields | None = None) -> Rule:
    """An object whose ``type`` says which of the tables it must follow."""
    rules = {kind: one_of({"type!": anything, **(always or {}), **fields}) for kind, fields in kinds.items()}

    def rule(value: Any, where: str, errors: Errors) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in rules:
            errors.append(f"unsupported type: {kind} [json-pointer:{where}/type]")
        else:
            rules[kind](value, where, errors)

    return rule


def plain(most: int) -> Rule:
    return mixed({"plain_text": {"text!": string(most), "emoji": anything}})


def text(most: int) -> Rule:
    return mixed(
        {
            "plain_text": {"text!": string(most), "emoji": anything},
            "mrkdwn": {"text!": string(most), "verbatim": anything},
        }
    )
