"""Fixtures with the real Pulumi CLI in an environment of its own."""

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from toolchain.plugins import needed_plugins
from toolchain.pulumi_cli import Cli
from toolchain.pulumi_install import ensure_cli
from toolchain.stand_ins import write_launcher

DEADLINE_S = 180
STACK = "test"


@dataclass
class Engine:
    """One project with its own PULUMI_HOME, plugins, backend and passphrase; runs beside any other.

    All resource plugins are this checkout's stand-ins; the CLI is the one that the project uses.
    """

    folder: Path
    environment: dict[str, str]

    def program(self, source: str) -> None:
        """Writes the project's `__main__.py`; an empty project's stack is made at the first call."""
        (self.folder / "__main__.py").write_text(textwrap.dedent(source))
        project = self.folder / "Pulumi.yaml"
        if not project.exists():
            python = Path(sys.executable).parent.parent
            project.write_text(f"name: tiny\nruntime:\n  name: python\n  options: {{virtualenv: {python}}}\n")
            self.pulumi("stack", "init", STACK)

    def pulumi(
        self, *arguments: str, check: bool = True, timeout: float = DEADLINE_S
    ) -> subprocess.CompletedProcess[str]:
        """Runs the CLI without a terminal; fails with all it said at a bad exit status unless `check` is off."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"pulumi {' '.join(arguments)}:\n{done.stdout}"
        return done

    def command(self, *arguments: str) -> list[str]:
        """The command line, for tests that start the CLI themselves."""
        return ["pulumi", *arguments, "--non-interactive", "--color", "never"]

    def preview(self, *arguments: str, check: bool = True) -> str:
        return self.pulumi("preview", "-s", STACK, "--diff", *arguments, check=check).stdout

    def up(self, *arguments: str, check: bool = True) -> str:
        return self.pulumi("up", "-s", STACK, "--yes", "--skip-preview", *arguments, check=check).stdout

    def refresh(self) -> str:
        return self.pulumi("refresh", "-s", STACK, "--yes", "--skip-preview").stdout

    def destroy(self, check: bool = True) -> str:
        return self.pulumi("destroy", "-s", STACK, "--yes", "--skip-preview", check=check).stdout

    def configure(self, key: str, value: str, *arguments: str) -> None:
        self.pulumi("config", "set", "-s", STACK, key, value, *arguments)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs with secrets shown."""
        return dict(json.loads(self.pulumi("stack", "output", "-s", STACK, "--json", "--show-secrets").stdout))

    def resources(self) -> dict[str, dict[str, Any]]:
        """Logical name -> recorded state, as exported, with secrets encrypted."""
        exported = json.loads(self.pulumi("stack", "export", "-s", STACK).stdout)
        return {each["urn"].rpartition("::")[2]: each for each in exported["deployment"].get("resources", [])}


@pytest.fixture(scope="session")
def cli() -> Cli:
    """The CLI, installed if it is not there yet."""
    return ensure_cli(print)


@pytest.fixture
def engine(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An isolated engine in `tmp_path`; nothing of it is shared with the user's own stacks."""
    home, backend, folder = tmp_path / "home", tmp_path / "backend", tmp_path / "project"
    for each in (backend, folder):
        each.mkdir()
    monkeypatch.setenv("PULUMI_HOME", str(home))
    for plugin in needed_plugins():
        module = "language_python" if plugin.kind == "language" else plugin.name
        write_launcher(plugin.folder / plugin.program, module)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    return Engine(
        folder,
        {
            **kept,
            "PATH": os.pathsep.join((str(cli.path.parent), os.environ["PATH"])),
            "PULUMI_HOME": str(home),
            "PULUMI_BACKEND_URL": f"file://{backend}",
            "PULUMI_CONFIG_PASSPHRASE": "a passphrase of the tests",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        },
    )
