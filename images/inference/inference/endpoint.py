"""POST routes without the framework's detour: the body is bounded, parsed and checked once, then handled."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.types import Receive

from inference import metrics
from inference.bodies import Bodies
from inference.caller import Caller
from inference.refusals import CLIENT_GONE, RESPONSES, RefusedError, faults, json_answer
from inference.settings import Settings

RequestT = TypeVar("RequestT", bound=BaseModel)
Handle = Callable[[RequestT, Caller], Awaitable[Any]]
LISTS = ("text", "texts", "input", "documents")


class Endpoints:
    """Adds POST routes to an application; all of them share one allowance for bodies."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._bodies = Bodies(settings.max_body_bytes, settings.max_held_bytes)

    def add(self, path: str, shape: type[RequestT], answer: type[BaseModel], handle: Handle[RequestT]) -> None:
        """`handle` answers `path`; its signature and `answer` are what the OpenAPI page shows."""

        async def served(request: Request) -> Response:
            started = time.perf_counter()
            parsed = self._checked(shape, await self._bodies.read(request))
            caller = _caller(request)
            metrics.STAGE["read"].observe(time.perf_counter() - started)
            async with _while_connected(request.receive) as gone:
                content = await _within(caller.seconds, handle(parsed, caller))
            if gone:
                return Response(status_code=CLIENT_GONE)
            started = time.perf_counter()
            written = json_answer(content)
            metrics.STAGE["write"].observe(time.perf_counter() - started)
            return written

        class Route(APIRoute):
            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                return served

        self._app.router.add_api_route(
            path, handle, methods=["POST"], response_model=answer, responses=RESPONSES, route_class_override=Route
        )

    def _checked(self, shape: type[RequestT], content: Any) -> RequestT:
        """Counts before it looks at any item, so that a hundred thousand of them cost nothing."""
        if isinstance(content, dict):
            limit = self._settings.max_items
            counts = [len(content[name]) for name in LISTS if isinstance(content.get(name), list)]
            if counts and max(counts) > limit:
                raise RefusedError(413, f"{max(counts)} texts in one request, the limit is {limit}; send them in parts")
        try:
            return shape.model_validate(content)
        except ValidationError as error:
            raise faults(error) from None


def _caller(request: Request) -> Caller:
    headers = request.headers
    return Caller(headers.get("x-tenant", ""), headers.get("x-request-timeout"))


async def _within(seconds: float | None, answer: Awaitable[Any]) -> Any:
    if seconds is None:
        return await answer
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError:
        raise RefusedError(503, f"no answer within the {seconds:g} s that the request allows") from None


@asynccontextmanager
async def _while_connected(receive: Receive) -> AsyncIterator[list[bool]]:
    """Cancels the block when the client goes away; the list that it yields is then no longer empty."""
    gone: list[bool] = []
    task = asyncio.current_task()
    assert task  # noqa: S101 - a request is always handled in a task
    before = task.cancelling()

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.append(True)
        task.cancel()

    watcher = asyncio.create_task(watch())
    try:
        yield gone
    except asyncio.CancelledError:
        if not gone or task.uncancel() > before:
            raise
        metrics.DROPPED.inc()
    finally:
        watcher.cancel()
