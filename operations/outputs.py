"""What the last `make up` of a stack gave: endpoints, models, credentials. One private file per stack under .state."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from operations.failure import USAGE, Failure
from operations.project import STACK_NAME, STATE, state_folder


class OutputsError(Failure, ValueError):
    """There are no outputs of that stack here, or they cannot be read."""


class NoOutputsError(OutputsError):
    """No `make up` of that stack has ended well here yet."""


class Models(BaseModel):
    """Model names as the environment configures them."""

    model_config = ConfigDict(frozen=True)

    chat: str
    embedding: str


class Machine(BaseModel):
    """A rented machine as the last `up` left it. Address and ports change with every start.

    `name` is its name in the account, `host_key` its public key (`ssh-ed25519 AAAA...`), `ports` maps its own ports to
    those outside, as far as they differ. Millionths of a dollar an hour; minutes.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    instance_id: str
    status: str
    ip_address: str | None
    ssh_port: int
    ports: dict[str, int]
    user: str
    host_key: str
    hourly_micro_usd: int | None
    idle_minutes: int


class Outputs(BaseModel):
    """`endpoints` is the contract that planning/endpoints.py writes; `credentials` are passwords by their names.

    `certificates` are the PEM texts of components/certificates.py. `machines` are the rented machines of a GPU stack,
    by the names of their hosts.
    """

    model_config = ConfigDict(frozen=True)

    endpoints: list[dict[str, Any]]
    models: Models
    credentials: dict[str, SecretStr]
    certificates: dict[str, SecretStr] = {}
    machines: dict[str, Machine] = {}

    def url(self, service: str) -> str:
        """Address of the endpoint of that name, else of the first of that kind. Raises OutputsError."""
        return str(self.endpoint(service)["url"])

    def endpoint(self, service: str) -> dict[str, Any]:
        """The endpoint of that name, else the first of that kind. Raises OutputsError."""
        named = [entry for entry in self.endpoints if entry["name"] == service]
        found = named or [entry for entry in self.endpoints if entry["service"] == service]
        if not found:
            raise OutputsError(f"no endpoint of {service} in the outputs", "add the service, then: make up", USAGE)
        return found[0]


def stack_outputs(stack: str) -> Outputs:
    """Raises OutputsError, naming the file and the next command."""
    path, remedy = _path(stack), f"make up STACK={stack}"
    try:
        return Outputs.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise NoOutputsError(f"stack {stack} has no outputs here ({path})", remedy, USAGE) from None
    except ValidationError as error:
        # Not the error's own text: it quotes the input, which holds passwords.
        places = ", ".join(".".join(str(part) for part in fault["loc"]) or "the document" for fault in error.errors())
        raise OutputsError(f"{path} cannot be used: {places}", remedy, USAGE) from None


def write(stack: str, outputs: Mapping[str, Any]) -> None:
    """Replaces the file in one step; readable by its owner only, from the first byte on."""
    path = state_folder("outputs") / _path(stack).name
    unfinished = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(outputs, file)
    unfinished.replace(path)


def remove(stack: str) -> None:
    """Forgets the stack's outputs."""
    _path(stack).unlink(missing_ok=True)


def _path(stack: str) -> Path:
    if not STACK_NAME.fullmatch(stack):
        raise OutputsError(f"{stack!r} is not a stack's name", "give the name of a Pulumi.<stack>.yaml", USAGE)
    return STATE / "outputs" / f"{stack}.json"
