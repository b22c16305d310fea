"""Restores the chosen tables of a dump. What belongs to other tables only is not in the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.databases.server import Administrator
from operations.failure import USAGE, Failure

SECONDS = 6 * 3600
ENTRY = re.compile(r"^\d+; \d+ \d+ (?P<kind>[A-Z]+(?: [A-Z]+)*) public (?P<name>\S+)")


@dataclass(frozen=True)
class Pass:
    """Entries of some kinds. `of_tables`: those of the chosen tables only. `strict`: one that fails ends it all."""

    kinds: tuple[str, ...]
    of_tables: bool
    strict: bool


PASSES = (
    Pass(("TYPE", "DOMAIN"), of_tables=False, strict=False),
    Pass(("TABLE",), of_tables=True, strict=True),
    # The list does not tell to which table these belong: those of tables that are not there fail, and may.
    Pass(("SEQUENCE", "SEQUENCE OWNED BY", "SEQUENCE SET"), of_tables=False, strict=False),
    Pass(("DEFAULT",), of_tables=True, strict=True),
    Pass(("TABLE DATA",), of_tables=True, strict=True),
    Pass(("CONSTRAINT", "CHECK CONSTRAINT"), of_tables=True, strict=True),
    Pass(("INDEX",), of_tables=False, strict=False),
    Pass(("FK CONSTRAINT",), of_tables=True, strict=False),
)


def restore(administrator: Administrator, database: str, owner: str, file: Path, tables: Sequence[str]) -> None:
    """Raises Failure when the dump lacks a table, or one cannot be restored."""
    listed = administrator.restore(file, ("--list",), "", SECONDS).splitlines()
    missing = set(tables) - {match["name"] for line in listed if (match := ENTRY.match(line)) and _is_data(match)}
    if missing:
        raise Failure(f"{file} holds no rows of {', '.join(sorted(missing))} (schema public)", "name others", USAGE)
    for one in PASSES:
        chosen = [line for line in listed if _belongs(one, line, tables)]
        if chosen:
            options = ("--no-owner", "--no-acl", f"--role={owner}", f"--dbname={database}",
                       *(("--exit-on-error",) if one.strict else ()))  # fmt: skip
            administrator.restore(file, options, "\n".join(chosen), SECONDS, strict=one.strict)


def _is_data(match: re.Match[str]) -> bool:
    return match["kind"] == "TABLE DATA"


def _belongs(one: Pass, line: str, tables: Sequence[str]) -> bool:
    match = ENTRY.match(line)
    return match is not None and match["kind"] in one.kinds and (not one.of_tables or match["name"] in tables)
