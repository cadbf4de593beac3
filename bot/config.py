"""The settings, read from the environment and from ``.env``. Everything wrong or missing is named at once."""

import base64
import binascii
import re
import tomllib
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

import phonenumbers
from cryptography.fernet import Fernet
from dotenv import find_dotenv
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_RATES = Path(__file__).parent / "rates.toml"


class SettingsError(Exception):
    """What is missing or wrong, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


Ids = Annotated[frozenset[str], NoDecode]  # of Slack
_ANY_ID = re.compile(r"[UWSCG][A-Z0-9]{6,20}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{6,20}")


class Settings(BaseSettings):
    """One field per setting; the name in the environment is the field's name in capitals."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    slack_bot_token: SecretStr = Field(description="Bot token (xoxb-…) of the Slack app")
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="Signing secret of the Slack app; needed unless Socket Mode is used"
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="App-level token (xapp-…); if set, Slack is reached by Socket Mode"
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="Base URL of Slack's Web API")
    slack_default_channel: str = Field(
        default="", description="Channel id for conferences made over the HTTP API; empty = no Slack thread"
    )
    telnyx_api_key: SecretStr = Field(description="API v2 key (KEY…)")
    telnyx_public_key: str = Field(description="Public key that webhooks are signed with, base64")
    telnyx_connection_id: str = Field(description="Id of the Call Control application")
    telnyx_phone_number: str = Field(description="Number that calls come from, E.164")
    telnyx_base_url: str = Field(default="https://api.telnyx.com/v2", description="Base URL of Telnyx's API")
    database_url: str = Field(
        default="sqlite:///confab.db",
        description="Where the state is kept: a file, or `postgresql://user:password@host/name`",
    )
    confab_secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key that numbers are encrypted with (`python -m web key` makes one); several with commas, "
        "newest first; empty = a file beside the SQLite database. PostgreSQL needs it",
    )
    confab_retention_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Days after which numbers, what was said and the contents of the journal are deleted",
    )
    confab_api_token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token of the HTTP API, 16 characters or more; empty = the API is off"
    )
    confab_gate: Literal["press1", "none"] = Field(
        default="press1", description="`press1`: who answers must press 1 to come in; `none`: comes in on answering"
    )
    confab_default_region: str = Field(default="US", description="Country for reading national numbers, two letters")
    confab_allowed_countries: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(), description="Countries that may be rung, e.g. `US,CA,GB`; empty = the default region"
    )
    confab_sip_domains: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(), description="Hosts whose `sip:` addresses may be rung, with `--no-gate`; empty = none"
    )
    confab_admins: Ids = Field(
        default=frozenset(),
        description="Who may do everything, beside admins and owners of the workspace; Slack ids of users (`U…`), "
        "user groups (`S…`), or channels (`C…`) whose members are meant",
    )
    confab_operators: Ids = Field(
        default=frozenset(), description="Who may control every conference; ids as in CONFAB_ADMINS"
    )
    confab_allow_people: Ids = Field(
        default=frozenset(),
        description="Who may use Confab; ids as in CONFAB_ADMINS; empty = every full member of the workspace",
    )
    confab_allow_channels: Ids = Field(
        default=frozenset(), description="Channel ids where conferences may be started; empty = everywhere"
    )
    confab_allow_shared_channels: Ids = Field(
        default=frozenset(),
        description="Channel ids where they may be, though people of other companies read along; empty = nowhere",
    )
    confab_voice: str = Field(default="AWS.Polly.Joanna-Neural", description="Voice that speaks on the phone")
    confab_texts: str = Field(
        default="", description="TOML file with your own texts for the phone; empty = ours (docs/phone.md)"
    )
    confab_amd: bool = Field(
        default=False, description="`true`: let Telnyx listen for answering machines, to hang up sooner (costs extra)"
    )
    confab_recordings: Literal["telnyx", "slack", "off"] = Field(
        default="telnyx",
        description="Where recordings are kept: `telnyx`, `slack` (in the thread too), or `off`: none are made",
    )
    confab_transcripts: bool = Field(
        default=False, description="`true`: write down who says what, as a file in the thread at the end (costs extra)"
    )
    confab_alone_minutes: int = Field(
        default=10, ge=2, le=240, description="Minutes after which a conference with one person left in it ends"
    )
    confab_dial_in: bool = Field(
        default=True, description="`true`: who calls TELNYX_PHONE_NUMBER and enters the PIN comes in; `false`: nobody"
    )
    confab_slack_calls: bool = Field(
        default=False, description="`true`: mirror each conference as a call of Slack's own (needs calls:write)"
    )
    confab_max_dials_per_user: int = Field(
        default=100, ge=1, description="How many phones may be rung for one person within an hour, redials included"
    )
    confab_max_dials_per_number: int = Field(
        default=12, ge=1, description="How often one number may be rung within an hour, whoever asks"
    )
    confab_max_legs: int = Field(
        default=100, ge=1, description="How many phones may be on the line or ringing at once, in all conferences"
    )
    confab_max_participants: int = Field(
        default=100, ge=1, le=800, description="How many people may be invited to or dial into one conference"
    )
    confab_max_minutes: int = Field(
        default=240, ge=5, le=240, description="Minutes after which a conference ends; it warns before"
    )
    confab_max_cost_conference: Decimal = Field(
        default=Decimal("20.00"),
        ge=0,
        le=1_000_000,
        description="Cost of one conference, in the account's currency, from which nobody else is rung; 0 = no ceiling",
    )
    confab_max_cost_day: Decimal = Field(
        default=Decimal("100.00"),
        ge=0,
        le=1_000_000,
        description="Cost of all calls of a day (UTC) from which nobody is rung any more; 0 = no ceiling",
    )
    confab_rates: str = Field(
        default="", description="TOML file with your own prices per minute; empty = our estimates (docs/security.md)"
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on")

    @field_validator("*", mode="before")
    @classmethod
    def _without_space_around(cls, value: object, info: ValidationInfo) -> object:
        """A token is easily pasted with a line's end, which no provider would accept."""
        if not isinstance(value, str):
            return value
        if not value.strip() and info.field_name and cls.model_fields[info.field_name].is_required():
            raise ValueError("is empty")
        return value.strip()

    @field_validator("confab_api_token")
    @classmethod
    def _is_hard_to_guess(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 16:
            raise ValueError("is too easily guessed: 16 characters at least, e.g. from `openssl rand -hex 32`")
        return value

    @field_validator("telnyx_public_key")
    @classmethod
    def _is_ed25519_key(cls, value: str) -> str:
        try:
            key = base64.b64decode(value, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != 32:
            raise ValueError("is not a base64 Ed25519 key of 32 bytes (Telnyx: Keys & Credentials, Public Key)")
        return value

    @field_validator("telnyx_phone_number")
    @classmethod
    def _is_e164(cls, value: str) -> str:
        if not re.fullmatch(r"\+[1-9]\d{6,14}", value):
            raise ValueError("is not in E.164 form, e.g. +12125550100")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, value: str) -> str:
        if value.startswith(("postgresql://", "postgres://")):
            return value
        if not value.startswith("sqlite:///"):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if value.removeprefix("sqlite:///") in {"", ":memory:"}:
            raise ValueError("must name a file, e.g. sqlite:///confab.db")
        return value

    @field_validator("confab_secret_key")
    @classmethod
    def _are_fernet_keys(cls, value: SecretStr) -> SecretStr:
        for key in re.findall(r"[^,\s]+", value.get_secret_value()):
            try:
                Fernet(key)
            except ValueError:
                raise ValueError("holds what is no key; make one with: python -m web key") from None
        return value

    @field_validator("slack_api_url", "telnyx_base_url")
    @classmethod
    def _is_http(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s]", value):
            raise ValueError("must begin with https:// or http://")
        return value

    @field_validator("confab_default_region")
    @classmethod
    def _is_region(cls, value: str) -> str:
        if value.upper() not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("is not a two-letter country code, e.g. US")
        return value.upper()

    @field_validator("confab_allowed_countries", mode="before")
    @classmethod
    def _split_countries(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        codes = frozenset(code.strip().upper() for code in value.split(",") if code.strip())
        if unknown := sorted(codes - phonenumbers.SUPPORTED_REGIONS):
            raise ValueError(f"has unknown country codes: {', '.join(unknown)}")
        return codes

    @field_validator(
        "confab_admins",
        "confab_operators",
        "confab_allow_people",
        "confab_allow_channels",
        "confab_allow_shared_channels",
        mode="before",
    )
    @classmethod
    def _split_ids(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        ids = frozenset(re.split(r"[,\s]+", value)) - {""}
        shape = _CHANNEL_ID if info.field_name and info.field_name.endswith("_channels") else _ANY_ID
        if odd := sorted(one for one in ids if not shape.fullmatch(one)):
            raise ValueError(
                f"has what is no Slack id, such as {'C' if shape is _CHANNEL_ID else 'U'}012AB3CD: {', '.join(odd)}"
            )
        return ids

    @field_validator("confab_sip_domains", mode="before")
    @classmethod
    def _split_domains(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return frozenset(host.strip().lower() for host in value.split(",") if host.strip())

    @model_validator(mode="after")
    def _has_a_way_to_slack(self) -> Self:
        if not self.slack_app_token.get_secret_value() and not self.slack_signing_secret.get_secret_value():
            raise ValueError("SLACK_SIGNING_SECRET is missing (or set SLACK_APP_TOKEN to use Socket Mode)")
        return self

    @property
    def countries(self) -> frozenset[str]:
        return self.confab_allowed_countries or frozenset({self.confab_default_region})

    @cached_property
    def texts(self) -> dict[str, object]:
        """The operator's own texts for the phone. Raises SettingsError when the file cannot be read."""
        return _toml(Path(self.confab_texts), "CONFAB_TEXTS") if self.confab_texts else {}

    @cached_property
    def rates(self) -> dict[str, object]:
        """Prices per minute, the operator's own over ours. Raises SettingsError when their file cannot be read."""
        ours = _toml(_RATES, "bot/rates.toml")
        given = _toml(Path(self.confab_rates), "CONFAB_RATES") if self.confab_rates else {}
        countries = given.get("countries", {})
        known = ours["countries"]
        merged = {**known, **countries} if isinstance(known, dict) and isinstance(countries, dict) else countries
        return {**ours, **given, "countries": merged}

    @property
    def secrets(self) -> list[str]:
        """What must never be written anywhere."""
        values = [value for name in type(self).model_fields if isinstance(value := getattr(self, name), SecretStr)]
        return [*re.findall(r"[^,\s]+", ",".join(one.get_secret_value() for one in values))]

    @property
    def socket_mode(self) -> bool:
        return bool(self.slack_app_token.get_secret_value())


def read_settings() -> Settings:
    """Read the environment, then ``.env`` of the current folder; raises SettingsError with every problem."""
    try:
        return Settings(_env_file=find_dotenv(usecwd=True) or None)  # type: ignore[call-arg]  # the environment fills the rest
    except ValidationError as error:
        raise SettingsError(_problems(error)) from None


def _toml(path: Path, setting: str) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError([f"{setting} cannot be read: {error}"]) from None


def _problems(error: ValidationError) -> list[str]:
    problems = []
    for one in error.errors():
        name = str(one["loc"][0]).upper() if one["loc"] else ""
        message = one["msg"].removeprefix("Value error, ").removeprefix("Input ")
        if one["type"] == "missing":
            problems.append(f"{name} is missing")
        else:
            problems.append(f"{name} {message}".strip())
    if not any("SLACK_SIGNING" in one for one in problems) and any(e["type"] == "missing" for e in error.errors()):
        problems += _way_to_slack(error)
    return problems


def _way_to_slack(error: ValidationError) -> list[str]:
    """Pydantic skips the check across fields when a field is missing; all must be named at once."""
    given = {key: value for e in error.errors() if isinstance(e["input"], dict) for key, value in e["input"].items()}
    if given.get("slack_app_token") or given.get("slack_signing_secret"):
        return []
    return ["SLACK_SIGNING_SECRET is missing (or set SLACK_APP_TOKEN to use Socket Mode)"]
