"""What must hold at the end of every story: clean logs, private numbers, traffic as Telnyx specifies."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlmodel import SQLModel

from bot.bootstrap import Program
from bot.log import scrubbed
from bot.store import tables
from bot.store.db import engine_of, is_postgres
from tests.edges.telnyx_desk import VALIDATOR
from web.sandbox.house import House


def listen_in(caplog: Any) -> None:
    """Let the story's log be heard in full: ours from DEBUG on, everybody else's as in production."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "confab")


async def assert_nothing_waits(program: Program) -> None:
    """Save for looks at Telnyx, which timers order at any moment."""
    left = select(tables.outbox).where(tables.outbox.c.kind.not_in(["Sweep", "SweepAccount"]))
    waiting = await program.store.read(lambda connection: connection.execute(left).all())
    assert not waiting, f"still in the outbox: {[(row.kind, row.lane, row.due, row.tries) for row in waiting]}"


def assert_clean_log(caplog: Any, expect: tuple[str, ...] = ()) -> None:
    found = [record.getMessage() for record in _records(caplog) if record.levelno >= logging.ERROR]
    unexpected = [line for line in found if not any(word in line for word in expect)]
    assert not unexpected, unexpected


def assert_private_log(caplog: Any, house: House) -> None:
    """Our own code logs no number in full and no secret; of what libraries log, the scrubber leaves none."""
    secrets = [value for value in _secrets(house) if value]
    for record in _records(caplog):
        said = logging.Formatter().format(record)
        kept = said if record.name.startswith("confab") else scrubbed(said)
        told = [secret for secret in secrets if secret in kept]
        assert not told, f"{record.name} logged {told}: {kept}"


def assert_private_addresses(house: House) -> None:
    """Addresses and the metadata of messages are kept and shown in many places: neither names a number or a secret."""
    said = [f"{one.path} {one.query}" for one in house.telnyx.requests]
    said += [str(one.args.get("metadata", "")) for one in house.slack.requests]
    told = [(secret, line) for secret in _secrets(house) if secret for line in said if secret in line]
    assert not told, told[:3]


def assert_sealed(house: House) -> None:
    """No number lies open in the database, nor in what SQLite keeps beside it."""
    url = house.settings.database_url
    lying = _rows(url) if is_postgres(url) else _files(Path(url.removeprefix("sqlite:///")))
    assert [number for number in house.telnyx.phones if number[1:].encode() in lying] == []


def _files(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def _rows(url: str) -> bytes:
    engine = engine_of(url)
    with engine.connect() as connection:
        found = [
            row
            for name in SQLModel.metadata.tables
            for row in connection.execute(text(f'SELECT CAST("{name}" AS text) FROM "{name}"')).scalars()
        ]
    engine.dispose()
    assert found
    return "\n".join(found).encode()


def assert_specified(house: House) -> None:
    """Every request that was ever made of Telnyx, and every webhook that it sent by itself, is as Telnyx specifies."""
    if VALIDATOR is None:
        return
    problems: list[str] = []
    for request in house.telnyx.requests:
        if request.headers["user-agent"].startswith("AsyncTelnyx"):
            problems += VALIDATOR.request(request.method, request.path, request.body)
    for delivery in house.telnyx.deliveries:
        if _sent_by_itself(delivery.envelope):
            problems += VALIDATOR.webhook(delivery.envelope)
    assert not problems, problems


def _records(caplog: Any) -> Iterator[logging.LogRecord]:
    """Of all phases of the test: a story that a fixture tells ends in another phase than it began."""
    for phase in ("setup", "call", "teardown"):
        yield from caplog.get_records(phase)


def _secrets(house: House) -> Iterator[str]:
    for number in house.telnyx.phones:
        yield number.removeprefix("+")
    for value in house.settings.model_dump().values():
        if hasattr(value, "get_secret_value"):
            yield value.get_secret_value()


def _sent_by_itself(envelope: dict[str, Any]) -> bool:
    """A story's own inventions carry no ``meta``, and the switch for unknown events leaves its mark."""
    return "meta" in envelope and "weather" not in envelope["data"]
