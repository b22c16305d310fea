"""Stand-in plugins that make nothing: what they are asked for counts as there, so that any stack has a state at once.

Started by the engine through a launcher: `python -m tests.preview_sample.assumed NAME ENGINE_ADDRESS`.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

from typing_extensions import override

from providers.common.resource import Call, Provider, Resource, Snapshot
from providers.common.schema import planned
from providers.common.server import serve
from providers.common.values import UNKNOWN, Properties
from simulators.plugins.command.provider import CommandProvider
from simulators.plugins.docker.provider import DockerProvider
from toolchain.places import ROOT

NAMES = ("command", "docker")


class AssumedProvider(Provider):
    """Takes the schema of another provider, and never asks the world."""

    def __init__(self, original: Provider) -> None:
        # Class variables of a provider; this one takes those of the other.
        type(self).name, type(self).version = original.name, original.version
        self.resources = {token: assumed(resource) for token, resource in original.resources.items()}

    @override
    def configure(self, configuration: Properties) -> None:
        """Needs nothing."""


def assumed(original: Resource) -> Resource:
    """The same resource type, whose operations only write down what was asked for."""

    class Assumed(type(original)):  # type: ignore[misc]
        @override
        def create(self, inputs: Properties, call: Call) -> Snapshot:
            state = planned(inputs, original.fields, original.outputs, {})
            known = {name: _text(call.urn, name) if value is UNKNOWN else value for name, value in state.items()}
            return Snapshot(str(known.get("name") or _text(call.urn, "id")), known)

        @override
        def read(self, identifier: str, state: Properties, call: Call) -> Snapshot | None:
            return Snapshot(identifier, state)

        @override
        def delete(self, identifier: str, state: Properties, call: Call) -> None:
            """There is nothing to remove."""

    copy = object.__new__(Assumed)
    copy.__dict__.update(original.__dict__)
    found: Resource = copy
    return found


def launcher(name: str) -> str:
    """A shell script that the engine can start as a plugin."""
    python = ROOT / ".venv" / "bin" / "python"
    return f'#!/bin/sh\nPYTHONPATH={ROOT} exec {python} -m tests.preview_sample.assumed {name} "$@"\n'


def write_launcher(executable: Path, name: str) -> None:
    executable.parent.mkdir(parents=True, exist_ok=True)
    executable.write_text(launcher(name), encoding="utf-8")
    executable.chmod(0o755)


def _text(*parts: Any) -> str:
    """In the form of an image's id, so that nothing takes it for the name of one."""
    return f"sha256:{hashlib.sha256(' '.join(map(str, parts)).encode()).hexdigest()}"


if __name__ == "__main__":
    serve(AssumedProvider(DockerProvider() if sys.argv[1] == "docker" else CommandProvider(sys.argv[2])))
