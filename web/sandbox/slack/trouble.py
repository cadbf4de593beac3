"""The switches that make the stand-in behave as badly as the real Slack can."""

from collections.abc import Callable
from dataclasses import dataclass, fields


def _nobody() -> None:
    return


@dataclass
class Trouble:
    """All off by default. A count goes down by one with each call it strikes; the ``_after`` ones do the work first."""

    api_429: int = 0
    retry_after: int = 1  # seconds, the Retry-After of every 429
    api_500: int = 0
    api_500_after: int = 0
    api_hang: int = 0  # never answered: the connection is held until the client goes
    api_hang_after: int = 0
    methods: str = "chat."  # the counts strike the Web API methods whose name begins so
    bad_token: bool = False
    twice: bool = False  # every command, event and interaction is delivered twice
    pace: bool = False  # about one chat.postMessage per second and channel, after a burst of three

    def __post_init__(self) -> None:
        self.changed: Callable[[], None] = _nobody

    def set(self, name: str, value: object) -> None:
        """Set a switch by name; a value of another kind (``"3"``, ``1``) is turned into the switch's own kind."""
        if name not in self.snapshot():
            raise ValueError(f"there is no trouble called {name!r}, only {', '.join(self.snapshot())}")
        kind = type(getattr(self, name))
        setattr(self, name, _read(kind, value))
        self.changed()

    def snapshot(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def strikes(self, name: str, method: str) -> bool:
        """Use up one of the counted troubles, if any is left for this Web API method."""
        left: int = getattr(self, name)
        if not left or not method.startswith(self.methods):
            return False
        setattr(self, name, left - 1)
        return True


def _read(kind: type, value: object) -> object:
    if kind is bool and isinstance(value, str):
        return value.lower() in {"1", "true", "on", "yes"}
    return kind(value)
