"""Logging: one line per happening; numbers are masked and secrets never written.

Every record of the process is scrubbed where it is made, so that it does not matter whose logger it is and who has
added a handler to it.
"""

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

import structlog

SECRET: Final = "[secret]"  # noqa: S105  # what stands in place of one

_SECRETS = re.compile(
    r"""xox[a-z]-[\w-]+ | xapp-[\w-]+ | \bKEY[0-9A-Za-z_-]{8,} | \bgAAAAA[\w-]{40,}={0,2}
      | https?://hooks\.[^\s"'<>]+                 # response_urls: who has one can write into the channel
      | (?<=://)[^\s/@:]+:[^\s/@]+(?=@)            # a database's user and password
      | (?i:bearer|basic)(?:\ |%20)+[^\s"',]+
      | (?<![\w/+-])[\w-]{43}=(?![\w=])           # Fernet keys
    """,
    re.VERBOSE,
)
# What follows a question mark in an address is often a signature: links to recordings, uploads.
_QUERY = re.compile(r"(https?://[^\s?\"'<>]+\?)[^\s\"'<>]+")
# Between the digits of a number as people type it, as it is pasted, and as URLs and JSON write that.
_BETWEEN: Final = (
    r"(?:[ \t\u00a0\u2000-\u2015\u202a-\u202f\u2060-\u2069\u2212\u00ad\ufeff().+/\-]"
    r"|%[0-9a-fA-F]{2}|\\{1,4}u[0-9a-fA-F]{4}|\\{1,4}x[0-9a-fA-F]{2}){0,6}"
)
# Nothing may follow the repetition: giving digits back would take quadratic time on a hostile line.
_NUMBER = re.compile(
    rf"(?P<address>(?<=//)\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\d.]))"
    r"|(?:(?:\+|%2[Bb])[ (]?|(?<![0-9A-Za-z_])|(?<=%[0-9a-fA-F]{2})|(?<=\\u[0-9a-fA-F]{4})|(?<=\\x[0-9a-fA-F]{2}))"
    rf"\d(?:{_BETWEEN}\d){{6,}}"
)
_PIN = re.compile(r"(?<![\w.])(?:\d{6}|\d(?:, ?\d){5,})(?![\w])")

MOST_WARNINGS = 20  # of one logger in a minute, where strangers cause them


def scrubbed(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without tokens and PINs, and of every longer run of digits the last four."""
    for secret in secrets:
        text = text.replace(secret, SECRET)
    text = _QUERY.sub(rf"\1{SECRET}", _SECRETS.sub(SECRET, text))
    return _PIN.sub("[digits]", _NUMBER.sub(_masked, text))


def _masked(found: re.Match[str]) -> str:
    if found["address"]:
        return found[0]
    plain = re.sub(r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|\D", "", found[0])
    return f"…{plain[-4:]}"


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


def set_up(level: str = "INFO", secrets: Iterable[str] = ()) -> None:
    """Send all logging, warnings and uncaught exceptions to stderr, scrubbed; quieten what would print bodies.

    ``secrets`` are values of settings that must not be written wherever they turn up.
    """
    _scrub_all(sorted((one for one in secrets if len(one) >= 6), key=len, reverse=True))
    handler = logging.StreamHandler(sys.stderr)
    renderer = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.LogfmtRenderer()],
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _trace, _plain, _stamp],
    )
    handler.setFormatter(renderer)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    _catch_what_nobody_caught()
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


def _scrub_all(secrets: list[str]) -> None:
    """From now on a record holds nothing but scrubbed text: no arguments, no exception."""

    def made(*values: Any, **named: Any) -> logging.LogRecord:
        record = logging.LogRecord(*values, **named)
        record.msg, record.args = scrubbed(_said(record), secrets), None
        if record.exc_info:
            record.exc_text = scrubbed(logging.Formatter().formatException(record.exc_info), secrets)
            record.exc_info = None  # or a formatter would show the exception itself
        if record.stack_info:
            record.stack_info = scrubbed(record.stack_info, secrets)
        return record

    logging.setLogRecordFactory(made)


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  # logging would print the arguments to stderr, as they are
        return f"{record.msg} (and arguments that do not fit)"


def _catch_what_nobody_caught() -> None:
    log = logging.getLogger("confab")

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("an exception that nobody caught", exc_info=(kind, error, trace))

    def in_thread(caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)

    def unraisable(caught: "sys.UnraisableHookArgs") -> None:
        if caught.exc_value is not None:
            uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, in_thread, unraisable


def _trace(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The traceback, which is text by now, in the same line."""
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
