"""The SQL around one migration: one transaction, one run at a time, the rights of the owner, and a check at the end."""

from __future__ import annotations

from collections.abc import Mapping

from operations.database import identifier, literal
from operations.databases.record import MAKE, Applied
from operations.databases.server import settings_of
from operations.databases.spec import DatabaseRoles
from planning.migrations import Migration

LOCK = 0x6D696772
"""Advisory lock of the database that each migration holds until its transaction ends."""
TAKE_LOCK = f"SELECT pg_advisory_xact_lock({LOCK}) \\g /dev/null\n"
LOCK_SECONDS = 30
"""For which a migration waits for the application's locks; its own statements wait behind it meanwhile."""
# Workers of an index build take shared memory as soon as it begins, however little there is to index, and a server may
# have none left. A file that builds a large index asks for workers itself.
CHECK = """\
DO $check$
DECLARE fault text;
BEGIN
    SELECT format('table %s does not belong to %s', c.oid::regclass, current_setting('migration.owner')) INTO fault
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('migration', 'information_schema') AND n.nspname !~ '^pg_'
        AND pg_get_userbyid(c.relowner) <> current_setting('migration.owner')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1;
    IF fault IS NOT NULL THEN RAISE EXCEPTION '%', fault; END IF;
    SELECT format('%s could write to table %s', current_setting('migration.read'), c.oid::regclass) INTO fault
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND (has_table_privilege(current_setting('migration.read'), c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
             OR has_any_column_privilege(current_setting('migration.read'), c.oid, 'INSERT, UPDATE')) LIMIT 1;
    IF fault IS NOT NULL THEN RAISE EXCEPTION '%', fault; END IF;
    -- One that is not volatile changes no row: the server sees to that.
    SELECT format('%s could write through %s, which has the rights of its owner', current_setting('migration.read'),
                  p.oid::regprocedure) INTO fault
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND p.provolatile = 'v' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND has_function_privilege(current_setting('migration.read'), p.oid, 'EXECUTE')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                        AND d.deptype = 'e') LIMIT 1;
    IF fault IS NOT NULL THEN RAISE EXCEPTION '%', fault; END IF;
    SELECT format('index %s is not usable', i.indexrelid::regclass) INTO fault
    FROM pg_index i WHERE NOT i.indisvalid LIMIT 1;
    IF fault IS NOT NULL THEN RAISE EXCEPTION '%', fault; END IF;
END $check$;
"""


def up_script(migration: Migration, roles: DatabaseRoles, variables: Mapping[str, str]) -> str:
    """Runs the migration, unless another run has done so meanwhile. Prints `applied` when it did."""
    record = ", ".join(
        [str(migration.number), *map(literal, (migration.name, migration.checksum(variables), migration.down))]
    )
    return _transaction(
        roles, variables,
        wanted=f"NOT EXISTS (SELECT FROM migration.applied WHERE number = {migration.number})",
        work=migration.up,
        record=f"INSERT INTO migration.applied (number, name, checksum, down) VALUES ({record});",  # noqa: S608  (quoted)
    )  # fmt: skip


def down_script(applied: Applied, roles: DatabaseRoles, variables: Mapping[str, str]) -> str:
    """Takes a migration back, by the text that was kept when it ran."""
    return _transaction(
        roles, variables,
        wanted=f"(SELECT max(number) FROM migration.applied) = {applied.number}",  # noqa: S608  (a number)
        work=applied.down,
        record=f"DELETE FROM migration.applied WHERE number = {applied.number};",  # noqa: S608  (a number)
    )  # fmt: skip


def prepare_script() -> str:
    """Makes the record of what has run."""
    return f"BEGIN;\n{TAKE_LOCK}SET LOCAL client_min_messages = warning;\n{MAKE}COMMIT;\n"


def _transaction(roles: DatabaseRoles, variables: Mapping[str, str], *, wanted: str, work: str, record: str) -> str:
    names = "".join(
        f"SELECT set_config('migration.{key}', {literal(value)}, true) \\g /dev/null\n"
        for key, value in (("owner", roles.owner), ("read", roles.read))
    )
    return (
        f"{settings_of(variables)}BEGIN;\n"
        f"{TAKE_LOCK}"
        f"SELECT {wanted} AS wanted \\gset\n"
        "\\if :wanted\n"
        f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s';\n"
        "SET LOCAL max_parallel_maintenance_workers = 0;\n"
        f"SET LOCAL ROLE {identifier(roles.owner)};\n"
        f"{work}\n;\n"
        "RESET ROLE;\n"
        f"{names}{CHECK}{record}\n"
        "COMMIT;\n"
        "\\echo applied\n"
        "\\endif\n"
    )
