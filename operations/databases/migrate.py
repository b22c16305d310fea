"""Runs the migrations of one database that `pulumi up` names on standard input."""

from __future__ import annotations

import contextlib
import sys

from operations.databases.migrator import Migrator
from operations.databases.server import administrator
from operations.databases.spec import MigrationsSpec
from operations.failure import guarded
from operations.stdin_spec import read_spec


def main() -> int:
    return guarded(lambda: migrate(read_spec(MigrationsSpec)))


def migrate(spec: MigrationsSpec) -> None:
    # On the error stream: what is printed on the other one becomes a part of the state.
    with administrator(spec.server) as server, contextlib.redirect_stdout(sys.stderr):
        Migrator(server, spec, lambda line: print(line, flush=True)).up()
    print(f"{spec.roles.database} has {len(spec.files)} migrations")


if __name__ == "__main__":
    sys.exit(main())
