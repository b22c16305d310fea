"""Where the services of a plan run: their engine, a shell in their container or on their Mac."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator

from catalogue.definition import SECRETS_FOLDER
from hosts.mac.postgres import PROGRAMS
from hosts.mac.redis import PASSWORD_LINE, Redis
from hosts.mac.redis import PROGRAMS as REDIS_PROGRAMS
from hosts.ssh_options import ssh_options
from operations.backup.postgres_server import PostgresServer
from operations.backup.redis_server import RedisServer
from operations.docker_cli import DockerCli, docker_cli
from operations.failure import Failure
from operations.model_shell import ContainerShell, LoginShell
from operations.ssh_login import login_of
from planning.plan import Plan, PlannedService

REDIS_PASSWORD = f"{SECRETS_FOLDER}/redis_password"


@contextlib.contextmanager
def engine_of(plan: Plan, host: str) -> Iterator[DockerCli]:
    """The Docker engine of a host. Raises Failure for one that nobody logs in to."""
    login = login_of(plan.name, plan.hosts, host) if plan.hosts[host].kind != "local" else None
    with docker_cli(login.url if login else None, ssh_options(login.ssh) if login else ()) as docker:
        yield docker


@contextlib.contextmanager
def container_shell(plan: Plan, service: PlannedService) -> Iterator[ContainerShell]:
    """A shell in the service's container, which must run."""
    assert service.container is not None  # noqa: S101  (the caller has looked)
    with engine_of(plan, service.host) as docker:
        state = docker.attempt("inspect", "--format", "{{.State.Status}}", service.container.name)
        found = state.stdout.decode().strip() or "missing"
        if found != "running":
            raise Failure(f"{service.container.name} on {service.host} is {found}", f"make up STACK={plan.name}")
        yield ContainerShell(docker, service.container.name)


@contextlib.contextmanager
def postgres_server(plan: Plan, name: str) -> Iterator[PostgresServer]:
    """The Postgres of that name, in its container or on its Mac."""
    service = plan.service(name)
    if service.container:
        with container_shell(plan, service) as shell, engine_of(plan, service.host) as docker:
            hint = f"{docker.command} exec {service.container.name}"
            yield PostgresServer(service=name, shell=shell, hint=hint)
        return
    login = login_of(plan.name, plan.hosts, service.host)
    target = ["ssh", "-p", str(login.ssh.port), f"{login.ssh.user}@{login.address}"]
    with_programs = ["env", f"PATH={PROGRAMS}:/usr/bin:/bin", "PGHOST=/tmp", f"PGPORT={service.port}"]
    yield PostgresServer(
        service=name,
        shell=LoginShell(login),
        programs=PROGRAMS,
        port=service.port,
        hint=shlex.join([*target, *with_programs]),
    )


@contextlib.contextmanager
def redis_server(plan: Plan, service: PlannedService) -> Iterator[RedisServer]:
    """The Redis of that service. Its data is the one volume of its container, or a folder of its Mac."""
    if service.container is None:
        native = Redis(name=service.name)
        yield RedisServer(
            service=service.name,
            shell=LoginShell(login_of(plan.name, plan.hosts, service.host)),
            port=service.port,
            password_file=native.file,
            password_line=PASSWORD_LINE,
            programs=REDIS_PROGRAMS,
            path=native.data,
        )
        return
    (volume,) = service.container.volumes
    with container_shell(plan, service) as shell:
        yield RedisServer(
            service=service.name,
            shell=shell,
            port=service.container.container_port,
            password_file=REDIS_PASSWORD,
            volume=f"ai-platform-{plan.name}-{service.name}-{volume.name}",
            path=volume.path,
        )
