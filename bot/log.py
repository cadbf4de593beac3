"""Logging: one line per happening; numbers are masked and secrets never written."""

import logging
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog

_SECRETS = re.compile(r"xox[abeprs]-[\w-]+|xapp-[\w-]+|https://hooks\.slack\.com/\S+|KEY[0-9A-Za-z_]{8,}|Bearer \S+")
_NUMBERS = re.compile(r"\+\d{3,11}(\d{4})\b")

MOST_WARNINGS = 20  # of one logger in a minute, where strangers cause them


def scrubbed(text: str) -> str:
    """The text without tokens and with telephone numbers masked to their last four digits."""
    return _NUMBERS.sub(r"…\1", _SECRETS.sub("[secret]", text))


class Scrub(logging.Filter):
    """Scrubs every record that passes a handler, whoever wrote it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = scrubbed(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = scrubbed(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None  # or the formatter would show the exception itself
        return True


class Spare(logging.Filter):
    """Lets a logger's first warnings of each minute pass, and tells how many it has kept back: strangers cause them."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._begun, self._count = now(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno > logging.WARNING:
            return True
        if not 0 <= self._now() - self._begun < 60:
            kept_back = self._count - MOST_WARNINGS
            self._begun, self._count = self._now(), 0
            if kept_back > 0:
                record.msg, record.args = f"{record.getMessage()} (and {kept_back} more lines before)", None
        self._count += 1
        return self._count <= MOST_WARNINGS


def sparing(name: str) -> logging.Logger:
    """A logger for what strangers can cause as often as they like."""
    logger = logging.getLogger(name)
    if not logger.filters:
        logger.addFilter(Spare())
    return logger


def set_up(level: str = "INFO") -> None:
    """Send all logging to stderr through the scrubber, and quieten what would print bodies."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Scrub())
    renderer = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.LogfmtRenderer()],
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _trace, _plain, _stamp],
    )
    handler.setFormatter(renderer)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in (
        "httpx",
        "httpcore",
        "aiohttp.access",
        "slack_bolt",
        "slack_sdk",
        "alembic",
        "telnyx",
        "uvicorn.access",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _trace(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The traceback, which the scrubber has made text, in the same line."""
    traceback = event["_record"].exc_text
    return {**event, "exception": traceback} if traceback else event


def _plain(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """What people typed may hold marks that end a line or drive a terminal; the renderer only minds the newline."""
    return {key: _escaped(value) if isinstance(value, str) else value for key, value in event.items()}


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def _stamp(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The time first, so that lines can be sorted and read."""
    return {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **event}
