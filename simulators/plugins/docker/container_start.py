"""A container's start: running, then healthy or ended where the program wants to wait for that."""

import time
from typing import Any

from providers.common.errors import PluginError
from providers.common.resource import Call
from providers.common.values import Properties
from simulators.plugins.docker.daemon import Daemon

_FIRST_LOOK = 0.1  # seconds; a container that fails at once has ended by then
_BETWEEN_LOOKS = 0.5  # seconds


def start(daemon: Daemon, identifier: str, inputs: Properties, call: Call) -> str:
    """Start it and wait for what the inputs ask; the answer is its output if `attach` and `logs` are set.

    Raises `PluginError` where it ends although it must run, and where it is not healthy in time.
    """
    with daemon.doing(f"start container {inputs['name']}") as client:
        client.start(identifier)
    if inputs["wait"]:
        _await_health(daemon, identifier, inputs, call)
    if inputs["attach"]:
        return _await_end(daemon, identifier, inputs)
    if inputs["mustRun"]:
        call.pause(_FIRST_LOOK)
        _require_running(_state(daemon, identifier), inputs["name"])
    return ""


def _await_health(daemon: Daemon, identifier: str, inputs: Properties, call: Call) -> None:
    name, deadline = inputs["name"], time.monotonic() + inputs["waitTimeout"]
    while True:
        health = _state(daemon, identifier).get("Health")
        if health is None:
            raise PluginError(f"container {name} has no health check, so `wait` cannot end; give it one")
        if health["Status"] == "healthy":
            return
        if time.monotonic() >= deadline:
            raise PluginError(
                f"container {name} failed to be in healthy state within {inputs['waitTimeout']} s, "
                f"it is {health['Status']}; see `docker logs {name}`"
            )
        call.pause(_BETWEEN_LOOKS)


def _await_end(daemon: Daemon, identifier: str, inputs: Properties) -> str:
    with daemon.doing(f"wait for the end of container {inputs['name']}") as client:
        client.wait(identifier)
        return client.logs(identifier).decode(errors="replace") if inputs["logs"] else ""


def _require_running(state: dict[str, Any], name: str) -> None:
    if not state["Running"]:
        raise PluginError(
            f"container {name} exited immediately with status {state['ExitCode']}; see `docker logs {name}`"
        )


def _state(daemon: Daemon, identifier: str) -> dict[str, Any]:
    with daemon.doing(f"inspect container {identifier}") as client:
        return dict(client.inspect_container(identifier)["State"])
