"""The rerank service: documents ordered by how well they answer a query."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from inference import models
from inference.app import create_app
from inference.caller import Caller, FromCaller
from inference.endpoint import Endpoints
from inference.rerank_schemas import JinaRerankAnswer, JinaRerankRequest, RerankAnswer, RerankRequest
from inference.rerankers import Reranker, load_reranker
from inference.service import Service
from inference.settings import Settings
from inference.truncation import cut_places

INLINE_RESULTS = 8
"""Up to here comparing token vectors takes less time than handing them to a thread and back."""


@dataclass(frozen=True)
class _Ranking:
    """`order` holds (place in the request, score), best first; equal scores keep their order."""

    order: list[tuple[int, float]]
    tokens: int
    truncated: list[int]


def rerank_service(settings: Settings) -> Service[Reranker]:
    """The service of the model in `settings`. Raises ModelError if there is no such model."""
    folder = models.find(settings)
    return Service(settings, folder, lambda: load_reranker(folder, settings))


def rerank_app(service: Service[Reranker]) -> FastAPI:
    """POST /rerank and the Jina-style POST /v1/rerank."""
    app = create_app(service)
    endpoints = Endpoints(app, service.settings)

    async def ranking(documents: Sequence[str], request: RerankRequest | JinaRerankRequest, caller: Caller) -> _Ranking:
        model = service.model()
        outputs = await service.run(model.inputs(request.query, documents), caller.tenant, caller.seconds)
        values = [output.values for output in outputs]
        inline = len(values) <= INLINE_RESULTS
        scores = model.scores(values) if inline else await asyncio.to_thread(model.scores, values)
        own = outputs[len(outputs) - len(documents) :]
        return _Ranking(
            order=sorted(enumerate(scores), key=lambda item: -item[1]),
            tokens=sum(output.tokens for output in outputs),
            truncated=cut_places(own, request, "documents"),
        )

    async def rerank(request: RerankRequest, caller: FromCaller) -> Any:
        ranked = await ranking(request.documents, request, caller)
        return {
            "results": [
                {"index": index, "score": score, "document": request.documents[index]} for index, score in ranked.order
            ],
            "model": service.model().name,
            "truncated": ranked.truncated,
        }

    async def jina(request: JinaRerankRequest, caller: FromCaller) -> Any:
        documents = [item if isinstance(item, str) else item.text for item in request.documents]
        ranked = await ranking(documents, request, caller)
        results = [
            {"index": index, "relevance_score": score}
            | ({"document": {"text": documents[index]}} if request.return_documents else {})
            for index, score in ranked.order[: request.top_n]
        ]
        return {
            "model": service.model().name,
            "results": results,
            "usage": {"total_tokens": ranked.tokens},
            "truncated": ranked.truncated,
        }

    endpoints.add("/rerank", RerankRequest, RerankAnswer, rerank)
    endpoints.add("/v1/rerank", JinaRerankRequest, JinaRerankAnswer, jina)
    return app
