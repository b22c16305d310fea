"""`ollama serve` of the simulated Mac: a server on a port of its own, and the proxy on OLLAMA_HOST before it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

from .proxy import Proxy

PORT = 11434


async def serve(program: Path) -> int:
    """Run until the server ends or SIGTERM comes; the exit status is the server's."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"OLLAMA_HOST": f"127.0.0.1:{port}"}
    server = await asyncio.create_subprocess_exec(program, "serve", env=environment)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.terminate)
    host, own_port = _address(os.environ.get("OLLAMA_HOST", ""))
    ended = asyncio.create_task(server.wait())
    answers = asyncio.create_task(_answers(port))
    await asyncio.wait({ended, answers}, return_when=asyncio.FIRST_COMPLETED)
    answers.cancel()
    if ended.done():
        return ended.result()
    try:
        listener = await asyncio.start_server(Proxy(port).serve, host, own_port)
    except OSError:
        print(f"Error: listen tcp {host}:{own_port}: bind: address already in use", flush=True)
        server.terminate()
        await ended
        return 1
    print('level=INFO msg="inference compute" id=0 library=Metal name=Metal description="Apple M4"', flush=True)
    async with listener:
        return await ended


async def _answers(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


def _address(host: str) -> tuple[str, int]:
    """OLLAMA_HOST as a pair: a scheme is dropped, a bare host keeps the port."""
    name, _, port = host.rpartition("//")[2].partition(":")
    return name or "127.0.0.1", int(port or PORT)
