"""A Redis of the platform, reached where it runs. Its password is read there, from its own file, and stays there."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from operations.model_shell import Shell, running

# $1: folder of its programs, $2: its port, $3: file with the password, $4: what stands before the password in a line.
LOGIN = """
if [ -n "$1" ]; then PATH="$1:$PATH"; fi
REDISCLI_AUTH=$(sed -n "s/^$4//p" "$3") || exit 1
export PATH REDISCLI_AUTH
port=$2
shift 4
"""


@dataclass(frozen=True, kw_only=True)
class RedisServer:
    """`shell` is inside its container or on its Mac, where `programs` is the folder of its programs.

    `volume` and `path` are those of its data: on an engine, or a folder of the Mac (then `volume` is empty).
    """

    service: str
    shell: Shell
    port: int
    password_file: str
    password_line: str = ""
    programs: str = ""
    volume: str = ""
    path: str

    @contextmanager
    def script(self, text: str, arguments: tuple[str, ...], seconds: float) -> Iterator[subprocess.Popen[bytes]]:
        """A script in which redis-cli is logged in, once told `-p "$port"`; its arguments begin at $1.

        Raises Failure with the script's own words when it does not end well.
        """
        login = (self.programs, str(self.port), self.password_file, self.password_line)
        with running(self.shell, LOGIN + text, *login, *arguments, seconds=seconds) as process:
            yield process
