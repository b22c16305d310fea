"""What the fields of requests may hold. Types are strict: a number is not a text."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from inference.names import spoken_name

PREFIX_CHARACTERS = 256
INPUT_TYPES = {
    "search_query": "query",  # Cohere
    "search_document": "passage",
    "retrieval.query": "query",  # Jina
    "retrieval.passage": "passage",
    "document": "passage",  # Voyage
}


def _readable(text: str) -> str:
    if not text or text.isspace():
        raise PydanticCustomError("blank", "Text must not be empty")
    if "\0" in text:
        raise PydanticCustomError("nul", "Text must not hold NUL")
    return text


def _prefix(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "Prefix must not hold NUL")
    return text


def _model(name: str) -> str:
    try:
        return spoken_name(name)
    except ValueError as error:
        raise PydanticCustomError("model_name", "{reason}", {"reason": str(error)}) from None


def _input_type(name: Any) -> Any:
    return INPUT_TYPES.get(name, name) if isinstance(name, str) else name


Text = Annotated[str, Field(strict=True, min_length=1), AfterValidator(_readable)]
Texts = Annotated[list[Text], Field(min_length=1, fail_fast=True)]
Prefix = Annotated[str, Field(strict=True, max_length=PREFIX_CHARACTERS), AfterValidator(_prefix)]
ModelName = Annotated[str, Field(strict=True), AfterValidator(_model)]
InputType = Annotated[Literal["query", "passage"], BeforeValidator(_input_type)]
Encoding = Literal["float", "base64"]
Strict = Annotated[bool, Field(strict=True)]


class Request(BaseModel):
    """Unknown fields are let through: the OpenAI and Jina clients send more than we need.

    `model` is only checked for being a name: a service has one model, and every answer names it. Without `truncate`, a
    text that the model cannot read to its end is refused.
    """

    model_config = ConfigDict(frozen=True)

    model: ModelName | None = None
    truncate: Strict = True
