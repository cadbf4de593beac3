"""What was said in a conference, as a text that a person can read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.core.conference import Conference, Participant

Speech = tuple[float, str, str]  # when (unix seconds), the participant's id, the words


def transcript(conference: Conference, people: Mapping[str, Participant], said: Sequence[Speech]) -> str:
    """One line for each thing said, in the order of time, with times in UTC."""
    begun = datetime.fromtimestamp(conference.created_at, UTC)
    lines = [
        f"{datetime.fromtimestamp(at, UTC):%H:%M:%S} {people[who].name if who in people else 'Somebody'}: {words}"
        for at, who, words in sorted(said)
    ]
    return "\n".join([f"{conference.topic}, {begun:%Y-%m-%d}. Times are UTC.", "", *lines, ""])
