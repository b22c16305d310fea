"""What can be said of a database at one moment, and later be compared with what was restored."""

from __future__ import annotations

import json

from operations.backup.manifest import DatabaseFacts
from operations.backup.postgres_server import Session

# An extension's own tables come with it.
TABLES = """
FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
"""
COUNT = "SELECT format('SELECT json_build_array(%1$L::text, (SELECT count(*) FROM ONLY %1$s))', c.oid::regclass)"
COUNTS = f"{COUNT} {TABLES} \\gexec"
FACTS = f"""
SELECT json_build_object(
  'database', datname, 'version', current_setting('server_version_num')::int,
  'bytes', pg_database_size(oid), 'owner', pg_get_userbyid(datdba), 'encoding', pg_encoding_to_char(encoding),
  'collate', datcollate, 'ctype', datctype,
  'extensions', (SELECT coalesce(json_object_agg(extname, extversion), '{{}}') FROM pg_extension),
  'sequences', (SELECT coalesce(json_object_agg(format('%I.%I', schemaname, sequencename), last_value), '{{}}')
                FROM pg_sequences),
  'indexes', (SELECT coalesce(json_agg(i.indexrelid::regclass::text ORDER BY i.indexrelid::regclass::text), '[]')
              FROM pg_index i WHERE i.indisvalid AND i.indrelid IN (SELECT c.oid {TABLES})),
  'grants', (SELECT coalesce(json_agg(json_build_array(
                CASE a.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(a.grantee) END, a.privilege_type, a.is_grantable)),
                '[]') FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) a),
  'settings', (SELECT coalesce(json_agg(json_build_array(
                CASE s.setrole WHEN 0 THEN '' ELSE pg_get_userbyid(s.setrole) END, one)), '[]')
               FROM pg_db_role_setting s, unnest(s.setconfig) one WHERE s.setdatabase = d.oid)
) FROM pg_database d WHERE datname = current_database();
"""  # noqa: S608  (its parts stand in this file)
TABLE_BYTES = f"SELECT coalesce(sum(pg_table_size(c.oid)), 0) {TABLES};"


def facts(session: Session) -> DatabaseFacts:
    """As the session's transaction sees it. Counting reads every table once."""
    found = json.loads(session.ask(FACTS))
    counted = [json.loads(line) for line in session.ask(COUNTS).splitlines()]
    # As JSON: there a list may become a tuple.
    return DatabaseFacts.model_validate_json(json.dumps({**found, "rows": dict(counted)}))


def table_bytes(session: Session) -> int:
    """Size of all tables without their indexes."""
    return int(session.ask(TABLE_BYTES))
