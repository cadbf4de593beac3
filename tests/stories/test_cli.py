"""The ``confab`` command as somebody types it: plain lines, and exit code 2 when it cannot do as asked."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import text

from bot.store.db import engine_of, open_store
from tests.postgres import KEY, Cluster
from tests.stories.harness import story
from web.doctor import examine
from web.sandbox.house import House, stand_ins

ROOT = Path(__file__).parents[2]


class Said(NamedTuple):
    code: int
    out: list[str]
    err: list[str]


def environment(house: House, **settings: str) -> dict[str, str]:
    given = house.settings.model_dump()
    secrets = {name: value.get_secret_value() for name, value in given.items() if isinstance(value, SecretStr)}
    kept = {name.upper(): value for name, value in (given | secrets).items() if value and isinstance(value, str)}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PORT": "0", **kept, **settings}


async def confab(folder: Path, env: dict[str, str], *arguments: str) -> Said:
    """Run it to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "web", *arguments),
        cwd=folder,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Said(process.returncode, out.decode().splitlines(), err.decode().splitlines())


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with stand_ins(tmp_path) as one:
        yield one


async def test_a_start_with_nothing_set_names_everything(tmp_path: Path) -> None:
    said = await confab(tmp_path, {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}, "serve")
    assert said.code == 2
    assert len(said.err) == 6
    assert all(line.startswith("confab: ") and "is missing" in line for line in said.err)


REFUSED = {
    "a Slack token that is not accepted": ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN"),
    "a Telnyx key that is not accepted": (
        {"TELNYX_API_KEY": "KEYwrong"},
        "Telnyx refuses the API key (TELNYX_API_KEY).",
    ),
    "an application that Telnyx does not know": (
        {"TELNYX_CONNECTION_ID": "99"},
        "Telnyx knows no application 99 (TELNYX_CONNECTION_ID).",
    ),
    "a database folder that is not there": ({"DATABASE_URL": "sqlite:////nowhere/confab.db"}, "cannot be written"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_start_is_refused_in_one_plain_line(house: House, tmp_path: Path, case: str) -> None:
    settings, why = REFUSED[case]
    said = await confab(tmp_path, environment(house, **settings), "serve")
    assert said.code == 2
    [line] = [line for line in said.err if line.startswith("confab: ")]
    assert why in line
    assert "Traceback" not in " ".join(said.err)
    assert not any(value in line for value in settings.values() if value.startswith(("xoxb", "KEY")))


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("active", False, "is switched off."),
        ("webhook_api_version", "1", "is still on webhook API v1; set it to v2."),
        ("outbound", {"channel_limit": 10}, "has no outbound voice profile, so it can ring nobody."),
    ],
)
async def test_a_telnyx_application_that_cannot_work_is_refused(
    house: House, tmp_path: Path, field: str, value: object, why: str
) -> None:
    house.telnyx.application[field] = value
    said = await confab(tmp_path, environment(house), "serve")
    assert said.code == 2
    name = f"The Telnyx application {house.settings.telnyx_connection_id} (TELNYX_CONNECTION_ID)"
    assert said.err[-1] == f"confab: {name} {why}"


async def test_a_port_that_is_taken_is_said(house: House, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = await confab(tmp_path, environment(house, PORT=port), "serve")
    assert said == (2, [], [f"confab: cannot listen on 127.0.0.1:{port}: Address already in use"])


async def test_a_second_program_on_the_same_file_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with story(tmp_path, caplog) as stage:
        said = [await confab(tmp_path, environment(stage.house), command) for command in ("serve", "migrate")]
        assert said == 2 * [(2, [], [f"confab: another process is using {tmp_path / 'confab.db'}"])]


async def test_it_stops_when_it_is_asked_to(house: House, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web", "serve", cwd=tmp_path, env=environment(house), stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    said = ""
    while "ready on http://127.0.0.1:" not in said:
        said = (await asyncio.wait_for(process.stderr.readline(), 60)).decode()
        assert said
    process.send_signal(signal.SIGTERM)
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert b"Traceback" not in err


async def test_doctor_tells_of_both_sides(house: House, tmp_path: Path) -> None:
    well = await confab(tmp_path, environment(house), "doctor")
    assert well.code == 0
    assert well.err == []
    assert [line.partition(":")[0] for line in well.out] == ["Database", "Slack", "Telnyx"]
    assert all(line.endswith("ok") for line in well.out)
    assert not (tmp_path / "confab.db").exists(), "it changes nothing"

    ill = await confab(tmp_path, environment(house, TELNYX_API_KEY="KEYwrong"), "doctor")
    assert ill.code == 2
    assert ill.out[2] == "Telnyx: Telnyx refuses the API key (TELNYX_API_KEY)."
    assert ill.err == ["confab: not ready to serve"]


async def test_doctor_says_that_costs_will_stay_estimates(house: House, tmp_path: Path) -> None:
    house.telnyx.application["call_cost_in_webhooks"] = False
    said = await confab(tmp_path, environment(house), "doctor")
    assert said.code == 0
    assert "does not tell what calls cost (call_cost_in_webhooks); costs stay estimates." in said.out[0]
    assert said.out[3] == "Telnyx: ok"


async def test_doctor_tries_the_key(house: House, tmp_path: Path) -> None:
    first, other = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    made = await confab(tmp_path, environment(house, CONFAB_SECRET_KEY=first), "migrate")
    assert made.code == 0
    well = await confab(tmp_path, environment(house, CONFAB_SECRET_KEY=f"{other},{first}"), "doctor")
    assert well.code == 0
    assert well.out[:2] == ["Database: some of it is under an older key still. Say: confab rotate", "Database: ok"]
    ill = await confab(tmp_path, environment(house, CONFAB_SECRET_KEY=other), "doctor")
    assert ill.code == 2
    assert ill.out[0].startswith("Database: ")
    assert "CONFAB_SECRET_KEY" in ill.out[0]
    assert ill.out[1:] == well.out[2:]
    assert other not in str(ill)


async def test_doctor_looks_for_postgresql(house: House, tmp_path: Path, postgres: Cluster) -> None:
    nowhere = "postgresql://confab:hunter2@127.0.0.1:1/confab"
    said = await confab(tmp_path, environment(house, DATABASE_URL=nowhere, CONFAB_SECRET_KEY=KEY), "doctor")
    assert (said.code, said.out[0]) == (2, "Database: the database cannot be reached")
    assert "hunter2" not in str(said)
    with postgres.database() as url:
        set_back(url)
        said = await confab(tmp_path, environment(house, DATABASE_URL=url, CONFAB_SECRET_KEY=KEY), "doctor")
    assert (said.code, said.out[0]) == (
        2,
        "Database: the database's schema is not up to date. First say: confab migrate",
    )


async def test_doctor_tells_what_the_next_start_will_do_to_an_older_database(house: House, tmp_path: Path) -> None:
    house.settings.database_url = f"sqlite:///{tmp_path / 'older.db'}"
    with closing(open_store(house.settings.database_url)) as store:
        store.migrate()
    set_back(house.settings.database_url)
    said: list[str] = []
    await examine(house.settings, said.append)
    assert said == [
        "Database: of an older version, the next start brings it up to date: ok",
        "Slack: workspace Sandbox: ok",
        "Telnyx: ok",
    ]


def set_back(url: str) -> None:
    """As an older version of Confab left it."""
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()


@pytest.mark.parametrize("command", ["doctor", "serve"])
@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("[countries]\nus = 1\n", "CONFAB_RATES: 'us' is no country; use two capital letters, e.g. US"),
        ("this is no table", "CONFAB_RATES cannot be read: "),
    ],
)
async def test_prices_that_cannot_be_used_are_named_in_one_line(
    house: House, tmp_path: Path, command: str, table: str, wrong: str
) -> None:
    (tmp_path / "rates.toml").write_text(table, "utf-8")
    said = await confab(tmp_path, environment(house, CONFAB_RATES=str(tmp_path / "rates.toml")), command)
    assert said.code == 2
    assert said.err[-1].startswith(f"confab: {wrong}")


async def test_doctor_says_which_side_cannot_be_reached(house: House, tmp_path: Path) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # nobody listens
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        nowhere = {"SLACK_API_URL": f"{url}/api/", "TELNYX_BASE_URL": f"{url}/v2"}
        said = await confab(tmp_path, environment(house, **nowhere), "doctor")
    assert said == (
        2,
        [
            "Database: none yet, the first start makes it: ok",
            f"Slack: Slack cannot be reached at {url}/api/ (SLACK_API_URL).",
            f"Telnyx: Telnyx cannot be reached at {url}/v2 (TELNYX_BASE_URL).",
        ],
        ["confab: not ready to serve"],
    )


async def test_manifest_prints_one_for_each_mode(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    public, local, neither = await asyncio.gather(
        confab(tmp_path, env, "manifest", "--host", "confab.example.com"),
        confab(tmp_path, env, "manifest", "--socket"),
        confab(tmp_path, env, "manifest"),
    )
    assert json.loads("\n".join(local.out))["settings"]["socket_mode_enabled"] is True
    assert "https://confab.example.com/slack/events" in "\n".join(public.out)
    assert (neither.code, len(neither.err)) == (2, 1)


async def test_migrate_makes_the_database_and_can_be_repeated(house: House, tmp_path: Path) -> None:
    for _ in range(2):
        assert await confab(tmp_path, environment(house), "migrate") == (0, ["The database is up to date."], [])
    assert (await confab(tmp_path, environment(house), "export")) == (0, [], [])


async def test_a_key_is_printed_and_put_in_place_of_the_old_one(house: House, tmp_path: Path) -> None:
    env = environment(house)
    (old,) = (await confab(tmp_path, env, "key")).out
    (new,) = (await confab(tmp_path, env, "key")).out
    assert old != new
    assert (await confab(tmp_path, {**env, "CONFAB_SECRET_KEY": old}, "migrate")).code == 0
    for _ in range(2):
        rotated = await confab(tmp_path, {**env, "CONFAB_SECRET_KEY": f"{new},{old}"}, "rotate")
        assert (rotated.code, rotated.err) == (0, [])
        assert rotated.out[0].endswith("Older keys are no longer needed.")
    assert (await confab(tmp_path, {**env, "CONFAB_SECRET_KEY": new}, "export")) == (0, [], [])
    database = tmp_path / "confab.db"
    for command in ("serve", "migrate", "rotate", "export"):
        said = await confab(tmp_path, {**env, "CONFAB_SECRET_KEY": old}, command)
        why = f"confab: the database {database} is sealed with another key than that in CONFAB_SECRET_KEY"
        assert said == (2, [], [why])
    gone = await confab(tmp_path, env, "serve")
    lost = f"put {database}.key back, or set CONFAB_SECRET_KEY"
    assert gone == (2, [], [f"confab: the database {database} is sealed and its key is missing: {lost}"])


async def test_export_tells_all_beside_a_running_program_with_numbers_masked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with story(tmp_path, caplog) as stage:
        ana, bo = stage.person("Ana", "+12125550111"), stage.person("Bo", "+12125550122")
        await ana.types("create payments @bo +1 212 555 0199", stage.channel)
        await bo.comes_in()
        stage.house.telnyx.phone("+12125550199").declines()
        await ana.types("create another", stage.channel)
        await stage.quiet()
        said = await confab(tmp_path, environment(stage.house), "export")
        first, second = map(json.loads, said.out)
        told = [(leg["name"], leg["number"], leg["phase"], leg["why"]) for leg in first["legs"]]
        assert told == [("Bo", "…0122", "joined", None), ("…0199", "…0199", "gone", "declined")]
        assert (first["topic"], first["host"], first["phase"]) == ("payments", "Ana", "live")
        assert second["topic"] == "another"
        assert (await confab(tmp_path, environment(stage.house), "export", second["id"])).out == said.out[1:]
        unknown = await confab(tmp_path, environment(stage.house), "export", "conf_0")
        assert unknown == (2, [], ["confab: there is no conference conf_0"])
        assert "2125550" not in "".join(said.out)


async def test_export_without_a_database_says_so(house: House, tmp_path: Path) -> None:
    said = await confab(tmp_path, environment(house), "export")
    assert said == (2, [], [f"confab: there is no database at {house.settings.database_url}"])


async def test_the_sandbox_refuses_to_open_where_a_real_token_is(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TELNYX_API_KEY": "KEY0123456789"}
    said = await confab(tmp_path, env, "demo", "--no-open", "--port", "0")
    assert said.code == 2
    assert said.err[-1].startswith("confab: TELNYX_API_KEY is set")
