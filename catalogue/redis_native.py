"""Redis on a Mac itself: its data lies on the Mac's own disk, not in Colima's machine."""

from __future__ import annotations

from catalogue.definition import Definition, Probe

DEFINITION = Definition(
    kind="redis-native",
    summary="Redis 8, outside containers",
    native=True,
    passwords=("redis",),
    port=6379,
    container_port=6379,
    memory_mb=256,
    disk_gb=1,
    probe=Probe(method="REDIS"),
)
