"""What the documentation takes from the code. ``python -m tests.docs.generate`` writes it (``make docs``)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from bot.config import Settings
from bot.core import options, verbs
from bot.core.roles import Role
from bot.core.spoken import Texts

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PHONE = ROOT / "docs" / "phone.md"
SECURITY = ROOT / "docs" / "security.md"
ENV_EXAMPLE = ROOT / ".env.example"

_ENV_HEAD = """\
# Confab's settings: copy this file to .env and fill in what is required.
# An empty value counts as not set; a line such as "# PORT=8000" shows a default.
"""


class Setting(NamedTuple):
    """``default`` is None for a setting that must be given."""

    name: str
    default: str | None
    description: str


def settings() -> Iterator[Setting]:
    for name, field in Settings.model_fields.items():
        default = None if field.is_required() else _text(field.default)
        yield Setting(name.upper(), default, field.description or "")


def env_example() -> str:
    parts = [_ENV_HEAD]
    for one in settings():
        must = " (required)" if one.default is None else ""
        line = f"# {one.name}={one.default}" if one.default else f"{one.name}="
        parts.append(f"# {one.description}{must}\n{line}\n")
    return "\n".join(parts)


def settings_table() -> str:
    rows = [(f"`{one.name}`", _shown(one.default), one.description) for one in settings()]
    return _table(("Setting", "Default", "What it is"), rows)


def verb_table() -> str:
    rows = [
        (f"`/conf {one.usage}`", one.does, ", ".join(f"`{word}`" for word in one.synonyms)) for one in verbs.table()
    ]
    return _table(("Say", "What it does", "Also"), rows)


def permission_table() -> str:
    rows = [(role.told, ", ".join(_sayings(role))) for role in Role if _sayings(role)]
    return _table(("Who", "May say"), rows)


def _sayings(role: Role) -> list[str]:
    known = verbs.VERBS.items()
    plain = [f"`{name}`" for name, one in known if one.may.role is role]
    return plain + [f"`{name} {word}`" for name, one in known for word, takes in one.may.words.items() if takes is role]


def option_table() -> str:
    return _table(("Option", "What it does"), [(f"`{option}`", does) for option, does in options.TABLE])


def texts_table() -> str:
    rows = [(f"`{one.name}`", str(one.default)) for one in fields(Texts)]
    return _table(("Name", "What is said"), rows)


def with_texts(page: str) -> str:
    """The page about the phone with its table of texts as it should be."""
    return _with(page, "texts", texts_table())


def with_permissions(page: str) -> str:
    """The page about security with its table of who may say what as it should be."""
    return _with(page, "permissions", permission_table())


def with_tables(readme: str) -> str:
    """The README with its generated tables as they should be."""
    for mark, table in (("verbs", verb_table()), ("options", option_table()), ("settings", settings_table())):
        readme = _with(readme, mark, table)
    return readme


def _with(page: str, mark: str, table: str) -> str:
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    page, count = re.subn(f"{begin}.*?{end}", lambda _: f"{begin}\n{table}\n{end}", page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"a page must have {begin} … {end} once")
    return page


def _text(default: object) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    return ",".join(sorted(default)) if isinstance(default, frozenset) else str(default)


def _shown(default: str | None) -> str:
    if default is None:
        return "required"
    return f"`{default}`" if default else "empty"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text("utf-8")), "utf-8")
    PHONE.write_text(with_texts(PHONE.read_text("utf-8")), "utf-8")
    SECURITY.write_text(with_permissions(SECURITY.read_text("utf-8")), "utf-8")
    ENV_EXAMPLE.write_text(env_example(), "utf-8")
