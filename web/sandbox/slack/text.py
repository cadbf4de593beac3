"""What Slack makes of what a person types: mentions become ids, addresses links, and three characters are escaped."""

import re
from dataclasses import dataclass

from web.sandbox.slack.workspace import Workspace

_NAMES = r"(?<![\w@.])@(?P<at>[\w.-]*\w)|(?<![\w#])#(?P<hash>[\w-]*\w)"
_LINKS = r"(?P<url>https?://[^\s<>|]+)|(?P<mail>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
_TEL = r"(?<![\w.+])(?P<tel>\+?\(?\d[\d ().-]{5,}\d)"
IN_COMMAND = re.compile(_NAMES)
IN_MESSAGE = re.compile(f"{_LINKS}|{_NAMES}|{_TEL}")


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True)
class Typed:
    """``label`` adds names to the ids (``<@U1|ana>``), as ``should_escape`` does for slash commands only."""

    ws: Workspace
    label: bool

    def encode(self, text: str) -> str:
        pattern = IN_COMMAND if self.label else IN_MESSAGE
        return pattern.sub(self._token, escape(text))

    def _token(self, match: re.Match[str]) -> str:
        kind, typed = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "at":
            return self._person(typed) or match[0]
        if kind == "hash":
            return self._channel(typed) or match[0]
        if kind == "tel":
            return _telephone(typed)
        return f"<mailto:{typed}|{typed}>" if kind == "mail" else f"<{typed}>"

    def _person(self, name: str) -> str | None:
        for user in self.ws.users.values():
            if user.name.lower() == name.lower():
                return f"<@{user.id}|{user.name}>" if self.label else f"<@{user.id}>"
        for group in self.ws.groups.values():
            if group.handle.lower() == name.lower():
                return f"<!subteam^{group.id}|@{group.handle}>"
        return f"<!{name}>" if name in {"here", "channel", "everyone"} else None

    def _channel(self, name: str) -> str | None:
        found = [channel for channel in self.ws.channels.values() if channel.name == name.lower() and not channel.is_im]
        return f"<#{found[0].id}|{found[0].name}>" if found else None


def _telephone(typed: str) -> str:
    digits = re.sub(r"\D", "", typed)
    if not 7 <= len(digits) <= 15:
        return typed
    return f"<tel:{'+' if typed.startswith('+') else ''}{digits}|{typed}>"
