"""A nightly backup, from the first question to the stored manifest, against `pg_dump -Fc` with its defaults.

Before each of ours the corpus has changed: the oldest fiftieth of the rows has gone and as many new ones have come. The
repository holds yesterday's backup, as it does every night. The first backup of all, which has everything to store, and
is what a night costs that changes every page, stands in the note.
"""

from bench.database import DATABASE, ROWS, Bench, bench_database
from bench.measure import Measurement, interleave

ROUNDS = 3
CHANGE = f"""
DELETE FROM embeddings WHERE id IN (SELECT id FROM embeddings ORDER BY id LIMIT {ROWS // 50});
INSERT INTO embeddings SELECT (SELECT max(id) FROM embeddings) + i, noise(i % 200)
    FROM generate_series(1, {ROWS // 50}) i;
VACUUM embeddings; CHECKPOINT;
"""


def nightly(bench: Bench) -> float:
    """Seconds; the change of the day is not counted."""
    bench.sql(CHANGE)
    return bench.back_up()


def measure() -> Measurement:
    """Wall seconds."""
    with bench_database() as bench:
        first = bench.back_up()
        plain = f"pg_dump -U postgres -Fc -f /tmp/plain.dump {DATABASE}; rm /tmp/plain.dump"
        pair = interleave(lambda: nightly(bench), lambda: bench.run(plain), ROUNDS)
        return pair.measurement("s", f"the very first backup took {first:.1f} s = {first / pair.reference:.2f}")
