"""The proxy before the real Ollama server: streams answers through, and puts Metal and the faults into them.

Of what is loaded it says that all of it lies in the GPU's memory; the fault ollama-no-gpu says none of it does. Faults
of /api/pull come after the first status line, so with status 200: ollama-pull-error ends with a line {"error": ...},
ollama-pull-stalls says nothing more, ollama-pull-cut closes the connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import json

from ..faults import fault

FIRST_LINE = b'{"status":"pulling manifest"}\n'
ERROR_LINE = b'{"error":"max retries exceeded: Get \\"https://registry.ollama.ai\\": EOF"}\n'
STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
)


class Proxy:
    """One connection carries one request: each answer says `Connection: close`."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle one connection."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            if path == b"/api/pull" and await self._fails(writer):
                pass
            elif path == b"/api/ps":
                await self._loaded(head, writer)
            else:
                await self._through(head, reader, writer)
        writer.close()

    async def _fails(self, writer: asyncio.StreamWriter) -> bool:
        """Play the fault of a pull that is on; False when none is."""
        if all(fault(f"ollama-pull-{how}") is None for how in ("error", "stalls", "cut")):
            return False
        writer.write(STREAM + _chunk(FIRST_LINE))
        await writer.drain()
        if fault("ollama-pull-stalls") is not None:
            await asyncio.Event().wait()
        if fault("ollama-pull-error") is not None:
            writer.write(_chunk(ERROR_LINE) + b"0\r\n\r\n")
        return True

    async def _loaded(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        reader, upstream = await asyncio.open_connection("127.0.0.1", self._port)
        upstream.write(head.split(b"\r\n")[0].replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n\r\n")
        answer_head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        upstream.close()
        models = json.loads(body)["models"]
        for model in models:
            model["size_vram"] = 0 if fault("ollama-no-gpu") is not None else model["size"]
        answer = json.dumps({"models": models}).encode()
        status = answer_head.split(b"\r\n")[0].replace(b"HTTP/1.0", b"HTTP/1.1")
        lines = [status, b"Content-Type: application/json", b"Connection: close", b"Content-Length: %d" % len(answer)]
        writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + answer)
        await writer.drain()

    async def _through(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server, upstream = await asyncio.open_connection("127.0.0.1", self._port)
        first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
        kept = [line for line in lines if not line.lower().startswith(b"connection:")]
        upstream.write(b"\r\n".join([first, *kept, b"Connection: close"]) + b"\r\n\r\n")
        asking = asyncio.create_task(_copy(reader, upstream))
        await _copy(server, writer)
        asking.cancel()
        upstream.close()


def _chunk(line: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(line), line)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
