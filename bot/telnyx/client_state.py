"""``client_state``: the base64 note that Telnyx returns in every webhook of a call.

Ours names the leg or side call, and bears the mark of this installation: another Confab may use the same connection.
"""

import base64
import json
from typing import NamedTuple


class Note(NamedTuple):
    """Both are "" for anything that is not ours."""

    name: str = ""
    mark: str = ""


def pack(name: str, mark: str) -> str:
    return base64.b64encode(json.dumps({"leg": name, "by": mark}).encode()).decode()


def read(state: object) -> Note:
    """It may be null, or another program's, and hold anything."""
    if not isinstance(state, str) or len(state) > 4096:
        return Note()
    try:
        note = json.loads(base64.b64decode(state))
    except (ValueError, RecursionError):
        return Note()
    if not isinstance(note, dict):
        return Note()
    return Note(_word(note.get("leg")), _word(note.get("by")))


def leg_id(state: object) -> str:
    """The leg or side call that a client_state names."""
    return read(state).name


def _word(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else ""
