"""What both services share over HTTP: health, metrics, the model's name and how errors are told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from inference.observe import ObserveMiddleware
from inference.refusals import add_handlers, json_answer
from inference.schemas import Health, ServedModel, ServedModels
from inference.service import ModelT, Service

UNWELL: dict[int | str, dict[str, Any]] = {
    503: {"description": "The model is loading, or its last run failed", "model": Health}
}


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
    app = FastAPI(title=f"ai-platform {settings.service}", lifespan=life)
    app.add_middleware(ObserveMiddleware, timeout=settings.request_timeout)
    add_handlers(app)

    @app.get("/health", response_model=Health, responses=UNWELL)
    async def health() -> Response:
        state = service.health()
        return json_answer(state.model_dump(), 200 if state.status == "ok" else 503)

    @app.get("/ready", response_model=Health, responses=UNWELL)
    async def ready() -> Response:
        return await health()

    @app.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/models", response_model=ServedModels)
    async def models() -> ServedModels:
        return ServedModels(data=[ServedModel(id=service.health().model)])

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def prometheus() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app
