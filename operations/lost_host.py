"""Makes the engine forget what it kept on a machine that no longer exists, so that the next `up` makes it anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from hosts.role import COMPONENT_TYPES
from operations.engine import Engine
from planning.plan import Plan

Resource = Mapping[str, Any]


def forget(engine: Engine, plan: Plan, host: str) -> None:
    """Drops the host's role, its images, networks, volumes and containers from the state; touches no machine.

    Only for a machine that is gone: what still runs somewhere would be forgotten, not removed.
    """
    if not engine.exists():
        return
    state = engine.export()
    resources = state["deployment"].get("resources", [])
    gone = lost(resources, plan, host)
    if gone:
        state["deployment"]["resources"] = without(resources, gone)
        engine.replace_state(json.dumps(state))
        print(f"{host} is a new machine: {len(gone)} records of the old one are dropped from the state")


def lost(resources: Iterable[Resource], plan: Plan, host: str) -> set[str]:
    """Names of what stood on the host: the children of its own components and of those of its services."""
    services = [service.name for service in plan.on(host)]
    owners = {
        *(f"{kind}::{host}" for kind in (*COMPONENT_TYPES.values(), "ai-platform:index:DockerHost")),
        *(f"ai-platform:index:ServiceContainer::{service}" for service in services),
        *(f"ai-platform:index:ServiceContainer$ai-platform:index:LiveFiles::{service}-live" for service in services),
        *(f"ai-platform:index:OllamaModels::{service}-models" for service in services),
    }
    return {one["urn"] for one in resources if "::".join(one.get("parent", "").split("::")[2:]) in owners}


def without(resources: Iterable[Resource], gone: set[str]) -> list[Resource]:
    """The other resources, none of which depends on what is gone any more. Services elsewhere stay known."""
    return [_independent(one, gone) for one in resources if one["urn"] not in gone]


def _independent(resource: Resource, gone: set[str]) -> Resource:
    kept = dict(resource)
    if "dependencies" in kept:
        kept["dependencies"] = [urn for urn in kept["dependencies"] if urn not in gone]
    if "propertyDependencies" in kept:
        kept["propertyDependencies"] = {
            key: [urn for urn in urns if urn not in gone] for key, urns in kept["propertyDependencies"].items()
        }
    return kept
