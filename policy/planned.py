"""Resources as a plan would make them, as far as rules ask: so that they can be held against the policy at once."""

from __future__ import annotations

from collections.abc import Iterator

from hosts.planned import role_of
from planning.plan import Container, Plan, PlannedService
from policy.containers import CONTAINER
from policy.images import PROPERTIES
from policy.resource import Resource

IMAGE = next(type_ for type_, name in PROPERTIES.items() if name == "name")


def planned_resources(plan: Plan) -> Iterator[Resource]:
    """Containers, their images, and hosts with their firewalls. Names, logins and machines only the engine knows."""
    for name in plan.hosts:
        if role := role_of(plan, name):
            kind = "MacMini" if role.platform == "mac" else "LinuxHost"
            steps = {step.name: step.text for step in role.steps}
            yield Resource(type=f"ai-platform:index:{kind}", name=name, properties={"steps": steps})
    for service in plan.services:
        if service.container:
            yield from _of(service, service.container)


def _of(service: PlannedService, container: Container) -> Iterator[Resource]:
    if container.image:
        yield Resource(type=IMAGE, name=service.name, properties={"name": container.image})
    port = {"internal": container.container_port, "external": service.port, "ip": container.publish_address}
    properties = {
        "ports": [port],
        "envs": list(container.environment),
        "command": list(container.command),
        "capabilities": {"adds": list(container.capabilities)},
    }
    provider = f"::pulumi:providers:docker::docker-{service.host}"
    yield Resource(type=CONTAINER, name=service.name, properties=properties, provider=provider)
