"""`scripts/migrate-in`: see options.py."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from psycopg.conninfo import make_conninfo

from operations.databases.planned import database_of, server_of
from operations.databases.server import Administrator, administrator
from operations.databases.tls import tls_options
from operations.failure import USAGE, Failure, guarded
from operations.movein import dump
from operations.movein.login import owner_login
from operations.movein.move import Move
from operations.movein.options import parser
from operations.movein.session import connected, source_conninfo
from operations.outputs import stack_outputs
from operations.project import require_stack
from operations.retrieval.store import address
from operations.stack_plan import stack_plan
from planning.managed_databases import PlannedDatabase
from planning.plan import Plan

NATIVE_INDEX_MEMORY_MB = 1024


def main() -> int:
    options = parser().parse_args()
    return guarded(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    require_stack(options.stack)
    if not 1 <= options.batch <= 100_000:
        raise Failure("--batch must be 1 to 100000", "leave it out", USAGE)
    plan = stack_plan(options.stack)
    database = database_of(plan, options.database)
    with administrator(server_of(plan, database.service)) as server, _move(plan, database, server, options) as move:
        tables = move.look(options.table)
        if options.dry_run:
            print(f"dry run: {len(tables)} tables can be moved; nothing was written")
            return
        if not options.verify:
            move.run(tables, restart=options.restart)
        move.compare(tables)
    if options.dump:
        with administrator(server_of(plan, database.service)) as server:
            dump.drop(server, options.dump)
    print(f"{database.name}: {len(tables)} tables are as in the source")


@contextmanager
def _move(plan: Plan, database: PlannedDatabase, server: Administrator, options: argparse.Namespace) -> Iterator[Move]:
    service = plan.service(database.service)
    place = {"host": service.address, "port": str(service.port), **tls_options(stack_outputs(plan.name), service.name)}
    with ExitStack() as stack:
        conninfo = stack.enter_context(owner_login(server, database.owner, place, database.name))
        if options.dump:
            extensions = [extension.name for extension in database.extensions]
            name = dump.scratch(server, options.dump, options.table, database.owner, extensions)
            source = make_conninfo(conninfo, dbname=name)
            label = f"dump {dump.digest(options.dump)[:16]}"
        else:
            source = source_conninfo(options.url, sys.stdin.readline().strip() if options.password_stdin else None)
            label = address(source)
        yield Move(
            source=stack.enter_context(connected(source, read_only=True)),
            target=stack.enter_context(connected(conninfo)),
            label=label,
            dimension=int(database.variables["dimension"]),
            batch=options.batch,
            say=lambda line: print(line, flush=True),
            index_memory_mb=service.container.memory_mb // 4 if service.container else NATIVE_INDEX_MEMORY_MB,
        )


if __name__ == "__main__":
    sys.exit(main())
