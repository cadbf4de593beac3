"""What can be done about one row of the card: a menu beside it, and buttons under what comes next."""

from bot.core.conference import Conference, Row
from bot.core.who import mark
from bot.slack.buttons import button, pack
from bot.slack.words import Block, plain

ROW = "conf:row"  # the action of a menu; the chosen option's value is the sentence


def of_row(conference: Conference, row: Row) -> Block:
    """An overflow menu; Slack allows five options, values of 150 characters."""
    options = [
        {"text": plain(label), "value": pack(conference.id, f"{verb} {mark(row.participant)}")}
        for label, verb in _choices(conference, row)
    ]
    return {"type": "overflow", "action_id": f"{ROW}:{mark(row.participant)[1:]}", "options": options}


def of_step(conference: Conference, row: Row) -> list[Block]:
    """Do now what comes next, or stop it."""
    number, value = mark(row.participant)[1:], pack(conference.id, mark(row.participant))
    return [
        button("Ring now", f"conf:redial:{number}", value),
        button("Stop", f"conf:skip:{number}", value),
    ]


def _choices(conference: Conference, row: Row) -> list[tuple[str, str]]:
    leg, who = row.leg, row.participant
    details = ("Details", "details")
    if leg is None or not leg.alive:
        return [("Ring again", "redial"), details] if who.number else [details]
    if not leg.in_room:
        return [("Stop ringing", "skip") if leg.answered_at is None else ("Remove", "kick"), details]
    choices = [
        ("Unmute", "unmute") if leg.muted or leg.listen else ("Mute", "mute"),
        ("Take back from hold", "unhold") if leg.held else ("Put on hold", "hold"),
        ("Remove", "kick"),
    ]
    if who.user_id and who.user_id != conference.host_id:
        choices.append(("Make host", "host"))
    return [*choices, details]
