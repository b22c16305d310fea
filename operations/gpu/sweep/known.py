"""Which machines the states of all stacks know. Pure, apart from reading them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from operations.engine import Engine
from operations.failure import Failure
from operations.gpu.environments import gpu_stacks
from operations.gpu.records import INSTANCE

Resource = Mapping[str, Any]


def known_names() -> frozenset[str]:
    """Names of the machines in the states of all stacks of this backend, those without a file here too.

    Raises Failure when one of them cannot be read: then nobody can say of any machine that no stack knows it.
    """
    engine = Engine(gpu_stacks()[0])
    return frozenset(name for stack in engine.stacks() for name in recorded(_export(engine, stack)))


def _export(engine: Engine, stack: str) -> Mapping[str, Any]:
    done = engine.attempt("stack", "export", "-s", stack)
    if done.returncode:
        cause = f"the state of {stack} cannot be read: {done.stderr.strip()}"
        raise Failure(
            cause, f"mend it (docs/runbooks/restore-a-cut-off-state.md): scripts/pulumi stack export -s {stack}"
        )
    exported: dict[str, Any] = json.loads(done.stdout)
    return exported


def recorded(export: Mapping[str, Any]) -> Iterable[str]:
    """Names and ids of the machines in one state; of an operation that was cut off too, as far as it had got."""
    deployment = export.get("deployment") or {}
    pending = [operation.get("resource") or {} for operation in deployment.get("pending_operations") or []]
    for resource in [*(deployment.get("resources") or []), *pending]:
        if resource.get("type") == INSTANCE:
            outputs = resource.get("outputs") or {}
            yield from (str(value) for value in (outputs.get("name"), outputs.get("instanceId")) if value)
