"""What people say in Slack, read out of Slack's payloads into ``Heard``. Nothing is interpreted here."""

from typing import Any

from bot.core.inputs import Heard, Where
from bot.slack.buttons import CLICK, unpack
from bot.slack.forms import CREATE, Place, chosen_channel, create_sentence, invite_sentence, place
from bot.slack.odd import word

Body = dict[str, Any]

ROW = "row"  # a menu's verb: the option that was chosen is the whole sentence
FORM = "modal"  # the door of what was said by filling in a form


def command(body: Body) -> Heard:
    where = Where(team=_team(body), channel=body["channel_id"])
    return Heard(f"slack:{body['trigger_id']}", body["user_id"], where, body.get("text", ""), "slash")


def mention(body: Body, bot_user_id: str) -> Heard | None:
    """An edited mention comes as a new event; what it said has been said already. Apps are not listened to."""
    event = body["event"]
    if not event.get("user") or {"edited", "bot_id"} & event.keys():
        return None
    where = Where(team=_team(body), channel=event["channel"], thread_ts=event.get("thread_ts", ""))
    text = _after_mention(event.get("text", ""), bot_user_id)
    return Heard(f"slack:{body['event_id']}", event["user"], where, text, "mention")


def direct(body: Body, bot_user_id: str) -> Heard | None:
    """A message to the bot alone; edits, deletions and what bots say carry a subtype or a bot_id."""
    event = body["event"]
    odd = {"subtype", "bot_id", "edited"} & event.keys()
    if odd or event.get("channel_type") != "im" or not event.get("user"):
        return None
    where = Where(team=_team(body), channel=event["channel"], thread_ts=event.get("thread_ts", ""), direct=True)
    text = _after_mention(event.get("text", ""), bot_user_id)
    return Heard(f"slack:{body['event_id']}", event["user"], where, text, "direct")


def click(body: Body) -> Heard | None:
    action = body["actions"][0]
    named = CLICK.match(action["action_id"])
    value = action.get("value") or (action.get("selected_option") or {}).get("value")
    if named is None or value is None:
        return None
    conference_id, rest = unpack(value)
    text = rest if named["verb"] == ROW else f"{named['verb']} {rest}".strip()
    channel = (body.get("channel") or {}).get("id", "")  # the Home tab stands in none
    where = Where(_team(body), channel, thread_of(body), conference_id, direct=not channel)
    key = body.get("trigger_id") or f"{action['action_ts']}:{body['user']['id']}"
    return Heard(f"slack:{key}", body["user"]["id"], where, text, "button")


def submission(body: Body) -> Heard | None:
    """None when an invitation names nobody."""
    view = body["view"]
    values, creates = view["state"]["values"], view.get("callback_id") == CREATE
    text = create_sentence(values) if creates else invite_sentence(values)
    if not text:
        return None
    about = place(view.get("private_metadata", ""))
    channel = about.channel or (chosen_channel(values) if creates else "")
    where = Where(_team(body), channel, about.thread_ts, about.conference_id)
    key = body.get("trigger_id") or f"{view['id']}:{view['hash']}"
    return Heard(f"slack:{key}", body["user"]["id"], where, text, FORM)


_FORM_KEY = "slack:form:"


def opening(body: Body, sentence: str, about: Place) -> Heard:
    """What a form would say, as soon as somebody asks for the form."""
    where = Where(_team(body), about.channel, about.thread_ts, about.conference_id)
    return Heard(f"{_FORM_KEY}{body['trigger_id']}", body["user"]["id"], where, sentence, FORM)


def trigger_of(heard: Heard) -> str:
    """The trigger that opens the form."""
    return heard.key.removeprefix(_FORM_KEY)


def about_this(body: Body) -> tuple[str, str, str]:
    """Channel, thread and first words of the message that a message shortcut was used on."""
    message = body.get("message", {})
    thread = message.get("thread_ts") or message.get("ts") or ""
    words = next((line for line in str(message.get("text") or "").splitlines() if line.strip()), "")
    return body.get("channel", {}).get("id", ""), str(thread), " ".join(words.split())


def home_opened(body: Body) -> tuple[str, str] | None:
    """Who opened the Home tab, and their team."""
    event = body["event"]
    return (word(event["user"]), word(_team(body))) if event.get("tab") == "home" and event.get("user") else None


def thread_of(body: Body) -> str:
    """The thread that a clicked button stands in; "" for one in a channel, though a thread may begin there."""
    container = body.get("container", {})
    thread = container.get("thread_ts") or body.get("message", {}).get("thread_ts") or ""
    return "" if thread == container.get("message_ts") else str(thread)


def _team(body: Body) -> str:
    """The team of the person who speaks, another company's in a shared channel; "" when Slack does not tell."""
    if isinstance(user := body.get("user"), dict):
        return user.get("team_id") or ""
    event = body.get("event")
    if event is None:
        return body.get("team_id") or ""
    known = "" if body.get("is_ext_shared_channel") else body.get("team_id", "")
    team = event.get("user_team") or event.get("team") or known
    same_company = team.startswith("E") and team in {body.get("enterprise_id"), _installer(body).get("enterprise_id")}
    return body.get("team_id", "") if same_company else team


def _installer(body: Body) -> Body:
    return next(iter(body.get("authorizations") or []), {})


def _after_mention(text: str, bot_user_id: str) -> str:
    """The words after the bot's name, or those before it when it stands last."""
    before, _, after = text.partition(f"<@{bot_user_id}>")
    return after.strip() or before.strip()
