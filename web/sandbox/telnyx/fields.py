"""What the fields of a request may hold, and what Telnyx answers when they do not."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from web.sandbox.telnyx.refusals import Refusal

Body = Mapping[str, object]
E164 = re.compile(r"\+[1-9]\d{6,14}")
DTMF = re.compile(r"[0-9A-DwW*#]+")


@dataclass(frozen=True)
class Field:
    """``least`` and ``most`` bound a number, or the length of a text."""

    kind: Literal["text", "number", "flag", "texts"] = "text"
    required: bool = False
    least: float = 0
    most: float = float("inf")
    choices: tuple[str, ...] = ()

    def check(self, name: str, value: object) -> None:
        if not self._right_type(value):
            raise Refusal("10026", f"The '{name}' parameter has the wrong type.", field=name)
        if self.choices and value not in self.choices:
            raise Refusal("10032", f"The '{name}' parameter must be one of {', '.join(self.choices)}.", field=name)
        size = value if isinstance(value, int | float) else len(str(value))
        if self.kind in ("text", "number") and not self.least <= size <= self.most:
            raise Refusal("10033", f"The '{name}' parameter must be in {self.least:g}..{self.most:g}.", field=name)

    def _right_type(self, value: object) -> bool:
        if self.kind == "text":
            return isinstance(value, str)
        if self.kind == "flag":
            return isinstance(value, bool)
        if self.kind == "number":
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, list) and all(isinstance(item, str) for item in value)


Fields = Mapping[str, Field]
TEXT = Field()
NEEDED = Field(required=True)
FLAG = Field("flag")
TEXTS = Field("texts")
SPEECH = Field(required=True, least=1, most=3000)
BEEP = Field(choices=("always", "never", "on_enter", "on_exit"))
COMMAND: Fields = {"client_state": TEXT, "command_id": TEXT}
MEDIA: Fields = {"audio_url": Field(most=2000), "media_name": TEXT, "playback_content": TEXT}


def check(body: Body, fields: Fields) -> None:
    """Raise the refusal that Telnyx would answer with. Unknown fields are ignored, as by Telnyx."""
    for name, field in fields.items():
        if field.required and body.get(name) is None:
            raise Refusal("10004", f"The '{name}' parameter is required and was not provided.", field=name)
        if body.get(name) is not None:
            field.check(name, body[name])
    if not _is_base64(body.get("client_state")):
        raise Refusal("90017", "The client_state must be base64 encoded.", field="client_state")


def refuse_unsimulated(body: Body, *names: str) -> None:
    for name in names:
        if name in body:
            raise Refusal("99999", f"The sandbox does not act out '{name}'.", field=name)


def text(body: Body, name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None


def needed(body: Body, name: str) -> str:
    """A text whose presence has been checked."""
    return str(body[name])


def number(body: Body, name: str, default: float) -> float:
    value = body.get(name)
    return value if isinstance(value, int | float) else default


def texts(body: Body, name: str) -> list[str]:
    value = body.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []


def _is_base64(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
