"""The part of a Redis service's configuration that its settings decide: what it keeps, and who may use which keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planning.placement import Placement
from planning.plan import Plan, PlannedService
from settings.problem import Problem
from settings.redis import Redis, RedisClient

KINDS = ("redis",)
CACHE_SHARE = 0.75
"""Of the memory limit: the rest is for connections and for fragments."""
FORBIDDEN = "+@all -@admin -@dangerous +info"
"""Queue libraries read `info`; nobody but the administrator changes settings, lists users or empties a database."""
READING = "+@read +@connection +@pubsub -@dangerous +info"


def redis_policy(placement: Placement) -> str:
    """Lines of redis.conf; passwords stand in them as placeholders."""
    settings = placement.service.redis or Redis()
    memory_mb = placement.service.memory_mb or placement.definition.memory_mb
    return "\n".join([*_kept(settings, memory_mb), *_users(settings)])


def misplaced_redis(placements: Mapping[str, Placement]) -> Iterator[Problem]:
    """`redis` under a service that is none in a container."""
    for name, placement in placements.items():
        if placement.service.redis and placement.definition.kind not in KINDS:
            yield Problem(
                path=f"services.{name}.redis",
                value="",
                cause=f"{placement.definition.kind} takes no such settings",
                remedy="set it at a service of kind redis",
            )
        if placement.service.redis and "default" in placement.service.redis.clients:
            yield Problem(
                path=f"services.{name}.redis.clients.default",
                value="",
                cause="Redis calls its administrator so",
                remedy="name the client after its application",
            )


def is_cache(plan: Plan, service: PlannedService) -> bool:
    """Whether it is a Redis that writes nothing to its disk."""
    settings = plan.environment.services[service.name].redis
    return service.kind in KINDS and settings is not None and settings.use == "cache"


def client_password(client: str) -> str:
    """Name of the generated password of a client."""
    return f"redis-{client}"


def _kept(settings: Redis, memory_mb: int) -> Iterator[str]:
    if settings.use == "queue":
        yield "appendonly yes"
        return
    yield "appendonly no"
    yield 'save ""'
    yield f"maxmemory {int(memory_mb * CACHE_SHARE)}mb"
    yield "maxmemory-policy allkeys-lru"


def _users(settings: Redis) -> Iterator[str]:
    for name, client in settings.clients.items():
        yield f"user {name} on >${{password.{client_password(name)}}} resetkeys resetchannels {_rights(client)}"


def _rights(client: RedisClient) -> str:
    sign = "%R~" if client.read_only else "~"
    keys = [f"{sign}{key}" for key in client.keys]
    return " ".join(
        [*keys, *(f"&{channel}" for channel in client.channels), READING if client.read_only else FORBIDDEN]
    )
