"""Facts, effects and requests as JSON and back. The kind is the class's name.

While a new version takes over from an old one, each finds what the other wrote: a kind that is not known is left to the
other one, and a field that is not known is passed over.
"""

from collections.abc import Sequence
from dataclasses import is_dataclass
from enum import Enum
from types import UnionType
from typing import Any, get_args

from bot.core.effects import Effect, Says
from bot.core.inputs import Call, Fact, Heard, Person, Where


def _members(union: UnionType) -> dict[str, type]:
    return {member.__name__: member for member in get_args(union)}


EFFECTS = _members(Effect)
FACTS = _members(Fact)
_AS_IT_IS = frozenset({str, float, int, bool, type(None)})
_NESTED: dict[str, type] = {"call": Call, "where": Where}


def body(value: Any) -> dict[str, Any]:
    """The fields of a dataclass as JSON values."""
    return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}


def effect(kind: str, data: dict[str, Any]) -> Effect | None:
    """None when this version does not know it."""
    if kind not in EFFECTS or ("says" in data and data["says"] not in set(Says)):
        return None
    made = _known(EFFECTS[kind], data)
    if "says" in made:
        made |= {"says": Says(made["says"]), "who": tuple(made["who"])}
    built: Effect = EFFECTS[kind](**made)
    return built


def fact(kind: str, data: dict[str, Any]) -> Fact | None:
    """None when this version does not know it."""
    if kind not in FACTS:
        return None
    built: Fact = FACTS[kind](**_nested(_known(FACTS[kind], data)))
    return built


def _known(made: type, data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in made.__dataclass_fields__}  # type: ignore[attr-defined]  # a dataclass


def people(data: Sequence[dict[str, Any]]) -> tuple[Person, ...]:
    """Persons as they stand in a column, with their own deputies."""
    return tuple(Person(**{**one, "others": tuple(one["others"]), "deputies": people(one["deputies"])}) for one in data)


def heard(data: dict[str, Any]) -> Heard:
    return Heard(**_nested(_known(Heard, data)))


def _nested(data: dict[str, Any]) -> dict[str, Any]:
    return {key: _NESTED[key](**value) if key in _NESTED else _frozen(value) for key, value in data.items()}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return body(value) if is_dataclass(value) else value
