"""Several containers of one service behind one name, and what stands in front of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from catalogue.balancer import BALANCER, REPLICAS_SUFFIX
from catalogue.nginx import WRITABLE
from planning.addresses import fill
from planning.placement import Placement
from planning.plan import Container, Replicas
from settings.environment import Environment
from settings.problem import Problem

MAX_BODY_BYTES = "4194304"
"""What a service takes that names no MAX_BODY_BYTES of its own (images/inference)."""


def replicas(placement: Placement, first: Container, images: Mapping[str, str]) -> Replicas | None:
    """The containers beside `first`, or None for a service with one container, which is reached by itself."""
    count = placement.service.replicas
    if count == 1:
        return None
    further = (replace(first, name=f"{first.name}-{number}", rehearsed=False) for number in range(2, count + 1))
    alias = f"{placement.name}{REPLICAS_SUFFIX}"
    values = {
        "nginx.writable": WRITABLE,
        # Callers inside the network know the service by its own port.
        "balancer.port": str(first.container_port),
        "balancer.replicas": f"{alias}:{first.container_port}",
        "balancer.body": placement.service.environment.get("MAX_BODY_BYTES", MAX_BODY_BYTES),
    }
    return Replicas(alias=alias, further=tuple(further), balancer=_balancer(first, values, images))


def names(placement: Placement) -> list[str]:
    """Names that the replicas of a service take beside its own, in the network and among its resources."""
    count = placement.service.replicas
    if count == 1:
        return []
    numbered = [f"{placement.name}-{number}" for number in range(2, count + 1)]
    return [*numbered, f"{placement.name}{REPLICAS_SUFFIX}", f"{placement.name}-balancer"]


def refusals(environment: Environment, placements: Iterable[Placement]) -> list[Problem]:
    """Replicas of services that cannot share their data, and names that another service has already."""
    problems = []
    for placement in placements:
        path = f"services.{placement.name}.replicas"
        if placement.service.replicas > 1 and not placement.definition.replicable:
            problems.append(
                Problem(
                    path=path,
                    value=str(placement.service.replicas),
                    cause=f"two containers of {placement.definition.kind} cannot share one volume",
                    remedy="remove it, or give the service more `cpus` and `memory_mb`",
                )
            )
        taken = sorted(set(names(placement)) & environment.services.keys())
        if taken:
            problems.append(
                Problem(
                    path=path,
                    value=str(placement.service.replicas),
                    cause=f"its replicas would be named like another service: {', '.join(taken)}",
                    remedy="give that service another name",
                )
            )
    return problems


def _balancer(first: Container, values: Mapping[str, str], images: Mapping[str, str]) -> Container:
    image = BALANCER.image
    assert image  # noqa: S101  (it stands in the catalogue)
    variables = (f"{key}={fill(text, values).replace('$$', '$')}" for key, text in BALANCER.environment.items())
    return Container(
        name=f"{first.name}-balancer",
        image_name=image.name,
        image=images.get(image.name) or image.official or "",
        entrypoint=BALANCER.entrypoint,
        command=BALANCER.command,
        environment=tuple(variables),
        files=(),
        volumes=(),
        model=None,
        tmpfs=BALANCER.tmpfs,
        read_only=BALANCER.read_only,
        user=BALANCER.user,
        capabilities=BALANCER.capabilities,
        healthcheck=BALANCER.healthcheck,
        memory_mb=BALANCER.memory_mb,
        shared_memory_mb=None,
        cpus=BALANCER.cpus,
        container_port=BALANCER.container_port,
        publish_address=first.publish_address,
        rehearsed=BALANCER.rehearsed,
    )
