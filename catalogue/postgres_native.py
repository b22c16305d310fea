"""Postgres with pgvector on a Mac itself: its data lies on the Mac's own disk, not in Colima's machine.

Roles and databases are made by the host's role (hosts/mac/postgres.py). Over the network it serves TLS only, as the one
in a container does.
"""

from __future__ import annotations

from catalogue.definition import Database, Definition, Probe

DEFINITION = Definition(
    kind="postgres-native",
    summary="Postgres 16 with pgvector, outside containers",
    native=True,
    passwords=("postgres",),
    port=5432,
    container_port=5432,
    memory_mb=1024,
    disk_gb=5,
    probe=Probe(method="POSTGRES"),
    database=Database(name="platform", role="platform", extensions=("vector",)),
    certified=True,
)
