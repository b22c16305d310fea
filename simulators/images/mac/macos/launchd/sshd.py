"""Remote Login: launchd listens and starts one sshd for each connection, as com.openssh.sshd's plist says.

So an edit of sshd's configuration holds from the next connection on, without a reload.
"""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

INSTANCES = 42
SSHD_LOG = Path("/var/log/simulator/sshd.log")


async def listen(configuration: str = "/etc/ssh/sshd_config", port: int = 22) -> None:
    """Accept connections for ever."""
    places = asyncio.Semaphore(INSTANCES)
    connections: set[asyncio.Task[None]] = set()
    with socket.create_server(("", port), backlog=128) as listener:
        listener.setblocking(False)
        while True:
            await places.acquire()
            connection, _ = await asyncio.get_running_loop().sock_accept(listener)
            task = asyncio.create_task(_serve(connection, places, configuration))
            connections.add(task)
            task.add_done_callback(connections.discard)


async def _serve(connection: socket.socket, places: asyncio.Semaphore, configuration: str) -> None:
    try:
        connection.setblocking(True)
        with SSHD_LOG.open("ab") as log:
            command = ["/usr/sbin/sshd", "-i", "-e", "-f", configuration]
            process = await asyncio.create_subprocess_exec(
                *command, stdin=connection.fileno(), stdout=connection.fileno(), stderr=log
            )
        connection.close()
        await process.wait()
    finally:
        places.release()
