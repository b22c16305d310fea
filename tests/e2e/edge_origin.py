"""What a public name leads to in tests: tells what it was asked, streams on demand, echoes a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import threading
from collections.abc import Coroutine, Iterator
from typing import Any

from aiohttp import WSMsgType, web


class Origin:
    """Serves from a thread of its own on a free port of `host`, as long as it is open."""

    def __init__(self, host: str) -> None:
        self.host, self.port = host, 0
        self.released = threading.Event()
        self.asked = 0
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.open()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def open(self) -> None:
        """On the same port as before."""
        application = web.Application(client_max_size=1 << 30)
        application.router.add_get("/events", self._events)
        application.router.add_get("/socket", self._socket)
        application.router.add_get("/large", self._large)
        application.router.add_route("*", "/{path:.*}", self._told)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        self._do(self._runner.setup())
        site = web.TCPSite(self._runner, self.host, self.port, reuse_address=True)
        self._do(site.start())
        self.port = self._runner.addresses[0][1]

    def close(self) -> None:
        self._do(self._runner.cleanup())

    def _do(self, what: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(30)

    async def _told(self, request: web.Request) -> web.Response:
        self.asked += 1
        body = await request.read()
        told = {"method": request.method, "target": request.path_qs, "headers": dict(request.headers),
                "length": len(body), "digest": hashlib.sha256(body).hexdigest()}  # fmt: skip
        return web.json_response(told)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """The second event comes once the test has seen the first."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        await answer.write(b"data: first\n\n")
        while not self.released.is_set():
            await asyncio.sleep(0.01)
        await answer.write(b"data: second\n\n")
        return answer

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=1 << 26)
        await socket.prepare(request)
        await socket.send_str(f"hello {request.headers.get('Cf-Access-Authenticated-User-Email')}")
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                await socket.send_bytes(message.data)
        return socket

    async def _large(self, _request: web.Request) -> web.Response:
        return web.Response(body=LARGE)


LARGE = bytes(range(256)) * 40_000


@contextlib.contextmanager
def serving_origin(host: str) -> Iterator[Origin]:
    origin = Origin(host)
    try:
        yield origin
    finally:
        origin.close()
