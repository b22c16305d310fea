"""The check's pages: `GET /check` for nginx; `GET /keys`, `GET /ready` and `GET /metrics` for who looks after it."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import ClientSession, web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from access_check.assertion import Refused, key_identifier, visitor
from access_check.audiences import Audiences, Known, NoAudiences
from access_check.keys import Keys, NoKeys
from access_check.metrics import Metrics
from access_check.settings import Settings

ASSERTION, NAME, EMAIL = "Cf-Access-Jwt-Assertion", "X-Access-Name", "X-Access-Email"
KEYS = web.AppKey("keys", Keys)
log = logging.getLogger("access_check")


class Check:
    """204 admits and names the person; 401 refuses; 503: no key of the team or no name is known, so nobody comes in."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._metrics = Metrics()
        self._audiences = Audiences(settings.audiences_file)

    def app(self) -> web.Application:
        """The application; it fetches the keys from start to end."""
        app = web.Application()
        app.cleanup_ctx.append(self._keys)
        app.router.add_get("/check", self._check)
        app.router.add_get("/keys", self._with_keys)
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/metrics", self._tell)
        return app

    async def _keys(self, app: web.Application) -> AsyncIterator[None]:
        async with ClientSession() as session:
            app[KEYS] = Keys(self._settings, session, self._clock)
            fetching = asyncio.create_task(app[KEYS].stay_fresh())
            yield
            fetching.cancel()
            await asyncio.wait([fetching])

    async def _check(self, request: web.Request) -> web.Response:
        started = time.perf_counter()
        name = request.headers.get(NAME, "")
        try:
            email = await self._visitor(request.app[KEYS], name, request.headers.get(ASSERTION, ""))
            decision, answer = "admitted", web.Response(status=204, headers={EMAIL: email} if email else {})
        except Refused as refused:
            decision, answer = refused.reason, web.Response(status=401)
            log.info("refused a request to %.253r: assertion %s", name, refused.reason)
        except (NoKeys, NoAudiences) as none:
            decision = "no keys" if isinstance(none, NoKeys) else "no names"
            answer = web.Response(status=503)
            log.error("refused a request to %.253r: %s", name, none)
        self._metrics.decisions.labels(decision).inc()
        self._metrics.seconds.observe(time.perf_counter() - started)
        return answer

    async def _visitor(self, keys: Keys, name: str, token: str) -> str | None:
        audience = self._audiences.known.by_name.get(name)
        if audience is None:
            raise Refused("for a name without a login")
        key = await keys.find(key_identifier(token))
        if key is None:
            raise Refused("of an unknown key")
        return visitor(token, key, self._settings.issuer, audience, self._settings.leeway_seconds)

    async def _with_keys(self, request: web.Request) -> web.Response:
        """Healthy by itself: names come only to a check that is."""
        found = await self._found(request.app[KEYS])
        return web.json_response(found, status=200 if found["keys"] else 503)

    async def _ready(self, request: web.Request) -> web.Response:
        found = await self._found(request.app[KEYS])
        return web.json_response(found, status=200 if found["keys"] and self._known() else 503)

    async def _found(self, keys: Keys) -> dict[str, Any]:
        """Asks for the keys when it has none: nobody else may ask anything yet.

        The version is that of the file, and empty where the file is of no use, so that it is brought again.
        """
        if not keys.count:
            await keys.refresh()
        age = round(keys.age_seconds) if math.isfinite(keys.age_seconds) else None
        known = self._known()
        version = known.version if known and self._audiences.usable else ""
        return {"keys": keys.count, "age_seconds": age, "names": len(known.by_name) if known else 0, "version": version}

    def _known(self) -> Known | None:
        try:
            return self._audiences.known
        except NoAudiences:
            return None

    async def _tell(self, request: web.Request) -> web.Response:
        keys = request.app[KEYS]
        self._metrics.keys.set(keys.count)
        self._metrics.age.set(keys.age_seconds)
        known = self._known()
        self._metrics.names.set(len(known.by_name) if known else 0)
        self._metrics.usable.set(self._audiences.usable)
        return web.Response(body=generate_latest(self._metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
