"""The models that one Ollama keeps ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_command as command
from pulumi import ResourceOptions

from components.docker_access import DockerAccess, through

PULL_SECONDS = 3 * 3600


@dataclass(frozen=True, kw_only=True)
class OllamaModelsArgs:
    """`generation` changes when the server may have lost its models: its container's id, its host's set-up.

    `digests` pins some of the models: {model: sha256 of its manifest}. `through` is the login over which `url` is
    reached; None where it is reached from here.
    """

    url: str
    models: Sequence[str]
    fallback: str | None
    generation: pulumi.Input[str]
    digests: Mapping[str, str] = field(default_factory=dict)
    through: DockerAccess | None = None


class OllamaModels(pulumi.ComponentResource):
    """Pulls what is missing and leaves every other model alone. See operations/models.py."""

    ready: command.local.Command

    def __init__(self, name: str, args: OllamaModelsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ai-platform:index:OllamaModels", name, None, opts)
        spec = {
            "url": args.url,
            "models": list(args.models),
            "fallback": args.fallback,
            "deadline_seconds": PULL_SECONDS,
            "generation": args.generation,
            # Left out where nothing is pinned: another specification is another resource.
            **({"digests": dict(args.digests)} if args.digests else {}),
            **through(args.through),
        }
        self.ready = command.local.Command(
            f"{name}-pull",
            create="scripts/models-apply",
            stdin=pulumi.Output.json_dumps(spec),
            add_previous_output_in_env=False,
            opts=ResourceOptions(parent=self, custom_timeouts=pulumi.CustomTimeouts(create=f"{PULL_SECONDS}s")),
        )
        self.register_outputs({})
