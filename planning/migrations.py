"""The tables of a database as numbered SQL: `001-name.sql` makes a change, `001-name.down.sql` takes it back.

The files are plain SQL with variables of psql: `:"documents"` is the name of a table, which the settings may change,
`:dimension` and `:'language'` are theirs too, `:"ingest"`, `:"read"` and `:"owner"` are the database's roles. psql
runs them without anything of this project.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from planning.sql_text import unquoted

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "catalogue" / "schemas"
FILE = re.compile(r"^(?P<number>\d{3})-(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)(?P<down>\.down)?\.sql$")
TABLE = re.compile(r':"([a-z_][a-z0-9_]*)"')
ROLES = ("owner", "ingest", "read")
"""Variables that hold the names of the database's roles, for grants of a file's own."""
FORBIDDEN = {
    "a command of psql": re.compile(r"\\\S*"),
    "a transaction of its own": re.compile(
        r"(?:^|;)\s*(begin|start\s+transaction|commit|rollback|abort|end|prepare\s+transaction)\b", re.IGNORECASE
    ),
    "a change of role": re.compile(
        r"(?:^|;)\s*((re)?set\s+(local\s+|session\s+)?(role|session\s+authorization))\b", re.IGNORECASE
    ),
}
"""What would let a file leave the transaction, or the rights, that it runs in; looked for outside quotes."""
LARGEST_BYTES = 1_000_000


class SchemaError(ValueError):
    """A schema that cannot be used; its text tells why, in one line."""


@dataclass(frozen=True, kw_only=True)
class Migration:
    """One change and its way back."""

    number: int
    name: str
    up: str
    down: str

    @property
    def label(self) -> str:
        return f"{self.number:03d}-{self.name}"

    def checksum(self, variables: Mapping[str, str]) -> str:
        """Of what runs: the file, and the value of each variable that stands in it."""
        used = {name: value for name, value in variables.items() if re.search(rf":[\"']?{name}\b", self.up)}
        text = "\n".join([self.up, *(f"{name}={value}" for name, value in sorted(used.items()))])
        return sha256(text.encode()).hexdigest()


def read_schema(schema: str) -> tuple[Migration, ...]:
    """A schema that comes with the platform, or a folder, in the order of its numbers. Raises SchemaError."""
    folder = SHIPPED / schema if re.fullmatch(r"[a-z][a-z0-9-]*", schema) else ROOT / Path(schema).expanduser()
    if not folder.is_dir():
        shipped = ", ".join(sorted(path.name for path in SHIPPED.iterdir() if path.is_dir()))
        raise SchemaError(f"there is neither a folder {schema} nor a shipped schema of that name (shipped: {shipped})")
    texts = {path.name: _text(path) for path in sorted(folder.glob("*.sql"))}
    return parsed(texts)


def parsed(texts: Mapping[str, str]) -> tuple[Migration, ...]:
    """The migrations of files given by their names. Raises SchemaError with the first fault."""
    found = {name: FILE.fullmatch(name) for name in texts}
    for name, match in found.items():
        if match is None:
            raise SchemaError(f"{name} is not named like 001-first-tables.sql or 001-first-tables.down.sql")
        for what, pattern in FORBIDDEN.items():
            if fault := pattern.search(unquoted(texts[name])):
                said = " ".join(fault[0].strip("; \t\r\n").split())
                raise SchemaError(f"{name} holds {what} ({said}): each file runs in one transaction")
    ups = sorted(name for name, match in found.items() if match and not match["down"])
    if not ups:
        raise SchemaError("the folder holds no file like 001-first-tables.sql")
    _require_pairs(set(texts), ups)
    return tuple(
        Migration(
            number=number, name=name[4:-4], up=texts[name], down=texts[_down(name)]
        )
        for number, name in enumerate(ups, 1)
    )  # fmt: skip


def tables(migrations: Iterable[Migration]) -> tuple[str, ...]:
    """Names of tables that settings may change."""
    return tuple(sorted({name for one in migrations for name in TABLE.findall(one.up)} - set(ROLES)))


def _require_pairs(names: set[str], ups: list[str]) -> None:
    for number, name in enumerate(ups, 1):
        if not name.startswith(f"{number:03d}-"):
            raise SchemaError(f"{name} should be number {number:03d}: numbers follow each other without a gap")
    for fault in _lonely(names, ups):
        raise SchemaError(fault)


def _lonely(names: set[str], ups: list[str]) -> Iterator[str]:
    for name in ups:
        if _down(name) not in names:
            yield f"{name} has no way back: {_down(name)} is missing"
    for name in sorted(names - set(ups) - {_down(name) for name in ups}):
        yield f"{name} takes back what no file makes"


def _down(name: str) -> str:
    return name.removesuffix(".sql") + ".down.sql"


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST_BYTES:
        raise SchemaError(f"{path.name} is larger than {LARGEST_BYTES} bytes: data is no migration")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SchemaError(f"{path.name} is not UTF-8") from None
