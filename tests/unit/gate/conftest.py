"""A gate in front of a small Ollama, both on loopback ports, in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from gate.app import Gate
from gate.settings import Settings
from gate.traffic import Traffic

Client = TestClient[web.Request, web.Application]


@dataclass
class Clock:
    """Time that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Upstream:
    """An Ollama that streams `pieces` and waits for `go` between them."""

    pieces: list[bytes] = field(default_factory=lambda: [b'{"a":1}\n', b'{"done":true}\n'])
    go: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[dict[str, Any]] = field(default_factory=list)
    cut: bool = False

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.seen.append({"path": request.raw_path, "headers": request.headers.copy(), "body": body})
        self.arrived.set()
        try:
            if request.method != "POST":
                return web.json_response({"models": []})
            response = web.StreamResponse(headers={"X-Model": "tiny", "Content-Type": "application/x-ndjson"})
            await response.prepare(request)
            for piece in self.pieces:
                await response.write(piece)
                await self.go.wait()
            if self.cut:
                assert request.transport
                request.transport.abort()
            return response
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


@dataclass
class Scene:
    """The gate's client, what stands behind it, and its clock."""

    client: Client
    upstream: Upstream
    clock: Clock
    server: TestServer

    async def activity(self) -> dict[str, Any]:
        async with self.client.get("/activity") as answer:
            found: dict[str, Any] = await answer.json()
        return found

    async def until(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The activity, as soon as it is so."""
        async with asyncio.timeout(20):
            while not holds(found := await self.activity()):
                await asyncio.sleep(0.005)
        return found


@asynccontextmanager
async def scene(**settings: Any) -> AsyncIterator[Scene]:
    upstream, clock = Upstream(), Clock()
    server = TestServer(upstream.app())
    await server.start_server()
    gate = Gate(Settings(str(server.make_url("")).rstrip("/"), **settings), Traffic(clock))
    front = TestServer(gate.app())
    await front.start_server()
    try:
        async with TestClient(front) as client:
            yield Scene(client, upstream, clock, server)
    finally:
        upstream.go.set()
        await front.close()
        await server.close()


def played(story: Callable[[Scene], Awaitable[None]], **settings: Any) -> None:
    """Runs the story; a test that hangs fails."""

    async def run() -> None:
        async with asyncio.timeout(60), scene(**settings) as stage:
            await story(stage)

    asyncio.run(run())
