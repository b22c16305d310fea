"""What the Ollamas of an environment hold, next to what the plan names."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

from operations.failure import USAGE, Failure
from operations.model_servers import ModelServer
from operations.model_shell import shell_of
from operations.model_store import ModelStore
from operations.ollama.deadline import Deadline
from operations.ollama.manifest import parsed
from operations.ollama.server import HeldModel, Ollama


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One model on one server; `named` says that the plan has it for that server."""

    server: ModelServer
    model: HeldModel
    named: bool

    def as_json(self) -> dict[str, Any]:
        return {"service": self.server.service, **dataclasses.asdict(self.model), "named": self.named}


def inventory(servers: list[ModelServer], deadline: Deadline) -> list[Row]:
    return [
        Row(server=server, model=model, named=model.name in server.named)
        for server in servers
        for model in Ollama(server.url, deadline.left(server.url)).held().values()
    ]


def show(rows: list[Row], stack: str) -> None:
    """As a table on standard output; a line where there is nothing to show."""
    if not rows:
        print(f"{stack}: none")
        return
    from rich.table import Table  # noqa: PLC0415

    from operations.console import console_for  # noqa: PLC0415

    table = Table(title=f"Models of {stack}")
    for heading in ("SERVICE", "MODEL", "DIGEST", "SIZE", "IN THE PLAN"):
        table.add_column(heading, justify="right" if heading == "SIZE" else "left", overflow="fold")
    for row in rows:
        named = "yes" if row.named else "no"
        table.add_row(row.server.service, row.model.name, row.model.digest, size(row.model.size_bytes), named)
    console_for(table).print(table)


def remove(servers: list[ModelServer], model: str, deadline: Deadline) -> None:
    """Deletes one model from one server. Raises Failure for one that the plan names, is nowhere, or on several."""
    rows = [row for row in inventory(servers, deadline) if row.model.name == model]
    named = [row.server.service for row in rows if row.named]
    if named:
        stack = servers[0].stack
        cause = f"{model} is not removed: the plan of {stack} names it for {', '.join(named)}"
        raise Failure(
            cause, f"take it out of Pulumi.{stack}.yaml first, or choose another server: --service NAME", USAGE
        )
    if not rows:
        places = ", ".join(server.service for server in servers)
        raise Failure(f"{model} is not on {places}", f"scripts/models list -s {servers[0].stack}", USAGE)
    if len(rows) > 1:
        places = ", ".join(row.server.service for row in rows)
        raise Failure(f"{model} is on several servers: {places}", "choose one: --service NAME", USAGE)
    server = rows[0].server
    ollama = Ollama(server.url, deadline.left(server.url))
    ollama.remove(model)
    if model in ollama.held():
        raise Failure(f"{server.service} still lists {model} after it was deleted", "run the same command again")
    print(f"{server.service}: {model} is removed ({size(rows[0].model.size_bytes)}, less what other models share)")


def verify(servers: list[ModelServer], model: str | None, deadline: Deadline) -> None:
    """Every blob against its name, every manifest against its server's word. Raises Failure that names what differs."""
    rows = [row for row in inventory(servers, deadline) if model in (None, row.model.name)]
    if model is not None and not rows:
        raise Failure(f"{model} is on none of these servers", f"scripts/models list -s {servers[0].stack}", USAGE)
    faults = []
    for row in rows:
        label = f"{row.server.service}: {row.model.name}"
        print(f"{label}: reading {size(row.model.size_bytes)}", file=sys.stderr, flush=True)
        with shell_of(row.server) as shell:
            store = ModelStore(shell, deadline, row.server.service)
            manifest = parsed(row.model.name, store.manifest(row.model.name, row.model.digest))
            damaged = store.damaged(manifest)
        faults += [f"{label}: {path}" for path in damaged]
        print(f"{label}: {row.model.digest} {'IS DAMAGED' if damaged else 'is whole'}", flush=True)
    if faults:
        remedy = "delete the damaged model and pull it again (a pull alone keeps the file), or restore it from a backup"
        raise Failure("missing, or other bytes than the name says:\n    " + "\n    ".join(faults), remedy)


def size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.2f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.1f} MB"
