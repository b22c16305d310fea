"""The Ollamas of an environment that is up: where each answers, where its models lie, which ones the plan names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from operations.failure import USAGE, Failure
from operations.models import RANDOM_WEIGHTS
from operations.ollama.names import with_tag
from operations.outputs import NoOutputsError, stack_outputs
from operations.project import ROOT, require_stack
from planning.build import build
from planning.placement import serving
from settings.environment import Environment
from settings.host import Host
from settings.parsed import Parsed
from settings.stack_file import read
from toolchain.image_references import references


@dataclass(frozen=True, kw_only=True)
class ModelServer:
    """One Ollama. `container` is None where it runs natively; `named` are full names that the plan has for it."""

    stack: str
    service: str
    host_name: str
    host: Host
    url: str
    container: str | None
    named: frozenset[str]
    pinned: dict[str, str]


def model_servers(stack: str, service: str | None = None) -> list[ModelServer]:
    """Every Ollama of the stack, or the one of that service. Reads files; opens no connection.

    Raises Failure when there is no such stack or service, or one runs that its file does not name any more.
    """
    require_stack(stack)
    parsed = read(ROOT, stack).without_secrets()
    environment = parsed.valid()
    found = [entry for entry in _endpoints(stack, parsed) if serving(entry["service"]) == "ollama"]
    known = ", ".join(entry["name"] for entry in found) or "none"
    if service is not None:
        found = [entry for entry in found if entry["name"] == service]
    if not found:
        raise Failure(f"{stack} runs no Ollama{f' named {service}' if service else ''} (known: {known})",
                      f"scripts/check -s {stack}", USAGE)  # fmt: skip
    return [_server(environment, entry["name"], entry["service"], entry["url"]) for entry in found]


@contextlib.contextmanager
def near_servers(stack: str, service: str | None = None) -> Iterator[list[ModelServer]]:
    """The same, while the block runs; those of rented machines are reached through their logins."""
    servers = model_servers(stack, service)
    if not any(server.host.rented for server in servers):
        yield servers
        return
    # Imported here: it brings the provider's client, which most environments do not need.
    from operations.gpu.forwarding import reachable_outputs  # noqa: PLC0415

    with reachable_outputs(stack) as outputs:
        yield [replace(server, url=outputs.url(server.service)) for server in servers]


def _endpoints(stack: str, parsed: Parsed) -> list[dict[str, Any]]:
    """As they are. Where no `up` has ended yet, maybe for want of a model: as they are planned."""
    try:
        return stack_outputs(stack).endpoints
    except NoOutputsError:
        return build(parsed, references(parsed.environment.images.source)).endpoints


def _server(environment: Environment, name: str, kind: str, url: str) -> ModelServer:
    placed = environment.services.get(name)
    if placed is None:
        cause = f"{environment.name} runs {name}, which Pulumi.{environment.name}.yaml does not name any more"
        raise Failure(cause, f"make up STACK={environment.name}", USAGE)
    models = environment.models
    named = {with_tag(model) for model in (*placed.models, models.chat)}
    if models.fallback == "random-weights":
        named.add(RANDOM_WEIGHTS)
    return ModelServer(
        stack=environment.name,
        service=name,
        host_name=placed.host,
        host=environment.hosts[placed.host],
        url=url,
        container=None if kind.endswith("-native") else f"ai-platform-{environment.name}-{name}",
        named=frozenset(named),
        pinned={with_tag(model): digest for model, digest in models.digests.items()},
    )
