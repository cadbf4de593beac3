import itertools
import json
import re
import shlex
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from bot.config import Settings
from bot.core.lifecycle import LegPhase
from bot.slack.manifest import BOT_SCOPES, OPTIONAL_SCOPES
from tests.docs.generate import (
    ENV_EXAMPLE,
    PHONE,
    README,
    ROOT,
    SECURITY,
    env_example,
    with_permissions,
    with_tables,
    with_texts,
)
from web import cli, openapi
from web.health import Metrics

PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
TOOLS = {"cat", "cd", "cp", "curl", "docker", "export", "git", "python3", "sqlite3"}


def commands(page: Path) -> list[list[str]]:
    """Every command in the page's shell blocks, in words; a variable set before a command is left out."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    words = (shlex.split(line, comments=True) for line in lines)
    return [list(itertools.dropwhile(lambda word: re.match(r"[A-Z_]+=", word), line)) for line in words if line]


def every_command() -> list[list[str]]:
    return [command for page in PAGES for command in commands(page) if command]


def test_the_generated_tables_of_the_readme_are_fresh() -> None:
    text = README.read_text("utf-8")
    assert text == with_tables(text), "run: make docs"


def test_the_texts_of_the_phone_are_fresh() -> None:
    page = PHONE.read_text("utf-8")
    assert with_texts(page) == page, "run make docs"


def test_the_table_of_who_may_say_what_is_fresh() -> None:
    page = SECURITY.read_text("utf-8")
    assert with_permissions(page) == page, "run make docs"


def test_every_test_that_security_names_exists() -> None:
    for file, name in re.findall(r"`(tests/\w+/\w+\.py)(?:::(\w+))?`", SECURITY.read_text("utf-8")):
        text = (ROOT / file).read_text("utf-8")
        assert not name or re.search(rf"def {name}\b", text), f"{file}::{name}"


def test_the_example_settings_are_fresh() -> None:
    assert ENV_EXAMPLE.read_text("utf-8") == env_example(), "run: make docs"


def test_a_readme_without_its_marks_is_noticed() -> None:
    with pytest.raises(ValueError, match="verbs"):
        with_tables("nothing")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"`make ([a-z]+)", page.read_text("utf-8")))
    named |= {command[1] for command in commands(page) if command[0] == "make"}
    assert named <= TARGETS


@pytest.mark.parametrize("command", every_command(), ids=shlex.join)
def test_every_command_is_a_known_one(command: list[str]) -> None:
    name, *rest = command
    match name:
        case "make":
            assert rest[0] in TARGETS
        case ".venv/bin/python":
            assert rest[:2] == ["-m", "web"]
            assert_takes(rest[2:])
        case "cp":
            assert (ROOT / rest[0]).exists()
        case _:
            assert name in TOOLS


def assert_takes(arguments: list[str]) -> None:
    """Our own command line knows this command and its options."""
    name, *rest = arguments
    options = {option for one in cli.main.commands[name].params for option in (*one.opts, *one.secondary_opts)}
    assert {word.split("=")[0] for word in rest if word.startswith("--")} <= options


def test_every_call_of_the_http_api_is_shown_once_and_right() -> None:
    shown = []
    for command in commands(README):
        if command[0] == "curl" and (path := re.search(r"/conferences\S*", " ".join(command))):
            method = command[command.index("-X") + 1].lower() if "-X" in command else "get"
            shown.append((method, re.sub(r"/\$\w+/", "/{id}/", path[0])))
    described = [(method, path) for path, item in openapi.DESCRIPTION["paths"].items() for method in item]
    assert shown == described


def test_the_answers_shown_have_the_fields_of_the_http_api() -> None:
    """The JSON blocks stand in the order of the calls."""
    blocks = re.findall(r"^```json\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    names = ["Created", "Invited", "Status", "HungUp"]
    for name, block in zip(names, blocks, strict=True):
        assert list(json.loads(block)) == list(openapi.SCHEMAS[name]["properties"])


def test_the_diagram_shows_the_phases_of_a_leg() -> None:
    diagram = re.search(r"```mermaid\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert diagram
    arrows = re.findall(r"(\w+) --> (\w+)", diagram[1])
    rank = {phase.value: place for place, phase in enumerate(LegPhase)}
    assert {phase for arrow in arrows for phase in arrow} == set(rank)
    assert all(rank[start] < rank[end] for start, end in arrows), "phases only rise"
    assert {(start, "gone") for start in list(rank)[:-1]} <= set(arrows), "a leg may be gone from every phase"
    assert set(itertools.pairwise(rank)) <= set(arrows)


def test_the_scopes_are_explained_as_the_manifest_asks_for_them() -> None:
    table = (ROOT / "docs" / "slack-app.md").read_text("utf-8").split("## What the scopes are for")[1].split("##")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    assert sorted(re.findall(r"`([^`]+)`", " ".join(cells))) == sorted({*BOT_SCOPES, *OPTIONAL_SCOPES})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_metric_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"`(confab_[a-z_]+)", page.read_text("utf-8")))
    assert named <= set(re.findall(r"# TYPE (\S+)", generate_latest(Metrics().registry).decode()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_into_the_repository_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_locks_hold_names_versions_markers_and_hashes_and_nothing_else(lock: str) -> None:
    pin = re.compile(
        r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[0-9][\w.]*( ; [\w' .=!<>()]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )
    assert [line for line in (ROOT / lock).read_text("utf-8").splitlines() if not pin.fullmatch(line)] == []


def test_the_containers_set_only_settings_that_exist() -> None:
    image = re.findall(r"^ENV (.*DATABASE_URL.*)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    compose = (ROOT / "docs" / "compose.yaml").read_text("utf-8").partition("\nservices:")[0]
    named = {*re.findall(r"(\w+)=", " ".join(image)), *re.findall(r"^    ([A-Z_]+):", compose, re.MULTILINE)}
    assert {"DATABASE_URL", "HOST", "PORT", "CONFAB_SECRET_KEY"} <= named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_the_proxy_hands_on_the_doors_and_nothing_else() -> None:
    (handed_on,) = re.findall(r"@inside not path (.*)", (ROOT / "docs" / "compose.yaml").read_text("utf-8"))
    routes = re.findall(r'Route\("(\S+)".*methods=\["POST"\]', (ROOT / "web" / "app.py").read_text("utf-8"))
    assert sorted(handed_on.split()) == sorted([*routes, "/conferences/*"])
    assert all(path.startswith("/conferences/") for path in openapi.DESCRIPTION["paths"])
