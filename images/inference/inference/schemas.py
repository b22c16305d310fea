"""The shapes of what both services answer."""

from typing import Any, Literal

from pydantic import BaseModel


class Health(BaseModel):
    """`status` is ok, loading or failing; `dimension` is null for a service that gives no vectors."""

    status: Literal["ok", "loading", "failing"]
    service: str
    model: str
    model_loaded: bool
    dimension: int | None


class ServedModel(BaseModel):
    """One entry of /v1/models, as OpenAI's clients read it."""

    id: str
    object: Literal["model"] = "model"
    owned_by: str = "ai-platform"


class ServedModels(BaseModel):
    """What this service serves: one model."""

    object: Literal["list"] = "list"
    data: list[ServedModel]


class Refusal(BaseModel):
    """Why a request was not served: a sentence, or the place and the rule of each fault."""

    detail: str | list[dict[str, Any]]
