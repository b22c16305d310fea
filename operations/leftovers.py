"""What a killed run has left: containers and networks that exist, but that the state knows nothing of.

The engine writes down that it is about to create something, and afterwards what it has created. A run that is killed
in between leaves a container whose fixed name and port stand in the way of the next run. It holds no data (volumes
are named, and made only once), so it is removed and made again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from operations.docker_cli import DockerCli
from operations.engine import Engine
from operations.failure import Failure
from operations.host_docker import host_docker
from planning.plan import Plan

MADE_ANEW = ("docker:", "command:", "random:")
"""Packages whose resources may be created a second time; a machine that is paid for never is."""


def clear(engine: Engine, plan: Plan) -> None:
    """Removes the leftovers of a killed run and its notes; does nothing after a run that ended by itself."""
    state = engine.export()
    pending = state["deployment"].get("pending_operations") or []
    if not pending:
        return
    known = {str(resource.get("id", "")) for resource in state["deployment"].get("resources", [])}
    print(f"the last run was cut off at {len(pending)} operations; looking for what it left")
    for name in plan.hosts:
        if not any(service.container for service in plan.on(name)):
            continue
        try:
            with host_docker(plan.name, plan.hosts, name) as docker:
                _remove_unknown(docker, plan.name, known)
        except Failure as failure:
            # A host that is not provisioned yet has no engine, and so nothing can be left there.
            print(f"{name}: not looked at: {failure}")
    state["deployment"]["pending_operations"] = [one for one in pending if not _made_anew(one)]
    engine.replace_state(json.dumps(state))


def _remove_unknown(docker: DockerCli, environment: str, known: set[str]) -> None:
    label = f"label=ai-platform.environment={environment}"
    for identifier in docker.run("ps", "-aq", "--no-trunc", "--filter", label).split():
        if identifier not in known:
            docker.run("rm", "--force", "--volumes", identifier)
            print(f"removed container {identifier[:12]}")
    for identifier in docker.run("network", "ls", "-q", "--no-trunc", "--filter", label).split():
        if identifier not in known:
            docker.run("network", "rm", identifier)
            print(f"removed network {identifier[:12]}")


def _made_anew(operation: Mapping[str, Any]) -> bool:
    return operation["type"] == "creating" and str(operation["resource"]["type"]).startswith(MADE_ANEW)
