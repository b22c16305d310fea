"""The shapes of requests and answers. Types are strict: a number is not a text."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


def _readable(text: str) -> str:
    if not text or text.isspace():
        raise PydanticCustomError("blank", "Text must not be empty")
    try:
        text.encode()
    except UnicodeEncodeError:
        # JSON can spell half of a surrogate pair, which no tokeniser takes.
        raise PydanticCustomError("not_unicode", "Text must be valid Unicode") from None
    return text


Text = Annotated[str, Field(strict=True), AfterValidator(_readable)]
Texts = Annotated[list[Text], Field(min_length=1)]
InputType = Literal["query", "passage"]


class Request(BaseModel):
    """Unknown fields are let through: the OpenAI and Jina clients send more than we need."""

    model_config = ConfigDict(frozen=True)


class EmbedRequest(Request):
    """`input_type` chooses the prefix of models that were trained with one; others ignore it."""

    text: Text | Texts
    input_type: InputType | None = None


class EmbedAnswer(BaseModel):
    """One vector for one text, a list of vectors for a list."""

    dimension: int
    latency_ms: float
    embedding: list[float] | list[list[float]]


class OpenAIEmbedRequest(Request):
    """POST /v1/embeddings as OpenAI's clients send it; base64 is little-endian float32."""

    input: Text | Texts
    model: str | None = None
    encoding_format: Literal["float", "base64"] = "float"
    input_type: InputType | None = None


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
    """Best first."""

    results: list[RankedDocument]


class JinaDocument(Request):
    """A document given as an object."""

    text: Text


class JinaRerankRequest(Request):
    """POST /v1/rerank as Jina's and Cohere's clients, and Open WebUI, send it."""

    query: Text
    documents: Annotated[list[Text | JinaDocument], Field(min_length=1)]
    model: str | None = None
    top_n: Annotated[int, Field(strict=True, ge=1)] | None = None
    return_documents: bool = True


class Health(BaseModel):
    """`status` is ok, loading or failing; `dimension` is null for a service that gives no vectors."""

    status: Literal["ok", "loading", "failing"]
    service: str
    model: str
    model_loaded: bool
    dimension: int | None
