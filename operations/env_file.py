"""Writes the environment variables of a database's applications: `.env` with the passwords, or an example without.

The file is readable by its owner only, from the first byte on, and is replaced as a whole. What somebody has put in by
hand where the platform gives no value (OPENAI_API_KEY) is kept. The certificate that the server is verified with is
written beside it.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path

from operations.databases.connection import address_of
from operations.databases.planned import database_of
from operations.databases.tls import authority_of
from operations.databases.variables import Variable, render, variables
from operations.failure import USAGE, Failure, guarded
from operations.outputs import Outputs, stack_outputs
from operations.project import require_stack
from operations.stack_plan import stack_plan
from planning.managed_databases import PlannedDatabase
from planning.plan import Plan

PRIVATE = 0o600
READABLE = 0o644


def main() -> int:
    parser = argparse.ArgumentParser("scripts/env-file", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("database", nargs="?", help="needed where the environment has several")
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--to", type=Path, metavar="FILE", help="(default: .env.STACK, or .env.example)")
    parser.add_argument("--example", action="store_true", help="the example: no passwords, no outputs needed")
    options = parser.parse_args()
    return guarded(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    require_stack(options.stack)
    plan = stack_plan(options.stack)
    database = database_of(plan, options.database)
    wanted = variables(database)
    if options.example:
        target = options.to or Path(".env.example")
        _write(target, render(wanted, {}), READABLE)
    else:
        target = options.to or Path(f".env.{options.stack}")
        outputs = stack_outputs(options.stack)
        given = {**values(plan, database, outputs), **_tls(target, authority_of(outputs, database.service))}
        _write(target, render(wanted, {**given, **_kept(target, wanted)}), PRIVATE)
    print(f"wrote {target} for {database.name} of {options.stack}: {len(wanted)} variables")


def values(plan: Plan, database: PlannedDatabase, outputs: Outputs) -> dict[str, str]:
    """What the platform gives. Raises Failure when the logins have not been made yet."""
    models = plan.environment.models
    own = models.embedding_dimension == int(database.variables["dimension"])
    return {
        "DATABASE_URL": address_of(plan, database, "read", outputs).url,
        "INGEST_DATABASE_URL": address_of(plan, database, "ingest", outputs).url,
        # The platform's own model, where it fits the tables.
        **({"EMBEDDING_MODEL": models.embedding} if own else {}),
    }


def _kept(target: Path, wanted: tuple[Variable, ...]) -> dict[str, str]:
    """Values that a person has put into the file that is there."""
    if not target.is_file():
        return {}
    own = {variable.name for variable in wanted if not variable.given}
    lines = (line.strip().removeprefix("export ") for line in target.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): _unquoted(value) for name, _, value in pairs if name.strip() in own and _unquoted(value)}


def _unquoted(value: str) -> str:
    """As a shell reads it; as it stands where no shell could."""
    try:
        return "".join(shlex.split(value, comments=True)[:1])
    except ValueError:
        return value.strip()


def _tls(target: Path, authority: str | None) -> dict[str, str]:
    """Puts the authority's certificate beside the file."""
    if authority is None:
        return {"PGSSL_MODE": "prefer", "PGSSLMODE": "prefer", "PGSSLROOTCERT": ""}
    beside = target.absolute().with_name(f"{target.name}.authority.pem")
    _write(beside, authority, READABLE)
    return {"PGSSL_MODE": "require", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(beside)}


def _write(target: Path, text: str, mode: int) -> None:
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise Failure(f"{target} cannot be written: {error.strerror}", "name another place with --to", USAGE) from None


if __name__ == "__main__":
    sys.exit(main())
