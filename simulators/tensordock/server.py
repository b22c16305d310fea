"""Serves a simulated account over HTTP, below `/api/v2` as the real one."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

from aiohttp import web

from simulators.reply import Reply, Request
from simulators.tensordock.control import PREFIX, control
from simulators.tensordock.service import Service

BASE = "/api/v2"
TICK_S = 0.2  # how late what machines do by themselves may be noticed when nobody calls


def application(service: Service) -> web.Application:
    """The HTTP application of one account."""

    async def handle(incoming: web.Request) -> web.StreamResponse:
        request = await _request(incoming)
        answer = control if request.path.startswith(PREFIX) else _answer
        reply = await asyncio.to_thread(answer, service, request)
        if reply.seconds:
            await asyncio.sleep(reply.seconds)
        if reply.dropped:
            if incoming.transport is not None:
                incoming.transport.abort()
            raise asyncio.CancelledError
        return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))

    async def ticking(_application: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_tick(service))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    served = web.Application()
    served.router.add_route("*", "/{path:.*}", handle)
    served.cleanup_ctx.append(ticking)
    return served


def _answer(service: Service, request: Request) -> Reply:
    return service.answer(request)


async def _tick(service: Service) -> None:
    while True:
        await asyncio.to_thread(service.settle)
        await asyncio.sleep(TICK_S)


async def _request(incoming: web.Request) -> Request:
    body: Any = None
    raw = await incoming.read()
    if raw:
        with contextlib.suppress(ValueError):
            body = json.loads(raw)
    token = incoming.headers.get("Authorization", "").removeprefix("Bearer ")
    return Request(incoming.method, incoming.path.removeprefix(BASE), token, body)


@contextlib.contextmanager
def serving(service: Service, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves from a thread as long as the block runs; gives the base URL of the API."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(application(service), access_log=None)

    async def begin() -> int:
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound: int = runner.addresses[0][1]
        return bound

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        taken = asyncio.run_coroutine_threadsafe(begin(), loop).result(30)
        yield f"http://{host}:{taken}{BASE}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
