"""The move itself: look, make, copy, complete, compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection, sql

from operations.failure import Failure
from operations.movein import progress
from operations.movein.checksum import checksum
from operations.movein.copying import Copying, Say
from operations.movein.making import complete, make_bare
from operations.movein.preflight import require_dimension, require_fitting
from operations.movein.shape import Table, require_tables, use_short_names

LOCK = 0x6D6F7665


@dataclass(frozen=True, kw_only=True)
class Move:
    """Tables of one source. `label` names the source in the target's notes; `dimension` is that of every vector.

    `index_memory_mb` is what one index may be built in; in a container its workers share it below /dev/shm.
    """

    source: Connection
    target: Connection
    label: str
    dimension: int
    batch: int
    say: Say
    index_memory_mb: int = 64

    def look(self, names: Sequence[str]) -> list[Table]:
        """The tables, when they can be moved. Raises Failure; writes nothing."""
        for side in (self.source, self.target):
            use_short_names(side)
        tables = require_tables(self.source, list(dict.fromkeys(names)))
        for line in require_dimension(self.source, tables, self.dimension):
            self.say(line)
        require_fitting(self.target, tables)
        return tables

    def run(self, tables: Sequence[Table], *, restart: bool) -> None:
        """Copies what is not there yet and makes the tables whole. Raises Failure while another run is at work."""
        row = self.target.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if not row or not row[0]:
            raise Failure("another run moves tables into this database", "wait for it")
        self.target.execute("set client_min_messages = warning")
        self.target.execute(progress.MAKE)
        for table in tables:
            if make_bare(self.target, table):
                self.say(f"{table.name}: made")
                progress.forget(self.target, self.label, table.name)
        if restart:
            self._empty(tables)
        self._require_own(tables)
        for table in tables:
            Copying(self.source, self.target, self.label, self.batch, self.say).table(table)
        memory = sql.Literal(f"{max(64, self.index_memory_mb)}MB")
        self.target.execute(sql.SQL("set maintenance_work_mem = {}").format(memory))
        # Vectors lie outside their table's own pages, and only a large table gets workers.
        self.target.execute("set min_parallel_table_scan_size = '256kB'")
        # Last, and in order: foreign keys need the rows of other tables.
        for table in tables:
            built = complete(self.target, table)
            self.say(f"{table.name}: {built} indexes built")

    def compare(self, tables: Sequence[Table]) -> None:
        """Raises Failure that names every table whose rows differ."""
        different = []
        for table in tables:
            theirs, ours = checksum(self.source, table), checksum(self.target, table)
            equal = "equal" if theirs == ours else "DIFFERENT"
            self.say(f"{table.name}: source {theirs}, target {ours}: {equal}")
            if theirs != ours:
                different.append(table.name)
        if different:
            raise Failure(
                f"source and target differ in {', '.join(different)}",
                "does something still write to the source? Put it in read-only, then run it again with --restart",
            )

    def _empty(self, tables: Sequence[Table]) -> None:
        with self.target.transaction():
            places = sql.SQL(", ").join(table.place for table in tables)
            self.target.execute(sql.SQL("truncate {}").format(places))
            for table in tables:
                progress.forget(self.target, self.label, table.name)

    def _require_own(self, tables: Sequence[Table]) -> None:
        """Rows that did not come from here would make the comparison fail at the very end."""
        for table in tables:
            state = progress.read(self.target, self.label, table.name)
            row = self.target.execute(sql.SQL("select exists (select from {})").format(table.place)).fetchone()
            if state.last_key is None and not state.done and row and row[0]:
                raise Failure(
                    f"table {table.name} of the target already has rows that did not come from this source",
                    "look at them; --restart empties the tables that you name",
                )
