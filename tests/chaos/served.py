"""A process that is ready to become the program, as often as it is told to: each time a process of its own by fork.

The program is the real one, as `confab serve` runs it, but for a clock that the stand-ins set and shorter time-outs.
"""

import asyncio
import ctypes
import faulthandler
import json
import mmap
import os
import signal
import struct
import sys
import time
import traceback
from pathlib import Path

import uvloop

from bot import log
from bot.config import read_settings
from bot.telnyx.client import TelnyxPhone
from web.server import serve

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>
LOOK = 0.03  # real seconds between two looks at the clock
TIMEOUTS = {"telnyx_timeout": 1.0, "slack_timeout": 1.0}


class FollowingClock:
    """Real time plus what the stand-ins have written into a file, two floats: how far the wall clock is ahead, and how
    much time was skipped.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._offset = mmap.mmap(file.fileno(), 16, access=mmap.ACCESS_READ)

    def now(self) -> float:
        return time.time() + self._ahead()[0]

    def steady(self) -> float:
        return time.monotonic() + self._ahead()[1]

    async def until(self, when: float) -> None:
        while (left := when - self.now()) > 0:  # noqa: ASYNC110  # another process moves the clock
            await asyncio.sleep(min(left, LOOK))

    def _ahead(self) -> tuple[float, float]:
        wall, skipped = struct.unpack("dd", self._offset[:16])
        return float(wall), float(skipped)


def become(order: dict[str, str]) -> None:
    """Run the program with this environment, until it is told to stop or is killed."""
    clock, said = order.pop("clock"), order.pop("log")
    os.environ.update(order)
    os.dup2(os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), sys.stderr.fileno())
    log.set_up("WARNING")
    faulthandler.register(signal.SIGUSR1)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.get_loop().add_signal_handler(signal.SIGUSR2, _tell_tasks)
        runner.run(serve(read_settings(), FollowingClock(Path(clock)), **TIMEOUTS))


def _tell_tasks() -> None:
    for task in asyncio.all_tasks():
        task.print_stack(file=sys.stderr)
    sys.stderr.flush()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who are killed
    _ = TelnyxPhone, read_settings  # loaded once for all
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    libc = ctypes.CDLL(None)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no program outlives its run
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            code = 1
            try:
                become(json.loads(line))
                code = 0
            except BaseException:  # noqa: BLE001  # whatever it was, this process ends here
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
