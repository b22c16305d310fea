"""Changes the password of an application's login on a database, without a moment in which none works.

  scripts/rotate DATABASE ROLE            makes the next login beside the one in use; both work
  scripts/rotate DATABASE ROLE --finish   closes the former login, once no application uses it any more

Two logins take turns. In between, applications get the new one: `scripts/env-file` writes it. Both steps change
`databases.DATABASE.rotation` in the stack file and bring the environment up; a run that was cut off is gone on with by
`make up`. ROLE is `ingest` or `read`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from operations.database import literal
from operations.databases.planned import database_of, server_of
from operations.databases.rotation_settings import set_rotation
from operations.databases.server import administrator
from operations.failure import USAGE, Failure, guarded
from operations.project import ROOT, require_stack
from operations.stack_plan import stack_plan
from operations.up import Consent, up
from planning.managed_databases import ROLES, PlannedDatabase
from planning.plan import Plan
from settings.database import Logins, Role


def main() -> int:
    parser = argparse.ArgumentParser("scripts/rotate", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("database")
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("-s", "--stack", default="dev", help="environment (default: dev)")
    parser.add_argument("--finish", action="store_true", help="close the former login")
    parser.add_argument("--end-sessions", action="store_true", help="with --finish: end connections that still use it")
    options = parser.parse_args()
    return guarded(lambda: run(options))


def run(options: argparse.Namespace) -> None:
    require_stack(options.stack)
    plan = stack_plan(options.stack)
    database = database_of(plan, options.database)
    logins = plan.environment.databases[database.name].rotation.get(options.role, Logins())
    step = finish if options.finish else begin
    if options.finish and not options.end_sessions:
        require_unused(plan, database, options.role)
    print(step(plan, database, options.role, logins))


def begin(plan: Plan, database: PlannedDatabase, role: Role, logins: Logins) -> str:
    """Makes the next login. Raises Failure while an earlier rotation is open."""
    if logins.overlap:
        raise Failure(
            f"the former login of {database.name} is still open",
            f"close it first: scripts/rotate {database.name} {role} -s {plan.name} --finish",
            USAGE,
        )
    _change(plan, database, role, logins.generation + 1, overlap=True)
    return (
        f"{database.name}: both logins work. Give applications the new one (scripts/env-file {database.name} "
        f"-s {plan.name}), restart them, then: scripts/rotate {database.name} {role} -s {plan.name} --finish"
    )


def finish(plan: Plan, database: PlannedDatabase, role: Role, logins: Logins) -> str:
    """Closes the former login; its password is refused from then on."""
    _change(plan, database, role, logins.generation, overlap=False)
    return f"{database.name}: only {database.current[role].name} works now"


def require_unused(plan: Plan, database: PlannedDatabase, role: Role) -> None:
    """Raises Failure that tells who still uses a former login; never what they ask."""
    group, current = database.current[role].role, database.current[role].name
    former = [one.name for one in database.logins if one.role == group and one.name != current]
    names = ", ".join(map(literal, former)) or "''"
    query = (
        "SELECT usename, coalesce(host(client_addr), 'the host itself'), count(*) FROM pg_stat_activity\n"  # noqa: S608
        f"WHERE usename IN ({names}) GROUP BY 1, 2 ORDER BY 1, 2;"
    )
    with administrator(server_of(plan, database.service)) as server:
        rows = [line.split("|") for line in server.sql("postgres", query).splitlines() if line]
    if rows:
        users = ", ".join(f"{count} connections of {login} from {place}" for login, place, count in rows)
        raise Failure(
            f"{database.name}: the former login is still in use: {users}",
            "give these applications the new one and restart them; --end-sessions ends their connections",
        )


def _change(plan: Plan, database: PlannedDatabase, role: Role, generation: int, *, overlap: bool) -> None:
    file: Path = ROOT / f"Pulumi.{plan.name}.yaml"
    set_rotation(file, database.name, role, generation=generation, overlap=overlap)
    print(f"{file.name}: databases.{database.name}.rotation.{role} is generation {generation}, overlap {overlap}")
    up(plan.name, Consent(), ask=False)


if __name__ == "__main__":
    sys.exit(main())
