"""What it means for a conference that one of its effects will never be done."""

import logging
from typing import assert_never

from bot.core import effects as e
from bot.core import inputs as i
from bot.core.recording import TOLD
from bot.errands import Errand
from bot.ports import Never

log = logging.getLogger("confab.courier")

GAVE_UP = "gave up"  # our own code: it was tried for as long as it was worth trying

# Slack's words for "not in this channel, whatever you post" (chat.postMessage, chat.update).
PLACE_LOST = frozenset(
    {
        "account_inactive",
        "cannot_reply_to_message",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "not_in_channel",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
    }
)


def fact_of_failure(  # noqa: C901, PLR0911, PLR0912  # one arm per effect
    errand: Errand, never: Never, now: float
) -> i.Fact | None:
    """What it means for the conference that this effect will never be done."""
    effect, code = errand.effect, never.code
    failed = "unreachable" if code == GAVE_UP else "failed"
    match effect:
        case e.Dial():
            return i.DialRefused(effect.leg_id, now, "unreachable" if code == GAVE_UP else "refused", code)
        case e.AskKey():
            return i.SeatRefused(effect.leg_id, now, errand.conference.room, failed, code)
        case e.Seat():
            return i.SeatRefused(effect.leg_id, now, effect.room, failed, code)
        case e.HangUp():
            return i.LegLost(effect.leg_id, now, code)
        case e.EndRoom():
            return i.RoomEndFailed(effect.conference_id, now)
        case e.PostCard() | e.DrawCard() | e.Line():
            if code in PLACE_LOST:
                return i.ChatLost(effect.conference_id, now, code)
            log.error("Slack refused a message for good: %s", never.reason)
            return None
        case e.SayToAll() | e.Play() | e.StopSound():
            return i.SoundFailed(effect.conference_id, now, code)
        case e.SendKeys():
            return i.SoundFailed(errand.conference.id, now, code)
        case e.Record():
            return i.RecordFailed(effect.conference_id, now, effect.action, code)
        case e.KeepRecording():
            return i.FileFailed(effect.conference_id, now, "recording", code, effect.recording_id)
        case e.PostTranscript():
            return i.FileFailed(effect.conference_id, now, "transcript", code)
        case e.SayTo() if effect.text == TOLD:
            return i.SoundFailed(errand.conference.id, now, code, effect.text)
        case e.Mute() | e.Hold() | e.SayTo() | e.Transcribe():
            return None  # the next sweep sees whether it took
        case e.SweepAccount() | e.HangUpCall():
            return None  # the next look comes by itself
        case e.TellHost() | e.Sweep() | e.FindRecordings() | e.MirrorCall():
            return None
        case e.SideDial() | e.SideAnswer() | e.SideReject() | e.SideAsk() | e.SideSay() | e.SideHangUp():
            return None  # its timer ends it
        case _:
            assert_never(effect)
