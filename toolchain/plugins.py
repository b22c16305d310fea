"""The Pulumi plugins that the project needs: which official ones are here, and stand-ins for the others."""

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from toolchain.pulumi_home import USERS_OWN, pulumi_home
from toolchain.stand_ins import is_stand_in

RESOURCE_PLUGINS = ("command", "random", "docker", "cloudflare")


@dataclass(frozen=True)
class Plugin:
    """One plugin in the version that the installed Python package asks for."""

    kind: str
    name: str
    version: str

    @property
    def program(self) -> str:
        """The file name of its executable."""
        return f"pulumi-{self.kind}-{self.name}"

    @property
    def folder(self) -> Path:
        """Where the CLI looks for it in its home."""
        return pulumi_home() / "plugins" / f"{self.kind}-{self.name}-v{self.version}"


def needed_plugins() -> list[Plugin]:
    """The language host and one plugin per provider package; versions are those of the installed packages."""
    resources = [Plugin("resource", name, version(f"pulumi-{name}")) for name in RESOURCE_PLUGINS]
    return [Plugin("language", "python", version("pulumi")), *resources]


def find_official(plugin: Plugin, cli: Path) -> Path | None:
    """The official plugin's executable: on PATH, beside the CLI, in the CLI's home or in the user's own home."""
    for path in (_on_path(plugin), cli.resolve().parent / plugin.program, plugin.folder / plugin.program):
        if path is not None and path.exists() and not is_stand_in(path):
            return path
    users_own = USERS_OWN / "plugins" / plugin.folder.name / plugin.program
    return users_own if users_own.exists() and not is_stand_in(users_own) else None


def _on_path(plugin: Plugin) -> Path | None:
    """Where the CLI would find it, which takes what is on PATH before anything else."""
    found = None if os.environ.get("PULUMI_IGNORE_AMBIENT_PLUGINS") else shutil.which(plugin.program)
    return Path(found) if found else None
