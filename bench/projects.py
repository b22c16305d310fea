"""Throwaway Pulumi projects for benchmarks: this checkout's CLI and plugins, a state and passphrase of their own."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.measure import Cost, run_costed
from operations.project import ROOT
from toolchain.environment import environment

STACK = "bench"
RUN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Project:
    """One program in its folder, and the variables that the CLI runs with there."""

    folder: Path
    environment: Mapping[str, str]

    def pulumi(self, *arguments: str) -> Cost:
        """Runs the CLI on the stack, never with a question. Raises CalledProcessError, TimeoutExpired."""
        command = ["pulumi", "-C", str(self.folder), *arguments, "--non-interactive", "--color", "never"]
        return run_costed([*command, "-s", STACK], timeout=RUN_SECONDS, environment=self.environment)


@contextlib.contextmanager
def project(program: str, **variables: str) -> Iterator[Project]:
    """A project without a stack; its program may import this checkout. All of it goes at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="ai-platform-bench-") as name:
        folder = Path(name)
        runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}}
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "bench", "runtime": runtime}))
        (folder / "__main__.py").write_text(program)
        (folder / "backend").mkdir()
        yield Project(folder, _variables(folder) | variables)


def _variables(folder: Path) -> dict[str, str]:
    own = {
        "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
        "PULUMI_CONFIG_PASSPHRASE": "throwaway",
        "PYTHONPATH": str(ROOT),
    }
    kept = environment()
    for name in ("PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_ACCESS_TOKEN", "PULUMI_CREDENTIALS_PATH"):
        kept.pop(name, None)
    return kept | own
