"""What both services share over HTTP: health, metrics, limits and how errors are told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ExceptionHandler

from inference.batcher import OverloadedError
from inference.models import ModelError
from inference.observe import ObserveMiddleware
from inference.schemas import Health
from inference.service import ModelT, NotReadyError, Service


class TooManyItemsError(Exception):
    """One request holds more texts than the service takes."""


def create_app(service: Service[ModelT]) -> FastAPI:
    """The application without the routes of its own service."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(service.start())
        yield
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
        await service.stop()

    settings = service.settings
    app = FastAPI(title=f"ai-platform {settings.service}", lifespan=life, max_body_size=settings.max_body_bytes)
    app.add_middleware(ObserveMiddleware, timeout=settings.request_timeout)
    _add_error_handlers(app)

    @app.get("/health", response_model=Health)
    async def health() -> Response:
        state = service.health()
        return json_answer(state.model_dump(), 200 if state.status == "ok" else 503)

    @app.get("/ready", response_model=Health)
    async def ready() -> Response:
        return await health()

    @app.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics")
    async def prometheus() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


def json_answer(content: Any, status: int = 200) -> Response:
    """An answer as JSON; arrays are written without a detour over Python lists."""
    body = orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, status, media_type="application/json")


def check_items(count: int, limit: int) -> None:
    """Raises TooManyItemsError above `limit`."""
    if count > limit:
        raise TooManyItemsError(f"{count} texts in one request, the limit is {limit}; send them in parts")


def _add_error_handlers(app: FastAPI) -> None:
    statuses = {TooManyItemsError: 413, OverloadedError: 429, NotReadyError: 503, ModelError: 500}

    def told(status: int) -> ExceptionHandler:
        async def handler(_: Request, error: Exception) -> Response:
            answer = json_answer({"detail": str(error)}, status)
            if status in {429, 503}:
                answer.headers["retry-after"] = "1"
            return answer

        return handler

    async def invalid(_: Request, error: Exception) -> Response:
        """The place and the rule, never the offending text: it may be private, or not even encodable."""
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        detail = [{"loc": [str(part) for part in fault["loc"]], "msg": fault["msg"]} for fault in faults]
        return json_answer({"detail": detail}, 422)

    for kind, status in statuses.items():
        app.add_exception_handler(kind, told(status))
    app.add_exception_handler(RequestValidationError, invalid)
