"""A file that a host has, with its whole content."""

from __future__ import annotations

import stat
from dataclasses import dataclass

from hosts.step import Step


@dataclass(frozen=True, kw_only=True)
class File:
    """`owner` is user:group. With `secret` its content is that secret, and `content` is left empty.

    `check` is a program with its arguments that must accept a new file, whose path comes last, before it takes the
    place of the old one. For checks that need more than the file's path, write a step of its own.
    """

    path: str
    owner: str
    content: str = ""
    secret: str = ""
    mode: int = 0o644
    check: tuple[str, ...] = ()

    def step(self) -> Step:
        access = (self.path, self.owner, f"{self.mode:04o}", stat.filemode(stat.S_IFREG | self.mode))
        name = f"file {self.path}"
        if self.secret:
            return Step(name, 30, "step_secret_file", (*access, self.secret), secrets=(self.secret,))
        return Step(name, 30, "step_file", (*access, self.content, *self.check), shown=self.content)
