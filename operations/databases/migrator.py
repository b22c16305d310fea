"""Brings the tables of one database to their latest form, or back."""

from __future__ import annotations

import time
from collections.abc import Callable

from operations.databases.backup_first import backup_first
from operations.databases.record import Applied, applied, pending
from operations.databases.script import down_script, prepare_script, up_script
from operations.databases.server import Administrator
from operations.databases.spec import MigrationsSpec
from operations.failure import Failure
from planning.migrations import Migration

SECONDS = 3600
Say = Callable[[str], None]


class Migrator:
    """Owns the schema `migration` and what the files make. Each migration is whole or has not happened."""

    def __init__(self, administrator: Administrator, spec: MigrationsSpec, say: Say = print) -> None:
        self._administrator, self._spec, self._say = administrator, spec, say
        self._database = spec.roles.database

    def applied(self, seconds: float = 60) -> tuple[Applied, ...]:
        return applied(self._administrator, self._database, seconds)

    def pending(self, seconds: float = 60) -> tuple[Migration, ...]:
        """What is still to run. Raises Failure where the database and the files do not belong together."""
        files = [file.migration for file in self._spec.files]
        return pending(self._database, files, self._spec.variables, self.applied(seconds))

    def up(self) -> int:
        """Runs what is pending, after a backup of what is there. Returns how many ran. Raises Failure at the first
        that fails: that one has not happened, those before it have."""
        waiting = self.pending()
        if not waiting:
            return 0
        self._back_up()
        self._administrator.sql(self._database, prepare_script())
        for migration in waiting:
            self._run(migration.label, up_script(migration, self._spec.roles, self._spec.variables))
        self._require_whole()
        return len(waiting)

    def down(self, to: int) -> int:
        """Takes back every migration above number `to`, the last one first. Returns how many. Raises Failure."""
        undone = [one for one in reversed(self.applied()) if one.number > to]
        if undone:
            self._back_up()
        for one in undone:
            self._run(f"{one.label} back", down_script(one, self._spec.roles, self._spec.variables))
        return len(undone)

    def _run(self, label: str, script: str) -> None:
        started = time.monotonic()
        try:
            said = self._administrator.sql(self._database, script, SECONDS)
        except Failure as failure:
            raise Failure(
                f"{self._database}: {label} failed and was rolled back: {failure}",
                "mend the file, then run the same command again; what was there before still works",
            ) from None
        done = "done" if said.strip().endswith("applied") else "done by another run"
        self._say(f"{self._database}: {label} {done} ({time.monotonic() - started:.1f} s)")

    def _back_up(self) -> None:
        query = "SELECT count(*) FROM pg_stat_user_tables WHERE schemaname <> 'migration';"
        if int(self._administrator.sql(self._database, query)):
            self._say(f"{self._database}: {backup_first(self._administrator, self._spec)}")

    def _require_whole(self) -> None:
        if left := self.pending():
            raise Failure(f"{self._database} still lacks {left[0].label}", "another run is at work: run this again")
