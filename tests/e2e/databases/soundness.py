"""Whether tables and indexes of a database are sound, as far as its server can tell.

Every row is read, and every B-tree must give what its table gives, in its order. A server that has the extension
`amcheck`, as the official image does and its substitute does not, checks all pages and both ways between rows and
indexes on top.
"""

from __future__ import annotations

import psycopg

TABLES = """
select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and n.nspname !~ '^pg_|^information_schema$'
"""
BTREES = """
select i.indrelid::regclass::text, i.indexrelid::regclass::text,
    (select string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' order by n)
     from generate_series(1, i.indnkeyatts) n)
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
where a.amname = 'btree' and i.indpred is null and i.indrelid::regclass::text = any(%s)
"""
IN_ORDER = "set local enable_seqscan = off; set local enable_sort = off; set local enable_bitmapscan = off"
BY_ITSELF = "set local enable_indexscan = off; set local enable_indexonlyscan = off; set local enable_bitmapscan = off"
DEEP = """
select bt_index_parent_check(i.indexrelid, true, true) from pg_index i join pg_class c on c.oid = i.indexrelid
join pg_am a on a.oid = c.relam where a.amname = 'btree' and c.relpersistence <> 't' and i.indisvalid
"""
PAGES = """
select c.oid::regclass::text, v.* from pg_class c, lateral verify_heapam(c.oid) v
where c.relkind in ('r', 'm', 't') and c.relpersistence <> 't'
"""


def require_sound(connection: psycopg.Connection) -> bool:
    """As its administrator, with nobody else at work. Gives whether amcheck was there to look into it, too."""
    tables = [str(row[0]) for row in connection.execute(TABLES).fetchall()]
    assert tables
    for table, index, keys in connection.execute(BTREES, [tables]).fetchall():
        by_table = rows(connection, BY_ITSELF, table, keys)
        assert rows(connection, IN_ORDER, table, keys) == by_table, index
    if not connection.execute("select from pg_available_extensions where name = 'amcheck'").fetchall():
        return False
    connection.execute("create extension amcheck")
    connection.execute(DEEP)
    assert connection.execute(PAGES).fetchall() == []
    return True


def rows(connection: psycopg.Connection, how: str, table: str, keys: str) -> list[tuple[object, ...]]:
    """All rows in the order of those keys, got in one way or the other."""
    with connection.transaction():
        connection.execute(how)
        return connection.execute(f"select row({keys})::text from {table} order by {keys}".encode()).fetchall()
