"""A restore: everything asked for is made and verified beside the live data first, and then takes its place."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from operations.backup.listing import Backup
from operations.backup.manifest import BucketFacts, DatabaseFacts, Manifest, NotesFacts, Part, QdrantFacts, RedisFacts
from operations.backup.places import engine_of, postgres_server, redis_server
from operations.backup.postgres_server import PostgresServer
from operations.backup.repository import Repository
from operations.backup.sources_of import qdrant_client, s3_client
from operations.failure import USAGE, Failure
from operations.ollama.deadline import Deadline
from operations.restore.archive_parts import parts_of
from operations.restore.bucket import BucketTarget, restore_bucket
from operations.restore.database import RestoredDatabase, restore_database
from operations.restore.folder import FolderTarget
from operations.restore.preflight import require_fit
from operations.restore.qdrant import restore_qdrant
from operations.restore.redis import restore_redis
from operations.restore.restored import Members, Restored
from operations.restore.roles import make_missing
from operations.restore.volume import VolumeTarget, restore_volume
from operations.restore.wanted import WantedDatabase
from operations.ssh_login import login_of
from planning.plan import Plan

ROLES = "roles.sql"


@dataclass
class Restore:
    """One run for one environment. `into`: the one database gets this name, and nothing is switched."""

    plan: Plan
    manifest: Manifest
    deadline: Deadline
    into: str | None = None
    ready: list[Restored] = field(default_factory=list)
    _servers: dict[str, PostgresServer] = field(default_factory=dict)
    _roles: dict[str, str] = field(default_factory=dict)

    def prepare(
        self, repository: Repository, backup: Backup, wanted: Sequence[Part], stack: contextlib.ExitStack
    ) -> None:
        """Makes `ready` what waits beside the live data. Raises Failure, and then nothing waits any more."""
        self._preflight(wanted, stack)
        servers = {one.service for one in wanted if isinstance(one.facts, DatabaseFacts)}
        names = {one.name for one in wanted} | {f"notes/{server}" for server in servers}
        try:
            for part, given in parts_of(repository, backup, self.manifest, names, self.deadline):
                print(f"{part.name}: {part.bytes / 1e6:,.1f} MB", flush=True)
                self._take(part, given, stack)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Removes all that waits."""
        for one in self.ready:
            one.discard()
        self.ready.clear()

    def _preflight(self, wanted: Sequence[Part], stack: contextlib.ExitStack) -> None:
        for part in wanted:
            if part.service not in {service.name for service in self.plan.services}:
                cause = f"{self.plan.name} has no service {part.service}, whose data {part.name} is"
                raise Failure(cause, "add it to the stack file, or name other services: --service NAME", USAGE)
            if isinstance(part.facts, DatabaseFacts):
                require_fit(self._server(part.service, stack), part.facts)

    def _take(self, part: Part, given: Members, stack: contextlib.ExitStack) -> None:
        service = part.service
        if isinstance(part.facts, NotesFacts):
            texts = {info.name.rpartition("/")[2]: content.read().decode() for info, content in given}
            self._roles[service] = texts.get(ROLES, "")
        elif isinstance(part.facts, DatabaseFacts):
            self.ready.append(self._database(part, part.facts, given, stack))
        elif isinstance(part.facts, BucketFacts):
            store = s3_client(self.plan, service)
            self.ready.append(
                restore_bucket(BucketTarget(store=store, service=service, deadline=self.deadline), part, given)
            )
        elif isinstance(part.facts, QdrantFacts):
            self.ready.append(restore_qdrant(qdrant_client(self.plan, service), part, given, self.deadline))
        elif isinstance(part.facts, RedisFacts):
            contained = self.plan.service(service).container is not None
            place = self._volume(service, stack) if contained else self._folder(service, stack)
            self.ready.append(restore_redis(place, part, given))
        else:
            self.ready.append(restore_volume(self._volume(service, stack), part, given))

    def _database(
        self, part: Part, facts: DatabaseFacts, given: Members, stack: contextlib.ExitStack
    ) -> RestoredDatabase:
        server = self._server(part.service, stack)
        closed = [login for one in self.plan.databases for login in one.closed]
        make_missing(server, self._roles.get(part.service, ""), closed)
        jobs = max(2, min(8, int(self.plan.hosts[self.plan.service(part.service).host].cpus) // 2))
        wanted = WantedDatabase(server=server, part=part, facts=facts, jobs=jobs, deadline=self.deadline)
        made = restore_database(wanted, given, self.into)
        for one in made.recall:
            print(f"    {one.index}: finds {one.share:.1%} of what an exact search finds", flush=True)
        return made

    def _volume(self, service: str, stack: contextlib.ExitStack) -> VolumeTarget:
        planned = self.plan.service(service)
        docker = stack.enter_context(engine_of(self.plan, planned.host))
        return VolumeTarget(
            docker=docker,
            environment=self.plan.name,
            service=service,
            container=f"ai-platform-{self.plan.name}-{service}",
            deadline=self.deadline,
        )

    def _folder(self, service: str, stack: contextlib.ExitStack) -> FolderTarget:
        planned = self.plan.service(service)
        server = stack.enter_context(redis_server(self.plan, planned))
        login = login_of(self.plan.name, self.plan.hosts, planned.host)
        target = shlex.join(("ssh", "-p", str(login.ssh.port), f"{login.ssh.user}@{login.address}"))
        return FolderTarget(server=server, deadline=self.deadline, login=target)

    def _server(self, service: str, stack: contextlib.ExitStack) -> PostgresServer:
        if service not in self._servers:
            self._servers[service] = stack.enter_context(postgres_server(self.plan, service))
        return self._servers[service]
