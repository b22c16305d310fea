"""Writes down which models a machine holds before it is stopped: a disk can be lost, a list of names brings it back."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from operations.failure import Failure
from operations.gpu.forwarding import reachable_outputs
from operations.gpu.machines import OurMachine
from operations.ollama.server import Ollama
from operations.project import state_folder
from providers.tensordock.client.status import Status

ANSWER_S = 20.0
SERVER = "ollama"


def write_down(stack: str, machines: Sequence[OurMachine]) -> None:
    """Writes `.state/gpu/<stack>.models.json`. What fails is said, and keeps nobody from stopping a machine."""
    if not any(each.status is Status.RUNNING for each in machines):
        return
    try:
        _write_down(stack)
    except (Failure, OSError, ValueError) as error:
        print(f"the list of models is not written anew: {error}", file=sys.stderr, flush=True)


def _write_down(stack: str) -> None:
    held: dict[str, list[dict[str, Any]]] = {}
    with reachable_outputs(stack) as outputs:
        for endpoint in outputs.endpoints:
            if endpoint["service"] == SERVER:
                models = Ollama(endpoint["url"], ANSWER_S).held().values()
                held[endpoint["name"]] = [dataclasses.asdict(model) for model in models]
    if not held:
        print(f"{stack}: nothing has to be written down; its disk stays, with all that lies on it")
        return
    path = state_folder("gpu") / f"{stack}.models.json"
    path.write_text(json.dumps({"time": int(time.time()), "models": held}, indent=2) + "\n", encoding="utf-8")
    names = sorted({str(model["name"]) for models in held.values() for model in models})
    print(f"{stack}: models: {', '.join(names) or 'none'} (written to {path})")
