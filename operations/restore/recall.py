"""Does a vector index that was just built find what an exact search finds? Asked of each, for a few stored vectors."""

from __future__ import annotations

import json
from dataclasses import dataclass

from operations.backup.postgres_server import PostgresServer, Session
from operations.failure import Failure

QUERIES = 10
NEAREST = 10
BROKEN = 0.5
"""Below this an index is broken; how good it is beyond that depends on its parameters and on the data."""
# The operator that each operator class orders by, from the catalogue itself; the index's expression and condition.
INDEXES = """
SELECT json_build_object('index', i.indexrelid::regclass, 'table', i.indrelid::regclass,
    'expression', pg_get_indexdef(i.indexrelid, 1, true), 'operator', o.oprname,
    'schema', (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = o.oprnamespace),
    'condition', coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'))
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
JOIN pg_opclass k ON k.oid = i.indclass[0]
JOIN pg_amop p ON p.amopfamily = k.opcfamily AND p.amoppurpose = 'o' AND p.amoplefttype = k.opcintype
JOIN pg_operator o ON o.oid = p.amopopr
WHERE a.amname IN ('hnsw', 'ivfflat') AND i.indisvalid AND i.indnatts = 1;
"""
THOROUGH = "SET hnsw.ef_search = 100; SET ivfflat.probes = 10;"


@dataclass(frozen=True, kw_only=True)
class Recall:
    """`share` of the exact nearest rows that the index found; 1.0 for an empty table."""

    index: str
    share: float


def recall(server: PostgresServer, database: str, seconds: float) -> list[Recall]:
    """Raises Failure for an index that is broken."""
    with server.session(database, seconds) as session:
        found = [json.loads(line) for line in session.ask(INDEXES).splitlines()]
        measured = [Recall(index=one["index"], share=_share(session, one)) for one in found]
    for one in measured:
        if one.share < BROKEN:
            cause = f"index {one.index} of {server.service} finds {one.share:.0%} of what an exact search finds"
            raise Failure(f"{cause}; the live database was not touched", "use another backup")
    return measured


def _share(session: Session, index: dict[str, str]) -> float:
    """Distances are compared, not rows: equally near ones are equally right."""
    session.ask(f"LOAD 'vector'; {THOROUGH}")
    exact = _distances(session, index, "SET enable_indexscan = off;")
    near = _distances(session, index, "SET enable_indexscan = on; SET enable_seqscan = off; SET enable_sort = off;")
    session.ask("RESET enable_indexscan; RESET enable_seqscan; RESET enable_sort;")
    hits = wanted = 0
    for query, best in exact.items():
        if not best:
            continue
        limit = max(best) + 1e-6 * max(1.0, abs(max(best)))
        wanted += len(best)
        hits += sum(one <= limit for one in near.get(query, []))
    return hits / wanted if wanted else 1.0


def _distances(session: Session, index: dict[str, str], plan: str) -> dict[str, list[float]]:
    expression, table, condition = index["expression"], index["table"], index["condition"]
    operator = f"OPERATOR({index['schema']}.{index['operator']})"
    there = f"FROM {table} WHERE {condition} AND ({expression}) IS NOT NULL ORDER BY ctid LIMIT {QUERIES}"
    sample = f"SELECT ctid AS place, {expression} AS wanted {there}"
    rows = session.ask(
        f"{plan} SELECT json_build_array(q.place, (SELECT json_agg(distance) FROM ("  # noqa: S608  (from the catalogue)
        f"SELECT {expression} {operator} q.wanted AS distance FROM {table} WHERE {condition}"
        f" ORDER BY {expression} {operator} q.wanted LIMIT {NEAREST}) nearest))"
        f" FROM ({sample}) q;"
    )
    answers = [json.loads(line) for line in rows.splitlines() if line.startswith("[")]
    return {place: [one for one in distances or [] if one is not None] for place, distances in answers}
