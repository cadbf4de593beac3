"""What the settings decide about every conference."""

from dataclasses import dataclass, field

from bot.core.budget import Limits
from bot.core.tariff import Tariff


@dataclass(frozen=True, slots=True)
class Habits:
    """What every new conference takes over from the settings."""

    gated: bool = True
    alone_secs: int = 600
    recordings_in: str = "telnyx"  # slack, telnyx, or off
    transcribed: bool = False
    dial_in: str = ""  # our number, E.164, when people may dial in
    slack_call: str = ""  # "wanted": each conference is mirrored as a Slack call
    limits: Limits = field(default_factory=Limits)
    tariff: Tariff = field(default_factory=Tariff)
    most_secs: int = 14400  # of a conference
    retention_days: int = 30  # after its end
