"""A throw-away PostgreSQL for the tests, and empty databases in it."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

from bot.store.db import open_store

# Nothing here outlives the machine, so nothing need reach the disk; what is committed outlives a crash of the server.
CAREFREE = "-c fsync=off -c full_page_writes=off -c listen_addresses= -c max_connections=400"
_NAMES = count(1)
KEY = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="  # every database here is sealed with it


def binary(name: str) -> str | None:
    """One of PostgreSQL's programs; Debian keeps them off the PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


AVAILABLE = binary("initdb") is not None and binary("pg_ctl") is not None
WHY_NOT = "PostgreSQL's initdb and pg_ctl are needed (Debian: apt install postgresql)"


class Cluster:
    """A server on a socket of its own, without a port. ``restart`` ends every connection as a crash would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"

    def make(self) -> None:
        self._do("initdb", "--pgdata", str(self._data), "--username=confab", "--auth=trust", "--no-sync")
        self.start()
        self._admin = create_engine(
            self._url("postgres", "postgresql+psycopg"), isolation_level="AUTOCOMMIT", pool_pre_ping=True
        )
        self._say("CREATE DATABASE model")
        store = open_store(self._url("model"), KEY)
        store.migrate()
        store.close()

    def start(self) -> None:
        options = f"{CAREFREE} -k {self._folder}"
        log = self._folder / "log"
        self._do("pg_ctl", "--pgdata", str(self._data), "--log", str(log), "--wait", "--options", options, "start")

    def stop(self) -> None:
        self._do("pg_ctl", "--pgdata", str(self._data), "--mode=immediate", "--wait", "stop")

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        self._admin.dispose()
        self.stop()

    @property
    def admin(self) -> Engine:
        return self._admin

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """The URL of a fresh database."""
        name = f"d{next(_NAMES)}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {'model' if migrated else 'template0'}")
        yield self._url(name)
        self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def durable(self, url: str) -> None:
        """Let no commit in this database be forgotten by a restart."""
        self._say(f"ALTER DATABASE {make_url(url).database} SET synchronous_commit = on")

    def _url(self, name: str, scheme: str = "postgresql") -> str:
        return f"{scheme}://confab@/{name}?host={self._folder}"

    def _say(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _do(self, program: str, *arguments: str) -> None:
        path = binary(program)
        assert path, WHY_NOT
        subprocess.run([*_not_as_root(), path, *arguments], cwd=self._folder, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running server with nothing in it, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="confab-pg-"))
    if getpass.getuser() == "root":
        shutil.chown(folder, "postgres")
    made = Cluster(folder)
    try:
        made.make()
        yield made
    finally:
        with suppress(subprocess.CalledProcessError):
            made.close()
        shutil.rmtree(folder, ignore_errors=True)


def _not_as_root() -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
