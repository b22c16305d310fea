"""Entry point: load the daemons, serve launchctl and sshd, end everything on SIGTERM."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import struct
from pathlib import Path

from .definition import RefusedError
from .domain import Domain
from .locked_disk import until_unlocked
from .sshd import listen

SOCKET = Path("/run/simulator/launchd.sock")


async def main() -> None:
    """Run until SIGTERM."""
    domain = Domain()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = _answer(domain, await reader.readline(), _uid(writer))
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(serve, SOCKET):
        SOCKET.chmod(0o666)
        await until_unlocked()
        domain.boot()
        remote_login = asyncio.create_task(listen())
        await ended.wait()
        remote_login.cancel()
        await domain.shutdown()


def _uid(writer: asyncio.StreamWriter) -> int:
    connection: socket.socket = writer.get_extra_info("socket")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])


def _answer(domain: Domain, request: bytes, uid: int) -> dict[str, int | str]:
    try:
        return {"code": 0, "stdout": domain.call(json.loads(request), uid), "stderr": ""}
    except RefusedError as refused:
        return {"code": refused.code, "stdout": "", "stderr": refused.text + "\n"}


asyncio.run(main())
