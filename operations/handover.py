"""Ports that pass from a container which is no longer in the plan to another one.

The engine makes what is new before it removes what is left over, and would find the port taken: when a service with
replicas goes back to one container, or is renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hosts.ssh_options import ssh_options
from operations.docker_cli import docker_cli
from operations.drift.containers import recorded
from operations.ssh_login import login_of
from planning.plan import Plan

Resource = Mapping[str, Any]


def hand_over(plan: Plan, resources: Sequence[Resource]) -> None:
    """Removes such containers; the update's refresh then finds them gone. They hold no data: volumes are named."""
    for host in plan.hosts:
        leaving = in_the_way(plan, host, recorded(resources, host).containers.values())
        if not leaving:
            continue
        login = login_of(plan.name, plan.hosts, host) if plan.hosts[host].ssh else None
        with docker_cli(login.url if login else None, ssh_options(login.ssh) if login else ()) as docker:
            for name, heir in leaving.items():
                docker.attempt("rm", "--force", name)
                print(f"{host}: removed {name}, {heir} takes over its port", flush=True)


def in_the_way(plan: Plan, host: str, known: Iterable[Resource]) -> dict[str, str]:
    """Container that leaves -> service that gets its port."""
    services = plan.on(host)
    staying = {container.name for service in services for container in service.containers}
    wanted = {
        (service.containers[-1].publish_address, service.port): service for service in services if service.container
    }
    found: dict[str, str] = {}
    for resource in known:
        inputs = resource["inputs"]
        for port in inputs.get("ports") or []:
            heir = wanted.get((str(port.get("ip")), int(port.get("external", 0))))
            if heir and inputs["name"] not in staying:
                found[str(inputs["name"])] = heir.name
    return found
