"""All data of an environment that is worth a backup, as sources that are ready to be read."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator

from operations.backup.places import container_shell, postgres_server, redis_server
from operations.backup.sources.bucket import BucketSource
from operations.backup.sources.database import DatabaseSource
from operations.backup.sources.notes import NotesSource, as_json, roles
from operations.backup.sources.qdrant import QdrantSource
from operations.backup.sources.redis import RedisSource
from operations.backup.sources.source import Source
from operations.backup.sources.volume import VolumeSource
from operations.backup.store import S3Client, client
from operations.engine import Engine
from operations.model_servers import model_servers
from operations.ollama.server import Ollama
from operations.outputs import stack_outputs
from operations.project import ROOT
from operations.reembed.qdrant.client import Client, pool
from operations.retrieval.remote import Remote
from planning.databases import databases_of
from planning.placement import serving
from planning.plan import Plan, PlannedService
from planning.redis import is_cache

MODEL_SECONDS = 60.0


@contextlib.contextmanager
def sources_of(plan: Plan) -> Iterator[list[Source]]:
    """Databases first: they are what is missed first. Raises Failure for a service that does not run."""
    backups = plan.environment.backups
    left_out = backups.leave_out if backups else ()
    kept = [service for service in plan.services if service.name not in left_out]
    with contextlib.ExitStack() as stack:
        found: list[Source] = [*_databases(plan, kept, stack)]
        for service in kept:
            if keeps_queues(plan, service):
                server = stack.enter_context(redis_server(plan, service))
                found.append(RedisSource(server=server))
            if serving(service.kind) == "qdrant":
                found.append(QdrantSource(service=service.name, client=qdrant_client(plan, service.name)))
            for volume in service.container.volumes if service.container else ():
                if volume.saved:
                    shell = stack.enter_context(container_shell(plan, service))
                    name = f"ai-platform-{plan.name}-{service.name}-{volume.name}"
                    found.append(
                        VolumeSource(
                            service=service.name, shell=shell, volume=name, path=volume.path, sqlite=volume.sqlite
                        )
                    )
        found += _buckets(plan, kept)
        found.append(NotesSource(service="environment", texts=_notes(plan)))
        yield found


@contextlib.contextmanager
def database_sources(plan: Plan, name: str) -> Iterator[list[Source]]:
    """One database with the roles of its server. Raises Failure for a server that does not run."""
    with contextlib.ExitStack() as stack:
        yield [*_databases(plan, list(plan.services), stack, only=name)]


def keeps_queues(plan: Plan, service: PlannedService) -> bool:
    """Whether it is a Redis, in a container or on a Mac, whose keys nobody could make again."""
    return serving(service.kind) == "redis" and not is_cache(plan, service)


def _databases(plan: Plan, kept: list[PlannedService], stack: contextlib.ExitStack, only: str = "") -> Iterator[Source]:
    names = {service.name for service in kept}
    wanted = [one for one in databases_of(plan) if one.service in names and only in ("", one.name)]
    for name in dict.fromkeys(one.service for one in wanted):
        server = stack.enter_context(postgres_server(plan, name))
        yield NotesSource(service=name, texts={"roles.sql": functools.partial(roles, server)})
        jobs = max(2, min(8, int(plan.hosts[plan.service(name).host].cpus) // 2))
        for one in wanted:
            if one.service == name:
                yield DatabaseSource(server=server, database=one.name, jobs=jobs)


def _buckets(plan: Plan, kept: list[PlannedService]) -> list[Source]:
    wanted = [(one.bucket_service, one.bucket) for one in kept if one.bucket and one.bucket_service]
    return [
        BucketSource(service=service, store=s3_client(plan, service), bucket=bucket)
        for service, bucket in dict.fromkeys(wanted)
    ]


def qdrant_client(plan: Plan, service: str) -> Client:
    """With the environment's key, over a connection of its own."""
    outputs = stack_outputs(plan.name)
    key = outputs.credentials.get("qdrant")
    connections = pool(key.get_secret_value() if key else None)
    return Client(Remote(service, outputs.url(service), f"scripts/health -s {plan.name}", connections))


def s3_client(plan: Plan, service: str) -> S3Client:
    """With the platform's own key."""
    outputs = stack_outputs(plan.name)
    return client(outputs.url(service), outputs.credentials["s3"].get_secret_value())


def _notes(plan: Plan) -> dict[str, Callable[[], bytes]]:
    file = f"Pulumi.{plan.name}.yaml"
    texts = {"state.json": lambda: as_json(Engine(plan.name).export()), file: (ROOT / file).read_bytes}
    if any(serving(service.kind) == "ollama" for service in plan.services):
        texts["models.json"] = lambda: as_json(_models(plan.name))
    return texts


def _models(stack: str) -> dict[str, list[dict[str, object]]]:
    """Names and digests by service: enough to pull them again."""
    held = {one.service: Ollama(one.url, MODEL_SECONDS).held() for one in model_servers(stack)}
    return {service: [vars(model) for model in models.values()] for service, models in held.items()}
