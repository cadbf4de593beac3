"""What is said on the phone."""

from bot.core.conference import Conference, Participant
from bot.core.inputs import API

MOST_CHARACTERS = 600  # Telnyx speaks up to 3,000; nobody listens that long


def gate_prompt(conference: Conference, who: Participant) -> str:
    """Who asks, about what, and which key lets you in."""
    asker = who.invited_by or conference.host
    asks = "You are asked" if asker == API.name else f"{asker} asks you"
    return f"Hello. {asks} to join a conference: {conference.topic[:MOST_CHARACTERS]}. Press 1 to join."
