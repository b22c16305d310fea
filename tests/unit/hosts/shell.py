"""Runs pieces of the host script's runtime on this machine, in the shells that hosts have."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from hosts.script import runtime

SHELLS = {"dash": ["dash", "-s"], "bash as sh": ["bash", "--posix", "-s"]}
# What these tests may not have: root's rights, and the one place of the lock.
STAND_INS = 'sudo() { shift; "$@"; }\nLOCK=$PWD/lock\n'


@dataclass(frozen=True)
class Shell:
    """Runs `body` as the host's steps in an empty directory."""

    command: list[str]
    directory: Path

    def script(self, body: str) -> str:
        return f'{runtime("mac")}\n{STAND_INS}\nhost() {{\n{body}\n}}\nmain "$@" </dev/null\n'

    def start(self, body: str, mode: str = "apply") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*self.command, mode],
            cwd=self.directory,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin
        process.stdin.write(self.script(body))
        process.stdin.close()
        process.stdin = None
        return process

    def run(self, body: str, mode: str = "apply") -> subprocess.CompletedProcess[str]:
        with self.start(body, mode) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def alive(seconds: str) -> bool:
    """Whether a `sleep` of so many seconds runs on this machine."""
    listing = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return f"sleep {seconds}" in listing.splitlines()
