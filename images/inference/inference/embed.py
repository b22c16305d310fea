"""The embed service: texts to unit vectors."""

import base64
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from fastapi import FastAPI

from inference import models
from inference.app import create_app
from inference.caller import Caller, FromCaller
from inference.embed_schemas import EmbedAnswer, EmbedRequest, OpenAIEmbedAnswer, OpenAIEmbedRequest
from inference.embedder import Embedder
from inference.endpoint import Endpoints
from inference.fields import Encoding
from inference.inputs import Floats, Output
from inference.refusals import unprocessable
from inference.service import Service
from inference.settings import Settings
from inference.truncation import cut_places


def embed_service(settings: Settings) -> Service[Embedder]:
    """The service of the model in `settings`. Raises ModelError if there is no such model."""
    folder = models.find(settings)
    return Service(settings, folder, lambda: Embedder(folder, settings))


def embed_app(service: Service[Embedder]) -> FastAPI:
    """POST /embed and the OpenAI-style POST /v1/embeddings."""
    app = create_app(service)
    endpoints = Endpoints(app, service.settings)

    async def vectors(texts: Sequence[str], request: EmbedRequest | OpenAIEmbedRequest, caller: Caller) -> list[Output]:
        inputs = service.model().inputs(texts, request.input_type, request.prefix)
        return await service.run(inputs, caller.tenant, caller.seconds)

    async def embed(request: EmbedRequest, caller: FromCaller) -> Any:
        started = time.perf_counter()
        given = request.texts if request.text is None else request.text
        texts = [given] if isinstance(given, str) else given or []
        outputs = await vectors(texts, request, caller)
        field = "text" if request.texts is None else "texts"
        found = [_encoded(output.values, request.encoding_format) for output in outputs]
        return {
            "dimension": len(outputs[0].values),
            "latency_ms": round((time.perf_counter() - started) * 1000, 3),
            "embedding": found[0] if isinstance(given, str) else found,
            "model": service.model().name,
            "truncated": cut_places(outputs, request, field, single=isinstance(given, str)),
        }

    async def openai(request: OpenAIEmbedRequest, caller: FromCaller) -> Any:
        model = service.model()
        if request.dimensions not in {None, model.dimension}:
            raise unprocessable(
                f"{model.name} gives {model.dimension} numbers and cannot give another count", "dimensions"
            )
        single = isinstance(request.input, str)
        outputs = await vectors([request.input] if isinstance(request.input, str) else request.input, request, caller)
        tokens = sum(output.tokens for output in outputs)
        return {
            "object": "list",
            "model": model.name,
            "data": [
                {"object": "embedding", "index": index, "embedding": _encoded(output.values, request.encoding_format)}
                for index, output in enumerate(outputs)
            ],
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            "truncated": cut_places(outputs, request, "input", single=single),
        }

    endpoints.add("/embed", EmbedRequest, EmbedAnswer, embed)
    endpoints.add("/v1/embeddings", OpenAIEmbedRequest, OpenAIEmbedAnswer, openai)
    return app


def _encoded(vector: Floats, encoding: Encoding) -> Any:
    return base64.b64encode(vector.astype(np.dtype("<f4")).tobytes()).decode() if encoding == "base64" else vector
