"""What runs on this machine's Docker engine for an environment."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from operations.failure import Failure

TIMEOUT = 30


def docker(*arguments: str, timeout: int = TIMEOUT) -> str:
    """Output of the docker client. Raises Failure with the client's own words."""
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=timeout, check=False)
    except FileNotFoundError:
        raise Failure("there is no docker client on this machine", "run: make up") from None
    except subprocess.TimeoutExpired:
        raise Failure(f"docker {arguments[0]} gave no answer in {timeout} s", "docker info") from None
    if done.returncode:
        raise Failure(f"docker {' '.join(arguments[:2])}: {done.stderr.strip()}", "docker info")
    return done.stdout


def containers(environment: str) -> list[dict[str, Any]]:
    """`docker inspect` of the environment's containers, stopped ones included."""
    listed = docker("ps", "-aq", "--filter", f"label=ai-platform.environment={environment}").split()
    found: list[dict[str, Any]] = json.loads(docker("inspect", *listed)) if listed else []
    return found


def published_ports(environment: str) -> set[tuple[str, int]]:
    """(address, port) pairs that the environment's own containers hold."""
    bindings = [
        binding
        for container in containers(environment)
        for published in (container["HostConfig"]["PortBindings"] or {}).values()
        for binding in published or []
    ]
    return {(binding["HostIp"] or "0.0.0.0", int(binding["HostPort"] or 0)) for binding in bindings}  # noqa: S104
