"""What is missing or wrong among the settings is named, all of it, at once."""

import base64
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from bot.config import Settings
from web.cli import main

RIGHT = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "secret",
    "TELNYX_API_KEY": "KEY1",
    "TELNYX_PUBLIC_KEY": base64.b64encode(bytes(32)).decode(),
    "TELNYX_CONNECTION_ID": "1494404757140276705",
    "TELNYX_PHONE_NUMBER": "+12125550100",
}
NAMES = [name.upper() for name in Settings.model_fields]


def serve(folder: Path, values: dict[str, str], dotenv: str = "") -> Result:
    """``confab serve`` with these settings and no others, in an empty folder."""
    (folder / ".env").write_text(dotenv)
    with chdir(folder):
        return CliRunner().invoke(main, ["serve"], env={**dict.fromkeys(NAMES), **values})


def problems(folder: Path, values: dict[str, str], dotenv: str = "") -> list[str]:
    result = serve(folder, values, dotenv)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert all(line.startswith("confab: ") for line in lines)
    return [line.removeprefix("confab: ") for line in lines]


def made(values: dict[str, str]) -> Settings:
    return Settings.model_validate({name.lower(): value for name, value in values.items()})


def test_without_any_settings_all_that_is_missing_is_named(tmp_path: Path) -> None:
    missing = [name for name in RIGHT if name != "SLACK_SIGNING_SECRET"]
    assert sorted(problems(tmp_path, {})) == sorted(
        [
            *(f"{name} is missing" for name in missing),
            "SLACK_SIGNING_SECRET is missing (or set SLACK_APP_TOKEN to use Socket Mode)",
        ]
    )


def test_what_is_wrong_and_what_is_missing_are_named_together(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "TELNYX_PUBLIC_KEY": "not a key",
            "TELNYX_PHONE_NUMBER": "212 555 0100",
            "TELNYX_CONNECTION_ID": "1",
            "TELNYX_BASE_URL": "api.telnyx.com",
            "DATABASE_URL": "mysql://x",
            "CONFAB_GATE": "press2",
            "CONFAB_DEFAULT_REGION": "XX",
            "CONFAB_ALLOWED_COUNTRIES": "US,ZZ",
            "PORT": "70000",
        },
    )
    for start in (
        "TELNYX_API_KEY is missing",
        "SLACK_SIGNING_SECRET is missing",
        "TELNYX_PUBLIC_KEY is not a base64 Ed25519 key",
        "TELNYX_PHONE_NUMBER is not in E.164 form, e.g. +12125550100",
        "TELNYX_BASE_URL must begin with https://",
        "DATABASE_URL must begin with sqlite:/// or postgresql://",
        "CONFAB_GATE should be 'press1' or 'none'",
        "CONFAB_DEFAULT_REGION is not a two-letter country code, e.g. US",
        "CONFAB_ALLOWED_COUNTRIES has unknown country codes: ZZ",
        "PORT should be less than or equal to 65535",
    ):
        assert [line for line in found if line.startswith(start)], start
    assert len(found) == 10


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "TELNYX_API_KEY"])
def test_an_empty_value_counts_as_missing(tmp_path: Path, name: str) -> None:
    assert problems(tmp_path, RIGHT | {name: ""}) == [f"{name} is missing"]


def test_no_secret_is_repeated(tmp_path: Path) -> None:
    values = RIGHT | {"TELNYX_PUBLIC_KEY": "hush", "TELNYX_PHONE_NUMBER": "", "CONFAB_API_TOKEN": "mum"}
    said = " ".join(problems(tmp_path, values))
    assert "hush" not in said
    assert "mum" not in said


def test_a_token_of_the_api_must_be_hard_to_guess(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, RIGHT | {"CONFAB_API_TOKEN": "123456789012345"})
    assert said.startswith("CONFAB_API_TOKEN is too easily guessed")


def test_a_database_must_name_a_file(tmp_path: Path) -> None:
    for url in ("sqlite:///", "sqlite:///:memory:"):
        assert problems(tmp_path, RIGHT | {"DATABASE_URL": url}) == [
            "DATABASE_URL must name a file, e.g. sqlite:///confab.db"
        ]


@pytest.mark.parametrize("value", ["hunter2", "x" * 44, "abc,{key}", "{key},{key},hunter2"])
def test_a_made_up_key_is_refused_and_not_repeated(tmp_path: Path, value: str) -> None:
    given = value.format(key=Fernet.generate_key().decode())
    found = problems(tmp_path, {**RIGHT, "CONFAB_SECRET_KEY": given})
    assert found == ["CONFAB_SECRET_KEY holds what is no key; make one with: python -m web key"]


def test_several_keys_may_stand_with_commas_and_spaces() -> None:
    keys = ", ".join(Fernet.generate_key().decode() for _ in range(3))
    assert made({**RIGHT, "CONFAB_SECRET_KEY": f" {keys} "}).confab_secret_key.get_secret_value() == keys


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CONFAB_MAX_DIALS_PER_USER", "0", "should be greater than or equal to 1"),
        ("CONFAB_MAX_COST_DAY", "-1", "should be greater than or equal to 0"),
        ("CONFAB_MAX_COST_CONFERENCE", "a lot", "should be a valid decimal"),
        ("CONFAB_MAX_COST_CONFERENCE", "NaN", "should be a finite number"),
        ("CONFAB_MAX_MINUTES", "241", "should be less than or equal to 240"),
    ],
)
def test_a_limit_that_is_none_is_refused(tmp_path: Path, name: str, value: str, said: str) -> None:
    assert problems(tmp_path, RIGHT | {name: value}) == [f"{name} {said}"]


def test_an_empty_ceiling_is_the_default_and_not_none(tmp_path: Path) -> None:
    empty = RIGHT | {"CONFAB_MAX_COST_DAY": "", "PORT": "70000"}
    assert problems(tmp_path, empty) == ["PORT should be less than or equal to 65535"]


def test_dotenv_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    lines = "\n".join(f'{name}="{value}"' for name, value in (RIGHT | {"PORT": "1", "HOST": "x y"}).items())
    assert problems(tmp_path, {"PORT": "70000"}, lines) == ["PORT should be less than or equal to 65535"]


def test_spaces_around_a_value_are_not_part_of_it() -> None:
    settings = made({name: f" {value}\n" for name, value in RIGHT.items()})
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.telnyx_api_key.get_secret_value() == "KEY1"
    assert settings.telnyx_phone_number == "+12125550100"


def test_the_default_region_may_be_rung_unless_countries_are_named() -> None:
    assert made(RIGHT).countries == {"US"}
    assert made(RIGHT | {"CONFAB_DEFAULT_REGION": "gb"}).countries == {"GB"}
    assert made(RIGHT | {"CONFAB_ALLOWED_COUNTRIES": "us, ca ,"}).countries == {"US", "CA"}


def test_a_socket_needs_no_signing_secret() -> None:
    assert made(RIGHT | {"SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": "xapp-1"}).socket_mode
