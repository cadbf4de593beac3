"""A Slack stand-in that knows nothing of the app it talks to."""

from web.sandbox.slack.records import (
    Channel,
    Delivered,
    File,
    Group,
    Message,
    Request,
    Shortcut,
    SlackCall,
    User,
    View,
)
from web.sandbox.slack.server import Slack
from web.sandbox.slack.trouble import Trouble

__all__ = [
    "Channel",
    "Delivered",
    "File",
    "Group",
    "Message",
    "Request",
    "Shortcut",
    "Slack",
    "SlackCall",
    "Trouble",
    "User",
    "View",
]
