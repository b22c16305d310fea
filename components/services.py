"""Every service of a plan, each after what it needs, with its database and its models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi import ResourceOptions

from components.bucket import Bucket, BucketArgs
from components.database import Database, DatabaseArgs
from components.docker_access import DockerAccess
from components.docker_host import DockerHost, DockerHostArgs
from components.docker_sdk import docker
from components.files import contents
from components.host_access import HostAccess
from components.managed_database import ManagedDatabase, ManagedDatabaseArgs, container_server, host_server
from components.ollama_models import OllamaModels, OllamaModelsArgs
from components.replicated_service import ReplicatedService
from components.service_args import ServiceContainerArgs
from components.service_container import ServiceContainer
from components.site import Site, SiteArgs
from planning.addresses import LOOPBACK
from planning.databases import backed_up
from planning.passwords import database_password
from planning.plan import Plan, PlannedService


class Services:
    """Builds services in the order of the plan. `secrets` maps `password.NAME` and `secret.NAME` to values.

    `after` maps kinds of services to what must be there before one of them is made or changed.
    """

    def __init__(
        self,
        plan: Plan,
        access: HostAccess,
        secrets: Mapping[str, pulumi.Output[str]],
        after: Mapping[str, Sequence[pulumi.Resource]] | None = None,
    ) -> None:
        self._plan, self._access, self._secrets, self._after = plan, access, secrets, after or {}
        self._ready: dict[str, list[pulumi.Resource]] = {}
        self._containers: dict[str, ServiceContainer] = {}
        self._delivered: dict[str, pulumi.Resource] = {}
        self._hosts: dict[str, DockerHost] = {}
        self._providers: dict[str, docker.Provider] = {}
        for host in plan.hosts:
            if any(service.container for service in plan.on(host)):
                self._open(host)
        for service in plan.services:
            self._bring_up(service)
        for service in plan.services:
            self._ready[service.name] += self._deliver(service)

    def of_kind(self, kind: str) -> list[pulumi.Resource]:
        """What must be there before one can rely on the services of a kind."""
        return [part for service in self._plan.services if service.kind == kind for part in self._ready[service.name]]

    def _open(self, host: str) -> None:
        access = self._access.docker[host]
        provisioned = self._access.provisioned.get(host)
        provider = docker.Provider(
            f"docker-{host}",
            host=access.url,
            ssh_opts=list(access.ssh_options) or None,
            # A changed role is applied before anything on the host is touched.
            opts=ResourceOptions(depends_on=[provisioned] if provisioned else []),
        )
        self._providers[host] = provider
        containers = [container for service in self._plan.on(host) for container in service.containers]
        images = {container.image_name: container.image for container in containers}
        self._hosts[host] = DockerHost(
            host,
            DockerHostArgs(environment=self._plan.name, access=access, images=images),
            opts=self._on(host),
        )

    def _on(self, host: str) -> ResourceOptions:
        return ResourceOptions.merge(ResourceOptions(providers=[self._providers[host]]), self._access.options(host))

    def _url(self, service: PlannedService) -> str:
        """For commands here; of a rented machine, as the machine itself sees it (see `_through`)."""
        address = LOOPBACK if service.host in self._access.machines else service.address
        return f"http://{address}:{service.port}"

    def _through(self, service: PlannedService) -> DockerAccess | None:
        """The login that commands here need to reach the service; None where they reach it by themselves."""
        return self._access.docker[service.host] if service.host in self._access.machines else None

    def _bring_up(self, service: PlannedService) -> None:
        after = [*self._after.get(service.kind, ()), *(one for need in service.needs for one in self._ready[need])]
        after += self._database(service) + self._bucket(service)
        generation: pulumi.Input[str]
        if service.container:
            container = self._containers[service.name] = self._container(service, after)
            generation = container.container_id
            if service.site:
                self._ready[service.name].append(self._site(service, service.site, container))
        else:
            host = self._access.provisioned[service.host]
            self._ready[service.name], generation = [host], host.ready
        # A database server's own database can only be made once the server runs, and so can those of the settings.
        if service.database and service.database_service == service.name:
            self._ready[service.name] += self._database(service)
        self._ready[service.name] += self._managed_databases(service, generation)
        if service.models:
            self._ready[service.name].append(self._models(service, generation))

    def _container(self, service: PlannedService, after: list[pulumi.Resource]) -> ServiceContainer:
        plan, host = service.container, self._hosts[service.host]
        assert plan is not None  # noqa: S101  (the caller has looked)
        args = ServiceContainerArgs(
            environment=self._plan.name,
            service=service.name,
            port=service.port,
            container=plan,
            image_id=host.image_ids[plan.image_name],
            network=host.network,
            files=contents(plan.files, self._secrets),
            access=self._access.docker[service.host],
            after=after,
            live=contents(plan.live.files, self._secrets) if plan.live else {},
        )
        opts = self._on(service.host)
        if service.replicas:
            several = ReplicatedService(service.name, args, service.replicas, host.image_ids, opts)
            self._ready[service.name] = several.resources
            return several.first
        made = ServiceContainer(service.name, args, opts=opts)
        self._ready[service.name] = [made.resource]
        return made

    def _deliver(self, service: PlannedService) -> list[pulumi.Resource]:
        """What a running service takes up comes after that of what it asks: the check knows a name before the proxy."""
        container = self._containers.get(service.name)
        if container is None or container.live is None:
            return []
        if service.name not in self._delivered:
            after = [one for want in service.wants for one in self._deliver(self._plan.service(want))]
            self._delivered[service.name] = container.live.deliver(container.container_id, after)
        return [self._delivered[service.name]]

    def _database(self, service: PlannedService) -> list[pulumi.Resource]:
        server = self._containers.get(service.database_service or "")
        if service.database is None or server is None:
            return []
        planned = self._plan.service(service.database_service or "")
        assert planned.container is not None  # noqa: S101  (it is among the containers)
        database = Database(
            f"{service.name}-database",
            DatabaseArgs(
                definition=service.database,
                password=self._secrets[f"password.{database_password(service.database.role)}"],
                container=planned.container.name,
                container_id=server.container_id,
                access=self._access.docker[planned.host],
            ),
            opts=self._access.options(planned.host),
        )
        return [database.ready]

    def _managed_databases(self, server: PlannedService, generation: pulumi.Input[str]) -> list[pulumi.Resource]:
        access = self._access.docker[server.host]
        made: list[pulumi.Resource] = []
        for planned in self._plan.databases:
            if planned.service == server.name:
                database = ManagedDatabase(
                    f"database-{planned.name}",
                    ManagedDatabaseArgs(
                        stack=self._plan.name,
                        planned=planned,
                        server=container_server(server.container, access, generation)
                        if server.container
                        else host_server(self._plan, server, generation),
                        secrets=self._secrets,
                        backed_up=backed_up(self._plan, planned.service),
                    ),
                )
                made.append(database.ready)
        return made

    def _bucket(self, service: PlannedService) -> list[pulumi.Resource]:
        if service.bucket is None or service.bucket_service is None:
            return []
        store = self._plan.service(service.bucket_service)
        bucket = Bucket(
            f"{service.name}-bucket",
            BucketArgs(
                bucket=service.bucket,
                url=self._url(store),
                secret_key=self._secrets["password.s3"],
                generation=self._containers[store.name].container_id,
                through=self._through(store),
            ),
            opts=self._access.options(store.host),
        )
        return [bucket.ready]

    def _site(self, service: PlannedService, folder: str, container: ServiceContainer) -> pulumi.Resource:
        plan, host = service.container, self._hosts[service.host]
        assert plan is not None and service.site_volume  # noqa: S101  (the plan gives a site to nothing else)
        made = Site(
            f"{service.name}-site",
            SiteArgs(
                service=service.name,
                folder=folder,
                image_id=host.image_ids[plan.image_name],
                volume=container.held.volumes[service.site_volume].name,
                generation=container.container_id,
                access=self._access.docker[service.host],
            ),
            opts=self._access.options(service.host),
        )
        return made.ready

    def _models(self, service: PlannedService, generation: pulumi.Input[str]) -> pulumi.Resource:
        models = self._plan.environment.models
        made = OllamaModels(
            f"{service.name}-models",
            OllamaModelsArgs(
                url=self._url(service),
                models=service.models,
                fallback=None if models.fallback == "none" else models.fallback,
                generation=generation,
                digests={model: digest for model, digest in models.digests.items() if model in service.models},
                through=self._through(service),
            ),
            opts=self._access.options(service.host),
        )
        return made.ready
