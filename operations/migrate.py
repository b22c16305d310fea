"""Migrations of the databases of an environment.

  status            which migrations each database has had, and which are to come
  up                runs what is to come, as `pulumi up` does; with --dry-run tells what that would be
  down              takes migrations back, the last one first: one, or all above the number that --to names

Without --database all databases of the environment are meant; `down` wants one. A backup is made before anything runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from operations.databases.migrator import Migrator
from operations.databases.planned import database_of, migrations_of
from operations.databases.server import administrator
from operations.failure import Failure, guarded
from operations.project import require_stack
from operations.stack_plan import stack_plan
from planning.managed_databases import PlannedDatabase
from planning.plan import Plan

PREVIEW_SECONDS = 20


def main() -> int:
    options = arguments().parse_args()
    return guarded(lambda: run(options))


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("scripts/migrate", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("verb", nargs="?", choices=("status", "up", "down"), default="up", help="(default: up)")
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--database", metavar="NAME", help="one database; all when left out")
    parser.add_argument("--dry-run", action="store_true", help="tell what would run, and change nothing")
    parser.add_argument("--to", type=int, metavar="NUMBER", help="take back every migration above this number")
    return parser


def run(options: argparse.Namespace) -> None:
    require_stack(options.stack)
    plan = stack_plan(options.stack)
    if options.verb == "down":
        _down(plan, database_of(plan, options.database), options.to, dry_run=options.dry_run)
        return
    chosen = plan.databases if options.database is None else (database_of(plan, options.database),)
    for database in chosen:
        if options.verb == "status" or options.dry_run:
            print("\n".join(status(plan, database)))
        else:
            with _migrator(plan, database) as migrator:
                count = migrator.up()
            print(f"{database.name}: {count} migrations ran, {len(database.migrations)} in all")


def status(plan: Plan, database: PlannedDatabase, seconds: float = 60) -> Iterator[str]:
    """What the database has had, then what would run. Raises Failure."""
    with _migrator(plan, database) as migrator:
        done, waiting = migrator.applied(seconds), migrator.pending(seconds)
    yield f"{database.name}: {len(done)} applied, {len(waiting)} to run"
    yield from (f"  applied    {one.label}" for one in done)
    yield from (f"  would run  {one.label}" for one in waiting)


def tell_pending(plan: Plan) -> None:
    """What `pulumi up` would run, a line each. Where a server does not answer (it may not be there yet), says so."""
    for database in plan.databases:
        if not database.migrations:
            continue
        try:
            print("\n".join(line for line in status(plan, database, PREVIEW_SECONDS) if "  applied" not in line))
        except Failure as failure:
            first = str(failure).splitlines()[0]
            print(f"{database.name}: not looked at, so all {len(database.migrations)} migrations may run ({first})")


def _down(plan: Plan, database: PlannedDatabase, to: int | None, *, dry_run: bool) -> None:
    with _migrator(plan, database) as migrator:
        done = migrator.applied()
        target = max(len(done) - 1, 0) if to is None else to
        if dry_run:
            print("\n".join(f"would take back {one.label}" for one in reversed(done) if one.number > target))
            return
        count = migrator.down(target)
    print(f"{database.name}: {count} migrations taken back; `scripts/migrate up` would apply their files again")


@contextmanager
def _migrator(plan: Plan, database: PlannedDatabase) -> Iterator[Migrator]:
    spec = migrations_of(plan, database)
    with administrator(spec.server) as server:
        yield Migrator(server, spec)


if __name__ == "__main__":
    sys.exit(main())
