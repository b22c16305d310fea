"""Runs the migrations of one database that `pulumi up` names on standard input."""

from __future__ import annotations

import sys

from operations.databases.migrator import Migrator
from operations.databases.server import administrator
from operations.databases.spec import MigrationsSpec
from operations.failure import guarded
from operations.stdin_spec import read_spec


def main() -> int:
    return guarded(lambda: migrate(read_spec(MigrationsSpec)))


def migrate(spec: MigrationsSpec) -> None:
    with administrator(spec.server) as server:
        # On the error stream: what is printed on the other one becomes a part of the state.
        Migrator(server, spec, lambda line: print(line, file=sys.stderr, flush=True)).up()
    print(f"{spec.roles.database} has {len(spec.files)} migrations")


if __name__ == "__main__":
    sys.exit(main())
