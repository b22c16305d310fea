"""The gate's own pages, and everything else to Ollama."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator

from aiohttp import ClientSession, web

from gate.proxy import forward, upstream_session
from gate.settings import Settings
from gate.traffic import Traffic
from gate.work import is_work

LONGEST_BODY = 1024
"""Bytes of a request to close."""
SESSION = web.AppKey("session", ClientSession)


class Gate:
    """One gate. `GET /activity`, `POST /close`, `POST /open`, `GET /live` are its own."""

    def __init__(self, settings: Settings, traffic: Traffic) -> None:
        self._settings = settings
        self._traffic = traffic

    def app(self) -> web.Application:
        """The application; it holds its connections to Ollama from start to end."""
        app = web.Application()
        app.cleanup_ctx.append(self._connections)
        app.router.add_get("/activity", self._activity)
        app.router.add_get("/live", self._activity)
        app.router.add_post("/close", self._close)
        app.router.add_post("/open", self._open)
        app.router.add_route("*", "/{path:.*}", self._pass)
        return app

    async def _connections(self, app: web.Application) -> AsyncIterator[None]:
        async with upstream_session(self._settings) as session:
            app[SESSION] = session
            yield

    async def _activity(self, _request: web.Request) -> web.Response:
        return web.json_response(self._traffic.snapshot())

    async def _close(self, request: web.Request) -> web.Response:
        """409 with the activity when the models are in use, or were within `idle_seconds`."""
        try:
            idle_seconds = float(json.loads(await request.content.read(LONGEST_BODY))["idle_seconds"])
        except (ValueError, TypeError, KeyError):
            idle_seconds = math.nan
        if not 0 <= idle_seconds < math.inf:
            return web.json_response({"error": 'expects {"idle_seconds": SECONDS}'}, status=400)
        closed = self._traffic.close(idle_seconds, self._settings.lease_seconds)
        return web.json_response(self._traffic.snapshot(), status=200 if closed else 409)

    async def _open(self, _request: web.Request) -> web.Response:
        self._traffic.open()
        return web.json_response(self._traffic.snapshot())

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        session = request.app[SESSION]
        if not is_work(request.method, request.path):
            return await forward(request, session, self._settings)
        if not self._traffic.enter():
            wait = str(math.ceil(self._traffic.closed_seconds))
            reason = "this machine was idle and is being stopped; start it again with scripts/vm-start.sh"
            return web.json_response({"error": reason}, status=503, headers={"Retry-After": wait})
        try:
            return await forward(request, session, self._settings)
        finally:
            self._traffic.leave()
