"""Around every request: a deadline, the metrics and one log line without any of the request's content."""

import asyncio
import logging
import time

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inference import metrics

LOG = logging.getLogger(__name__)
QUIET = frozenset({"/health", "/ready", "/live", "/metrics"})
USUAL = frozenset({200, 429})
"""Told by the metrics. A line each would cost an overloaded service more than the refusals themselves."""


class ObserveMiddleware:
    """Answers 503 when `timeout` seconds pass before an answer begins, the reading of the body included."""

    def __init__(self, app: ASGIApp, timeout: float) -> None:
        self._app = app
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500
        answering = False

        async def watch(message: Message) -> None:
            nonlocal status, answering
            if message["type"] == "http.response.start":
                status, answering = message["status"], True
            await send(message)

        try:
            async with asyncio.timeout(self._timeout):
                await self._app(scope, receive, watch)
        except TimeoutError:
            if answering:
                raise
            answer = JSONResponse({"detail": f"no answer within {self._timeout:g} s"}, 503, {"retry-after": "1"})
            await answer(scope, receive, watch)
        finally:
            _record(scope, status, time.perf_counter() - started)


def _record(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "other")
    metrics.REQUESTS.labels(route, str(status)).inc()
    metrics.DURATION.labels(route).observe(seconds)
    level = logging.DEBUG if route in QUIET or status in USUAL else logging.INFO
    if LOG.isEnabledFor(level):
        LOG.log(level, "request", extra={"route": route, "status": status, "ms": round(seconds * 1000, 2)})
