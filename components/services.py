"""Every service of a plan, each after what it needs, with its database and its models."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_docker as docker
from pulumi import ResourceOptions

from components.bucket import Bucket, BucketArgs
from components.database import Database, DatabaseArgs
from components.docker_host import DockerHost, DockerHostArgs
from components.files import contents
from components.host_access import HostAccess
from components.ollama_models import OllamaModels, OllamaModelsArgs
from components.replicated_service import ReplicatedService
from components.service_args import ServiceContainerArgs
from components.service_container import ServiceContainer
from components.site import Site, SiteArgs
from planning.passwords import database_password
from planning.plan import Plan, PlannedService


class Services:
    """Builds services in the order of the plan. `secrets` maps `password.NAME` and `secret.NAME` to values."""

    def __init__(self, plan: Plan, access: HostAccess, secrets: Mapping[str, pulumi.Output[str]]) -> None:
        self._plan, self._access, self._secrets = plan, access, secrets
        self._ready: dict[str, list[pulumi.Resource]] = {}
        self._containers: dict[str, ServiceContainer] = {}
        self._hosts: dict[str, DockerHost] = {}
        self._providers: dict[str, docker.Provider] = {}
        for host in plan.hosts:
            if any(service.container for service in plan.on(host)):
                self._open(host)
        for service in plan.services:
            self._bring_up(service)

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
            opts=ResourceOptions(providers=[provider]),
        )

    def _bring_up(self, service: PlannedService) -> None:
        after = [resource for need in service.needs for resource in self._ready[need]]
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
        # A database server's own database can only be made once the server runs.
        if service.database and service.database_service == service.name:
            self._ready[service.name] += self._database(service)
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
        )
        opts = ResourceOptions(providers=[self._providers[service.host]])
        if service.replicas:
            several = ReplicatedService(service.name, args, service.replicas, host.image_ids, opts)
            self._ready[service.name] = several.resources
            return several.first
        made = ServiceContainer(service.name, args, opts=opts)
        self._ready[service.name] = [made.resource]
        return made

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
        )
        return [database.ready]

    def _bucket(self, service: PlannedService) -> list[pulumi.Resource]:
        if service.bucket is None or service.bucket_service is None:
            return []
        store = self._plan.service(service.bucket_service)
        bucket = Bucket(
            f"{service.name}-bucket",
            BucketArgs(
                bucket=service.bucket,
                url=f"http://{store.address}:{store.port}",
                secret_key=self._secrets["password.s3"],
                generation=self._containers[store.name].container_id,
            ),
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
        )
        return made.ready

    def _models(self, service: PlannedService, generation: pulumi.Input[str]) -> pulumi.Resource:
        models = self._plan.environment.models
        made = OllamaModels(
            f"{service.name}-models",
            OllamaModelsArgs(
                url=f"http://{service.address}:{service.port}",
                models=service.models,
                fallback=None if models.fallback == "none" else models.fallback,
                generation=generation,
                digests={model: digest for model, digest in models.digests.items() if model in service.models},
            ),
        )
        return made.ready
