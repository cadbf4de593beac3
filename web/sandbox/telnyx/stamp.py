"""Moments as Telnyx writes them."""

from datetime import UTC, datetime


def iso(moment: float) -> str:
    """Unix seconds as ISO 8601 with microseconds."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
