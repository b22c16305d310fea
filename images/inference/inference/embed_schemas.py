"""The shapes of the embed service's requests and answers."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from inference.fields import Encoding, InputType, Prefix, Request, Text, Texts


class EmbedRequest(Request):
    """Either `text` or `texts`. `input_type` chooses the prefix of models that were trained with one; others ignore it.

    `prefix` goes before each text as it stands, in place of the model's own.
    """

    text: Text | Texts | None = None
    texts: Texts | None = None
    input_type: InputType | None = None
    prefix: Prefix | None = None
    encoding_format: Encoding = "float"

    @model_validator(mode="after")
    def _one_of_both(self) -> "EmbedRequest":
        if (self.text is None) == (self.texts is None):
            raise PydanticCustomError("text", "Give either text or texts")
        return self


Vector = list[float] | str
"""Numbers, or base64 of little-endian float32."""


class EmbedAnswer(BaseModel):
    """One vector for one text, a list of vectors for a list. `truncated`: places of texts that were not read whole."""

    dimension: int
    latency_ms: float
    embedding: Vector | list[Vector]
    model: str
    truncated: list[int]


class OpenAIEmbedRequest(Request):
    """POST /v1/embeddings as OpenAI's clients send it; base64 is little-endian float32.

    `dimensions` may only be what the model gives: cutting its vectors would spoil them.
    """

    input: Text | Texts
    encoding_format: Encoding = "float"
    dimensions: Annotated[int, Field(strict=True, ge=1)] | None = None
    input_type: InputType | None = None
    prefix: Prefix | None = None


class OpenAIVector(BaseModel):
    """`index` is the text's place in the request."""

    object: Literal["embedding"]
    index: int
    embedding: Vector


class Usage(BaseModel):
    """Tokens that the model reads for this request, kept results included."""

    prompt_tokens: int
    total_tokens: int


class OpenAIEmbedAnswer(BaseModel):
    """`truncated`: places of texts that were not read whole."""

    object: Literal["list"]
    model: str
    data: list[OpenAIVector]
    usage: Usage
    truncated: list[int]
