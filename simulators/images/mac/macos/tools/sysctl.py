"""sysctl(8): hardware facts, and the share of memory that the GPU may wire.

iogpu.wired_limit_mb is 0 (the system's default) at boot and lost at reboot; a write prints `key: old -> new`
(ollama and mlx user reports, quoted in the project's notes on macOS).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..hardware import CHIP, CPUS, MEMORY_BYTES

WIRED_LIMIT = "iogpu.wired_limit_mb"
WIRED_LIMIT_FILE = Path("/run/simulator") / WIRED_LIMIT
FACTS = {
    "hw.memsize": str(MEMORY_BYTES),
    "hw.ncpu": str(CPUS),
    "hw.physicalcpu": str(CPUS),
    "machdep.cpu.brand_string": CHIP,
}


def main(arguments: list[str]) -> int:
    """Read (`-n` for the bare value) or write (`key=value`, root only) each name given."""
    bare = "-n" in arguments
    quiet = "-i" in arguments
    return max((_one(name, bare, quiet) for name in arguments if not name.startswith("-")), default=0)


def _one(name: str, bare: bool, quiet: bool) -> int:
    key, _, value = name.partition("=")
    old = _read(key)
    if old is None:
        if not quiet:
            print(f"sysctl: unknown oid '{key}'", file=sys.stderr)
        return 0 if quiet else 1
    if not value:
        print(old if bare else f"{key}: {old}")
        return 0
    return _write(key, old, value)


def _read(key: str) -> str | None:
    if key == WIRED_LIMIT:
        return WIRED_LIMIT_FILE.read_text() if WIRED_LIMIT_FILE.exists() else "0"
    return FACTS.get(key)


def _write(key: str, old: str, value: str) -> int:
    if os.getuid() != 0 or key != WIRED_LIMIT:
        print(f"{key}: {old}", flush=True)
        print(f"sysctl: {key}={value}: Operation not permitted", file=sys.stderr)
        return 1
    WIRED_LIMIT_FILE.write_text(value)
    print(f"{key}: {old} -> {value}")
    return 0
