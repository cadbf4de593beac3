"""``client_state``: the base64 note that Telnyx returns in every webhook of a call. Ours names the leg."""

import base64
import json


def pack(leg_id: str) -> str:
    return base64.b64encode(json.dumps({"leg": leg_id}).encode()).decode()


def leg_id(state: object) -> str:
    """The leg that a client_state names, "" for anything that is not ours: it may be null, or another program's."""
    if not isinstance(state, str) or len(state) > 4096:
        return ""
    try:
        note = json.loads(base64.b64decode(state))
    except (ValueError, RecursionError):
        return ""
    leg = note.get("leg") if isinstance(note, dict) else None
    return leg if isinstance(leg, str) and leg.isprintable() else ""
