"""The payloads Slack sends to an app."""

from web.sandbox.slack import state
from web.sandbox.slack.blocks import elements
from web.sandbox.slack.records import Channel, Json, Message, User, View
from web.sandbox.slack.respond import LIFETIME
from web.sandbox.slack.views import home_of, told
from web.sandbox.slack.workspace import Grant, Workspace


def _person(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}


class Payloads:
    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    def _common(self) -> Json:
        return {"token": "none", "api_app_id": self._ws.app_id}

    def grant(
        self, user: User, channel: Channel, *, typed: str | None = None, original: Message | None = None
    ) -> Grant:
        until = self._ws.clock.now() + LIFETIME
        return Grant(user=user.id, channel=channel.id, until=until, typed=typed, original=original)

    def command(self, user: User, channel: Channel, command: str, text: str, trigger_id: str | None) -> Json:
        ws = self._ws
        grant = Grant(
            user=user.id, channel=channel.id, until=ws.clock.now() + LIFETIME, typed=f"{command} {text}".strip()
        )
        return {
            **self._common(),
            "team_id": user.team_id,
            "team_domain": "sandbox",
            "is_enterprise_install": "false",
            "channel_id": channel.id,
            "channel_name": "privategroup" if channel.is_private else channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "response_url": ws.new_response_url(grant),
            "trigger_id": ws.new_trigger(user.id, trigger_id, channel=channel.id),
        }

    def event(self, event: Json, *, event_id: str | None = None, shared: bool = False) -> Json:
        ws = self._ws
        owner = {"enterprise_id": None, "team_id": ws.team_id, "user_id": ws.bot.id}
        return {
            **self._common(),
            "team_id": ws.team_id,
            "type": "event_callback",
            "event": event,
            "event_id": event_id or ws.new_id("Ev"),
            "event_time": int(ws.clock.now()),
            "authorizations": [{**owner, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": shared,
        }

    def written(self, kind: str, message: Message, channel: Channel, author: User) -> Json:
        """The event for a message: ``app_mention``, or ``message`` in direct messages."""
        event: Json = {
            "type": kind,
            "user": author.id,
            "text": message.text,
            "ts": message.ts,
            "event_ts": message.ts,
            "client_msg_id": self._ws.dice.randbytes(16).hex(),
            "channel": channel.id,
            "team": author.team_id,
        }
        event |= {"channel_type": "im"} if kind == "message" else {}
        event |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        foreign = author.team_id != self._ws.team_id
        return event | ({"user_team": author.team_id, "source_team": author.team_id} if foreign else {})

    def home(self, user: User) -> Json:
        """The event for opening the Home tab; what was published before comes with it."""
        event: Json = {"type": "app_home_opened", "user": user.id, "channel": self._ws.direct(user).id, "tab": "home"}
        event |= {"event_ts": self._ws.new_ts()}
        view = home_of(self._ws, user.id)
        return event | ({"view": told(self._ws, view)} if view else {})

    def _interaction(self, kind: str, user: User) -> Json:
        team = {"id": self._ws.team_id, "domain": "sandbox"}
        person = {"type": kind, "user": _person(user), "team": team, "enterprise": None, "is_enterprise_install": False}
        return {**self._common(), **person}

    def shortcut(self, user: User, callback_id: str, channel: Channel | None) -> Json:
        """It does not tell where the person was; a form that is opened with its trigger knows."""
        trigger = self._ws.new_trigger(user.id, channel=channel.id if channel else None)
        named = {"callback_id": callback_id, "action_ts": self._ws.new_ts(), "trigger_id": trigger}
        return {**self._interaction("shortcut", user), **named}

    def message_shortcut(self, user: User, callback_id: str, message: Message) -> Json:
        channel = self._ws.channels[message.channel]
        grant = self.grant(user, channel, original=message)
        return {
            **self._interaction("message_action", user),
            "callback_id": callback_id,
            "action_ts": self._ws.new_ts(),
            "trigger_id": self._ws.new_trigger(user.id, channel=channel.id),
            "message_ts": message.ts,
            "message": self._ws.told(message),
            "channel": _channel(channel),
            "response_url": self._ws.new_response_url(grant),
        }

    def pressed(self, user: User, place: Message | View, action: Json) -> Json:
        """``block_actions``. An ephemeral message's own content is not sent along, as in Slack."""
        payload = self._interaction("block_actions", user)
        payload["actions"] = [{**action, "action_ts": self._ws.new_ts()}]
        if isinstance(place, View):
            payload["trigger_id"] = self._ws.new_trigger(user.id, channel=place.place, view=place.id)
            view = {"container": {"type": "view", "view_id": place.id}, "view": told(self._ws, place)}
            return {**payload, **view}
        payload["trigger_id"] = self._ws.new_trigger(user.id, channel=place.channel)
        return {**payload, **self._place(user, place, action)}

    def _place(self, user: User, message: Message, action: Json) -> Json:
        channel = self._ws.channels[message.channel]
        is_ephemeral = message.shown_to is not None
        container: Json = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
        container |= {"is_ephemeral": is_ephemeral}
        container |= {"thread_ts": message.thread_ts} if message.thread_ts else {}
        grant = self.grant(user, channel, original=message)
        place: Json = {"container": container, "channel": _channel(channel)}
        place |= {} if is_ephemeral else {"message": self._ws.told(message)}
        values = state.after(state.first(self._ws, message.blocks), action)
        return {**place, "state": {"values": values}, "response_url": self._ws.new_response_url(grant)}

    def submitted(self, user: User, view: View) -> Json:
        trigger = self._ws.new_trigger(user.id, channel=view.place, view=view.id)
        payload = {**self._interaction("view_submission", user), "trigger_id": trigger}
        return {**payload, "view": told(self._ws, view), "response_urls": self._response_urls(user, view)}

    def _response_urls(self, user: User, view: View) -> list[Json]:
        """One for each conversation that was chosen where the app asked to be able to answer."""
        found = []
        for block in view.blocks:
            for element in elements(block):
                if not element.get("response_url_enabled"):
                    continue
                chosen = view.values[block["block_id"]][element["action_id"]]
                if channel := self._ws.channels.get(str(chosen[state.STATE[element["type"]][0]])):
                    url = self._ws.new_response_url(self.grant(user, channel))
                    named = {"block_id": block["block_id"], "action_id": element["action_id"]}
                    found.append({**named, "channel_id": channel.id, "response_url": url})
        return found

    def dismissed(self, user: User, view: View, *, cleared: bool) -> Json:
        """The only interaction that brings no trigger."""
        return {**self._interaction("view_closed", user), "view": told(self._ws, view), "is_cleared": cleared}


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": "privategroup" if channel.is_private else channel.name}
