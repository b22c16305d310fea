"""Services that answer by other files than those that they were given: somebody changed them in the container."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.drift.finding import Drift, Finding, Untold
from operations.engine import Engine
from operations.failure import Failure
from operations.host_docker import host_docker
from operations.live.folder import LiveFolder
from planning.plan import Plan

COMPONENT = "ai-platform:index:LiveFiles"
COMMAND = "command:local:Command"
SHORT = 12

Resource = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Unlike:
    """`urn` is that of the command which brings the files; `declared` and `found` are versions, `found` may be none."""

    host: str
    urn: str
    declared: str
    found: str


def unlike(plan: Plan, resources: Iterable[Resource], unreachable: Collection[str] = ()) -> Iterator[Unlike]:
    """Of the services that run. Raises Failure where an engine cannot be asked."""
    known = {str(one["urn"]): one for one in resources if not one.get("delete")}
    versions = {
        urn.rpartition("::")[2]: str((one.get("outputs") or {}).get("version"))
        for urn, one in known.items()
        if one["type"] == COMPONENT
    }
    commands = {urn.rpartition("::")[2]: urn for urn, one in known.items() if one["type"] == COMMAND}
    for service in plan.services:
        name, container = f"{service.name}-live", service.container
        urn = commands.get(f"{name}-apply")
        if container is None or container.live is None or urn is None or service.host in unreachable:
            continue
        with host_docker(plan.name, plan.hosts, service.host) as docker:
            folder = LiveFolder(docker=docker, container=container.name, folder=container.live.folder)
            found = folder.answering(container.live.version)
        # A container that does not run is found by itself.
        if found is not None and found != versions.get(name):
            yield Unlike(host=service.host, urn=urn, declared=versions.get(name, ""), found=found)


def live_drift(plan: Plan, engine: Engine, unreachable: Collection[str]) -> Drift:
    """What cannot be asked is told of, beside what the comparison of containers says of its engine."""
    try:
        resources = engine.resources() if engine.exists() else []
        return Drift(findings=tuple(_finding(plan, one) for one in unlike(plan, resources, unreachable)))
    except Failure as failure:
        return Drift(untold=(Untold(where="live files", cause=str(failure)),))


def _finding(plan: Plan, one: Unlike) -> Finding:
    return Finding(
        where=one.host,
        urn=one.urn,
        what=one.urn.rpartition("::")[2].removesuffix("-live-apply"),
        declared=f"files {one.declared[:SHORT]}",
        found=f"answers by {one.found[:SHORT] or 'none'}",
        remedy=f"make up STACK={plan.name}",
    )
