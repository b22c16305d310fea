"""A copy of this checkout with its own state, driven through the same scripts that its users run."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from toolchain.image_references import recorded_references
from toolchain.places import ROOT

SKIPPED = shutil.ignore_patterns(".git", ".venv", ".state", "__pycache__", ".*_cache", ".hypothesis", "tests", "out")
DEADLINE_S = 300
NOTHING: Mapping[str, str] = {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Checkout:
    """One copied checkout with one environment of a few services on this machine's Docker engine."""

    root: Path
    stack: str = field(default_factory=lambda: f"test-{uuid.uuid4().hex[:8]}")
    sections: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shutil.copytree(ROOT, self.root, ignore=SKIPPED)
        for own in self.root.glob("Pulumi.*.yaml"):
            own.unlink()
        (self.root / ".venv").symlink_to(ROOT / ".venv")
        (self.root / ".state").mkdir()
        self.use_images({})
        local = {"kind": "local", "address": "127.0.0.1", "cpus": 2, "memory_gb": 16, "disk_gb": 60}
        self.sections = {"hosts": {"local": local}, "services": {}, "images": {"source": "recorded"}}

    def serve(self, kind: str, **settings: Any) -> int:
        """Adds (or changes) a service of a kind on a free port; gives the port."""
        services = self.sections["services"]
        known = services.get(kind, {"host": "local", "port": free_port()})
        services[kind] = {**known, **settings}
        self.write()
        port: int = services[kind]["port"]
        return port

    def write(self) -> None:
        config = {f"ai-platform:{name}": section for name, section in self.sections.items()}
        text = yaml.safe_dump({"config": config}, sort_keys=False)
        (self.root / f"Pulumi.{self.stack}.yaml").write_text(text, encoding="utf-8")

    def use_images(self, changed: dict[str, str]) -> None:
        """The images of this machine, some of them replaced."""
        record = {**recorded_references(), **changed}
        (self.root / ".state" / "images.json").write_text(json.dumps(record), encoding="utf-8")

    def start(self, *command: str, variables: Mapping[str, str] = NOTHING) -> subprocess.Popen[str]:
        """Starts a script in a process group of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
        return subprocess.Popen(
            [str(self.root / "scripts" / command[0]), *command[1:]], cwd=self.root, env={**kept, **variables},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0,
        )  # fmt: skip

    def run(self, *command: str, code: int | None = 0, variables: Mapping[str, str] = NOTHING) -> str:
        """Runs a script to its end; gives all it said. Fails when it ends with another code (None: any)."""
        process = self.start(*command, variables=variables)
        said, _ = process.communicate(timeout=DEADLINE_S)
        assert code in (None, process.returncode), f"{' '.join(command)} ended with {process.returncode}:\n{said}"
        return said

    def up(self, code: int | None = 0, variables: Mapping[str, str] = NOTHING) -> str:
        return self.run("up", "-s", self.stack, "--no-question", code=code, variables=variables)

    def preview(self) -> str:
        return self.run("preview", "-s", self.stack, "--diff")

    def destroy(self) -> None:
        """Removes the environment with its data and whatever a failed test has left."""
        self.run("down", "-s", self.stack, "--yes", code=None)
        label = f"label=ai-platform.environment={self.stack}"
        for identifier in docker("ps", "-aq", "--filter", label).split():
            docker("rm", "-f", identifier)
        for identifier in docker("volume", "ls", "-q", "--filter", label).split():
            docker("volume", "rm", "-f", identifier)
        for identifier in docker("network", "ls", "-q", "--filter", label).split():
            docker("network", "rm", identifier)

    def containers(self) -> dict[str, str]:
        """Service -> container id, running ones only."""
        listed = docker(
            "ps", "--no-trunc", "--filter", f"label=ai-platform.environment={self.stack}",
            "--format", '{{.Label "ai-platform.service"}} {{.ID}}',
        )  # fmt: skip
        return dict(line.split() for line in listed.splitlines())

    def secrets(self) -> list[str]:
        """Every generated password, as the engine decrypts it."""
        shown = self.run("pulumi", "stack", "output", "-s", self.stack, "--json", "--show-secrets")
        return list(json.loads(shown)["credentials"].values())


def docker(*arguments: str) -> str:
    """Output of the docker client."""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=120, check=True).stdout
