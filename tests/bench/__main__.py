"""`make bench`: the program as a process, against the sandbox on loopback. Prints figures beside their targets."""

import asyncio
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop
from nacl.signing import SigningKey
from sqlalchemy import Connection

from bot.core.conference import Conference, Leg, Participant
from bot.core.scene import Scene
from bot.store import ledger
from bot.store.db import open_store
from tests.bench.load import flood, signed, steadily, webhook
from tests.stories.harness import Actor
from tests.stories.machine import Machine
from web.sandbox.house import House, stand_ins
from web.sandbox.slack import Channel

COMMANDS = 60
STEADY_SECONDS = 10
FLOOD_LEGS = 6000


def show(what: str, value: float, unit: str, target: float, *, least: bool = False) -> None:
    """One row: the figure, its target, and their ratio (1.00 = exactly at the target, more is worse)."""
    ratio = target / value if least else value / target
    sign = "≥" if least else "<"
    print(f"{what:<58} {value:>10.1f} {unit:<5} target {sign} {target:g} {unit:<5} ratio {ratio:5.2f}")  # noqa: T201


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def memory(pid: int) -> float:
    """Resident memory in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def cpu(pid: int) -> float:
    """Seconds of processor time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fill(url: str, conferences: int, legs: int, prefix: str) -> list[str]:
    """Write conferences whose legs are being rung, without asking Telnyx; returns their call control ids."""
    store = open_store(url)
    store.migrate()
    calls: list[str] = []

    def write(connection: Connection) -> None:
        for number in range(conferences):
            one = Conference(f"{prefix}{number}", "bench", "Ana", "", "", time.time())
            scene = Scene(one, time.time())
            for count in range(1, legs + 1):
                who, call = f"{one.id}.{count}", f"v3:{one.id}.{count}"
                scene.put_participant(Participant(who, one.id, "Bo", "+12125550122", leg_id=f"{who}.1", legs=1))
                scene.put_leg(Leg(f"{who}.1", one.id, who, "+12125550122", 1.0, tried_at=1.0, call_control_id=call))
                calls.append(call)
            ledger.save(connection, scene, new=True)

    asyncio.run(store.run(write))
    store.close()
    return calls


async def starting(house: House, folder: Path) -> Machine:
    machine, took = Machine(house, folder), list[float]()
    for _ in range(3):
        begun = time.perf_counter()
        await machine.start()
        took.append(time.perf_counter() - begun)
        await machine.stop()
    await machine.start()
    show("program start → ready (median of 3)", statistics.median(took), "s", 3)
    await asyncio.sleep(2)
    show("resident memory, idle", memory(machine.pid), "MiB", 160)
    return machine


async def commands(house: House) -> None:
    ana, channel = Actor(house, house.person("Ana", "+12125550111")), house.channel("bench")
    acks, dials = list[float](), list[float]()
    for number in range(COMMANDS + 1):
        to, begun = f"+1212555{1000 + number}", time.time()
        await ana.types(f"create bench {number} {to}", channel)
        acks.append(time.time() - begun)
        await house.telnyx.phone(to).rings()
        asked = [one.at for one in house.telnyx.requests if (one.body or {}).get("to") == to]
        dials.append(asked[0] - begun)
    acks, dials = [1000 * one for one in acks[1:]], [1000 * one for one in dials[1:]]  # the first warms up
    show("slash command → acknowledged, p99", percentile(acks, 0.99), "ms", 100)
    show("slash command → dial request at Telnyx, p50", percentile(dials, 0.5), "ms", 100)
    show("slash command → dial request at Telnyx, p99", percentile(dials, 0.99), "ms", 300)


async def lines(house: House) -> None:
    """From a phone that declines to the line that says so."""
    ana, took = Actor(house, house.person("Dee", "+12125550112")), list[float]()
    for number in range(30):
        channel, to = house.channel(f"lines-{number}"), f"+1212555{3000 + number}"
        await ana.types(f"create line {number} {to}", channel)
        await house.telnyx.phone(to).rings()
        declined, masked = time.time(), f"…{3000 + number}"
        house.telnyx.phone(to).declines()

        def told(masked: str = masked, channel: Channel = channel) -> bool:
            threads = [m for m in house.slack.messages(channel) if "line" in m.text]
            found = [line.text for m in threads[-3:] for line in house.slack.messages(channel, thread_ts=m.ts)]
            return any(masked in text and "declined" in text for text in found)

        await house.slack.until(told, 10, "the line")
        took.append(time.time() - declined)
    show("webhook → thread line posted, p99", percentile(took[1:], 0.99), "s", 1.2)  # the first warms up


async def doors(port: int, key: SigningKey, calls: Sequence[str]) -> None:
    steady, rest = calls[: 50 * STEADY_SECONDS], calls[50 * STEADY_SECONDS :]
    took = await steadily(
        port, [signed(key, webhook("call.initiated", call, direction="outgoing")) for call in steady], 50
    )
    show("webhook → 200 at 50 events/s, p99", 1000 * percentile(took, 0.99), "ms", 50)
    bodies = [webhook("call.initiated", call, direction="outgoing") for call in rest]
    bodies += [webhook("call.hangup", call, hangup_cause="user_busy", sip_hangup_cause="486") for call in rest]
    seconds, _ = await flood(port, [signed(key, body) for body in bodies], 16)
    show("webhooks verified and committed, 16 connections", len(bodies) / seconds, "/s", 2500, least=True)


async def cost(machine: Machine, key: SigningKey, small: Sequence[str], large: Sequence[str]) -> None:
    spent = []
    for calls in (small, large):
        before = cpu(machine.pid)
        requests = [signed(key, webhook("call.initiated", call, direction="outgoing")) for call in calls]
        await flood(machine.port, requests, 16)
        spent.append((cpu(machine.pid) - before) / len(calls))
    show("processor time per event, 800 legs against 2", spent[1] / spent[0], "x", 1.5)


async def bench(house: House, folder: Path, calls: dict[str, list[str]]) -> None:
    machine = await starting(house, folder)
    key = house.telnyx.signing_key
    await lines(house)
    await commands(house)
    await doors(machine.port, key, calls["flood"])
    await cost(machine, key, calls["small"], calls["large"])
    await machine.stop()


async def main(folder: Path, calls: dict[str, list[str]]) -> None:
    async with stand_ins(folder) as house:
        await bench(house, folder, calls)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{name}/confab.db"
        filled = {
            "flood": fill(url, FLOOD_LEGS // 10, 10, "flood"),
            "small": fill(url, 1200, 2, "small"),
            "large": fill(url, 3, 800, "large"),
        }
        uvloop.run(main(Path(name), filled))
