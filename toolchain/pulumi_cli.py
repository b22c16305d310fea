"""Which Pulumi CLI a run uses. Looks only; `toolchain.pulumi_install` gets one where there is none."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from toolchain.places import ROOT, cache

VERSION = "3.250.0"
VERSION_S = 30
OFFICIAL_HOST = "pulumi-language-python"  # in the official archive the language hosts lie beside the CLI


class CliMissing(Exception):
    """There is no usable Pulumi CLI; the text says why and what to run."""


@dataclass(frozen=True)
class Cli:
    """A Pulumi CLI that can be used, and where it is from: `on PATH`, `official` or `built`."""

    path: Path
    origin: str


def find_cli() -> Cli | None:
    """The first CLI on PATH that is new enough and of the same major version, else the one in the cache."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder) / "pulumi"
        if not folder or path.resolve().parent == ROOT / "scripts" or not os.access(path, os.X_OK):
            continue
        if path == cached_cli():
            break
        if _new_enough(path):
            return Cli(path, "on PATH")
    path = cached_cli()
    origin = "official" if (path.parent / OFFICIAL_HOST).exists() else "built"
    return Cli(path, origin) if path.exists() else None


def required_cli() -> Cli:
    """The same. Raises CliMissing, with the command that gets it, where there is none."""
    found = find_cli()
    if found is None:
        raise CliMissing(f"no Pulumi CLI {VERSION} or newer is installed; run: python -m toolchain.setup")
    return found


def cached_cli() -> Path:
    """Where a CLI that this project gets is kept."""
    return cache() / "pulumi" / f"v{VERSION}" / "bin" / "pulumi"


def cli_version(path: Path) -> tuple[int, ...]:
    """The version that the CLI at `path` tells; empty when it tells none within 30 s."""
    try:
        answer = subprocess.run([path, "version"], capture_output=True, text=True, timeout=VERSION_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    numbers = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return tuple(int(number) for number in numbers.groups()) if numbers else ()


def _new_enough(path: Path) -> bool:
    version, wanted = cli_version(path), tuple(map(int, VERSION.split(".")))
    return version[:1] == wanted[:1] and version >= wanted
