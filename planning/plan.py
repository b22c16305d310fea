"""The plan of one environment: what every later room reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from catalogue.definition import Database, Healthcheck, Volume
from planning.managed_databases import PlannedDatabase
from settings.environment import Environment
from settings.host import Host


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """A file of a container; `template` still holds ${password...} and ${secret...}, which only components fill."""

    path: str
    template: str
    mode: str


@dataclass(frozen=True, kw_only=True)
class PlannedLive:
    """Files that a service takes up while it runs, by paths relative to `current`; see catalogue/definition.py."""

    folder: str
    files: tuple[PlannedFile, ...]
    check: tuple[str, ...]
    version: tuple[str, ...]
    reload: tuple[str, ...]

    @property
    def current(self) -> str:
        return f"{self.folder}/current"


@dataclass(frozen=True, kw_only=True)
class FetchedModel:
    """A model of the Hugging Face hub that has to lie in a volume of the service before the service starts."""

    name: str
    revision: str
    volume: str


@dataclass(frozen=True, kw_only=True)
class Container:
    """Everything Docker needs for one container. Memory in MB; the only secrets are inside `files`.

    `gpus`: it gets all cards of its host.
    """

    name: str
    image_name: str
    image: str
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    environment: tuple[str, ...]
    files: tuple[PlannedFile, ...]
    volumes: tuple[Volume, ...]
    model: FetchedModel | None
    tmpfs: tuple[str, ...]
    read_only: bool
    user: str | None
    capabilities: tuple[str, ...]
    healthcheck: Healthcheck | None
    memory_mb: int
    shared_memory_mb: int | None
    cpus: float
    container_port: int
    publish_address: str
    rehearsed: bool
    gpus: bool = False
    live: PlannedLive | None = None

    @property
    def given(self) -> tuple[PlannedFile, ...]:
        """Every file by the path at which the service finds it, those that it takes up while it runs included."""
        if self.live is None:
            return self.files
        taken = (replace(file, path=f"{self.live.current}/{file.path}") for file in self.live.files)
        return (*self.files, *taken)


@dataclass(frozen=True, kw_only=True)
class Replicas:
    """The containers of a service beside its first one. All answer to `alias`, the balancer to the service's name."""

    alias: str
    further: tuple[Container, ...]
    balancer: Container


@dataclass(frozen=True, kw_only=True)
class PlannedService:
    """One service instance at its place. `needs` and `wants` name instances, in the order of the catalogue entry.

    `certificate_names`: what its certificate is issued for; empty for a service that has none.
    """

    name: str
    kind: str
    host: str
    address: str
    port: int
    needs: tuple[str, ...]
    models: tuple[str, ...]
    database: Database | None
    database_service: str | None
    bucket: str | None
    bucket_service: str | None
    container: Container | None
    site: str | None = None
    site_volume: str | None = None
    passwords: tuple[str, ...] = ()
    certificate_names: tuple[str, ...] = ()
    replicas: Replicas | None = None
    wants: tuple[str, ...] = ()

    @property
    def containers(self) -> tuple[Container, ...]:
        """All of its containers; none of a service that runs natively."""
        first = (self.container,) if self.container else ()
        return (*first, *self.replicas.further, self.replicas.balancer) if self.replicas else first


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One environment, worked out. `services` stand in an order in which each comes after what it needs."""

    environment: Environment
    hosts: dict[str, Host]
    services: tuple[PlannedService, ...]
    databases: tuple[PlannedDatabase, ...] = ()
    endpoints: list[dict[str, Any]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.environment.name

    @property
    def rented(self) -> bool:
        """Whether it is a GPU stack: the settings allow rented machines among none but their like."""
        return any(host.rented for host in self.hosts.values())

    def on(self, host: str) -> tuple[PlannedService, ...]:
        return tuple(service for service in self.services if service.host == host)

    def service(self, name: str) -> PlannedService:
        return next(service for service in self.services if service.name == name)
