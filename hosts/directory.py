"""A directory that a host has."""

from __future__ import annotations

import stat
from dataclasses import dataclass

from hosts.step import Step


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Owned by the user who logs in. `mode` in octal, e.g. 0o750."""

    path: str
    mode: int = 0o755

    def step(self, owner: str) -> Step:
        """`owner` is user:group."""
        modes = (f"{self.mode:04o}", stat.filemode(stat.S_IFDIR | self.mode))
        return Step(f"directory {self.path}", 30, "step_directory", (self.path, owner, *modes))
