"""What one host is to be: the outcome of reading a plan, and all that the script is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hosts.step import Step

COMPONENT_TYPES = {"mac": "ai-platform:index:MacMini", "linux": "ai-platform:index:LinuxHost"}
"""What brings a host of each platform to its role, by its name in the state."""
FREE_DISK_MB = 2048
"""Below this a host is not touched: packages half installed on a full disk are worse than none."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """`user` logs in. `needs` are the platform's arguments of the preflight (runtime/PLATFORM/30-preflight.sh).

    A machine that was ordered a moment ago may take `first_boot_seconds` until one can say what it is.
    """

    platform: Literal["mac", "linux"]
    user: str
    needs: tuple[str, ...]
    steps: tuple[Step, ...]
    free_disk_mb: int = FREE_DISK_MB
    lock_wait_seconds: int = 30
    first_boot_seconds: int = 0

    @property
    def secrets(self) -> tuple[str, ...]:
        """Names of all secrets that its steps ask for, each once."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.secrets))
