"""launchctl(1): passes its arguments to launchd and prints what launchd answers."""

from __future__ import annotations

import json
import socket
import sys

LAUNCHD_SOCKET = "/run/simulator/launchd.sock"


def main(arguments: list[str]) -> int:
    """One request, one answer: {"code", "stdout", "stderr"}."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(LAUNCHD_SOCKET)
        connection.sendall(json.dumps(arguments).encode() + b"\n")
        with connection.makefile() as stream:
            answer = json.loads(stream.readline())
    sys.stdout.write(answer["stdout"])
    sys.stderr.write(answer["stderr"])
    return int(answer["code"])
