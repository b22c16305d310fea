"""The embed service: texts to unit vectors."""

import base64
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from fastapi import FastAPI, Response

from inference import models
from inference.app import check_items, create_app, json_answer
from inference.embedder import Embedder
from inference.graph import Floats
from inference.schemas import EmbedAnswer, EmbedRequest, InputType, OpenAIEmbedRequest
from inference.service import Service
from inference.settings import Settings


def embed_service(settings: Settings) -> Service[Embedder]:
    """The service of the model in `settings`. Raises ModelError if there is no such model."""
    folder = models.find(settings)
    return Service(settings, lambda: Embedder(folder, settings.threads))


def embed_app(service: Service[Embedder]) -> FastAPI:
    """POST /embed and the OpenAI-style POST /v1/embeddings."""
    app = create_app(service)

    async def vectors(texts: Sequence[str], input_type: InputType | None) -> tuple[list[Floats], int]:
        check_items(len(texts), service.settings.max_items)
        return await service.run(len(texts), lambda model: model.sequences(texts, input_type))

    @app.post("/embed", response_model=EmbedAnswer)
    async def embed(request: EmbedRequest) -> Response:
        started = time.perf_counter()
        single = isinstance(request.text, str)
        found, _ = await vectors([request.text] if isinstance(request.text, str) else request.text, request.input_type)
        return json_answer(
            {
                "dimension": len(found[0]),
                "latency_ms": round((time.perf_counter() - started) * 1000, 3),
                "embedding": found[0] if single else found,
            }
        )

    @app.post("/v1/embeddings")
    async def openai(request: OpenAIEmbedRequest) -> Response:
        texts = [request.input] if isinstance(request.input, str) else request.input
        found, tokens = await vectors(texts, request.input_type)
        data = [
            {"object": "embedding", "index": index, "embedding": _encoded(vector, request.encoding_format)}
            for index, vector in enumerate(found)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return json_answer({"object": "list", "model": service.model().name, "data": data, "usage": usage})

    return app


def _encoded(vector: Floats, encoding: str) -> Any:
    return base64.b64encode(vector.astype(np.dtype("<f4")).tobytes()).decode() if encoding == "base64" else vector
