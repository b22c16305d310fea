"""The services of a GPU stack at hand on this machine, through its machines' own logins, as long as they are needed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from operations.gpu.environments import environment_of
from operations.gpu.login import machine_login
from operations.outputs import NoOutputsError, Outputs, stack_outputs
from operations.ssh_forward import HERE, forwarded


@contextlib.contextmanager
def reachable_outputs(stack: str, *, same: bool = False) -> Iterator[Outputs]:
    """The outputs of a stack, with addresses that hold here until the block is left.

    Those of a stack that rents nothing are its own. `same`: on the ports of the services, where those are free. Raises
    Failure where a machine lets nobody in.
    """
    outputs = stack_outputs(stack)
    with contextlib.ExitStack() as ways:
        ports: dict[str, Mapping[int, int]] = {}
        for host in outputs.machines:
            wanted = {_port(each) for each in outputs.endpoints if each["host"] == host}
            if wanted:
                ports[host] = ways.enter_context(forwarded(machine_login(stack, host).command, wanted, same=same))
        near = [_near(each, ports.get(each["host"], {})) for each in outputs.endpoints]
        yield outputs.model_copy(update={"endpoints": near})


@contextlib.contextmanager
def services(stack: str) -> Iterator[Outputs]:
    """What answers a question put to a GPU stack: its own services, and those of its environment for what it lacks."""
    with reachable_outputs(stack) as own:
        if not own.machines:
            yield own
            return
        # Asked through the gate: only so does anybody know that the models are used.
        gates = [{**each, "name": "ollama", "service": "ollama"} for each in own.endpoints if each["service"] == "gate"]
        gated = own.model_copy(update={"endpoints": [*gates, *own.endpoints]})
        others = _environment(stack)
        yield _completed(gated, others) if others else gated


def _environment(stack: str) -> Outputs | None:
    try:
        return stack_outputs(environment_of(stack))
    except NoOutputsError:
        return None


def _completed(own: Outputs, others: Outputs) -> Outputs:
    served = {each["service"] for each in own.endpoints}
    lacking = [each for each in others.endpoints if each["service"] not in served]
    return Outputs(
        endpoints=[*own.endpoints, *lacking],
        models=others.models.model_copy(update={"chat": own.models.chat}),
        credentials={**others.credentials, **own.credentials},
        # One authority a stack: that of the stack whose Postgres answers.
        certificates=own.certificates if "postgres" in served else others.certificates,
        machines=own.machines,
    )


def _near(endpoint: dict[str, Any], ports: Mapping[int, int]) -> dict[str, Any]:
    port = ports.get(_port(endpoint))
    if port is None:
        return endpoint
    return {**endpoint, "url": f"{urlsplit(endpoint['url']).scheme}://{HERE}:{port}"}


def _port(endpoint: Mapping[str, Any]) -> int:
    port = urlsplit(str(endpoint["url"])).port
    assert port is not None  # noqa: S101  (planning/endpoints.py writes one into each)
    return port
