"""Writes down which models a machine holds before it is stopped: a disk can be lost, a list of names brings it back."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from operations.failure import Failure
from operations.gpu.login import machine_login
from operations.gpu.machines import OurMachine
from operations.project import state_folder
from operations.ssh import Command, run
from operations.stack_plan import stack_plan
from planning.plan import Plan
from providers.tensordock.client.status import Status

ANSWER_S = 20.0
PATIENCE_S = 5.0
LINES = 1000


def write_down(stack: str, machines: Sequence[OurMachine]) -> None:
    """Writes `.state/gpu/<stack>.models.json`. What fails is said, and keeps nobody from stopping a machine."""
    try:
        if any(each.status is Status.RUNNING for each in machines):
            _write_down(stack_plan(stack))
    except (Failure, OSError, ValueError) as error:
        print(f"the list of models is not written anew: {error}", file=sys.stderr, flush=True)


def _write_down(plan: Plan) -> None:
    servers = [service for service in plan.services if service.container and service.kind == "ollama"]
    if not servers:
        print(f"{plan.name}: nothing has to be saved, its disk stays")
        return
    held = {service.name: _held(plan.name, service.host, service.name) for service in servers}
    path: Path = state_folder("gpu") / f"{plan.name}.models.json"
    document = {"time": int(time.time()), "models": held}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"{plan.name}: {', '.join(sorted({model for models in held.values() for model in models})) or 'no models'}")
    print(f"  written to {path}")


def _held(stack: str, host: str, service: str) -> list[str]:
    """Names of the models, as the server itself lists them."""
    text = f"sudo -n docker exec ai-platform-{stack}-{service} ollama list"
    ended = asyncio.run(run(machine_login(stack, host), Command(text=text, seconds=ANSWER_S, patience=PATIENCE_S)))
    if ended.code:
        raise Failure(f"{host}: {text}: {ended.said.strip()[-200:]}", "")
    return [line.split()[0] for line in ended.output.splitlines()[1:LINES] if line.strip()]
