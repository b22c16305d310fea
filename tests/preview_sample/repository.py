"""A copy of this checkout under git, whose environments count as brought up as they are at its first commit."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from operations import simulated_edge
from planning.build import build
from settings.simulated_edge import FOLDER
from settings.stack_file import read
from simulators.cloudflare.service import TOKEN
from tests.engine.checkout import SKIPPED
from tests.preview_sample import assumed
from toolchain.places import ROOT
from toolchain.plugins import needed_plugins
from toolchain.pulumi_install import ensure_cli
from toolchain.stand_ins import write_launcher

DEADLINE_S = 300
KEYS = ".state/keys"
AUTHOR = {
    "GIT_AUTHOR_NAME": "sample", "GIT_AUTHOR_EMAIL": "sample@example.com",
    "GIT_COMMITTER_NAME": "sample", "GIT_COMMITTER_EMAIL": "sample@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
}  # fmt: skip


@dataclass
class Repository:
    """`cloudflare` is the URL of what stands for it; no other machine is asked, and nothing is made on this one."""

    root: Path
    cloudflare: str
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ensure_cli(print)
        shutil.copytree(ROOT, self.root, ignore=SKIPPED)
        (self.root / ".venv").symlink_to(ROOT / ".venv")
        (self.root / ".state").mkdir()
        shutil.copyfile(ROOT / ".state" / "images.json", self.root / ".state" / "images.json")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
        self.variables = {**kept, **AUTHOR, "CLOUDFLARE_BASE_URL": self.cloudflare}

    def commit(self, message: str) -> None:
        """Everything, as it is; the first commit makes the repository."""
        if not (self.root / ".git").is_dir():
            self.run("git", "init", "--quiet", "--initial-branch", "main")
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--allow-empty", "--message", message)

    def edit(self, file: str, changes: Mapping[str, str]) -> None:
        """Each text once; fails where one is not there any more."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        for old, new in changes.items():
            assert text.count(old) >= 1, f"{file} does not hold {old!r}"
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")

    def keys(self, stack: str) -> None:
        """Login keys of the hosts of a stack; those in the operator's home have others take their place."""
        file = self.root / f"Pulumi.{stack}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("~/.ssh/", f"{KEYS}/"), encoding="utf-8")
        for host in read(self.root, stack).environment.hosts.values():
            if host.ssh:
                place = host.address if host.ssh.port == 22 else f"[{host.address}]:{host.ssh.port}"
                self._append(host.ssh.known_hosts_file, f"{place} ssh-ed25519 {'A' * 68}\n")
                self._append(host.ssh.identity_file, "a private key\n")

    def bring_up(self, stack: str, secrets: tuple[str, ...] = ()) -> None:
        """The engine's own `up`, with plugins that make nothing."""
        home = self.root / ".state" / "assumed-home"
        variables = {"PULUMI_HOME": str(home), "PULUMI_IGNORE_AMBIENT_PLUGINS": "true"}
        for plugin in needed_plugins():
            place = home / "plugins" / plugin.folder.name / plugin.program
            if plugin.name in assumed.NAMES:
                assumed.write_launcher(place, plugin.name)
            else:
                write_launcher(place, "language_python" if plugin.kind == "language" else plugin.name)
        self.run("scripts/pulumi", "stack", "init", stack, variables=variables)
        for name in secrets:
            setting = ("config", "set", "--secret", "--path", f"ai-platform:secrets.{name}")
            self.run("scripts/pulumi", *setting, "-s", stack, stdin=TOKEN, variables=variables)
        plan = build(read(self.root, stack).without_secrets(), {})
        with simulated_edge.lasting(plan, self.root / FOLDER):
            self.run("scripts/pulumi", "up", "-s", stack, "--yes", "--skip-preview", variables=variables)

    def run(
        self, *command: str, stdin: str = "", codes: tuple[int, ...] = (0,), variables: Mapping[str, str] | None = None
    ) -> str:
        """What it printed. Fails with all that it said at another code."""
        done = subprocess.run(
            command, cwd=self.root, env={**self.variables, **(variables or {})}, input=stdin,
            capture_output=True, text=True, timeout=DEADLINE_S, check=False,
        )  # fmt: skip
        assert done.returncode in codes, (
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
        return done.stdout

    def _append(self, file: str, line: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as opened:
            opened.write(line)
