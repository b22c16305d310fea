"""The shapes of the rerank service's requests and answers."""

from typing import Annotated

from pydantic import BaseModel, Field

from inference.fields import Request, Text, Texts


class RerankRequest(Request):
    """Documents to be ordered by how well they answer the query."""

    query: Text
    documents: Texts


class RankedDocument(BaseModel):
    """`index` is the document's place in the request."""

    index: int
    score: float
    document: str


class RerankAnswer(BaseModel):
    """Best first. `truncated`: places of documents that were not read whole."""

    results: list[RankedDocument]
    model: str
    truncated: list[int]


class JinaDocument(BaseModel):
    """A document given as an object."""

    text: Text


class JinaRerankRequest(Request):
    """POST /v1/rerank as Jina's and Cohere's clients, and Open WebUI, send it."""

    query: Text
    documents: Annotated[list[Text | JinaDocument], Field(min_length=1, fail_fast=True)]
    top_n: Annotated[int, Field(strict=True, ge=1)] | None = None
    return_documents: bool = True


class JinaResult(BaseModel):
    """`document` is there unless the request said return_documents: false."""

    index: int
    relevance_score: float
    document: JinaDocument | None = None


class JinaRerankAnswer(BaseModel):
    """Best first, cut to `top_n`. `truncated`: places of documents that were not read whole."""

    model: str
    results: list[JinaResult]
    usage: dict[str, int]
    truncated: list[int]
