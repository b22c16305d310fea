"""A restore from the repository to a database in use, all checks included, against `pg_restore -j1` of a local file.

So many rows that, as in most real collections, the graph of the index does not fit into Postgres's default
`maintenance_work_mem` of 64 MB. That is part of what the reference's defaults cost.
"""

from bench.database import DATABASE, bench_database
from bench.measure import Measurement, interleave

ROWS = 40_000
ROUNDS = 3
PLAIN = "createdb -U postgres plain; pg_restore -U postgres -j1 -d plain /tmp/plain.dump; dropdb -U postgres plain"


def measure() -> Measurement:
    """Wall seconds. The reference only loads: it neither decrypts, nor compares, nor keeps the old database."""
    with bench_database(ROWS) as bench:
        bench.back_up()
        backup = bench.last()
        bench.run(f"pg_dump -U postgres -Fc -f /tmp/plain.dump {DATABASE}")
        pair = interleave(lambda: bench.restore(backup), lambda: bench.run(PLAIN), ROUNDS)
        return pair.measurement("s", f"{backup.bytes / 1e6:.0f} MB of dump, one HNSW and one GIN index")
