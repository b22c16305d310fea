"""What the environment may set. Every variable has the field's name in capitals."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inference.threads import available_threads

ServiceName = Literal["embed", "rerank"]
PORTS: dict[ServiceName, int] = {"embed": 5555, "rerank": 5556}
BUNDLED_MODEL = "all-MiniLM-L6-v2"


class SettingsError(Exception):
    """One or more environment variables cannot be used; the message names each with its remedy."""


class Settings(BaseModel):
    """One service's settings; times in seconds, sizes in bytes or tokens as named."""

    model_config = ConfigDict(frozen=True)

    service: ServiceName
    model: str = Field(default=BUNDLED_MODEL, min_length=1)
    models_dir: Path = Path("/models")
    bundled_dir: Path = Path("/opt/models")
    host: str = "0.0.0.0"  # noqa: S104 - inside a container; the published address is the platform's choice
    port: int = Field(ge=1, le=65535)
    threads: int = Field(default_factory=available_threads, ge=1)
    max_items: int = Field(default=256, ge=1, description="texts or documents in one request")
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1024)
    max_batch_tokens: int = Field(default=2048, ge=64, description="padded tokens in one run of the model")
    queue_limit: int = Field(default=1024, ge=1, description="texts waiting before 429 is answered")
    request_timeout: float = Field(default=60.0, gt=0)
    shutdown_timeout: int = Field(default=20, ge=1)


def load(service: ServiceName, environment: Mapping[str, str]) -> Settings:
    """Settings of `service`; the model comes from EMBED_MODEL or RERANK_MODEL.

    Raises SettingsError naming every variable that is wrong.
    """
    names = {field: field.upper() for field in Settings.model_fields} | {"model": f"{service.upper()}_MODEL"}
    values = {field: environment[name] for field, name in names.items() if environment.get(name)}
    try:
        return Settings.model_validate({"port": PORTS[service], **values, "service": service})
    except ValidationError as error:
        faults = (f"{names[str(fault['loc'][0])]}={fault['input']!r}: {fault['msg']}" for fault in error.errors())
        raise SettingsError("; ".join(faults) + "; correct or unset them and start again") from None
