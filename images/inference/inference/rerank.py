"""The rerank service: documents ordered by how well they answer a query."""

from collections.abc import Sequence

from fastapi import FastAPI, Response

from inference import models
from inference.app import check_items, create_app, json_answer
from inference.rerankers import Reranker, load_reranker
from inference.schemas import JinaRerankRequest, RerankAnswer, RerankRequest
from inference.service import Service
from inference.settings import Settings


def rerank_service(settings: Settings) -> Service[Reranker]:
    """The service of the model in `settings`. Raises ModelError if there is no such model."""
    folder = models.find(settings)
    return Service(settings, lambda: load_reranker(folder, settings.threads))


def rerank_app(service: Service[Reranker]) -> FastAPI:
    """POST /rerank and the Jina-style POST /v1/rerank."""
    app = create_app(service)

    async def ranking(query: str, documents: Sequence[str]) -> tuple[list[tuple[int, float]], int]:
        """(place in the request, score), best first; equal scores keep their order."""
        check_items(len(documents), service.settings.max_items)
        outputs, tokens = await service.run(len(documents), lambda model: model.sequences(query, documents))
        scores = service.model().scores(outputs)
        return sorted(enumerate(scores), key=lambda item: -item[1]), tokens

    @app.post("/rerank", response_model=RerankAnswer)
    async def rerank(request: RerankRequest) -> Response:
        ranked, _ = await ranking(request.query, request.documents)
        return json_answer(
            {
                "results": [
                    {"index": index, "score": score, "document": request.documents[index]} for index, score in ranked
                ]
            }
        )

    @app.post("/v1/rerank")
    async def jina(request: JinaRerankRequest) -> Response:
        documents = [item if isinstance(item, str) else item.text for item in request.documents]
        ranked, tokens = await ranking(request.query, documents)
        results = [
            {"index": index, "relevance_score": score}
            | ({"document": {"text": documents[index]}} if request.return_documents else {})
            for index, score in ranked[: request.top_n]
        ]
        return json_answer({"model": service.model().name, "results": results, "usage": {"total_tokens": tokens}})

    return app
