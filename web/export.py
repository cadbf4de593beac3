"""``confab export``: what the database remembers of conferences, numbers masked. Reads beside a running program."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from bot.core.phone import masked
from bot.store.ledger import whole_scene
from bot.store.sealing import reader
from bot.store.tables import conference


def rows(url: str, keys: str, conference_id: str | None) -> Iterator[dict[str, Any]]:
    """One object per conference, oldest first; only the named one if an id is given. Raises StoreError."""
    engine = reader(url, keys)
    with engine.connect() as connection:
        ids = select(conference.c.id).order_by(conference.c.created_at)
        for (one,) in connection.execute(ids.where(conference.c.id == conference_id) if conference_id else ids).all():
            scene = whole_scene(connection, one, 0.0)
            if scene is not None:
                yield _row(scene)
    engine.dispose()


def _row(scene: Any) -> dict[str, Any]:
    told = scene.conference
    return {
        "id": told.id,
        "topic": told.topic,
        "host": told.host,
        "phase": told.phase.value,
        "created_at": told.created_at,
        "ended_at": told.ended_at,
        "legs": [
            {
                "name": scene.name(leg),
                "number": masked(leg.number),
                "phase": leg.phase.value,
                "why": leg.why.value if leg.why else None,
                "answered_at": leg.answered_at,
                "joined_at": leg.joined_at,
                "gone_at": leg.gone_at,
            }
            for leg in scene.legs.values()
        ],
    }
