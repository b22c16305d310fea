"""What the environment may set. Every variable has the field's name in capitals."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from inference.names import model_name
from inference.threads import available_threads

ServiceName = Literal["embed", "rerank"]
Precision = Literal["fp32", "int8"]
Device = Literal["auto", "cpu", "cuda"]
PORTS: dict[ServiceName, int] = {"embed": 5555, "rerank": 5556}
BUNDLED_MODEL = "all-MiniLM-L6-v2"
MIB = 1024 * 1024


class SettingsError(Exception):
    """One or more environment variables cannot be used; the message names each with its remedy."""


class Settings(BaseModel):
    """One service's settings; times in seconds, sizes in bytes or tokens as named."""

    model_config = ConfigDict(frozen=True)

    service: ServiceName
    model: Annotated[str, AfterValidator(model_name)] = BUNDLED_MODEL
    models_dir: Path = Path("/models")
    bundled_dir: Path = Path("/opt/models")
    precision: Precision = Field(default="fp32", description="int8 needs a quantised graph beside the plain one")
    device: Device = Field(default="auto", description="auto takes a CUDA card where the runtime can use one")
    host: str = "0.0.0.0"  # noqa: S104 - inside a container; the published address is the platform's choice
    port: int = Field(ge=1, le=65535)
    threads: int = Field(default_factory=available_threads, ge=1, description="processor threads of the model")
    runs: int = Field(default=1, ge=1, le=64, description="runs of the model at the same time, sharing the threads")
    max_items: int = Field(default=256, ge=1, description="texts or documents in one request")
    max_tokens: int = Field(default=2048, ge=8, description="tokens of one text, where the model could read more")
    max_body_bytes: int = Field(default=4 * MIB, ge=1024)
    max_held_bytes: int = Field(default=64 * MIB, ge=1024, description="bodies of all requests being read")
    max_batch_tokens: int = Field(default=512, ge=64, description="padded tokens in one run of the model")
    queue_limit: int = Field(default=1024, ge=1, description="texts waiting before 429 is answered")
    queue_seconds: float = Field(default=10.0, gt=0, description="expected wait before 429 is answered")
    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"
    request_timeout: float = Field(default=60.0, gt=0)
    # Docker kills what has not ended 20 s after the signal.
    shutdown_timeout: int = Field(default=15, ge=1)
    cache_bytes: int = Field(default=64 * MIB, ge=0, description="results kept in memory; 0 keeps none")
    cache_url: str = Field(default="", pattern=r"^$|^rediss?://", description="Redis that keeps results; none if empty")
    cache_password_file: Path | None = None
    cache_redis_bytes: int = Field(default=64 * MIB, ge=0, description="room in the database of cache_url")
    cache_seconds: int = Field(default=7 * 24 * 3600, ge=1, description="how long Redis keeps a result")


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
