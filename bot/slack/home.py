"""The app's Home tab: my conferences, how I am rung, and how to begin."""

from bot.core.conference import Conference, Picture
from bot.core.replies import Home
from bot.slack import cards, roster
from bot.slack.buttons import CREATE_FORM, INVITE_FORM, button, confirmation, pack
from bot.slack.words import Block, context, duration, moment, plain, section, typed

MOST_LIVE = 10
_SENTENCES = (
    "`/conf create payments down @ana +1 212 555 0199` rings people and starts here.\n"
    "`/conf invite @bo` adds somebody, `/conf join` rings you, `/conf status` shows who is in, `/conf end` ends it.\n"
    "`/conf help` shows everything."
)


def view(home: Home) -> Block:
    """At most a hundred blocks (https://docs.slack.dev/reference/views/home-tab-views)."""
    if home.refused:
        return {"type": "home", "blocks": [section(typed(home.refused, 500))]}
    blocks = [
        {"type": "header", "text": plain("Telephone conferences")},
        {
            "type": "actions",
            "elements": [button("Start a conference…", CREATE_FORM, pack("", ""), style="primary")],
        },
        *_live(home),
        *_recent(home),
        {"type": "divider"},
        section(_number(home)),
        section(_SENTENCES),
    ]
    return {"type": "home", "blocks": blocks}


def _live(home: Home) -> list[Block]:
    if not home.live:
        return [context("You are in no live conference.")]
    blocks: list[Block] = []
    for picture in home.live[:MOST_LIVE]:
        blocks += _one(picture)
    hidden = len(home.live) - MOST_LIVE
    return blocks + ([context(f"… and {hidden} more")] if hidden > 0 else [])


def _one(picture: Picture) -> list[Block]:
    conference = picture.conference
    told = roster.counts(picture.rows) or "nobody is invited yet"
    where = f" in <#{conference.channel}>" if conference.in_slack else ""
    sure = confirmation("End the conference?", "Everybody on the line is hung up.", "End it", "Keep it")
    return [
        section(f"🟢 *{cards.topic(conference)}*{where}: {told}"),
        {
            "type": "actions",
            "elements": [
                button("Ring me", "conf:join", pack(conference.id, "")),
                button("Invite…", INVITE_FORM, pack(conference.id, cards.topic(conference))),
                button("Show", "conf:status", pack(conference.id, "")),
                button("End…", "conf:end", pack(conference.id, "now"), style="danger", confirm=sure),
            ],
        },
    ]


def _recent(home: Home) -> list[Block]:
    if not home.recent:
        return []
    return [section("\n".join(["*Lately*", *map(_ended, home.recent)]))]


def _ended(conference: Conference) -> str:
    length = duration((conference.ended_at or 0) - conference.live_at) if conference.live_at else "nobody came"
    return f"⚫ {cards.topic(conference, 80)}, {moment(conference.created_at, cards.STARTED)}, {length}"


def _number(home: Home) -> str:
    if not home.number:
        return "☎️ I do not know your number. Tell me: `/conf number +1 212 555 0199`."
    return f"☎️ You are rung at {typed(home.number)}. `/conf number` changes it, `/conf whoami` tells more."
