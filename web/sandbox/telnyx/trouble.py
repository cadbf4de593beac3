"""The switches that make Telnyx behave badly."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields


@dataclass
class Trouble:
    """All off by default. The ``api_*`` numbers count down, one per request."""

    twice: bool = False  # each webhook is delivered twice, at the same time
    late: float = 0.0  # each webhook waits 0..late seconds of the sandbox's clock
    shuffled: bool = False  # webhooks are delivered in random order, in small batches
    dropped: float = 0.0  # probability that a webhook is never delivered
    api_429: int = 0  # the next requests are refused with 429 and not executed
    api_500: int = 0  # the next requests answer 500 and are not executed
    api_500_after: int = 0  # the next requests are executed and then answer 500
    api_hang: int = 0  # the next requests are never answered and not executed
    api_hang_after: int = 0  # the next requests are executed and never answered
    d_code: str | None = None  # every dial is refused with 403 and this D-code
    bad_key: bool = False  # every request is refused with 401
    unknown_events: bool = False  # events, fields and enum values that nobody knows
    recording_saved_lost: bool = False  # nobody is told that a recording is ready
    mute_does_not_take: int = 0  # the next mutes and holds are answered well and change nothing
    before_answer: bool = False  # the webhooks of a dial come before its HTTP answer

    def __post_init__(self) -> None:
        self._changed: Callable[[], None] = lambda: None

    def on_change(self, callback: Callable[[], None]) -> None:
        """Called after ``set`` and whenever a counter has gone down."""
        self._changed = callback

    def set(self, name: str, value: object) -> None:
        """Set one switch from JSON. ``ValueError`` tells an unknown name or a wrong type."""
        if name not in self.snapshot():
            raise ValueError(f"there is no trouble called {name!r}")
        setattr(self, name, self._fitting(name, value))
        self._changed()

    def _fitting(self, name: str, value: object) -> object:
        wanted = {f.name: f.type for f in fields(self)}[name]
        if wanted is bool and isinstance(value, bool):
            return value
        if wanted in (int, float) and isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return int(value) if wanted is int else float(value)
        if wanted not in (bool, int, float) and (value is None or isinstance(value, str)):
            return value or None
        raise ValueError(f"{value!r} does not fit {name}")

    def spend(self, name: str) -> bool:
        """Whether this counter was above zero; it is one lower now."""
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
            self._changed()
        return left > 0

    def snapshot(self) -> dict[str, object]:
        return asdict(self)
