"""A stand-in for Telnyx's voice API that runs on this machine and knows nothing of the program it serves."""

from web.sandbox.telnyx.api import Request
from web.sandbox.telnyx.calls import Call
from web.sandbox.telnyx.delivery import Delivery
from web.sandbox.telnyx.phones import Mood, Phone
from web.sandbox.telnyx.rooms import Room
from web.sandbox.telnyx.service import Telnyx
from web.sandbox.telnyx.trouble import Trouble

__all__ = ["Call", "Delivery", "Mood", "Phone", "Request", "Room", "Telnyx", "Trouble"]
